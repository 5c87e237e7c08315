import t from 'tap';
import { createIdentifiers } from '../../../src/deidentify/identifiers.ts';
import type { ProfileOption } from '../../../src/deidentify/rules.ts';
import type { ContentContext } from '../../../src/deidentify/structured/content-context.ts';
import {
  cleanContentTree,
  cleanLooseItem,
  contentSequenceTag,
  maxContentDepth,
} from '../../../src/deidentify/structured/content-tree.ts';
import { keptTemporal, keptUids } from '../../../src/deidentify/valued-actions.ts';
import type { DataElement, DataSet } from '../../../src/dicom/data-set.ts';
import { item, sequenceElement, uidElement } from '../../../src/dicom/edit.ts';
import { element, items, numbers, text } from '../../../src/dicom/values.ts';
import { around, pseudonyms, words } from '../build.ts';
import {
  byReference,
  code,
  codeValue,
  container,
  contentItem,
  dcm,
  numericValue,
  personName,
  reference,
  textValue,
  uidValue,
} from './content.ts';

interface Reported {
  readonly path: string;
  readonly done: string;
}

const secrets = {
  identifiers: createIdentifiers({ names: [], ids: [], dates: [] }),
  dates: undefined,
} as const;

/** A context with rules for attributes that keep everything, so that only the judgement of items is seen. */
function contextOf(...options: readonly ProfileOption[]): ContentContext<string> & {
  reported: Reported[];
  claimed: Set<string>;
} {
  const reported: Reported[] = [];
  const claimed = new Set<string>();
  return {
    reported,
    claimed,
    options: new Set(options),
    trueDeviceDates: false,
    cleanText: (found) => {
      const value = text(item(around, [found]), found.tag)[0] ?? '';
      return { element: words(found.tag, 'UT', value.replace('Doe', '***')), action: 'cleaned' };
    },
    shiftDate: (found) =>
      keptTemporal(found, secrets) === undefined
        ? undefined
        : { element: words(found.tag, found.vr === 'DA' ? 'DA' : 'DT', '20140101'), action: 'shifted' },
    wellFormed: (found) =>
      keptTemporal(found, secrets)?.element ?? keptUids(found, secrets, pseudonyms)?.element,
    isOwnRule: () => false,
    claim: (option) => claimed.add(option),
    checked: (found) => found,
    remapUids: (found) => uidElement(found.tag, pseudonyms.uid('1.2.99.7.1')),
    token: (kind, value) => pseudonyms.token(kind, value),
    editAttributes: (found) => found,
    within: (place, tag) => `${place}/${tag.toString(16)}`,
    report: (path, tag, done) => reported.push({ path: `${path}:${tag.toString(16)}`, done }),
  };
}

function clean(content: readonly DataSet[], ...options: readonly ProfileOption[]): readonly DataSet[] {
  const cleaned = cleanContentTree(contextOf(...options), content, around, '');
  return cleaned?.body.kind === 'items' ? cleaned.body.items : [];
}

const types = (content: readonly DataSet[]): string[] =>
  content.map((found) => text(found, 0x0040a040)[0] ?? 'by reference');
const at = (content: readonly DataSet[], ...path: readonly number[]): DataSet => {
  const [first = 0, ...rest] = path;
  const found = content[first - 1];
  if (found === undefined) throw new Error(`nothing at ${path.join('.')}`);
  return rest.length === 0 ? found : at(items(found, contentSequenceTag), ...rest);
};
const comment = contentItem('TEXT', { name: dcm('121106'), values: [textValue('Seen by Doe')] });
const finding = (...below: readonly DataSet[]): DataSet =>
  contentItem('TEXT', { name: dcm('121071'), values: [textValue('Nodule, Doe')], below });
const length = contentItem('NUM', {
  name: code('410668003', 'SCT', 'Length'),
  values: [numericValue('12.5', 'mm')],
});
const image = contentItem('IMAGE', { values: [reference('1.2.840.10008.5.1.4.1.1.2', '1.2.3')] });

t.test(
  'text, names and tables that the table does not name go; codes, numbers and references stay',
  async (t) => {
    const left = clean([
      contentItem('TEXT', { name: dcm('999999'), values: [textValue('Doe')] }),
      contentItem('TEXT', { values: [textValue('Doe')] }),
      contentItem('PNAME', { name: dcm('999999'), values: [personName('Doe^Jane')] }),
      contentItem('TABLE', { name: dcm('999999') }),
      contentItem('CODE', { name: dcm('999999'), values: [codeValue(code('T-A0100', 'SRT', 'Brain'))] }),
      length,
      image,
      contentItem('SCOORD', { values: [words(0x00700023, 'CS', 'POINT')], below: [image] }),
      contentItem('SCOORD3D', { values: [words(0x00700023, 'CS', 'POINT')] }),
      contentItem('TCOORD', { values: [words(0x0040a130, 'CS', 'POINT')] }),
    ]);
    t.strictSame(types(left), ['CODE', 'NUM', 'IMAGE', 'SCOORD', 'SCOORD3D', 'TCOORD']);
    t.equal(text(at(items(at(left, 2), 0x0040a300), 1), 0x0040a30a)[0], '12.5');
  },
);

