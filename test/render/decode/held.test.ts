import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { SallyportError } from '../../../src/core/errors.ts';
import { encodeDctJpeg } from '../../../src/synthetic/pixels/jpeg-dct.ts';
import { encodeLosslessJpeg } from '../../../src/synthetic/pixels/jpeg-lossless.ts';
import { type EncoderName, encodeByWasm } from '../../../src/synthetic/pixels/wasm-encoders.ts';
import { requirePeer } from '../../support/peers.ts';
import {
  decodeBytes,
  decodeFile,
  largestDifference,
  part10Of,
  picture,
  runTool,
  storedValues,
  valuesOf,
} from './pictures.ts';

const root = '1.2.840.10008.1.2.4.';
const of = picture();
const { columns, rows } = of;
const lossless = Buffer.from(
  encodeLosslessJpeg(of.values, { columns, rows, components: 1, precision: 8, selection: 4 }),
);
const baseline = Buffer.from(
  encodeDctJpeg(of.values, {
    columns,
    rows,
    precision: 8,
    mark: 'none',
    components: [{ id: 1, horizontal: 1, vertical: 1 }],
  }),
);
const wasm = (name: EncoderName): Buffer =>
  Buffer.from(
    encodeByWasm(name, new Uint8Array(of.values.buffer), {
      columns,
      rows,
      samplesPerPixel: 1,
      bitsAllocated: 8,
      bitsStored: 8,
      signed: false,
    }),
  );

const decode = (last: string, fragment: Uint8Array): Buffer =>
  decodeBytes(part10Of(of, { syntax: root + last, fragment }));

function codeOf(last: string, fragment: Uint8Array): string {
  try {
    decode(last, fragment);
    return 'decoded';
  } catch (error) {
    return error instanceof SallyportError ? error.code : String(error);
  }
}

function changed(stream: Buffer, at: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(stream);
  copy.set(bytes, at);
  return copy;
}

const frameHeader = (stream: Buffer): number =>
  stream.findIndex((byte, i) => byte === 0xff && [0xc0, 0xc3, 0xf7].includes(stream[i + 1] ?? 0));

t.test('transfer syntaxes without a decoder are held, whatever is inside', async (t) => {
  for (const last of [
    '52',
    '54',
    '56',
    '58',
    '59',
    '60',
    '61',
    '62',
    '63',
    '64',
    '65',
    '66',
    '92',
    '93',
    '106',
  ]) {
    t.equal(codeOf(last, baseline), 'PIXEL_FORMAT_UNSUPPORTED', root + last);
  }
});

t.test('arithmetic and hierarchical processes are held under every JPEG syntax', async (t) => {
  for (const marker of [0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]) {
    const stream = changed(baseline, frameHeader(baseline) + 1, marker);
    t.equal(codeOf('50', stream), 'PIXEL_FORMAT_UNSUPPORTED', marker.toString(16));
    t.equal(codeOf('70', stream), 'PIXEL_FORMAT_UNSUPPORTED', marker.toString(16));
  }
});

t.test('within JPEG the stream decides on the process, as with DCMTK', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const folder = t.testdir();
  const [path = '', back = ''] = ['x.dcm', 'back.dcm'].map((name) => join(folder, name));
  for (const last of ['50', '51', '53', '55', '57', '70']) {
    t.equal(largestDifference([...decode(last, lossless)], valuesOf(of)), 0, `lossless as ${last}`);
    t.ok(largestDifference([...decode(last, baseline)], valuesOf(of)) <= 2, `baseline as ${last}`);
  }
  writeFileSync(path, part10Of(of, { syntax: `${root}50`, fragment: lossless }));
  runTool('dcmdjpeg', '+cn', path, back);
  t.equal(largestDifference(storedValues(decodeFile(back), 8), valuesOf(of)), 0, 'DCMTK: lossless as 50');
});

t.test('a stream of another family is refused', async (t) => {
  t.equal(codeOf('50', wasm('EncodeJpegLs')), 'PIXEL_DATA_INVALID', 'JPEG-LS as JPEG');
  t.equal(codeOf('80', baseline), 'PIXEL_DATA_INVALID', 'JPEG as JPEG-LS');
  t.equal(codeOf('90', baseline), 'PIXEL_DATA_INVALID', 'JPEG as JPEG 2000');
  t.equal(codeOf('50', wasm('EncodeJpeg2000')), 'PIXEL_DATA_INVALID', 'JPEG 2000 as JPEG');
  t.equal(codeOf('110', wasm('EncodeJpegLs')), 'PIXEL_DATA_INVALID', 'JPEG-LS as JPEG XL');
  t.equal(codeOf('201', wasm('EncodeJpeg2000')), 'decoded', 'JPEG 2000 as HTJ2K: the stream says which');
  t.equal(codeOf('90', wasm('EncodeHtJpeg2000')), 'decoded', 'HTJ2K as JPEG 2000');
});

t.test('sizes, components and depths that are not those described never reach a decoder', async (t) => {
  const sof = frameHeader(lossless);
  t.equal(
    codeOf('70', changed(lossless, sof + 5, 0xff, 0xff, 0xff, 0xff)),
    'PIXEL_DATA_INVALID',
    '65535 x 65535',
  );
  t.equal(codeOf('70', changed(lossless, sof + 4, 16)), 'PIXEL_DATA_INVALID', '16 bits in 8');
  const components = codeOf('70', changed(lossless, sof + 9, 3));
  t.equal(components, 'PIXEL_FORMAT_UNSUPPORTED', 'three components, whose sizes differ by what follows');
  const jls = wasm('EncodeJpegLs');
  t.equal(codeOf('80', changed(jls, frameHeader(jls) + 5, 0xff, 0xff, 0xff, 0xff)), 'PIXEL_DATA_INVALID');
  for (const last of ['90', '201']) {
    const j2k = wasm(last === '90' ? 'EncodeJpeg2000' : 'EncodeHtJpeg2000');
    t.equal(
      codeOf(last, changed(j2k, 8, 0x7f, 0xff, 0xff, 0xff)),
      'PIXEL_DATA_INVALID',
      'a reference grid of 2^31',
    );
    t.equal(
      codeOf(last, changed(j2k, 24, 0, 0, 0, 1, 0, 0, 0, 1)),
      'PIXEL_DATA_INVALID',
      'tiles of one pixel',
    );
    t.equal(codeOf(last, changed(j2k, 24, 0, 0, 0, 0)), 'PIXEL_DATA_INVALID', 'tiles of no pixel');
  }
});

t.test('a decoder that gave up is not asked again', async (t) => {
  const good: readonly (readonly [string, Buffer])[] = [
    ['70', lossless],
    ['80', wasm('EncodeJpegLs')],
    ['90', wasm('EncodeJpeg2000')],
    ['201', wasm('EncodeHtJpeg2000')],
    ['110', wasm('EncodeJpegXl')],
  ];
  for (const [last, stream] of good) {
    for (const keep of [0.4, 0.7, 0.95]) {
      const cut = stream.subarray(0, Math.floor(stream.length * keep));
      t.equal(codeOf(last, cut), 'PIXEL_DATA_INVALID', `${root}${last}, ${keep} of it`);
    }
    for (const [other, whole] of good) {
      t.equal(largestDifference([...decode(other, whole)], valuesOf(of)), 0, `then ${other} is right`);
    }
  }
});
