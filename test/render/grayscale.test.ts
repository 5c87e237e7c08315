import t from 'tap';
import { element, type WriterElement } from '../../src/synthetic/writer-element.ts';
import { draw } from './drawn.ts';
import { bigEndian, type ImageOptions, image } from './image.ts';

const levels = (options: ImageOptions): number[] => [...(draw(image(options))[0]?.image.pixels ?? [])];
const window = (center: string, width: string, voiFunction?: string): WriterElement[] => [
  element(0x00281050, 'DS', center),
  element(0x00281051, 'DS', width),
  ...(voiFunction === undefined ? [] : [element(0x00281056, 'CS', voiFunction)]),
];
const rescale = (slope: string, intercept: string): WriterElement[] => [
  element(0x00281052, 'DS', intercept),
  element(0x00281053, 'DS', slope),
];
const words = (...values: number[]): Int16Array => Int16Array.from(values);

t.test('a linear window follows the formula of PS3.3 C.11.2.1.2.1', async (t) => {
  // c = 2048, w = 4096 is the example of the standard: 0 -> 0, 4095 -> 255.
  const pixels = words(0, 2047, 2048, 4095);
  const got = levels({ allocated: 16, stored: 12, pixels, more: window('2048', '4096') });
  t.same(got, [0, Math.round((2047 / 4095) * 255), Math.round((2048 / 4095) * 255), 255]);
});

t.test('a window of width 1 is a threshold at center - 0.5', async (t) => {
  t.same(levels({ allocated: 16, pixels: words(9, 10, 11, 0), more: window('10', '1') }), [0, 255, 255, 0]);
});

t.test('LINEAR_EXACT and SIGMOID follow C.11.2.1.2.3 and C.11.2.1.3', async (t) => {
  const pixels = words(0, 25, 50, 100);
  const exact = levels({ allocated: 16, pixels, more: window('50', '100', 'LINEAR_EXACT') });
  t.same(exact, [0, 64, 128, 255]);
  const sigmoid = levels({ allocated: 16, pixels, more: window('50', '100', 'SIGMOID') });
  t.same(
    sigmoid,
    [0, 25, 50, 100].map((x) => Math.round(255 / (1 + Math.exp((-4 * (x - 50)) / 100)))),
  );
});

t.test('the first of several windows is used, after the rescale', async (t) => {
  const more = [...window('0\\100', '3\\10'), ...rescale('2', '-2')];
  t.same(levels({ allocated: 16, pixels: words(0, 1, 2, 3), more }), [0, 191, 255, 255]);
});

t.test('a falling rescale, and windows that lie outside the values', async (t) => {
  const falling = [...rescale('-1', '100'), ...window('50', '100', 'LINEAR_EXACT')];
  const pixels = words(-30_000, 0, 40, 30_000);
  t.same(levels({ allocated: 16, signed: true, pixels, more: falling }), [255, 255, 153, 0]);
  const range = levels({ allocated: 16, signed: true, pixels: words(0, 1, 2, 3), more: rescale('-2', '7') });
  t.same(range, [255, 170, 85, 0]);
  t.same(levels({ pixels: Uint8Array.of(0, 1, 254, 255), more: window('900', '10') }), [0, 0, 0, 0]);
  t.same(levels({ pixels: Uint8Array.of(0, 1, 254, 255), more: window('-900', '10') }), [255, 255, 255, 255]);
});

t.test('a width of zero, or no number, is no window', async (t) => {
  const pixels = words(5, 6, 7, 8);
  for (const width of ['0', '-4', 'wide', '']) {
    t.same(
      levels({ allocated: 16, pixels, more: window('6', width) }),
      [0, 85, 170, 255],
      `width "${width}"`,
    );
  }
});

t.test('a linear window narrower than 1 is taken as exact', async (t) => {
  const more = [...window('0.5', '0.5'), ...rescale('0.25', '0')];
  t.same(levels({ allocated: 16, pixels: words(0, 1, 2, 3), more }), [0, 0, 128, 255]);
});

