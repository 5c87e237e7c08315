import t from 'tap';
import type { DrawSettings } from '../../../src/render/settings.ts';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import type { ImageOptions } from '../image.ts';
import { levelsOf, sequence, shown } from './shown.ts';

const segmentation = '1.2.840.10008.5.1.4.1.1.66.4';
const labelMap = '1.2.840.10008.5.1.4.1.1.66.7';
const inColor: Partial<DrawSettings> = { segmentations: 'color' };
/** CIELab words of sRGB red and blue, by LittleCMS: L* 54.29 a* 80.81 b* 69.89; L* 29.57 a* 68.30 b* -112.03. */
const red = [35_580, 53_664, 50_858];
const blue = [19_377, 50_448, 4104];

function segment(number: number, lab?: readonly number[]): WriterElement[] {
  return [element(0x00620004, 'US', number), ...(lab === undefined ? [] : [element(0x0062000d, 'US', lab)])];
}
const segments = (...items: WriterElement[][]): WriterElement => sequence(0x00620002, ...items);
const type = (code: string): WriterElement => element(0x00620001, 'CS', code);
const frameOf = (number: number): WriterElement[] => [
  sequence(0x0062000a, [element(0x0062000b, 'US', number)]),
];

/** Two frames of 8 x 1 pixels: 11110000 of segment 2, 00000001 of segment 1. */
const binary: ImageOptions = {
  sopClass: segmentation,
  columns: 8,
  allocated: 1,
  frames: 2,
  pixels: Uint8Array.of(0x0f, 0x80),
  pixelVr: 'OB',
  more: [
    type('BINARY'),
    segments(segment(1, red), segment(2, blue)),
    sequence(0x52009230, frameOf(2), frameOf(1)),
  ],
};

t.test('binary masks are white on black, or of the color of their segment', async (t) => {
  const [first, second] = levelsOf(binary);
  t.same(first, [255, 255, 255, 255, 0, 0, 0, 0]);
  t.same(second, [0, 0, 0, 0, 0, 0, 0, 255]);
  const [one, two] = shown(binary, inColor);
  t.equal(one?.image.channels, 3);
  t.same([...(one?.image.pixels ?? [])].slice(0, 3), [0, 0, 255]);
  t.same([...(one?.image.pixels ?? [])].slice(-3), [0, 0, 0]);
  t.same([...(two?.image.pixels ?? [])].slice(-3), [255, 0, 0]);
  t.equal(one?.transform.window, undefined, 'no window was applied');
});

t.test('an empty mask is black, a full one white, also where it is stored in 8 bits', async (t) => {
  const mask = (...pixels: number[]): number[] | undefined =>
    levelsOf({
      sopClass: segmentation,
      columns: 2,
      pixels: Uint8Array.from(pixels),
      more: [type('BINARY')],
    })[0];
  t.same(mask(0, 0), [0, 0]);
  t.same(mask(1, 1), [255, 255]);
  t.same(mask(0, 255), [0, 255]);
});

t.test('fractions are parts of Maximum Fractional Value', async (t) => {
  const fractional = (maximum: number | undefined): ImageOptions => ({
    sopClass: segmentation,
    pixels: Uint8Array.of(0, 50, 100, 200),
    more: [
      type('FRACTIONAL'),
      ...(maximum === undefined ? [] : [element(0x0062000e, 'US', maximum)]),
      segments(segment(1, red)),
      sequence(0x52009229, frameOf(1)),
    ],
  });
  t.same(levelsOf(fractional(100))[0], [0, 128, 255, 255]);
  t.same(levelsOf(fractional(undefined))[0], [0, 50, 100, 200]);
  t.same(levelsOf(fractional(100), inColor)[0], [0, 0, 0, 128, 0, 0, 255, 0, 0, 255, 0, 0]);
});

const labels = (
  allocated: 8 | 16,
  pixels: Uint8Array | Uint16Array,
  ...more: WriterElement[]
): ImageOptions => ({
  sopClass: labelMap,
  columns: pixels.length,
  allocated,
  pixels,
  more: [type('LABELMAP'), ...more],
});

t.test(
  'labels are spread over grey in the order of their numbers; what nobody describes is white',
  async (t) => {
    const described = segments(segment(2000), segment(0), segment(7), segment(40), segment(41));
    const map = labels(16, Uint16Array.of(0, 7, 40, 41, 2000, 999), described);
    t.same(levelsOf(map)[0], [0, 64, 128, 191, 255, 255]);
    const padded = labels(
      8,
      Uint8Array.of(255, 1, 2, 0),
      segments(segment(1), segment(2)),
      element(0x00280120, 'US', 255),
    );
    t.same(levelsOf(padded)[0], [0, 128, 255, 0], 'padding is background');
  },
);

t.test('labels in color: as recommended, else all different', async (t) => {
  const map = labels(8, Uint8Array.of(0, 1, 2, 9), segments(segment(1, red), segment(2, blue)));
  t.same(levelsOf(map, inColor)[0], [0, 0, 0, 255, 0, 0, 0, 0, 255, 255, 255, 255]);
  const many = Array.from({ length: 40 }, (_, i) => segment(i + 1));
  const own =
    levelsOf(
      labels(
        8,
        Uint8Array.from({ length: 41 }, (_, i) => i),
        segments(...many),
      ),
      inColor,
    )[0] ?? [];
  const colors = new Set(Array.from({ length: 41 }, (_, i) => own.slice(3 * i, 3 * i + 3).join()));
  t.equal(colors.size, 41);
});

t.test('a label map with a palette is drawn by it in color, and by its labels in grey', async (t) => {
  const table = (component: number): WriterElement[] => [
    element(0x00281101 + component, 'US', [3, 0, 8]),
    element(0x00281201 + component, 'OW', Uint16Array.of(0, 10 + component, 20 + component)),
  ];
  const map: ImageOptions = {
    ...labels(
      8,
      Uint8Array.of(0, 1, 2, 1),
      segments(segment(1), segment(2)),
      ...table(0),
      ...table(1),
      ...table(2),
    ),
    photometric: 'PALETTE COLOR',
  };
  t.same(levelsOf(map)[0], [0, 128, 255, 128]);
  t.same(levelsOf(map, inColor)[0], [0, 0, 0, 10, 11, 12, 20, 21, 22, 10, 11, 12]);
});

t.test('hold: every kind of segmentation, and nothing else', async (t) => {
  const hold: Partial<DrawSettings> = { segmentations: 'hold' };
  for (const sopClass of [segmentation, labelMap, '1.2.840.10008.5.1.4.1.1.66.8'])
    t.throws(() => shown({ sopClass, pixels: new Uint8Array(4) }, hold), {
      code: 'SEGMENTATION_NOT_RENDERED',
    });
  t.equal(shown({ pixels: new Uint8Array(4) }, hold).length, 1);
});

t.test('pixels that cannot be segments are refused', async (t) => {
  t.throws(() => shown({ sopClass: segmentation, allocated: 32, pixels: new Uint32Array(4) }), {
    code: 'PIXEL_FORMAT_UNSUPPORTED',
  });
});
