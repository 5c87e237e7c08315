import t from 'tap';
import { type AttributeType, typesAtTopLevel } from '../../src/deidentify/actions.ts';
import { notInTable } from '../../src/deidentify/generated/not-in-table.ts';
import { tableE11 } from '../../src/deidentify/generated/table-e1-1.ts';
import { iodOf, settlingType } from '../../src/deidentify/iod/iod.ts';
import type { DataElement, DataSet, Vr } from '../../src/dicom/data-set.ts';
import { lookup } from '../../src/dicom/dictionary.ts';
import { bytesElement, item, sequenceElement } from '../../src/dicom/edit.ts';
import { elementText, items, rawBytes } from '../../src/dicom/values.ts';
import {
  around,
  at,
  ct,
  explicit,
  mustPass,
  received,
  run,
  sample,
  standardSequence,
  unEncoded,
  words,
  written,
} from './build.ts';

const released = { releasedCodes: ['BURNED_IN_TEXT_RISK'] };

/** What the last alternative of an action code leaves behind. */
type Expectation = 'absent' | 'empty' | 'dummy' | 'uid' | 'recursed' | 'token';

function expectation(tag: number, basic: string, type?: AttributeType): Expectation {
  if (tag >>> 16 < 8) return 'absent';
  if (tag === 0x00100010 || tag === 0x00100020 || tag === 0x00080050) return 'token';
  if (tag === 0x006a0003) return 'uid';
  // Content and annotations that are none, outside the objects that have them: they may simply go (PS3.15 E.1).
  if (tag === 0x0040a730 || tag === 0x00700001 || (tag === 0x0040b020 && type === undefined)) return 'absent';
  const alternatives = basic.split('/');
  if (basic === 'X/Z/U*') return 'recursed';
  if (type === 3 && alternatives.includes('X')) return 'absent';
  if (type !== undefined && type !== 1 && alternatives.includes('Z')) return 'empty';
  if (type === 1 && alternatives.at(-1) === 'Z') return 'dummy';
  switch (alternatives.at(-1)) {
    case 'X':
      return 'absent';
    case 'Z':
      return 'empty';
    case 'D':
      return 'dummy';
    case 'U':
      return 'uid';
    default:
      throw new Error(`no expectation for ${basic}`);
  }
}

/** Whether the element in the output is what the action asks for; '' or what is wrong. */
function fault(
  expected: Expectation,
  original: DataElement,
  left: DataElement | undefined,
  dataSet: DataSet,
): string {
  if (expected === 'absent') return left === undefined ? '' : 'still there';
  if (left === undefined) {
    // A Code String has no dummy that is legal everywhere; it goes.
    return expected === 'dummy' && original.vr === 'CS' ? '' : 'gone';
  }
  const { body } = left;
  switch (expected) {
    case 'empty':
      if (body.kind === 'items') return body.items.length === 0 ? '' : 'has items';
      return rawBytes(left).length === 0 ? '' : 'has a value';
    case 'dummy':
      if (original.vr === 'SQ') return body.kind === 'items' && body.items.length === 1 ? '' : 'not one item';
      if (rawBytes(left).length === 0) return 'empty';
      return Buffer.compare(rawBytes(left), rawBytes(original)) === 0 ? 'as received' : '';
    case 'uid':
      return /^2\.25\.\d+$/.test(elementText(dataSet, left)[0] ?? '') ? '' : 'no pseudonym';
    case 'token':
      return /^(SP-)?[A-Z2-7]{16}$/.test(elementText(dataSet, left)[0] ?? '') ? '' : 'no pseudonym';
    case 'recursed':
      return body.kind === 'items' && body.items.length === 1 ? '' : 'items changed';
  }
}

/** The bytes that must not leave, whatever the action was. */
function leaks(file: Buffer): boolean {
  return ['SAMPLE', 'sample.example', 'Sample^Person', '20210317', '1.2.99.7.1', '111213'].some((marker) =>
    file.includes(marker),
  );
}

interface Case {
  readonly tag: number;
  readonly name: string;
  readonly vr: Vr;
  readonly expected: Expectation;
  /** At the top level of a CT image, where Types are known. */
  readonly expectedInCt: Expectation;
}

function caseOf(row: { tag: string; keyword: string; vr: string; basic: string }): Case[] {
  if (/[xg]/.test(row.tag)) return [];
  const tag = Number.parseInt(row.tag.replace(',', ''), 16);
  const vr = (row.vr.startsWith('OB') ? 'OB' : row.vr) as Vr;
  const type = settlingType(ctImage, tag) ?? typesAtTopLevel.get(tag);
  const name = `(${row.tag}) ${row.keyword}`;
  const expectedInCt = expectation(tag, row.basic, type);
  return [{ tag, name, vr, expected: expectation(tag, row.basic), expectedInCt }];
}

const ctImage = iodOf('1.2.840.10008.5.1.4.1.1.2');
const cases = tableE11.flatMap(caseOf);