t.test('without a window the range of all frames is shown', async (t) => {
  const part10 = image({
    allocated: 16,
    frames: 2,
    pixels: words(10, 20, 30, 41, -10, 0, 0, 5),
    signed: true,
  });
  t.same(
    draw(part10).map((frame) => [...frame.image.pixels]),
    [
      [100, 150, 200, 255],
      [0, 50, 50, 75],
    ],
  );
});

t.test('padding does not take part in the range', async (t) => {
  const pixels = words(-2000, 0, 50, 100);
  const padding = element(0x00280120, 'SS', -2000);
  t.same(levels({ allocated: 16, signed: true, pixels, more: [padding] }), [0, 0, 128, 255]);
  const limit = element(0x00280121, 'SS', -1000);
  const range = words(-2000, -1500, 0, 100);
  t.same(levels({ allocated: 16, signed: true, pixels: range, more: [padding, limit] }), [0, 0, 0, 255]);
});

t.test('a flat frame is black, and white as MONOCHROME1', async (t) => {
  const pixels = words(7, 7, 7, 7);
  t.same(levels({ allocated: 16, pixels }), [0, 0, 0, 0]);
  t.same(levels({ allocated: 16, pixels, photometric: 'MONOCHROME1' }), [255, 255, 255, 255]);
});

t.test('MONOCHROME1 and Presentation LUT Shape INVERSE invert once, also together', async (t) => {
  const shape = element(0x20500020, 'CS', 'INVERSE');
  const pixels = Uint8Array.of(0, 85, 170, 255);
  const inverted = [255, 170, 85, 0];
  t.same(levels({ pixels, photometric: 'MONOCHROME1' }), inverted);
  t.same(levels({ pixels, more: [shape] }), inverted);
  t.same(levels({ pixels, photometric: 'MONOCHROME1', more: [shape] }), inverted);
});

t.test('stale bits around the stored ones are ignored, wherever the high bit stands', async (t) => {
  const wanted = [0, 85, 170, 255];
  const low = words(0xf000, 0xf001, 0x7002, 0x0003);
  t.same(levels({ allocated: 16, stored: 12, pixels: low }), wanted);
  const high = words(0x000f, 0x001f, 0x002e, 0x0030);
  t.same(levels({ allocated: 16, stored: 12, highBit: 15, pixels: high }), wanted);
  const signed = words(0xfff8, 0xfff9, 0x0ffa, 0x7ffb);
  t.same(levels({ allocated: 16, stored: 12, signed: true, pixels: signed }), wanted);
});

t.test('one-bit pixels are packed across frames and always black or white', async (t) => {
  // Three frames of 3 x 1 pixels: 110 111 000, first pixel in the lowest bit.
  const bits = Uint8Array.of(0b00111011, 0);
  const part10 = image({ rows: 1, columns: 3, allocated: 1, frames: 3, pixels: bits, pixelVr: 'OB' });
  t.same(
    draw(part10).map((frame) => [...frame.image.pixels]),
    [
      [255, 255, 0],
      [255, 255, 255],
      [0, 0, 0],
    ],
  );
});

t.test('32-bit values keep their precision', async (t) => {
  const unsigned = Uint32Array.of(4_000_000_000, 4_000_000_001, 4_000_000_002, 4_000_000_003);
  t.same(levels({ allocated: 32, pixels: unsigned, pixelVr: 'OW' }), [0, 85, 170, 255]);
  const signed = Int32Array.of(-2_000_000_000, -1_999_999_999, -1_999_999_998, -1_999_999_997);
  t.same(levels({ allocated: 32, signed: true, pixels: signed }), [0, 85, 170, 255]);
  const dose = [...rescale('0.001', '0'), ...window('1', '2', 'LINEAR_EXACT')];
  t.same(
    levels({ allocated: 32, pixels: Uint32Array.of(0, 500, 1000, 2000), more: dose }),
    [0, 64, 128, 255],
  );
});

