import t from 'tap';
import { cleanPixels } from '../../../src/deidentify/pixels/clean.ts';
import { has } from '../../../src/dicom/values.ts';
import { decoded } from '../../render/drawn.ts';
import { image, jpegBaseline } from '../../render/image.ts';
import { dice } from '../../render/mutation-random.ts';
import { requirePeer } from '../../support/peers.ts';
import { pixelValues } from './compared-pixels.ts';
import { blockFaults, codeStreams, segmentsOf } from './jpeg-areas.ts';
import { boxAt, byCjpeg, edited, jpegInstance, picture, randomBox, standard } from './jpeg-encoders.ts';

const losslessJpeg = '1.2.840.10008.1.2.4.70';

t.test('frames without boxes stay byte for byte; what else a stream holds goes', async (t) => {
  if (!requirePeer(t, 'djpeg')) return;
  const folder = t.testdir();
  const from = picture(80, 60, 3, 2);
  const plain = await byCjpeg(folder, from);
  const secret = Buffer.from('DOE^JANE');
  const segment = (marker: number, ...parts: Uint8Array[]): Buffer => {
    const content = Buffer.concat(parts);
    return Buffer.concat([
      Buffer.of(0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff),
      content,
    ]);
  };
  const loaded = Buffer.concat([
    plain.subarray(0, 2),
    segment(0xe1, Buffer.from('Exif\0\0'), plain),
    segment(0xfe, secret),
    plain.subarray(2),
    secret,
  ]);
  const adobe = segment(0xee, Buffer.from('Adobe'), Buffer.of(0, 100, 0, 0, 0, 0, 1));
  const marked = Buffer.concat([plain.subarray(0, 2), adobe, plain.subarray(20)]);
  const streams = [plain, loaded, marked, plain].map((stream) => new Uint8Array(stream));
  const input = jpegInstance(from, streams);
  const box = { ...boxAt(8, 8, 16, 8), frame: 2, frames: 2 };
  const result = edited(input, [box]);
  t.same(blockFaults(codeStreams(input), pixelValues(input), pixelValues(result.input), [box]), []);
  const even = (stream: Uint8Array): Buffer => Buffer.concat([stream, Buffer.alloc(stream.length % 2)]);
  const received = codeStreams(input).map((stream) => even(stream));
  t.ok(even(result.streams[0] ?? new Uint8Array()).equals(received[0] ?? Buffer.of()), 'the first frame');
  t.ok(even(result.streams[3] ?? new Uint8Array()).equals(received[3] ?? Buffer.of()), 'the last frame');
  const out = Buffer.from(result.streams[1] ?? []);
  t.notOk(out.includes(secret), 'neither comments nor what stands behind the end');
  t.notOk(out.includes('Exif'), 'no small picture');
  t.ok(out.includes('JFIF'), 'what says the color stays');
  t.ok(Buffer.from(result.streams[2] ?? []).includes('Adobe'));
  const { dataSet, transferSyntaxUid } = result.input;
  const cleaned = cleanPixels(dataSet, transferSyntaxUid);
  t.equal(cleaned.kind === 'clean' && cleaned.cleaned.length, 0, 'de-identification finds nothing more');
  t.notOk(
    [0x7fe00001, 0x7fe00002].some((tag) => has(dataSet, tag)),
    'no table of other offsets',
  );
  const codes = (stream: Uint8Array | undefined): string =>
    segmentsOf(stream ?? new Uint8Array())
      .filter(({ marker }) => marker === 0xc4)
      .map(({ content }) => Buffer.from(content).toString('hex'))
      .join();
  t.not(codes(result.streams[1]), codes(plain), 'Huffman codes are made anew');
});