t.test('every row of Table E.1-1 holds at the top level', async (t) => {
  for (const { tag, name, vr, expectedInCt } of cases) {
    const element = sample(tag, vr);
    const { value } = mustPass(run({ ...received(ct()), dataSet: ct(element) }, released));
    const wrong = fault(expectedInCt, element, at(value.dataSet, tag), value.dataSet);
    if (wrong !== '' || leaks(written(value))) t.fail(`${name}: ${wrong || 'value in the output'}`);
  }
  t.equal(cases.length, 653, 'rows tested; four are patterns');
});

t.test('every row holds inside a standard sequence', async (t) => {
  for (const { tag, name, vr, expected } of cases) {
    const element = sample(tag, vr);
    const dataSet = ct(sequenceElement(standardSequence, [item(around, [element])]));
    const { value } = mustPass(run({ ...received(ct()), dataSet }, released));
    const inner = items(value.dataSet, standardSequence)[0];
    const wrong = inner === undefined ? 'no item' : fault(expected, element, at(inner, tag), inner);
    if (wrong !== '' || leaks(written(value))) t.fail(`${name}: ${wrong || 'value in the output'}`);
  }
  t.pass();
});

t.test('every row is gone with the private sequence it stands in', async (t) => {
  for (const { tag, name, vr } of cases) {
    const dataSet = ct(
      words(0x00110010, 'LO', 'ACME CREATOR'),
      sequenceElement(0x00111001, [item(around, [sample(tag, vr)])]),
    );
    const { value } = mustPass(run({ ...received(ct()), dataSet }, released));
    if (at(value.dataSet, 0x00111001) !== undefined || at(value.dataSet, 0x00110010) !== undefined)
      t.fail(name);
    if (leaks(written(value))) t.fail(`${name}: value in the output`);
  }
  t.pass();
});

t.test('every row holds inside a sequence sent with VR UN', async (t) => {
  let tested = 0;
  for (const { tag, name, vr, expected } of cases) {
    if (tag >>> 16 < 8 || lookup(tag) === undefined) continue;
    const element = sample(tag, vr);
    const { value } = mustPass(run(received(ct(unEncoded(element)), explicit), released));
    const inner = items(value.dataSet, standardSequence)[0];
    const wrong = inner === undefined ? 'no item' : fault(expected, element, at(inner, tag), inner);
    if (wrong !== '' || leaks(written(value))) t.fail(`${name}: ${wrong || 'value in the output'}`);
    tested += 1;
  }
  t.ok(tested > 640, `${tested} rows`);
});

t.test('every row holds where the element itself was sent with VR UN', async (t) => {
  for (const { tag, name, vr, expectedInCt } of cases) {
    if (vr === 'SQ') continue;
    const element = sample(tag, vr);
    const sent: DataElement = { ...element, vr: 'UN' };
    const { value } = mustPass(run({ ...received(ct()), dataSet: ct(sent) }, released));
    const left = at(value.dataSet, tag);
    const wrong = fault(expectedInCt, element, left, value.dataSet);
    if (wrong !== '' || leaks(written(value))) t.fail(`${name}: ${wrong || 'value in the output'}`);
  }
  t.pass();
});

t.test('curves, overlays and private elements go as whole groups', async (t) => {
  const dataSet = ct(
    words(0x00090010, 'LO', 'SAMPLE creator'),
    words(0x00091001, 'LT', 'SAMPLE'),
    words(0x50000022, 'LO', 'SAMPLE curve'),
    bytesElement(0x50003000, 'OW', Uint8Array.of(1, 2)),
    words(0x60100022, 'LO', 'SAMPLE overlay'),
    bytesElement(0x60103000, 'OW', Uint8Array.of(1, 2)),
    words(0x60204000, 'LT', 'SAMPLE'),
    words(0x60220022, 'LO', 'SAMPLE of a group the standard does not have'),
  );
  const { value } = mustPass(run({ ...received(ct()), dataSet }, released));
  t.notOk(leaks(written(value)));
  for (const { tag } of value.dataSet.elements) {
    t.notMatch((tag >>> 24).toString(16), /^(50|60)$/);
    t.equal((tag >>> 16) & 1, 0);
  }
});

t.test('attributes the table omits are handled all the same', async (t) => {
  for (const { tag, keyword, vr } of notInTable) {
    if (keyword === 'CodeMeaning' || keyword === 'ExtendedCodeMeaning' || keyword === 'OpticalPathIdentifier')
      continue;
    const number = Number.parseInt(tag.replace(',', ''), 16);
    const dataSet = ct(
      sequenceElement(standardSequence, [item(around, [sample(number, vr as Vr)])]),
      sample(number, vr as Vr),
    );
    const { value } = mustPass(run({ ...received(ct()), dataSet }, released));
    if (leaks(written(value))) t.fail(`(${tag}) ${keyword}`);
  }
  t.pass();
});