t.test('floats: the range leaves out NaN, infinities and padding; these are black', async (t) => {
  const float = (vr: 'OF' | 'OD', tag: number, pixels: Float32Array | Float64Array): number[] => {
    const padding = element(vr === 'OF' ? 0x00280122 : 0x00280123, vr === 'OF' ? 'FL' : 'FD', -999);
    const more = [element(tag, vr, pixels), padding];
    return levels({
      columns: 6,
      allocated: vr === 'OF' ? 32 : 64,
      pixels: null,
      without: [0x7fe00010],
      more,
    });
  };
  const values = [-999, 1, 1.5, 3, Number.NaN, Number.POSITIVE_INFINITY];
  const wanted = [0, 0, 64, 255, 0, 0];
  t.same(float('OF', 0x7fe00008, Float32Array.from(values)), wanted);
  t.same(float('OD', 0x7fe00009, Float64Array.from(values)), wanted);
});

t.test('big-endian cells of 8, 16 and 32 bits', async (t) => {
  const wanted = [0, 85, 170, 255];
  const eight = Uint8Array.of(85, 0, 255, 170); // OW: words with swapped bytes
  t.same(levels({ syntax: bigEndian, pixels: eight }), wanted);
  t.same(levels({ syntax: bigEndian, pixels: Uint8Array.from(wanted), pixelVr: 'OB' }), wanted);
  t.same(levels({ syntax: bigEndian, allocated: 16, pixels: Uint16Array.of(300, 301, 302, 303) }), wanted);
  const more = [element(0x7fe00008, 'OF', Float32Array.of(0, 1, 2, 3))];
  const float = { allocated: 32, pixels: null, without: [0x7fe00010], more };
  t.same(levels({ syntax: bigEndian, ...float }), wanted);
});

t.test('a modality LUT takes the place of the rescale', async (t) => {
  const lut = element(0x00283000, 'SQ', {
    items: [
      [
        element(0x00283002, 'US', [4, 1, 16]),
        element(0x00283004, 'LO', 'US'),
        element(0x00283006, 'OW', Uint16Array.of(100, 300, 200, 400)),
      ],
    ],
  });
  // 0 lies before the first mapped value, 9 behind the last.
  const got = levels({
    columns: 6,
    pixels: Uint8Array.of(0, 1, 2, 3, 4, 9),
    more: [lut, ...rescale('5', '5')],
  });
  t.same(got, [0, 0, 170, 85, 255, 255]);
});

t.test(
  'a VOI LUT is used where there is no window; its signed first value follows the rescale',
  async (t) => {
    const lut = (vr: 'US' | 'SS'): WriterElement =>
      element(0x00283010, 'SQ', {
        items: [
          [
            element(0x00283002, vr, vr === 'US' ? [3, 65_535, 8] : [3, -1, 8]),
            element(0x00283006, 'OW', Uint8Array.of(10, 20, 255, 0)),
          ],
        ],
      });
    const pixels = words(-5, -1, 0, 7);
    t.same(levels({ allocated: 16, signed: true, pixels, more: [lut('SS')] }), [10, 10, 20, 255]);
    t.same(
      levels({ allocated: 16, pixels: words(0, 1, 2, 3), more: [lut('US'), ...rescale('1', '-1')] }),
      [10, 20, 255, 255],
    );
    const both = [lut('SS'), ...window('0', '3')];
    t.same(
      levels({ allocated: 16, signed: true, pixels: words(-1, 0, 1, 2), more: both }),
      [64, 191, 255, 255],
    );
  },
);

t.test('functional groups: per frame before shared before top level', async (t) => {
  const group = (tag: number, ...elements: WriterElement[]): WriterElement =>
    element(tag, 'SQ', { items: [elements] });
  const more = [
    ...window('50', '10'),
    element(0x52009229, 'SQ', {
      items: [[group(0x00289145, ...rescale('2', '0')), group(0x00289132, ...window('2', '5'))]],
    }),
    element(0x52009230, 'SQ', { items: [[], [group(0x00289145, ...rescale('1', '1'))]] }),
  ];
  const frames = draw(image({ allocated: 16, frames: 2, pixels: words(0, 1, 2, 3, 0, 1, 2, 3), more }));
  t.same(
    frames.map(({ transform }) => [
      transform.rescaleSlope,
      transform.rescaleIntercept,
      transform.window?.center,
    ]),
    [
      [2, 0, 2],
      [1, 1, 2],
    ],
  );
  t.same([...(frames[0]?.image.pixels ?? [])], [32, 159, 255, 255]);
  t.same([...(frames[1]?.image.pixels ?? [])], [96, 159, 223, 255]);
});
