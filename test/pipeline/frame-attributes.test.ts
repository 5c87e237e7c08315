import t from 'tap';
import { memorySource } from '../../src/dicom/byte-source.ts';
import type { DataSet } from '../../src/dicom/data-set.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { firstItem, items } from '../../src/dicom/values.ts';
import { type FrameOrder, frameOrder, type Groups } from '../../src/pipeline/frame-order.ts';
import { type FramePlace, framePlaces } from '../../src/pipeline/frame-place.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element, type WriterElement } from '../../src/synthetic/writer-element.ts';

function dataSetOf(...elements: WriterElement[]): DataSet {
  const sorted = [element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'), ...elements].sort(
    (a, b) => a.tag - b.tag,
  );
  return readPart10(memorySource(encodePart10({ elements: sorted }))).dataSet;
}

const sequence = (tag: number, ...items: WriterElement[][]): WriterElement => element(tag, 'SQ', { items });

function groupsOf(dataSet: DataSet, index: number): Groups {
  const own = items(dataSet, 0x52009230)[index];
  return (tag) => (own && firstItem(own, tag)) ?? dataSet;
}

function orders(frames: number, ...elements: WriterElement[]): FrameOrder[] {
  const dataSet = dataSetOf(...elements);
  const orderOf = frameOrder(dataSet, frames, (index) => groupsOf(dataSet, index));
  return Array.from({ length: frames }, (_, index) => orderOf(index));
}

function places(frames: number, ...elements: WriterElement[]): FramePlace[] {
  const dataSet = dataSetOf(...elements);
  const placeOf = framePlaces(dataSet);
  return Array.from({ length: frames }, (_, index) => placeOf(index, groupsOf(dataSet, index)));
}

const offsetsOf = (found: readonly FrameOrder[]): (number | null)[] =>
  found.map(({ frameOffsetMs }) => frameOffsetMs);
const positionsOf = (found: readonly FramePlace[]): (number[] | null)[] =>
  found.map(({ imagePositionPatient }) => imagePositionPatient);

t.test('the time of a frame follows from Frame Time or Frame Time Vector, as the pointer says', async (t) => {
  const time = element(0x00181063, 'DS', '33.3');
  const vector = element(0x00181065, 'DS', ['0', '40', '60.5']);
  const pointer = (...to: number[]): WriterElement => element(0x00280009, 'AT', to);
  t.same(offsetsOf(orders(3, time)), [0, 33.3, 66.6]);
  t.same(offsetsOf(orders(3, vector)), [0, 40, 100.5]);
  t.same(offsetsOf(orders(3, time, vector, pointer(0x00181063))), [0, 33.3, 66.6]);
  t.same(offsetsOf(orders(3, time, vector, pointer(0x00181065))), [0, 40, 100.5]);
  t.same(offsetsOf(orders(3, time, pointer(0x00540080))), [null, null, null], 'the frames are slices');
  t.same(offsetsOf(orders(3, element(0x00181065, 'DS', ['0', '40']))), [null, null, null], 'one too few');
  t.same(offsetsOf(orders(1, time)), [null], 'a single frame');
  t.same(offsetsOf(orders(2, element(0x00181063, 'DS', '-5'))), [null, null]);
});

const content = (...elements: WriterElement[]): WriterElement[] => [sequence(0x00209111, elements)];

t.test('functional groups know the time better', async (t) => {
  const moments = (...values: string[]): WriterElement =>
    sequence(0x52009230, ...values.map((value) => content(element(0x00189151, 'DT', value))));
  t.same(
    offsetsOf(orders(3, moments('20200131235959.5', '20200201000000.75', '20200201000001'))),
    [0, 1250, 1500],
    'across midnight',
  );
  t.same(offsetsOf(orders(2, moments('20200101120000+0100', '20200101120000+0000'))), [0, 3_600_000]);
  t.same(
    offsetsOf(orders(2, moments('19000101000000', '19000101000000'))),
    [null, null],
    'put in by a profile',
  );
  t.same(offsetsOf(orders(2, moments('2020', '2021'))), [null, null], 'too coarse');
  const temporal = [0.5, 0.75].map((seconds) => [sequence(0x00209310, [element(0x0020930d, 'FD', seconds)])]);
  t.same(
    offsetsOf(orders(2, sequence(0x52009230, ...temporal), element(0x00181063, 'DS', '7'))),
    [0, 250],
    'the offset in the temporal position goes first',
  );
});

