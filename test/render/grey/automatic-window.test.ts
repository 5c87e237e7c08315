import t from 'tap';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import { sampledFrames, windowOfValues } from '../../../src/render/grey/automatic-window.ts';
import type { Distribution } from '../../../src/render/grey/value-distribution.ts';
import { describePixels, type PixelDescription } from '../../../src/render/pixel-description.ts';
import { standardRenderSettings } from '../../../src/render/settings.ts';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import { type ImageOptions, image } from '../image.ts';
import { levels, levelsOf, lutItem, rescaleElements, sequence, shown, words } from './shown.ts';

const pet = '1.2.840.10008.5.1.4.1.1.128';
const nuclear = '1.2.840.10008.5.1.4.1.1.20';
const dose = '1.2.840.10008.5.1.4.1.1.481.2';
const mr = '1.2.840.10008.5.1.4.1.1.4';

function counted(pairs: Readonly<Record<number, number>>): Distribution {
  const entries = Object.entries(pairs).map(([value, count]) => [Number(value), count] as const);
  entries.sort((a, b) => a[0] - b[0]);
  return {
    values: Float64Array.from(entries, ([value]) => value),
    counts: Float64Array.from(entries, ([, count]) => count),
  };
}
const ends = (
  pairs: Readonly<Record<number, number>>,
  kind: 'counts' | 'dose' | 'measured' = 'measured',
): number[] => {
  const { center, width } = windowOfValues(counted(pairs), kind);
  return [center - width / 2, center + width / 2];
};
const square = (
  pixels: Int16Array | Uint16Array | Float32Array,
  options: Partial<ImageOptions> = {},
): ImageOptions => ({
  rows: 40,
  columns: 50,
  allocated: 16,
  signed: pixels instanceof Int16Array,
  pixels,
  ...options,
});
const windowOf = (options: ImageOptions): { low: number; high: number } => {
  const { center, width } = shown(options)[0]?.transform.window ?? { center: Number.NaN, width: Number.NaN };
  return { low: center - width / 2, high: center + width / 2 };
};

t.test('half a per cent at either end may lie outside', async (t) => {
  const even = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [i, 10]));
  t.same(ends(even), [5, 994]);
  t.same(ends({ ...even, 60000: 1 }), [5, 995], 'a single hot pixel changes nothing');
});

t.test('background of more than half is an end of the window and does not count for the other', async (t) => {
  t.same(ends({ 0: 9_990, 100: 5, 200: 5 }), [0, 200], 'dark');
  t.same(ends({ 0: 5, 100: 5, 4095: 9_990 }), [0, 4095], 'bright');
  t.same(ends({ '-1000': 9_000, '-50': 500, 60: 499, 3000: 1 }), [-1000, 60]);
});

t.test('what differs from a background between the others is seen, darker and brighter', async (t) => {
  t.same(ends({ 1500: 240, 2048: 64_500, 2300: 800 }), [1500, 2300], 'a subtraction');
  t.same(ends({ '-4': 200, 0: 64_900, 3: 100, 5: 300 }), [-4, 5], 'a map');
  t.same(ends({ '-1': 1, 0: 9_000, 700: 400, 800: 599 }), [0, 800], 'a stray value below the background');
  t.same(ends({ 0: 700, 300: 299, 4095: 9_000, 4096: 1 }), [0, 4095], 'one above it');
});

t.test('two values are black and white, one value is black, none is black', async (t) => {
  t.same(ends({ 3: 1, 7: 100_000 }), [3, 7]);
  t.same(ends({ 3: 100_000, 7: 1 }), [3, 7]);
  t.same(ends({ 3: 500, 7: 500 }), [3, 7]);
  t.same(ends({ 3: 500 }), [3, 4]);
  t.same(ends({}), [0, 1]);
});

t.test('counts begin at zero; a dose reaches its greatest value', async (t) => {
  t.same(ends({ 50: 500, 100: 495, 9000: 5 }, 'counts'), [0, 100]);
  t.same(ends({ '-3': 5, 0: 10, 100: 10 }, 'counts'), [0, 100]);
  t.same(ends({ 0: 100 }, 'counts'), [0, 1]);
  t.same(ends({ 50: 500, 100: 495, 9000: 1 }, 'dose'), [0, 9000]);
  t.same(ends({ '-20': 5, 100: 495 }, 'dose'), [-20, 100], 'a difference of doses');
});

t.test('values no double can span give a window all the same', async (t) => {
  const distribution = { values: Float64Array.of(-1.7e308, 1.7e308), counts: Float64Array.of(10, 10) };
  t.match(windowOfValues(distribution, 'measured'), { center: 0, width: Number.MAX_VALUE });
});