t.test('items that cannot be understood go with all below them', async (t) => {
  const left = clean([
    contentItem('SOMETHING', { name: dcm('121071'), values: [textValue('Doe')], below: [length] }),
    item(around, [textValue('Doe')]),
    item(around, [words(0x0040a040, 'CS', ''), textValue('Doe')]),
    length,
  ]);
  t.strictSame(types(left), ['NUM']);
});

t.test('values of another value type are not carried along', async (t) => {
  const [left] = clean([
    contentItem('NUM', {
      name: code('410668003', 'SCT', 'Length'),
      values: [numericValue('12.5', 'mm'), textValue('Doe'), personName('Doe^Jane'), uidValue('1.2.3.4')],
    }),
  ]);
  t.ok(left !== undefined);
  for (const tag of [0x0040a160, 0x0040a123, 0x0040a124]) t.equal(left && element(left, tag), undefined);
});

t.test(
  'listed text becomes a dummy where the template needs it, and is cleaned under Clean Descriptors',
  async (t) => {
    t.strictSame(text(at(clean([finding()]), 1), 0x0040a160), ['REMOVED']);
    t.strictSame(types(clean([comment])), []);
    t.strictSame(text(at(clean([finding()], 'cleanDescriptors'), 1), 0x0040a160), ['Nodule, ***']);
    t.strictSame(text(at(clean([comment], 'cleanDescriptors'), 1), 0x0040a160), ['Seen by ***']);
  },
);

t.test('an item with others below it keeps its place with a dummy value', async (t) => {
  const left = clean([
    contentItem('TEXT', { name: dcm('999999'), values: [textValue('Doe')], below: [length] }),
    contentItem('PNAME', { name: dcm('121088'), values: [personName('Doe^Jane')], below: [length] }),
    contentItem('DATE', {
      name: dcm('121031'),
      values: [words(0x0040a121, 'DA', '19630217')],
      below: [length],
    }),
  ]);
  t.strictSame(types(left), ['TEXT', 'PNAME', 'DATE']);
  t.strictSame(text(at(left, 1), 0x0040a160), ['REMOVED']);
  t.strictSame(text(at(left, 2), 0x0040a123), ['ANON^ANON']);
  t.strictSame(text(at(left, 3), 0x0040a121), ['19000101']);
  t.strictSame(types([at(left, 1, 1), at(left, 3, 1)]), ['NUM', 'NUM']);
});

t.test('references by identifier are numbered anew when items before their target go', async (t) => {
  const left = clean([
    comment,
    container(dcm('121070'), [comment, length, finding(byReference([1, 2, 2]), byReference([1, 3]))]),
    image,
  ]);
  t.strictSame(types(left), ['CONTAINER', 'IMAGE']);
  t.strictSame(numbers(at(left, 1, 2, 1), 0x0040db73), [1, 1, 1]);
  t.strictSame(numbers(at(left, 1, 2, 2), 0x0040db73), [1, 2]);
});

t.test(
  'a referenced item stays; references to nothing, to references and to what was dropped go',
  async (t) => {
    const left = clean([
      comment,
      contentItem('SOMETHING', { below: [length] }),
      finding(
        byReference([1, 1]),
        byReference([1, 2]),
        byReference([1, 2, 1]),
        byReference([1, 9]),
        byReference([1, 3, 1]),
        byReference([]),
      ),
    ]);
    t.strictSame(types(left), ['TEXT', 'TEXT']);
    t.strictSame(text(at(left, 1), 0x0040a160), ['REMOVED'], 'the comment is referred to');
    t.equal(items(at(left, 2), contentSequenceTag).length, 1);
    t.strictSame(numbers(at(left, 2, 1), 0x0040db73), [1, 1]);
  },
);

t.test('a container that the table removes goes with all below it', async (t) => {
  const devices = container(dcm('121000'), [
    contentItem('TEXT', {
      name: code('74711-3', 'LN', 'Unique Device Identifier'),
      values: [textValue('(01)0044')],
    }),
    byReference([1, 1]),
  ]);
  t.strictSame(types(clean([length, devices, finding(byReference([1, 2, 1]))])), ['NUM', 'TEXT']);
  const left = clean([devices], 'retainDeviceIdentity');
  t.strictSame(text(at(left, 1, 1), 0x0040a160), ['(01)0044']);
});

t.test('items below the greatest depth go', async (t) => {
  let deep: DataSet = comment;
  for (let depth = 0; depth < 60; depth += 1) deep = container(dcm('121070'), [deep, comment]);
  let depth = 0;
  let level = clean([deep], 'cleanDescriptors');
  while (level.length > 0) {
    depth += 1;
    level = items(at(level, 1), contentSequenceTag);
  }
  t.equal(depth, maxContentDepth);
});