t.test('stack, dimensions and what the pointer names come with each frame', async (t) => {
  const groups = [1, 2].map((number) => [
    ...content(
      element(0x00209056, 'SH', 'A'),
      element(0x00209057, 'UL', number),
      element(0x00209128, 'UL', 3 - number),
      element(0x00209157, 'UL', [1, number]),
    ),
    sequence(0x00189118, [element(0x00209153, 'FD', 12.5 * number)]),
  ]);
  t.match(orders(2, sequence(0x52009230, ...groups)), [
    {
      stackId: 'A',
      inStackPositionNumber: 1,
      temporalPositionIndex: 2,
      dimensionIndexValues: [1, 1],
      triggerDelayMs: 12.5,
      frameIncrements: null,
    },
    { inStackPositionNumber: 2, temporalPositionIndex: 1, dimensionIndexValues: [1, 2], triggerDelayMs: 25 },
  ]);
  const nm = orders(
    2,
    element(0x00280009, 'AT', [0x00540020, 0x00540080, 0x00100010]),
    element(0x00540020, 'US', [1, 1]),
    element(0x00540080, 'US', [1, 2]),
    element(0x00100010, 'PN', 'Anonymous'),
  );
  t.same(
    nm.map(({ frameIncrements }) => frameIncrements),
    [1, 2].map((slice) => [
      { tag: '00540020', value: 1 },
      { tag: '00540080', value: slice },
    ]),
    'numbers alone',
  );
  t.match(orders(1, element(0x00541300, 'DS', '1500'), element(0x00181060, 'DS', '40')), [
    { frameReferenceTimeMs: 1500, triggerDelayMs: 40 },
  ]);
});

const axial = element(0x00200037, 'DS', ['1', '0', '0', '0', '1', '0']);
const coronal = element(0x00200037, 'DS', ['1', '0', '0', '0', '0', '-1']);
const origin = element(0x00200032, 'DS', ['-10', '-20', '30']);

t.test('planes of a dose grid lie along the normal, or at their own z', async (t) => {
  const grid = (...offsets: number[]): WriterElement => element(0x3004000c, 'DS', offsets.map(String));
  t.same(positionsOf(places(3, origin, axial, grid(0, 2.5, 5))), [
    [-10, -20, 30],
    [-10, -20, 32.5],
    [-10, -20, 35],
  ]);
  t.same(positionsOf(places(2, origin, coronal, grid(0, 2))), [
    [-10, -20, 30],
    [-10, -18, 30],
  ]);
  t.same(
    positionsOf(places(2, origin, axial, grid(30, 27))),
    [
      [-10, -20, 30],
      [-10, -20, 27],
    ],
    'coordinates, where the first is that of the image position',
  );
  t.same(positionsOf(places(2, origin, axial, grid(12, 15))), [[-10, -20, 30], null], 'neither of both');
  t.same(positionsOf(places(2, origin, grid(0, 2)))[1], null, 'no orientation');
});

t.test('slices of reconstructed NM lie behind the first where the spacing is positive', async (t) => {
  const slices = element(0x00540080, 'US', [1, 2, 3]);
  const detector = sequence(0x00540022, [origin, axial]);
  const spacing = (mm: string): WriterElement => element(0x00180088, 'DS', mm);
  t.same(positionsOf(places(3, slices, detector, spacing('4'))), [
    [-10, -20, 30],
    [-10, -20, 34],
    [-10, -20, 38],
  ]);
  t.same(positionsOf(places(3, slices, detector, spacing('-4')))[2], [-10, -20, 22]);
  t.same(positionsOf(places(3, slices, detector)), [[-10, -20, 30], null, null]);
  t.same(places(1, detector)[0]?.imageOrientationPatient, [1, 0, 0, 0, 1, 0]);
});

t.test('tiles of a slide tell where they lie, or follow each other', async (t) => {
  const tile = (column: number, row: number): WriterElement[] => [
    sequence(0x0048021a, [element(0x0048021e, 'SL', column), element(0x0048021f, 'SL', row)]),
  ];
  const sparse = places(2, sequence(0x52009230, tile(1, 257), tile(513, 1)));
  t.same(
    sparse.map(({ totalPixelMatrixPosition }) => totalPixelMatrixPosition),
    [
      [1, 257],
      [513, 1],
    ],
  );
  const matrix = [
    element(0x00209311, 'CS', 'TILED_FULL'),
    element(0x00480006, 'UL', 600),
    element(0x00480007, 'UL', 257),
    element(0x00280010, 'US', 256),
    element(0x00280011, 'US', 256),
  ];
  const full = places(8, ...matrix);
  t.same(
    full.map(({ totalPixelMatrixPosition }) => totalPixelMatrixPosition),
    [
      [1, 1],
      [257, 1],
      [513, 1],
      [1, 257],
      [257, 257],
      [513, 257],
      [1, 1],
      [257, 1],
    ],
    'the second focal plane begins anew',
  );
  const part = places(3, ...matrix, element(0x00209228, 'UL', 4));
  t.same(
    part.map(({ totalPixelMatrixPosition }) => totalPixelMatrixPosition),
    [
      [257, 257],
      [513, 257],
      [1, 1],
    ],
    'a part of a concatenation goes on where the one before it ended',
  );
  t.same(places(1)[0], {
    imagePositionPatient: null,
    imageOrientationPatient: null,
    totalPixelMatrixPosition: null,
    imagePositionVolume: null,
  });
});
