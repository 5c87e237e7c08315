import t from 'tap';
import { type ErrorCode, SallyportError } from '../../src/core/errors.ts';
import type { ByteSource } from '../../src/dicom/byte-source.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { encapsulatedFrames } from '../../src/render/decode/frames.ts';
import { describePixels } from '../../src/render/pixel-description.ts';
import { drawFrames } from '../../src/render/render.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element, type WriterElement } from '../../src/synthetic/writer-element.ts';
import { draw, limits } from './drawn.ts';
import { encapsulatedUncompressed, type ImageOptions, image, jpegBaseline, rle } from './image.ts';

const soi = (n: number): Uint8Array => Uint8Array.of(0xff, 0xd8, 0xff, n);
const rest = (n: number): Uint8Array => Uint8Array.of(n, n);

/** The frames as joined bytes, in hexadecimal. */
function framesOf(
  frames: number,
  fragments: Uint8Array[],
  offsetTable: number[] = [],
  more: WriterElement[] = [],
): string[] {
  const pixels = { fragments, offsetTable };
  const { dataSet } = image({ frames, syntax: jpegBaseline, pixelVr: 'OB', pixels, more });
  const access = encapsulatedFrames(dataSet, describePixels(dataSet, limits));
  return Array.from({ length: frames }, (_, index) => Buffer.from(access.read(index)).toString('hex'));
}

const refusal = (code: ErrorCode): { code: ErrorCode } => ({ code });
const table = (...offsets: number[]): number[] => offsets;

t.test('fragments become frames by one each, by offset table, or by marks', async (t) => {
  t.same(framesOf(2, [soi(1), soi(2)]), ['ffd8ff01', 'ffd8ff02'], 'one fragment each');
  t.same(framesOf(1, [soi(1), rest(9), rest(8)]), ['ffd8ff0109090808'], 'one frame of three fragments');
  const three = [soi(1), rest(9), soi(2)];
  t.same(framesOf(2, three, table(0, 22)), ['ffd8ff010909', 'ffd8ff02'], 'basic offset table');
  t.same(framesOf(2, three), ['ffd8ff010909', 'ffd8ff02'], 'no table: by SOI');
  t.same(framesOf(2, three, table(0, 4)), ['ffd8ff010909', 'ffd8ff02'], 'a table that is wrong is not used');
  const plain = [rest(1), rest(2), rest(3)];
  t.same(framesOf(2, plain, table(0, 10)), ['0101', '02020303'], 'the table decides where nothing else can');
  const extended = element(0x7fe00001, 'OV', BigUint64Array.of(0n, 20n));
  t.same(framesOf(2, plain, [], [extended]), ['01010202', '0303'], 'extended offset table');
});

t.test('fragments that do not fit the number of frames are refused', async (t) => {
  t.throws(() => framesOf(3, [soi(1), soi(2)]), refusal('PIXEL_DATA_INVALID'), 'too few');
  t.throws(() => framesOf(2, [rest(1), rest(2), rest(3)]), refusal('PIXEL_DATA_INVALID'), 'nothing tells');
  t.throws(() => framesOf(1, [soi(1), soi(2)]), refusal('PIXEL_DATA_INVALID'), 'a frame nobody described');
  t.throws(() => framesOf(1, []), refusal('PIXEL_DATA_INVALID'), 'none');
  t.throws(() => framesOf(1, [new Uint8Array(0)]), refusal('PIXEL_DATA_INVALID'), 'an empty one');
  const big = new Uint8Array(5 * 2 ** 20);
  t.throws(() => framesOf(1, [big]), refusal('PIXEL_DATA_INVALID'), 'a stream far larger than its samples');
});

t.test('100,000 tiny fragments of one frame are joined in a moment', async (t) => {
  const fragments = Array.from({ length: 100_000 }, (_, i) => (i === 0 ? soi(0) : rest(i & 0xff)));
  const start = performance.now();
  t.equal(framesOf(1, fragments)[0]?.length, 2 * (4 + 2 * 99_999));
  t.ok(performance.now() - start < 5000);
});