t.test('dates follow the options for longitudinal information', async (t) => {
  const dates = [
    contentItem('DATE', { name: dcm('111060'), values: [words(0x0040a121, 'DA', '20210317')] }),
    contentItem('TIME', { name: dcm('111061'), values: [words(0x0040a122, 'TM', '111213')] }),
    contentItem('DATETIME', { name: dcm('999999'), values: [words(0x0040a120, 'DT', '20210317111213')] }),
    contentItem('DATE', { name: dcm('121031'), values: [words(0x0040a121, 'DA', '19630217')] }),
    contentItem('DATE', { name: dcm('111060'), values: [words(0x0040a121, 'DA', 'March 17')] }),
    contentItem('DATETIME', { name: dcm('999999'), values: [words(0x0040a120, 'DT', 'Doe')] }),
  ];
  const values = (left: readonly DataSet[]): (string | undefined)[] =>
    left.map((found) => [0x0040a120, 0x0040a121, 0x0040a122].flatMap((tag) => text(found, tag))[0]);
  t.strictSame(values(clean(dates)), ['19000101', '000000', '19000101']);
  t.strictSame(values(clean(dates, 'retainLongFullDates')), [
    '20210317',
    '111213',
    '20210317111213',
    '19000101',
  ]);
  t.strictSame(values(clean(dates, 'retainLongModifiedDates')), [
    '20140101',
    '111213',
    '20140101',
    '19000101',
  ]);
});

t.test(
  'sex and age are kept with the patient characteristics only, the age of the oldest as 90 years',
  async (t) => {
    const age = (value: string, unit: string, ...further: readonly DataElement[]): DataSet =>
      contentItem('NUM', { name: dcm('121033'), values: [numericValue(value, unit, ...further)] });
    const sex = contentItem('CODE', { name: dcm('121032'), values: [codeValue(dcm('M', 'Male'))] });
    t.strictSame(types(clean([age('61', 'a'), sex])), []);
    const left = clean(
      [age('61', 'a'), sex, age('94', 'a'), age('1200', 'mo'), age('12', '{unknown}'), age('x', 'a')],
      'retainPatientCharacteristics',
    );
    const value = (index: number): string | undefined => {
      const [measured] = items(at(left, index), 0x0040a300);
      return measured === undefined ? undefined : text(measured, 0x0040a30a)[0];
    };
    t.strictSame([1, 3, 4, 5, 6].map(value), ['61', '90', '1080', undefined, undefined]);
    t.strictSame(types([at(left, 2)]), ['CODE']);
  },
);

t.test('a tracking identifier becomes a token, equal for equal ones', async (t) => {
  const tracked = (value: string): DataSet =>
    contentItem('TEXT', { name: dcm('112039'), values: [textValue(value)] });
  const left = clean([tracked('Doe lesion 1'), tracked('Doe lesion 1'), tracked('Doe lesion 2')]);
  const [one, same, other] = left.map((found) => text(found, 0x0040a160)[0]);
  t.match(one, /^[A-Z2-7]{16}$/);
  t.equal(one, same);
  t.not(one, other);
});

t.test('makers and algorithms stay as they do in the header', async (t) => {
  const left = clean([contentItem('TEXT', { name: dcm('111001'), values: [textValue('NoduleFinder')] })]);
  t.strictSame(text(at(left, 1), 0x0040a160), ['NoduleFinder']);
});

t.test('loose items: the value type may be implied, and an item that must stay gets a dummy', async (t) => {
  const context = contextOf();
  const loose = (...values: readonly DataElement[]): DataSet =>
    item(around, [sequenceElement(0x0040a043, [dcm('999999')]), ...values]);
  const cleaned = (found: DataSet, mustStay = false): DataSet | undefined =>
    cleanLooseItem(context, found, '', mustStay);
  t.ok(cleaned(loose(codeValue(dcm('121071')))));
  t.ok(cleaned(loose(words(0x0040a30a, 'DS', '12'))));
  t.equal(cleaned(loose(textValue('Doe'))), undefined);
  t.equal(cleaned(loose(textValue('Doe'), codeValue(dcm('121071')))), undefined, 'two values');
  t.equal(cleaned(loose()), undefined, 'no value');
  const kept = cleaned(loose(textValue('Doe')), true);
  t.strictSame(kept && text(kept, 0x0040a160), ['REMOVED']);
});

t.test('every removal and change is reported without a value', async (t) => {
  const context = contextOf();
  cleanContentTree(context, [comment, finding(), container(dcm('1'), [comment])], around, 'root');
  t.strictSame(context.reported, [
    { path: 'root/40a730:40a160', done: 'removed' },
    { path: 'root/40a730:40a160', done: 'replaced' },
    { path: 'root/40a730:40a040', done: 'kept' },
    { path: 'root/40a730/40a730:40a160', done: 'removed' },
  ]);
});
