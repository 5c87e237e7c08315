import t from 'tap';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import type { ImageOptions } from '../image.ts';
import {
  levels,
  levelsOf,
  lutItem,
  rescaleElements,
  sequence,
  shown,
  windowElements,
  words,
} from './shown.ts';

const explained = (...texts: string[]): WriterElement => element(0x00281055, 'LO', texts);
const four = (more: readonly WriterElement[], pixels = words(0, 1, 2, 3)): ImageOptions => ({
  allocated: 16,
  pixels,
  more,
});
const threshold = (at: string): WriterElement[] => windowElements(at, '1');
const above = (...limits: number[]): number[] =>
  [0, 1, 2, 3].map((value) => (limits.some((limit) => value > limit) ? 255 : 0));

t.test('windows are chosen by number; too high a number gives the first', async (t) => {
  const image = four(windowElements('1\\2\\3', '1\\1\\1'));
  t.same(levels(image, '1'), above(0.5));
  t.same(levels(image, '2'), above(1.5));
  t.same(levels(image, '3'), above(2.5));
  t.same(levels(image, '4'), above(0.5));
});

t.test('windows are chosen by their explanation, without case; an unknown one gives the first', async (t) => {
  const image = four([...windowElements('1\\2\\3', '1\\1\\1'), explained('LUNG', 'Soft Tissue ', 'bone')]);
  t.same(levels(image, 'explanation:soft tissue'), above(1.5));
  t.same(levels(image, 'explanation: BONE '), above(2.5));
  t.same(levels(image, 'explanation:brain'), above(0.5));
});

t.test('what cannot be a window does not count', async (t) => {
  const image = four(windowElements('1\\2\\3\\1', '0\\-4\\1\\1'));
  t.same(levels(image, '1'), above(2.5));
  t.same(levels(image, '2'), above(0.5));
  for (const [center, width] of [
    ['1', ''],
    ['', '1'],
    ['junk', '1'],
    ['1', '1,5'],
    ['1\\2', '0'],
    ['1', '1e999'],
  ] as const) {
    const { window } = shown(four(windowElements(center, width)))[0]?.transform ?? {};
    t.same(window, { center: 1.5, width: 3, voiFunction: 'LINEAR_EXACT' }, `${center} / ${width}: automatic`);
  }
});

t.test('VOI LUTs count behind the windows, and have explanations too', async (t) => {
  const luts = sequence(
    0x00283010,
    lutItem([4, 0, 8], Uint8Array.of(1, 2, 3, 4), 'NORMAL'),
    lutItem([4, 0, 8], Uint8Array.of(9, 8, 7, 6), 'HARDER'),
  );
  t.same(levels(four([luts]), '1'), [1, 2, 3, 4]);
  t.same(levels(four([luts]), '2'), [9, 8, 7, 6]);
  t.same(levels(four([luts]), 'explanation:harder'), [9, 8, 7, 6]);
  const both = four([luts, ...threshold('1'), explained('W')]);
  t.same(levels(both, '1'), above(0.5));
  t.same(levels(both, '2'), [1, 2, 3, 4]);
  t.same(levels(both, '3'), [9, 8, 7, 6]);
  t.same(levels(both, 'explanation:Normal'), [1, 2, 3, 4]);
  const [frame] = shown(both, { window: { kind: 'nth', n: 2 } });
  t.equal(frame?.transform.window, undefined, 'no window was applied');
});

t.test(
  'a VOI LUT whose descriptor states more bits than its entries use is not shown in the dark',
  async (t) => {
    const lut = (bits: number, entries: Uint8Array | Uint16Array): WriterElement =>
      sequence(0x00283010, lutItem([4, 0, bits], entries));
    const levelsBy = (bits: number, entries: Uint8Array | Uint16Array): number[] =>
      levels(four([lut(bits, entries)]));
    t.same(levelsBy(16, Uint16Array.of(0, 1365, 2730, 4095)), [0, 85, 170, 255], '16 for 12');
    t.same(levelsBy(16, Uint16Array.of(0, 85, 170, 255)), [0, 85, 170, 255], '16 for 8');
    t.same(levelsBy(16, Uint8Array.of(0, 85, 170, 255)), [0, 85, 170, 255], '16 for 8, packed');
    t.same(levelsBy(8, Uint16Array.of(0, 1365, 2730, 4095)), [0, 85, 170, 255], '8 for 12');
    t.same(
      levelsBy(12, Uint16Array.of(0, 500, 1000, 2000)),
      [0, 31, 62, 125],
      'half of the range is believed',
    );
    t.same(levelsBy(12, Uint16Array.of(0, 0, 0, 0)), [0, 0, 0, 0]);
  },
);