t.test(
  'the kind of object decides: PET and NM from zero, dose to the maximum, others by percentiles',
  async (t) => {
    const pixels = Uint16Array.from({ length: 2000 }, (_, i) => (i === 0 ? 30_000 : 500 + (i % 100)));
    t.same(windowOf(square(pixels, { sopClass: mr })), { low: 500, high: 599 });
    t.same(windowOf(square(pixels, { sopClass: pet })), { low: 0, high: 599 });
    t.same(windowOf(square(pixels, { sopClass: nuclear })), { low: 0, high: 599 });
    t.same(windowOf(square(pixels, { sopClass: dose })), { low: 0, high: 30_000 });
    const modality = (code: string): WriterElement[] => [element(0x00080060, 'CS', code)];
    t.same(windowOf(square(pixels, { more: modality('PT') })), { low: 0, high: 599 });
  },
);

t.test('8-bit pixels stay as they are, also beside padding; counts of 8 bits do not', async (t) => {
  const pixels = Uint8Array.of(3, 7, 40, 90);
  t.same(levels({ pixels }), [3, 7, 40, 90]);
  t.same(levels({ pixels, more: [element(0x00280120, 'US', 3)] }), [3, 7, 40, 90]);
  t.same(levels({ pixels, more: rescaleElements('-2', '10') }), [252, 248, 215, 165]);
  t.same(
    levels({ pixels, stored: 7 }),
    [3, 7, 40, 90].map((value) => Math.round((value * 255) / 127)),
  );
  t.same(
    levels({ pixels, sopClass: nuclear }),
    [3, 7, 40, 90].map((value) => Math.round((value * 255) / 90)),
  );
  t.same(
    levels({ pixels: Uint8Array.of(3, 0), allocated: 1, columns: 8, pixelVr: 'OB' }),
    [255, 255, 0, 0, 0, 0, 0, 0],
  );
});

t.test('padding does not count, however its sign was written', async (t) => {
  const pixels = Int16Array.from({ length: 2000 }, (_, i) => (i < 1500 ? -2000 : i % 50));
  for (const padding of [element(0x00280120, 'SS', -2000), element(0x00280120, 'US', 63_536)])
    t.same(windowOf(square(pixels, { more: [padding] })), { low: 0, high: 49 }, padding.vr);
  t.same(windowOf(square(pixels)), { low: -2000, high: 49 });
  const range = [element(0x00280120, 'SS', -2000), element(0x00280121, 'SS', 20)];
  t.same(windowOf(square(pixels, { more: range })), { low: 21, high: 49 });
  const empty = [element(0x00280120, 'SS', -2000), element(0x00280121, 'SS', 100)];
  t.same(windowOf(square(pixels, { more: empty })), { low: -2000, high: 49 }, 'nothing but padding');
});

t.test('what CT has outside its circle is darker than air, also where nobody calls it padding', async (t) => {
  const pixels = (outside: number): Int16Array =>
    Int16Array.from({ length: 2000 }, (_, i) => (i < outside ? -3024 : i % 2 === 0 ? -1000 : 60));
  const ct = '1.2.840.10008.5.1.4.1.1.2';
  const type = (value: string): WriterElement => element(0x00281054, 'LO', value);
  const rescale = rescaleElements('1', '0');
  for (const outside of [400, 1500]) {
    const options = (more: readonly WriterElement[]): ImageOptions =>
      square(pixels(outside), { sopClass: ct, more: [...rescale, ...more] });
    t.same(windowOf(options([])), { low: -1024, high: 60 }, 'no unit: Hounsfield');
    t.same(windowOf(options([type('HU')])), { low: -1024, high: 60 });
    t.same(windowOf(options([type('US')])), { low: -3024, high: 60 }, 'of another unit');
    const localizer = element(0x00080008, 'CS', ['ORIGINAL', 'PRIMARY', 'LOCALIZER']);
    t.same(windowOf(options([localizer])), { low: -3024, high: 60 });
    t.same(windowOf(square(pixels(outside), { sopClass: mr })), { low: -3024, high: 60 }, 'MR');
  }
  t.same(windowOf(square(pixels(2000), { sopClass: ct })), { low: -3024, high: -3023 }, 'nothing else');
});

t.test('one window for all frames, whichever are selected', async (t) => {
  const pixels = Uint16Array.from({ length: 12 * 2000 }, (_, i) => Math.floor(i / 2000) * 100 + (i % 10));
  const cine = square(pixels, { frames: 12, sopClass: mr });
  const all = shown(cine).map(({ transform }) => transform);
  t.equal(new Set(all).size, 1);
  t.same(windowOf(cine), { low: 0, high: 1109 });
  for (const frames of [{ kind: 'first' }, { kind: 'atMost', n: 2 }] as const)
    t.same(shown(cine, { frames })[0]?.transform.window, all[0]?.window, frames.kind);
  t.ok(Math.max(...(levelsOf(cine)[0] ?? [])) < 5, 'a dark frame stays dark');
});