t.test('other JPEG, and what is asked for without loss, leaves in a lossless form', async (t) => {
  if (!requirePeer(t, 'djpeg')) return;
  const folder = t.testdir();
  const from = picture(70, 50, 3, 4);
  const plain = await byCjpeg(folder, from);
  const progressive = await byCjpeg(folder, from, '-progressive');
  const box = boxAt(20, 11, 13, 9);
  const asked = edited(jpegInstance(from, [plain]), [box], { ...standard, encoding: 'lossless' });
  t.equal(asked.input.transferSyntaxUid, losslessJpeg, 'lossless');
  const native = edited(jpegInstance(from, [plain]), [box], { ...standard, encoding: 'native' });
  t.ok(decoded(asked.input).equals(decoded(native.input)), 'blanked to the pixel');
  const one = edited(jpegInstance(from, [progressive]), [box]);
  t.equal(one.input.transferSyntaxUid, losslessJpeg, 'progressive');
  const among = edited(jpegInstance(from, [plain, progressive]), [{ ...box, frames: 2 }]);
  t.equal(among.input.transferSyntaxUid, losslessJpeg, 'one progressive frame among others');
  const elsewhere = edited(jpegInstance(from, [plain, progressive]), [box]);
  t.equal(elsewhere.input.transferSyntaxUid, jpegBaseline, 'but not where it has no box');
  const grey = picture(70, 50, 1, 4);
  const stored7 = image({
    columns: 70,
    rows: 50,
    stored: 7,
    pixelVr: 'OB',
    pixels: { fragments: [await byCjpeg(folder, grey)] },
    syntax: jpegBaseline,
  });
  t.not(edited(stored7, [box]).input.transferSyntaxUid, jpegBaseline, 'samples of fewer bits');
});

t.test('a stream with bytes behind its last block is edited without them', async (t) => {
  if (!requirePeer(t, 'djpeg')) return;
  const folder = t.testdir();
  const from = picture(64, 40, 1, 8);
  const stream = Buffer.from(await byCjpeg(folder, from));
  const longer = Buffer.concat([stream.subarray(0, -2), Buffer.alloc(40, 0x20), stream.subarray(-2)]);
  const result = edited(jpegInstance(from, [new Uint8Array(longer)]), [boxAt(10, 10, 12, 8)]);
  t.equal(result.input.transferSyntaxUid, jpegBaseline);
  t.notOk(Buffer.from(result.streams[0] ?? []).includes(Buffer.alloc(8, 0x20)));
});

t.test('nothing in the stream depends on what stood in a box', async (t) => {
  if (!requirePeer(t, 'djpeg')) return;
  const folder = t.testdir();
  const kinds = [
    ['-grayscale'],
    ['-sample', '1x1'],
    ['-sample', '2x2'],
    ['-sample', '2x1', '-restart', '2B'],
  ];
  for (let seed = 0; seed < 24; seed++) {
    const roll = dice(seed);
    const from = picture(62 + roll.below(70), 20 + roll.below(60), 3, seed);
    // Of grey images contrast is the least or the largest value: there are both outside of the box.
    for (let at = 0; at < from.pixels.length; at++) {
      const column = Math.floor(at / 3) % from.columns;
      if (column < 32) from.pixels[at] = column < 16 ? 255 : 0;
    }
    const options = kinds[seed % kinds.length] ?? [];
    const inner = randomBox(roll, { columns: from.columns - 32, rows: from.rows });
    const box = { ...inner, left: inner.left + 32 };
    const channels = seed % kinds.length === 0 ? 1 : 3;
    const written: Buffer[] = [];
    for (const ink of [0, 1]) {
      const pixels = Buffer.from(from.pixels);
      // Where chrominance is shared, its ringing decides what is blanked beside a box: text without color there.
      const shared = options[0] === '-sample' && options[1] !== '1x1';
      for (let row = box.top; row < box.top + box.height; row++)
        for (let at = 3 * (row * from.columns + box.left), i = 0; i < 3 * box.width; i++) {
          const value = ink === 0 ? roll.below(256) : 255 * (((i / 9) | 0) & 1);
          pixels[at + i] = shared && i % 3 > 0 ? (pixels[at + i - 1] ?? 0) : value;
        }
      const stream = await byCjpeg(folder, { ...from, pixels }, ...options);
      const input = jpegInstance({ ...from, channels }, [stream]);
      const result = edited(input, [box], { ...standard, fill: 'contrast' });
      t.equal(result.input.transferSyntaxUid, jpegBaseline);
      written.push(Buffer.from(result.streams[0] ?? []));
    }
    t.ok(written[0]?.equals(written[1] ?? Buffer.of()), `${seed}: ${options.join(' ')}`);
  }
});