t.test('a damaged VOI LUT holds the image only where it is chosen', async (t) => {
  const broken = sequence(0x00283010, lutItem([400, 0, 16], Uint16Array.of(1, 2)));
  t.same(levels(four([broken, ...threshold('1')])), above(0.5));
  t.throws(() => levels(four([broken])), { code: 'PIXEL_DATA_INVALID' });
});

t.test('automatic: the windows and tables of the image are not used', async (t) => {
  const luts = sequence(0x00283010, lutItem([4, 0, 8], Uint8Array.of(1, 2, 3, 4)));
  t.same(levels(four([...threshold('1'), luts]), 'automatic'), [0, 85, 170, 255]);
});

t.test('each frame of an enhanced object has its own rescale, window and function', async (t) => {
  const group = (
    rescale: WriterElement[] | undefined,
    window: WriterElement[] | undefined,
  ): WriterElement[] => [
    ...(rescale === undefined ? [] : [sequence(0x00289145, rescale)]),
    ...(window === undefined ? [] : [sequence(0x00289132, window)]),
  ];
  const more = [
    sequence(
      0x52009229,
      group(
        [...rescaleElements('2', '0'), element(0x00281054, 'LO', 'US')],
        windowElements('3', '6', 'LINEAR_EXACT'),
      ),
    ),
    sequence(
      0x52009230,
      group(rescaleElements('1', '-1'), windowElements('1', '1')),
      group(rescaleElements('-1', '3'), undefined),
      group(undefined, [...windowElements('2\\4', '1\\1'), explained('LOW', 'HIGH')]),
      group(undefined, windowElements('3', '2', 'SIGMOID')),
      [],
    ),
  ];
  const sop = ['1.2.840.10008.5.1.4.1.1.4.1', '1.2.840.10008.5.1.4.1.1.2.1', '1.2.840.10008.5.1.4.1.1.130'];
  const pixels = Int16Array.from({ length: 20 }, (_, i) => i % 4);
  for (const sopClass of sop) {
    const image = { ...four(more, pixels), frames: 5, sopClass };
    const sigmoid = [0, 2, 4, 6].map((x) => Math.round(255 / (1 + Math.exp(-2 * (x - 3)))));
    t.same(levelsOf(image), [
      [0, 0, 255, 255],
      [128, 85, 43, 0],
      [0, 255, 255, 255],
      sigmoid,
      [0, 85, 170, 255],
    ]);
    t.same(levelsOf(image, { window: { kind: 'explanation', text: 'high' } })[2], [0, 0, 255, 255]);
    t.same(
      shown(image).map(({ transform }) => [
        transform.rescaleSlope,
        transform.rescaleIntercept,
        transform.window?.width,
      ]),
      [
        [1, -1, 1],
        [-1, 3, 6],
        [2, 0, 1],
        [2, 0, 2],
        [2, 0, 6],
      ],
    );
  }
});

t.test('frames selected one by one are drawn as they are among all', async (t) => {
  const pixels = Int16Array.from({ length: 40 }, (_, i) => (i * i) % 37);
  const image = { ...four([], pixels), frames: 10 };
  const all = levelsOf(image);
  t.same(levelsOf(image, { frames: { kind: 'middle' } }), [all[4]]);
  t.same(levelsOf(image, { frames: { kind: 'every', n: 3 } }), [all[0], all[3], all[6], all[9]]);
});

t.test('a VOI LUT inside a Frame VOI LUT item is used', async (t) => {
  const luts = sequence(0x00283010, lutItem([4, 0, 8], Uint8Array.of(1, 2, 3, 4)));
  t.same(levels(four([sequence(0x52009229, [sequence(0x00289132, [luts])])])), [1, 2, 3, 4]);
});

t.test('a dose is scaled by Dose Grid Scaling, in its units', async (t) => {
  const dose = {
    ...four([element(0x3004000e, 'DS', '0.25'), element(0x30040002, 'CS', 'GY')], words(0, 1, 2, 4)),
    sopClass: '1.2.840.10008.5.1.4.1.1.481.2',
  };
  const [frame] = shown(dose);
  t.same([...(frame?.image.pixels ?? [])], [0, 64, 128, 255]);
  t.match(frame?.transform, { rescaleSlope: 0.25, rescaleType: 'GY', window: { center: 0.5, width: 1 } });
});

t.test('a Presentation LUT is the last word', async (t) => {
  const lut = sequence(0x20500010, lutItem([3, 0, 10], Uint16Array.of(1023, 0, 512)));
  const more = [lut, ...windowElements('1.5', '3', 'LINEAR_EXACT')];
  t.same(levels(four(more)), [255, 0, 0, 128]);
  t.same(levels({ ...four(more), photometric: 'MONOCHROME1' }), [255, 0, 0, 128]);
});