t.test('a bounded number of frames is looked at, evenly spread', async (t) => {
  const described = (rows: number, numberOfFrames: number, encapsulated = false): PixelDescription => {
    const part10 = image({
      rows,
      columns: rows,
      allocated: 16,
      frames: 1,
      pixels: new Uint16Array(rows * rows),
    });
    const pixels = describePixels(part10.dataSet, standardRenderSettings);
    const source = memorySource(new Uint8Array(0));
    const body = { kind: 'fragments', source, offsetTable: { offset: 0, length: 0 }, fragments: [] } as const;
    return {
      ...pixels,
      numberOfFrames,
      element: encapsulated ? { ...pixels.element, body } : pixels.element,
    };
  };
  t.same(sampledFrames(described(512, 1)), [0]);
  t.same(sampledFrames(described(512, 4)), [0, 1, 2, 3]);
  t.equal(sampledFrames(described(512, 5000)).length, 64);
  t.same(sampledFrames(described(512, 5000, true)), [312, 937, 1562, 2187, 2812, 3437, 4062, 4687]);
  t.same(sampledFrames(described(2048, 100, true)), [16, 50, 83], 'three at least');
});

t.test('frames with rescales of their own are measured after them', async (t) => {
  const slope = (value: string): WriterElement[] => [sequence(0x00289145, rescaleElements(value, '0'))];
  const more = [sequence(0x52009230, slope('1'), slope('10'), slope('0.5'))];
  const pixels = Uint16Array.from({ length: 6000 }, (_, i) => i % 100);
  t.same(windowOf(square(pixels, { frames: 3, sopClass: pet, more })), { low: 0, high: 980 });
});

t.test('a falling rescale, and a table that is not monotonous', async (t) => {
  const pixels = Int16Array.from({ length: 2000 }, (_, i) => i - 1000);
  t.same(windowOf(square(pixels, { more: rescaleElements('-2', '7') })), { low: -1971, high: 1987 });
  const table = sequence(0x00283000, lutItem([4, 0, 16], Uint16Array.of(500, 100, 900, 300)));
  t.same(
    windowOf(
      square(
        Uint16Array.from({ length: 2000 }, (_, i) => i % 4),
        { more: [table] },
      ),
    ),
    { low: 100, high: 900 },
  );
});

t.test('32-bit and floating point values are sampled; the greatest dose of all is kept', async (t) => {
  const count = 600 * 600;
  const wide = Uint32Array.from({ length: count }, (_, i) =>
    i === 77_777 ? 4_000_000_000 : 1_000_000 + (i % 1000),
  );
  const options: ImageOptions = { rows: 600, columns: 600, allocated: 32, pixels: wide, sopClass: dose };
  t.same(windowOf(options), { low: 0, high: 4_000_000_000 });
  const { low, high } = windowOf({ ...options, sopClass: mr });
  t.ok(low >= 1_000_000 && low < 1_000_020 && high > 1_000_980 && high < 1_001_000, `${low} to ${high}`);
  const floats = Float32Array.from({ length: 2000 }, (_, i) =>
    i < 4 ? ([Number.NaN, Infinity, -Infinity, -999][i] as number) : (i % 8) / 8,
  );
  const float = square(floats, {
    allocated: 32,
    pixels: null,
    without: [0x7fe00010],
    more: [element(0x7fe00008, 'OF', floats), element(0x00280122, 'FL', -999)],
  });
  t.same(windowOf(float), { low: 0, high: 0.875 });
  t.same(levels(float).slice(0, 6), [0, 0, 0, 0, 146, 182], 'no number, infinite and padding: black');
  t.same(levels({ ...float, photometric: 'MONOCHROME1' }).slice(0, 6), [0, 0, 0, 0, 109, 73]);
});

t.test('floating point padding may be a range', async (t) => {
  const float = (vr: 'FL' | 'FD', tag: number, pixels: Float32Array | Float64Array): number[] =>
    levels({
      columns: 6,
      allocated: vr === 'FL' ? 32 : 64,
      pixels: null,
      without: [0x7fe00010],
      more: [
        element(tag, vr === 'FL' ? 'OF' : 'OD', pixels),
        element(vr === 'FL' ? 0x00280122 : 0x00280123, vr, 1e6),
        element(vr === 'FL' ? 0x00280124 : 0x00280125, vr, 9e5),
      ],
    });
  const values = [950_000, 1_000_000, 900_000, 1, 2, 3];
  t.same(float('FL', 0x7fe00008, Float32Array.from(values)), [0, 0, 0, 0, 128, 255]);
  t.same(float('FD', 0x7fe00009, Float64Array.from(values)), [0, 0, 0, 0, 128, 255]);
});

t.test('an empty frame is black', async (t) => {
  t.same(new Set(levels(square(new Uint16Array(2000)))), new Set([0]));
  t.same(levels({ allocated: 16, pixels: words(9, 9, 9, 9), signed: true }), [0, 0, 0, 0]);
});
