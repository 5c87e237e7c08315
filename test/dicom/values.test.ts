import t from 'tap';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { textElement } from '../../src/dicom/edit.ts';
import {
  effectiveVr,
  element,
  firstItem,
  firstNumber,
  firstText,
  has,
  items,
  numbers,
  rawBytes,
  text,
  valueLength,
  walk,
  words,
} from '../../src/dicom/values.ts';
import { traitsOf, vrs } from '../../src/dicom/vr.ts';
import { bytes, dataSetOf, explicit, file, itemOf, long, need, read, short, syntaxes } from './bytes.ts';

t.test('texts come without padding and separated where the VR allows several values', async (t) => {
  const dataSet = explicit(
    short(0x00080008, 'CS', ' ORIGINAL\\\\ AXIAL '),
    short(0x00080018, 'UI', '1.2.3\0'),
    short(0x00081010, 'SH', ''),
    short(0x00081030, 'LO', ' both ends  '),
    short(0x00104000, 'LT', '  a\\b  '),
    long(0x00189058, 'UT', 'x\\y '),
  );
  t.same(text(dataSet, 0x00080008), ['ORIGINAL', '', 'AXIAL']);
  t.same(text(dataSet, 0x00080018), ['1.2.3']);
  t.same(text(dataSet, 0x00081010), []);
  t.equal(firstText(dataSet, 0x00081010), undefined);
  t.same(text(dataSet, 0x00081030), ['both ends']);
  t.same(text(dataSet, 0x00104000), ['  a\\b']);
  t.same(text(dataSet, 0x00189058), ['x\\y']);
  t.same(text(dataSet, 0x00100010), [], 'absent');
});

t.test('decimal strings keep their places when one is no number', async (t) => {
  const dataSet = explicit(
    short(0x00281050, 'DS', '40\\\\ -1.5e2 \\0x10\\Infinity\\+.5'),
    short(0x00200013, 'IS', ' 7 '),
    short(0x00281051, 'DS', ''),
    short(0x00280008, 'IS', '1A'),
  );
  t.same(numbers(dataSet, 0x00281050), [40, Number.NaN, -150, Number.NaN, Number.NaN, 0.5]);
  t.equal(firstNumber(dataSet, 0x00200013), 7);
  t.equal(firstNumber(dataSet, 0x00281051), undefined);
  t.equal(firstNumber(dataSet, 0x00280008), undefined);
});

t.test('binary numbers follow the byte order', async (t) => {
  const little = explicit(short(0x00280010, 'US', '<0002>'), short(0x00280009, 'AT', '<18006310>'));
  const big = read(
    file(
      bytes(short(0x00280009, 'AT', '<00181063>', true), short(0x00280010, 'US', '<0200>', true)),
      syntaxes.big,
    ),
  ).dataSet;
  for (const dataSet of [little, big]) {
    t.same(numbers(dataSet, 0x00280010), [512]);
    t.same(numbers(dataSet, 0x00280009), [0x00181063]);
  }
  t.same([...words(little, 0x00280010)], [512]);
  t.same([...words(big, 0x00280010)], [512]);
  t.same([...words(big, 0x00283006)], []);
  t.same(
    numbers(explicit(short(0x00280010, 'US', '<000203>')), 0x00280010),
    [512],
    'half a value is left out',
  );
});

t.test('an element of VR UN is read by what the dictionary says', async (t) => {
  const dataSet = explicit(
    long(0x00080060, 'UN', 'CT'),
    long(0x00091010, 'UN', 'private!'),
    long(0x00280010, 'UN', '<0002>'),
  );
  t.equal(effectiveVr(need(dataSet, 0x00080060)), 'CS');
  t.equal(firstText(dataSet, 0x00080060), 'CT');
  t.same(numbers(dataSet, 0x00280010), [512]);
  t.equal(effectiveVr(need(dataSet, 0x00091010)), 'UN');
  t.same(text(dataSet, 0x00091010), []);
});

t.test('elements are found in small and in large data sets', async (t) => {
  for (const count of [3, 200]) {
    const dataSet = dataSetOf(
      Array.from({ length: count }, (_, i) => textElement(dataSetOf([]), 0x00091000 + i, 'LO', String(i))),
    );
    for (let i = 0; i < count; i++) t.equal(firstText(dataSet, 0x00091000 + i), String(i));
    t.equal(element(dataSet, 0x00091000 + count), undefined);
    t.ok(has(dataSet, 0x00091000));
    t.notOk(has(dataSet, 0x00090fff));
  }
});

t.test('items are reached by path, and everything by a walk', async (t) => {
  const code = short(0x00080100, 'SH', 'ONE ');
  const inner = long(0x00082218, 'SQ', itemOf(code));
  const dataSet = explicit(
    long(0x00081115, 'SQ', bytes(itemOf(inner), itemOf(bytes()))),
    short(0x00100010, 'PN', 'A^'),
  );
  t.equal(items(dataSet, 0x00081115).length, 2);
  t.same(items(dataSet, 0x00100010), []);
  const deep = firstItem(dataSet, 0x00081115, 0x00082218);
  t.equal(deep === undefined ? undefined : firstText(deep, 0x00080100), 'ONE');
  t.equal(firstItem(dataSet, 0x00081115, 0x00081140), undefined);
  t.same(
    [...walk(dataSet)].map((step) => [step.element.tag, step.path]),
    [
      [0x00081115, []],
      [0x00082218, [0x00081115]],
      [0x00080100, [0x00081115, 0x00082218]],
      [0x00100010, []],
    ],
  );
  t.equal(valueLength(need(dataSet, 0x00100010)), 2);
  t.equal(valueLength(need(dataSet, 0x00081115)), undefined);
});

t.test('a value beyond the bound is refused, and what is given stays valid', async (t) => {
  const dataSet = explicit(long(0x00091010, 'OB', 'x'.repeat(100)));
  t.throws(() => rawBytes(need(dataSet, 0x00091010), 99), { code: 'DATA_SET_TOO_COMPLEX' });
  const content = bytes('abcdef');
  const plain = memorySource(content);
  const scratch = Buffer.alloc(6);
  const reusing = {
    size: 6,
    read(offset: number, length: number) {
      scratch.set(plain.read(offset, length));
      return scratch.subarray(0, length);
    },
  };
  const value = rawBytes({
    tag: 0x00091010,
    vr: 'OB',
    body: { kind: 'source', source: reusing, offset: 0, length: 3 },
  });
  reusing.read(3, 3);
  t.equal(Buffer.from(value).toString(), 'abc');
});

t.test('the table of VRs holds what PS3.5 says of lengths and padding', async (t) => {
  t.equal(vrs.length, 34);
  t.same(
    vrs.filter((vr) => traitsOf(vr).longForm),
    ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'],
  );
  t.same(
    vrs.filter((vr) => traitsOf(vr).kind === 'text' && traitsOf(vr).padding === 0),
    ['UI'],
  );
  t.same(
    vrs.filter((vr) => traitsOf(vr).localized),
    ['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT'],
  );
});
