import sharp from 'sharp';
import t from 'tap';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import { draw } from '../drawn.ts';
import { bigEndian, type ImageOptions, image, jpegBaseline } from '../image.ts';

const rgb = (options: ImageOptions): number[] => {
  const [first] = draw(image(options));
  t.equal(first?.image.channels, 3);
  return [...(first?.image.pixels ?? [])];
};

t.test('RGB, interleaved and by plane, of 8 and 16 bits', async (t) => {
  const wanted = [1, 2, 3, 4, 5, 6];
  const two = { samples: 3, columns: 2 };
  t.same(rgb({ ...two, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) }), wanted);
  t.same(rgb({ ...two, planar: 1, pixels: Uint8Array.of(1, 4, 2, 5, 3, 6) }), wanted);
  const wide = Uint16Array.of(0x0100, 0x0400, 0x02ff, 0x0500, 0x0300, 0x0600);
  t.same(rgb({ ...two, planar: 1, allocated: 16, pixels: wide }), wanted);
  t.same(rgb({ ...two, planar: 1, allocated: 16, pixels: wide, syntax: bigEndian }), wanted);
  const twelve = Uint16Array.of(0x010, 0x020, 0x030, 0x040, 0x050, 0xf06f);
  t.same(rgb({ ...two, allocated: 16, stored: 12, pixels: twelve }), wanted);
});

t.test('YBR_FULL, YBR_FULL_422 and YBR_PARTIAL_422 as they are stored', async (t) => {
  const red = [76, 85, 255]; // full-range YCbCr of pure red
  const wanted = [254, 0, 0];
  const full = { samples: 3, columns: 2, photometric: 'YBR_FULL' };
  t.same(rgb({ ...full, pixels: Uint8Array.of(...red, ...red) }), [...wanted, ...wanted]);
  const paired = { ...full, photometric: 'YBR_FULL_422' };
  t.same(rgb({ ...paired, pixels: Uint8Array.of(76, 76, 85, 255) }), [...wanted, ...wanted]);
  const odd = { ...paired, columns: 3 };
  const grey = Uint8Array.of(10, 20, 128, 128, 30, 0, 128, 128);
  t.same(rgb({ ...odd, pixels: grey }), [10, 10, 10, 20, 20, 20, 30, 30, 30], 'odd number of columns');
  const partial = { ...full, photometric: 'YBR_PARTIAL_422' };
  t.same(rgb({ ...partial, pixels: Uint8Array.of(16, 235, 128, 128) }), [0, 0, 0, 255, 255, 255]);
});

t.test('uncompressed pixels called YBR_FULL_422 that are not subsampled are taken as YBR_FULL', async (t) => {
  const pixels = Uint8Array.of(10, 128, 128, 20, 128, 128, 30, 128, 128, 40, 128, 128);
  const got = rgb({ samples: 3, columns: 4, photometric: 'YBR_FULL_422', pixels });
  t.same(got, [10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40]);
});

const palette = (
  bits: number,
  make: (values: readonly number[]) => Uint8Array | Uint16Array,
): WriterElement[] => [
  ...[0x00281101, 0x00281102, 0x00281103].map((tag) => element(tag, 'US', [3, 10, bits])),
  element(0x00281201, 'OW', make([255, 0, 0])),
  element(0x00281202, 'OW', make([0, 255, 0])),
  element(0x00281203, 'OW', make([0, 0, 255])),
];

t.test('palettes: 16-bit entries, packed 8-bit entries, and depths stated wrong', async (t) => {
  const wanted = [255, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255];
  const options = { photometric: 'PALETTE COLOR', pixels: Uint8Array.of(0, 10, 11, 250) };
  const wide = (values: readonly number[]): Uint16Array => Uint16Array.from(values, (value) => value * 257);
  const packed = (values: readonly number[]): Uint8Array => Uint8Array.of(...values, 0);
  const loose = (values: readonly number[]): Uint16Array => Uint16Array.from(values);
  t.same(rgb({ ...options, more: palette(16, wide) }), wanted, '16 bits');
  t.same(rgb({ ...options, more: palette(8, packed) }), wanted, '8 bits, two to a word');
  t.same(rgb({ ...options, more: palette(8, loose) }), wanted, '8 bits, one to a word');
  t.same(rgb({ ...options, more: palette(16, loose) }), wanted, '16 bits stated, 8 bits meant');
  t.same(rgb({ ...options, more: palette(8, wide) }), wanted, '8 bits stated, 16 bits meant');
});

t.test('segmented palettes: discrete, linear and indirect segments', async (t) => {
  const segments = Uint16Array.of(0, 1, 0, 1, 2, 200 * 256, 2, 1, 0, 0);
  const table = [0x00281101, 0x00281102, 0x00281103].map((tag) => element(tag, 'US', [4, 0, 16]));
  const data = [0x00281221, 0x00281222, 0x00281223].map((tag) => element(tag, 'OW', segments));
  const pixels = Uint8Array.of(0, 1, 2, 3);
  const got = rgb({ photometric: 'PALETTE COLOR', pixels, more: [...table, ...data] });
  t.same(
    got,
    [0, 100, 200, 0].flatMap((level) => [level, level, level]),
  );
});

/** A JPEG of one colour without any mark of its colour space: sharp writes neither JFIF nor Adobe segments. */
async function jpegOf(color: readonly [number, number, number], subsampling: string): Promise<Buffer> {
  const [r, g, b] = color;
  return sharp({ create: { width: 16, height: 16, channels: 3, background: { r, g, b } } })
    .jpeg({ quality: 100, chromaSubsampling: subsampling })
    .toBuffer();
}
/** The segment put behind SOI. */
function withSegment(jpeg: Buffer, segment: readonly number[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from(segment), jpeg.subarray(2)]);
}
const jfif = [0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
const adobe = (transform: number): number[] => [
  ...[0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0],
  transform,
];

t.test('JPEG: marks in the stream decide on the colour before the header does', async (t) => {
  const jpeg = await jpegOf([200, 30, 60], '4:4:4');
  const subsampled = await jpegOf([200, 30, 60], '4:2:0');
  const first = (bytes: Buffer, photometric: string): number[] => {
    const fragments = { fragments: [bytes] };
    const base = { rows: 16, columns: 16, samples: 3, syntax: jpegBaseline, pixelVr: 'OB' as const };
    return rgb({ ...base, photometric, pixels: fragments }).slice(0, 3);
  };
  const near = (got: number[], wanted: number[], what: string): void => {
    t.ok(
      got.every((value, i) => Math.abs(value - (wanted[i] ?? 0)) <= 2),
      `${what}: ${got.join(',')}`,
    );
  };
  const red = [200, 30, 60];
  const asStored = [84, 114, 211]; // its Y, Cb, Cr taken for R, G, B
  near(first(withSegment(jpeg, jfif), 'YBR_FULL_422'), red, 'JFIF, header YBR');
  near(first(withSegment(jpeg, jfif), 'RGB'), red, 'JFIF, header says RGB');
  near(first(withSegment(jpeg, adobe(1)), 'RGB'), red, 'Adobe transform 1, header says RGB');
  near(first(withSegment(jpeg, adobe(0)), 'YBR_FULL'), asStored, 'Adobe transform 0, header says YBR');
  near(first(jpeg, 'YBR_FULL'), red, 'no mark, header YBR');
  near(first(jpeg, 'RGB'), asStored, 'no mark, header RGB');
  near(first(subsampled, 'RGB'), red, 'no mark, header RGB, but subsampled chroma');
});
