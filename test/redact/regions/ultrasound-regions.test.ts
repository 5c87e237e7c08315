import t from 'tap';
import type { DataElement, DataSet } from '../../../src/dicom/data-set.ts';
import { bytesElement, item, sequenceElement } from '../../../src/dicom/edit.ts';
import { outsideUltrasoundRegions } from '../../../src/redact/regions/ultrasound-regions.ts';
import {
  around,
  bigEndian,
  ct,
  explicit,
  implicit,
  received,
  without,
  words,
} from '../../deidentify/build.ts';

const tags = [0x00186018, 0x0018601a, 0x0018601c, 0x0018601e];

function number32(tag: number, value: number): DataElement {
  return bytesElement(tag, 'UL', new Uint8Array(Uint32Array.of(value).buffer));
}
function region(...location: readonly number[]): DataSet {
  return item(around, [...location.map((value, index) => number32(tags[index] ?? 0, value))]);
}
function withRegions(...regions: readonly DataSet[]): DataSet {
  return ct(sequenceElement(0x00186011, regions), words(0x00080060, 'CS', 'US'));
}
const outside = (dataSet: DataSet) => outsideUltrasoundRegions(dataSet, 640, 480);

t.test('the last column and row belong to the region', async (t) => {
  t.same(outside(withRegions(region(10, 40, 629, 479))), {
    kind: 'outside',
    boxes: [
      { left: 0, top: 0, width: 640, height: 40 },
      { left: 0, top: 40, width: 10, height: 440 },
      { left: 630, top: 40, width: 10, height: 440 },
    ],
    kept: [{ left: 10, top: 40, width: 620, height: 440 }],
  });
});

t.test('every region is kept, whatever it shows; overlapping ones are no fault', async (t) => {
  const result = outside(withRegions(region(0, 50, 639, 249), region(100, 200, 639, 449)));
  t.match(result, {
    kind: 'outside',
    boxes: [
      { left: 0, top: 0, width: 640, height: 50 },
      { left: 0, top: 250, width: 100, height: 200 },
      { left: 0, top: 450, width: 640, height: 30 },
    ],
  });
});

t.test('read alike in every transfer syntax', async (t) => {
  const kept = [{ left: 10, top: 40, width: 620, height: 440 }];
  for (const [syntax, explicitVr, littleEndian] of [
    [explicit, true, true],
    [implicit, false, true],
    [bigEndian, true, false],
  ] as const) {
    const encoding = { explicitVr, littleEndian };
    const located = item(
      { ...around, encoding },
      [10, 40, 629, 479].map((value, index) => {
        const bytes = new Uint8Array(4);
        new DataView(bytes.buffer).setUint32(0, value, littleEndian);
        return bytesElement(tags[index] ?? 0, 'UL', bytes);
      }),
    );
    const sent = { ...without(withRegions(located), 0x7fe00010), encoding };
    t.match(outside(received(sent, syntax).dataSet), { kind: 'outside', kept }, syntax);
  }
});

t.test('nothing is blanked where nothing is said, or all is image', async (t) => {
  t.same(outside(ct()), { kind: 'none' });
  t.same(outside(withRegions()), { kind: 'none' });
  t.same(outside(withRegions(region(0, 0, 639, 479))), { kind: 'none' });
  t.same(outside(withRegions(region(0, 0, 0, 0))), { kind: 'none' }, 'a placeholder');
  t.same(outside(withRegions(item(around, []))), { kind: 'none' }, 'a region that has no place');
  t.match(outside(withRegions(region(0, 0, 0, 0), region(0, 40, 639, 479))), {
    kind: 'outside',
    boxes: [{ left: 0, top: 0, width: 640, height: 40 }],
  });
});

t.test('an end that is counted from 1 is cut at the edge', async (t) => {
  t.match(outside(withRegions(region(0, 40, 640, 480))), {
    kind: 'outside',
    boxes: [{ left: 0, top: 0, width: 640, height: 40 }],
  });
});

t.test('regions that contradict themselves or the image are not used', async (t) => {
  const detail = (...regions: readonly DataSet[]): string => {
    const found = outside(withRegions(...regions));
    return found.kind === 'invalid' ? found.detail : found.kind;
  };
  const good = region(0, 40, 639, 479);
  t.equal(detail(region(100, 40, 99, 479)), 'region values', 'the end before the start');
  t.equal(detail(region(0, 480, 639, 100)), 'region values');
  t.equal(detail(region(0, 40, 639)), 'region values', 'the last row is missing');
  t.equal(detail(good, region(0, 40)), 'region values', 'one bad region is enough');
  t.equal(detail(region(0, 0, 1279, 959)), 'region outside', 'of a picture of twice the size');
  t.equal(detail(region(640, 0, 700, 100)), 'region outside');
  t.equal(detail(good, region(0xffffffff, 0, 0xffffffff, 0)), 'region outside');
  t.equal(detail(region(0, 0, 3, 3)), 'regions too small');
  t.equal(detail(...Array.from({ length: 257 }, () => good)), 'region values', 'more than anybody has');
  const twice = item(around, [
    bytesElement(0x00186018, 'UL', new Uint8Array(8)),
    ...[1, 2, 3].map((index) => number32(tags[index] ?? 0, 100)),
  ]);
  t.equal(detail(twice), 'region values', 'two values where one belongs');
});