const codeOf = (options: ImageOptions): string => {
  try {
    draw(image(options));
    return 'drawn';
  } catch (error) {
    return error instanceof SallyportError ? error.code : String(error);
  }
};

t.test('native pixel data of another length than described', async (t) => {
  const four = Uint8Array.of(1, 2, 3, 4);
  t.equal(codeOf({ pixels: four }), 'drawn');
  t.equal(codeOf({ columns: 5, pixels: four }), 'PIXEL_DATA_INVALID', 'shorter');
  t.equal(codeOf({ columns: 3, pixels: four }), 'drawn', 'padding');
  t.equal(codeOf({ columns: 2, pixels: four }), 'PIXEL_DATA_INVALID', 'a whole frame more');
  t.equal(codeOf({ frames: 2, pixels: four }), 'PIXEL_DATA_INVALID', 'frames missing');
  const bits = { allocated: 1, pixelVr: 'OB' as const };
  t.equal(
    codeOf({ ...bits, columns: 17, pixels: Uint8Array.of(0, 0) }),
    'PIXEL_DATA_INVALID',
    'bits missing',
  );
});

t.test('descriptions that cannot be', async (t) => {
  const pixels = Uint8Array.of(1, 2, 3, 4);
  const cases: readonly (readonly [string, string, Omit<ImageOptions, 'pixels'>])[] = [
    ['no rows', 'PIXEL_DATA_INVALID', { without: [0x00280010] }],
    ['zero columns', 'PIXEL_DATA_INVALID', { columns: 0 }],
    ['zero frames', 'PIXEL_DATA_INVALID', { frames: 0 }],
    ['frames that are no number', 'PIXEL_DATA_INVALID', { frames: '1A' }],
    ['half a frame', 'PIXEL_DATA_INVALID', { frames: '1.5' }],
    ['zero bits', 'PIXEL_DATA_INVALID', { allocated: 0 }],
    ['cells of three bytes', 'PIXEL_FORMAT_UNSUPPORTED', { allocated: 24 }],
    ['more bits stored than allocated', 'PIXEL_DATA_INVALID', { stored: 9 }],
    ['two samples', 'PIXEL_DATA_INVALID', { samples: 2 }],
    ['four samples', 'PIXEL_FORMAT_UNSUPPORTED', { samples: 4, photometric: 'CMYK' }],
    ['grey with three samples', 'PIXEL_DATA_INVALID', { samples: 3, photometric: 'MONOCHROME2' }],
    ['colour with one', 'PIXEL_DATA_INVALID', { photometric: 'RGB' }],
    ['an unknown interpretation', 'PIXEL_FORMAT_UNSUPPORTED', { photometric: 'HSV', samples: 3 }],
    ['a palette without tables', 'PIXEL_DATA_INVALID', { photometric: 'PALETTE COLOR' }],
    ['no pixel data', 'NO_PIXEL_DATA', { without: [0x7fe00010] }],
    ['JPEG XL syntax with native pixels', 'PIXEL_DATA_INVALID', { syntax: '1.2.840.10008.1.2.4.110' }],
    ['video', 'PIXEL_FORMAT_UNSUPPORTED', { syntax: '1.2.840.10008.1.2.4.102' }],
  ];
  for (const [what, code, options] of cases) t.equal(codeOf({ pixels, ...options }), code, what);
  const partial = { samples: 3, photometric: 'YBR_PARTIAL_420', pixels: new Uint8Array(12) };
  t.equal(codeOf(partial), 'PIXEL_FORMAT_UNSUPPORTED', 'no native layout is defined for YBR_PARTIAL_420');
});

