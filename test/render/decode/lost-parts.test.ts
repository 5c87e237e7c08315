import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { asSallyportError } from '../../../src/core/errors.ts';
import { decodeNatively } from '../../../src/render/decode/native-codecs.ts';
import { readCodeStream } from '../../../src/render/decode/read-code-stream.ts';
import { type EncoderName, encodeByWasm } from '../../../src/synthetic/pixels/wasm-encoders.ts';
import { requirePeer } from '../../support/peers.ts';
import { picture, pnmOf, runTool } from './pictures.ts';

/** What becomes of a code stream whose header is read: its detail where it is refused. */
function verdict(stream: Uint8Array): string {
  try {
    return readCodeStream(stream).kind;
  } catch (thrown) {
    const { code, detail } = asSallyportError(thrown);
    return `${code}, ${detail}`;
  }
}

const endOfImage = Buffer.from([0xff, 0xd9]);
const lost = 'PIXEL_DATA_INVALID, scans are missing';

/** The offsets of the markers that begin a scan, with the tables before it: a cut there leaves whole scans only. */
function scanStarts(jpeg: Buffer): number[] {
  const starts: number[] = [];
  let tables: number | undefined;
  for (let at = 2; at + 1 < jpeg.length; at++) {
    const marker = jpeg[at] === 0xff ? jpeg[at + 1] : undefined;
    if (marker === 0xc4) tables ??= at;
    if (marker !== 0xda) continue;
    starts.push(tables ?? at);
    tables = undefined;
  }
  return starts;
}

t.test('a JPEG image of several scans is refused without all of them', async (t) => {
  if (!requirePeer(t, 'djpeg')) return;
  const folder = t.testdir({ scans: '0;\n1;\n2;\n' });
  const of = picture({ samples: 3, columns: 64, rows: 48 });
  const [pnm, out, scans] = ['x.ppm', 'x.jpg', 'scans'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  pnmOf(of, pnm);
  for (const options of [['-scans', scans], ['-progressive']]) {
    runTool('cjpeg', '-quality', '95', '-sample', '1x1', ...options, '-outfile', out, pnm);
    const whole = readFileSync(out);
    t.equal(verdict(whole), 'jpeg', `${options[0]}, whole`);
    const starts = scanStarts(whole);
    t.ok(starts.length >= 3, `${starts.length} scans`);
    for (const start of starts.slice(1))
      t.equal(
        verdict(Buffer.concat([whole.subarray(0, start), endOfImage])),
        lost,
        `${options[0]}, cut at ${start}`,
      );
    t.equal(verdict(Buffer.from(whole).fill(0, starts[1])), lost, `${options[0]}, zeros behind the first`);
  }
});

t.test('JPEG 2000 and HTJ2K whose rest is zeros are refused', async (t) => {
  const of = picture();
  const { columns, rows } = of;
  const frame = {
    columns,
    rows,
    samplesPerPixel: 1,
    bitsAllocated: 8,
    bitsStored: 8,
    signed: false,
  } as const;
  for (const name of ['EncodeJpeg2000', 'EncodeHtJpeg2000'] satisfies EncoderName[]) {
    const whole = Buffer.from(encodeByWasm(name, new Uint8Array(of.values.buffer), frame));
    const kind = name === 'EncodeJpeg2000' ? 'jpeg-2000' : 'htj2k';
    const tile = whole.lastIndexOf(Buffer.from([0xff, 0x90]));
    const openEnded = Buffer.from(whole);
    openEnded.writeUInt32BE(0, tile + 6);
    for (const stream of [whole, openEnded]) {
      t.equal(verdict(stream), kind, 'whole');
      t.equal(verdict(Buffer.concat([stream, Buffer.alloc(1)])), kind, 'padded');
      for (const share of [0.2, 0.5, 0.9]) {
        const zeros = Buffer.from(stream).fill(
          0,
          tile + 14 + Math.floor((stream.length - tile - 14) * share),
        );
        t.equal(verdict(zeros), 'PIXEL_DATA_INVALID, no end of code stream', `zeros from ${share}`);
      }
    }
  }
});

t.test('a small stream that asks for layers and tiles by the gigabyte ends at a bound', async (t) => {
  const size = 255;
  const tilePart = (index: number): Buffer => {
    const bytes = Buffer.from('ff90000a000000000012 0001ff9300000000'.replaceAll(' ', ''), 'hex');
    bytes.writeUInt16BE(index, 4);
    return bytes;
  };
  const header = Buffer.from(
    [
      'ff4fff5100290000',
      '000000ff000000ff0000000000000000', // a grid of 255 x 255
      '00000001000000010000000000000000', // tiles of one pixel
      '00010f0101',
      'ff52000c00000001002004040001', // 32 decompositions
      `ff5c0064${'40'}${'80'.repeat(97)}`,
    ].join(''),
    'hex',
  );
  const stream = Buffer.concat([
    header,
    ...Array.from({ length: size * size }, (_, i) => tilePart(i)),
    endOfImage,
  ]);
  t.equal(verdict(stream), 'jpeg-2000');
  const decode = (): Uint8Array =>
    decodeNatively('DecodeJpeg2000', stream, {
      columns: size,
      rows: size,
      samplesPerPixel: 1,
      bitsAllocated: 16,
      bitsStored: 16,
      signed: false,
    });
  t.throws(decode, { code: 'PIXEL_DATA_INVALID', detail: 'the decoder asks for too much memory' });
});
