import t from 'tap';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import { requirePeer } from '../../support/peers.ts';
import type { ImageOptions } from '../image.ts';
import { apart, byDcmtk, levels, lutItem, rescaleElements, sequence, windowElements } from './shown.ts';

/** Bits allocated, stored, high bit. */
const layouts = [
  [8, 8, 7],
  [8, 5, 4],
  [8, 6, 7],
  [16, 16, 15],
  [16, 12, 11],
  [16, 12, 15],
  [16, 10, 12],
  [16, 9, 8],
  [16, 2, 1],
] as const;
/** Whole numbers in, whole numbers out: DCMTK rounds what comes out of the rescale. */
const rescales: readonly (readonly [slope: string, intercept: string] | undefined)[] = [
  undefined,
  ['1', '-1024'],
  ['2', '7'],
  ['-1', '100'],
  ['-3', '-3'],
];
const windows = [
  ['0', '1'],
  ['10', '2'],
  ['40', '400'],
  ['40.5', '81'],
  ['-900', '1500'],
  ['2048', '4096'],
  ['0', '65536'],
] as const;

/** All stored values, or 1,024 evenly spread ones, with set bits around the stored ones. */
function ramp(allocated: 8 | 16, stored: number, highBit: number): Uint8Array | Uint16Array {
  const size = 2 ** stored;
  const shift = highBit + 1 - stored;
  const stale = (2 ** allocated - 1) ^ ((size - 1) << shift);
  const cells = allocated === 8 ? new Uint8Array(1024) : new Uint16Array(1024);
  for (let i = 0; i < cells.length; i++) {
    const value = (size <= 1024 ? i : Math.floor((i * (size - 1)) / 1023)) & (size - 1);
    cells[i] = (value << shift) | (i % 3 === 0 ? stale : 0);
  }
  return cells;
}

function rampImage(
  [allocated, stored, highBit]: (typeof layouts)[number],
  signed: boolean,
  more: readonly WriterElement[],
): ImageOptions {
  const pixels = ramp(allocated, stored, highBit);
  return { rows: 32, columns: 32, allocated, stored, highBit, signed, pixels, more };
}

t.test('bits, signs, high bits, rescales and windows: within one level of DCMTK', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const folder = t.testdir();
  let compared = 0;
  for (const [index, layout] of layouts.entries())
    for (const signed of [false, true])
      for (const [at, rescale] of rescales.entries()) {
        // Every pair of a layout and a rescale with one window: the table of all would take minutes.
        const [center, width] = windows[(index + 2 * at + (signed ? 3 : 0)) % windows.length] ?? ['0', '1'];
        const more = [
          ...windowElements(center, width),
          ...(rescale === undefined ? [] : rescaleElements(...rescale)),
        ];
        const options = rampImage(layout, signed, more);
        const most = apart(levels(options), byDcmtk(folder, options, '+Wi', '1'));
        if (most > 1)
          t.fail(`${layout} signed ${signed} rescale ${rescale} window ${center} ${width}: ${most} apart`);
        compared += 1;
      }
  t.equal(compared, 90);
});

t.test('sigmoid windows, polarity and the n-th window: within one level of DCMTK', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const folder = t.testdir();
  const twelve = layouts[4];
  const inverse = element(0x20500020, 'CS', 'INVERSE');
  const identity = element(0x20500020, 'CS', 'IDENTITY');
  const window = windowElements('1000', '1500');
  const several = windowElements('1000\\300\\2500', '1500\\90\\3');
  const cases: readonly (readonly [string, ImageOptions, string])[] = [
    ['sigmoid', rampImage(twelve, false, windowElements('1800', '700', 'SIGMOID')), '1'],
    ['signed sigmoid', rampImage(twelve, true, windowElements('-20', '33', 'SIGMOID')), '1'],
    ['MONOCHROME1', { ...rampImage(twelve, false, window), photometric: 'MONOCHROME1' }, '1'],
    ['both', { ...rampImage(twelve, false, [...window, inverse]), photometric: 'MONOCHROME1' }, '1'],
    ['INVERSE', rampImage(twelve, false, [...window, inverse]), '1'],
    ['IDENTITY', rampImage(twelve, false, [...window, identity]), '1'],
    ['second', rampImage(twelve, false, several), '2'],
    ['third', rampImage(twelve, false, several), '3'],
  ];
  for (const [name, options, choice] of cases)
    t.ok(apart(levels(options, choice), byDcmtk(folder, options, '+Wi', choice)) <= 1, name);
});

t.test('modality and VOI LUTs: within one level of DCMTK', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const folder = t.testdir();
  const twelve = layouts[4];
  const curve = (count: number, top: number): Uint16Array =>
    Uint16Array.from({ length: count }, (_, i) => Math.round(top * Math.sin((i / count) * 3) ** 2));
  const modality = sequence(
    0x00283000,
    lutItem([500, 1000, 16], curve(500, 60_000)),
    lutItem([2, 0, 8], Uint8Array.of(9, 1)),
  );
  const falling = Uint16Array.from({ length: 4096 }, (_, i) => 4095 - i);
  const voi = sequence(
    0x00283010,
    lutItem([4096, 0, 12], falling),
    lutItem(
      [256, 65_436, 8],
      Uint8Array.from({ length: 256 }, (_, i) => i),
    ),
  );
  t.ok(
    apart(
      levels(rampImage(twelve, false, [modality, ...windowElements('30000', '60001')])),
      byDcmtk(folder, rampImage(twelve, false, [modality, ...windowElements('30000', '60001')]), '+Wi', '1'),
    ) <= 1,
    'modality LUT, the first of two, and a window',
  );
  for (const [choice, signed] of [
    ['1', false],
    ['1', true],
    ['2', true],
  ] as const) {
    const options = rampImage(twelve, signed, [voi]);
    t.ok(
      apart(levels(options, choice), byDcmtk(folder, options, '+Wl', choice)) <= 1,
      `VOI LUT ${choice}, ${signed ? 'signed' : 'unsigned'}`,
    );
  }
  const rescaled = rampImage(twelve, false, [voi, ...rescaleElements('1', '-100')]);
  t.ok(apart(levels(rescaled, '2'), byDcmtk(folder, rescaled, '+Wl', '2')) <= 1, 'signed by the rescale');
});

t.test('the modality transform of angiography is not for display, as in DCMTK', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const folder = t.testdir();
  const more = [...rescaleElements('3', '50'), ...windowElements('500', '900')];
  for (const sopClass of ['1.2.840.10008.5.1.4.1.1.12.1', '1.2.840.10008.5.1.4.1.1.12.2']) {
    const options = { ...rampImage(layouts[4], false, more), sopClass };
    const ours = levels(options);
    t.ok(apart(ours, byDcmtk(folder, options, '+Wi', '1')) <= 1, sopClass);
    t.ok(apart(ours, levels({ ...options, sopClass: '1.2.840.10008.5.1.4.1.1.2' })) > 1, 'unlike a CT');
  }
});

t.test(
  'a slope of zero is no rescale; pixels of 8 bits without a window stay as they are, as in DCMTK',
  async (t) => {
    if (!requirePeer(t, 'dcmj2pnm')) return;
    const folder = t.testdir();
    const zero = rampImage(layouts[4], false, [
      ...rescaleElements('0', '300'),
      ...windowElements('500', '900'),
    ]);
    t.ok(apart(levels(zero), byDcmtk(folder, zero, '+Wi', '1')) <= 1);
    const eight = rampImage(layouts[0], false, []);
    t.equal(apart(levels(eight), byDcmtk(folder, eight)), 0);
  },
);