t.test('the limits on pixels and frames are kept', async (t) => {
  const { dataSet, transferSyntaxUid } = image({ frames: 2, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
  const drawn = (maxPixelsPerFrame: number, maxFrames: number): number =>
    [...drawFrames(dataSet, transferSyntaxUid, { ...limits, maxPixelsPerFrame, maxFrames })].length;
  t.equal(drawn(4, 2), 2);
  t.throws(() => drawn(3, 2), refusal('PIXEL_LIMIT_EXCEEDED'));
  t.throws(() => drawn(4, 1), refusal('PIXEL_LIMIT_EXCEEDED'));
  const wide = { rows: 1, columns: 65_501, pixels: new Uint8Array(65_502) };
  t.equal(codeOf(wide), 'PIXEL_LIMIT_EXCEEDED', 'wider than a JPEG can be');
});

t.test('RLE: runs, literals, odd segments; and segments that are short or misplaced', async (t) => {
  const frame = (header: readonly number[], ...segments: number[][]): Uint8Array => {
    const words = new Uint32Array(16);
    words.set(header);
    return Uint8Array.from([...new Uint8Array(words.buffer), ...segments.flat()]);
  };
  const code = (fragment: Uint8Array, more: object = {}): string =>
    codeOf({ syntax: rle, pixelVr: 'OB', pixels: { fragments: [fragment] }, ...more });
  const good = frame([1, 64], [0xfe, 7, 0x80, 0, 9]);
  const [first] = draw(image({ syntax: rle, pixelVr: 'OB', pixels: { fragments: [good] } }));
  t.same([...(first?.image.pixels ?? [])], [7, 7, 7, 9], 'a run of three, a no-op, a literal');
  t.equal(code(frame([1, 64], [0xfe, 7])), 'PIXEL_DATA_INVALID', 'short');
  t.equal(code(frame([2, 64, 66], [0xfd, 7], [0xfd, 7])), 'PIXEL_DATA_INVALID', 'two segments for one');
  t.equal(code(frame([1, 8], [0xfd, 7])), 'PIXEL_DATA_INVALID', 'a segment inside the header');
  t.equal(code(frame([1, 4096], [0xfd, 7])), 'PIXEL_DATA_INVALID', 'a segment behind the end');
  t.equal(code(Uint8Array.of(1, 2)), 'PIXEL_DATA_INVALID', 'no header');
});

t.test('encapsulated uncompressed frames must have their length', async (t) => {
  const options = { syntax: encapsulatedUncompressed, pixelVr: 'OB' as const, frames: 2 };
  const four = Uint8Array.of(1, 2, 3, 4);
  t.equal(codeOf({ ...options, pixels: { fragments: [four, four] } }), 'drawn');
  t.equal(codeOf({ ...options, pixels: { fragments: [four, rest(1)] } }), 'PIXEL_DATA_INVALID');
});

t.test('frames are read one at a time: never more than one frame is asked for', async (t) => {
  const frames = 50;
  const bytes = encodePart10({
    elements: [
      element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7.2'),
      element(0x00080018, 'UI', '2.25.1'),
      element(0x00280002, 'US', 1),
      element(0x00280004, 'CS', 'MONOCHROME2'),
      element(0x00280008, 'IS', String(frames)),
      element(0x00280010, 'US', 300),
      element(0x00280011, 'US', 300),
      element(0x00280100, 'US', 8),
      element(0x00280101, 'US', 8),
      element(0x00280102, 'US', 7),
      element(0x00280103, 'US', 0),
      element(0x7fe00010, 'OB', new Uint8Array(frames * 90_000).fill(3)),
    ],
  });
  let largest = 0;
  const source: ByteSource = {
    size: bytes.length,
    // A copy that is overwritten at the next read, as a window over a file may be.
    read: (offset, length) => {
      largest = Math.max(largest, length);
      return bytes.slice(offset, offset + length);
    },
  };
  const { dataSet, transferSyntaxUid } = readPart10(source);
  largest = 0;
  t.equal([...drawFrames(dataSet, transferSyntaxUid, limits)].length, frames);
  t.equal(largest, 90_000);
});
