import t from 'tap';
import type { Profile } from '../../../src/deidentify/profile.ts';
import type { DataElement, DataSet, Vr } from '../../../src/dicom/data-set.ts';
import { bytesElement, item, sequenceElement } from '../../../src/dicom/edit.ts';
import { items, text } from '../../../src/dicom/values.ts';
import { around, ct, mustPass, standardSequence, words } from '../build.ts';
import { code, codeValue, contentItem, dcm, numericValue } from './content.ts';
import { birthDate, coded, date, document, measure } from './document-parts.ts';
import { cleaning, contentSequence, leaks, output, profile, run } from './outputs.ts';

const shifted = profile('shifted', { options: [...cleaning, 'retainLongModifiedDates'] });
const full = profile('full', { options: [...cleaning, 'retainLongFullDates'] });
const cleaned = profile('cleaned', { options: cleaning });

/** What is left of these items in a report under a profile, and the bytes of the file. */
function left(under: Profile, ...content: readonly DataSet[]): { items: readonly DataSet[]; bytes: Buffer } {
  const { dataSet, bytes } = output(document('88.33', dcm('126000'), content), under);
  return { items: items(dataSet, contentSequence), bytes };
}

const types = (found: readonly DataSet[]): string[] => found.flatMap((one) => text(one, 0x0040a040));
const dated = (name: DataSet, type: 'DATE' | 'DATETIME', value: string): DataSet =>
  contentItem(type, {
    name,
    values: [type === 'DATE' ? words(0x0040a121, 'DA', value) : words(0x0040a120, 'DT', value)],
  });

t.test(
  'a date of birth under a concept that the table does not name is neither kept nor shifted',
  async (t) => {
    const unnamed = code('999999', 'DCM', 'Some date');
    for (const under of [full, shifted]) {
      const found = left(
        under,
        dated(unnamed, 'DATE', birthDate),
        dated(unnamed, 'DATETIME', `${birthDate}101112`),
        dated(unnamed, 'DATE', date),
      );
      t.strictSame(types(found.items), ['DATE'], under.id);
      t.strictSame(leaks(found.bytes, [birthDate]), [], under.id);
    }
  },
);

t.test('birth, age and sex go by the codes of other schemes as they do by those of DICOM', async (t) => {
  const content = [
    dated(code('21112-8', 'LN', 'Birth date'), 'DATE', '19590401'),
    dated(code('184099003', 'SCT', 'Date of birth'), 'DATETIME', '195904010000'),
    measure(code('397669002', 'SCT', 'Age'), '94', 'a'),
    measure(code('30525-0', 'LN', 'Age'), '41', 'a'),
    coded(code('46098-0', 'LN', 'Sex'), dcm('F', 'Female')),
    measure(dcm('111538', 'Age at Occurrence'), '93', 'a'),
  ];
  const ages = (found: readonly DataSet[]): string[] =>
    found.flatMap((one) => items(one, 0x0040a300).flatMap((value) => text(value, 0x0040a30a)));
  for (const under of [cleaned, full, shifted]) {
    const found = left(under, ...content);
    t.strictSame(types(found.items), ['NUM'], under.id);
    t.strictSame(ages(found.items), ['90'], 'age at occurrence');
    t.strictSame(leaks(found.bytes, ['19590401']), []);
  }
  const characteristics = profile('characteristics', {
    options: [...cleaning, 'retainPatientCharacteristics', 'retainLongFullDates'],
  });
  const found = left(characteristics, ...content);
  t.strictSame(types(found.items), ['NUM', 'NUM', 'CODE', 'NUM']);
  t.strictSame(ages(found.items), ['90', '41', '90']);
  t.strictSame(leaks(found.bytes, ['19590401']), []);
});

t.test('the number of the patient does not leave as a float', async (t) => {
  const float = (value: number): DataElement =>
    bytesElement(0x0040a161, 'FD', new Uint8Array(Float64Array.of(value).buffer));
  const number = (value: number): DataSet =>
    contentItem('NUM', { name: dcm('5'), values: [numericValue('3', 'mm', float(value))] });
  const { items: found } = left(cleaned, number(9_081_726), number(9_081_726.5));
  const floats = found.map(
    (one) => items(one, 0x0040a300)[0]?.elements.find(({ tag }) => tag === 0x0040a161)?.body,
  );
  t.match(floats[0], { length: 0 });
  t.match(floats[1], { length: 8 });
});

t.test('names in every part of a code of a report', async (t) => {
  const name = 'Petersdotter Wilhelmina';
  const meant = code('39607008', 'SCT', name);
  const { bytes, items: found } = left(
    cleaned,
    coded(code('121071', 'DCM', name), meant),
    contentItem('NUM', {
      name: dcm('5'),
      values: [
        sequenceElement(0x0040a300, [
          item(around, [
            sequenceElement(0x004008ea, [code('{Petersdotter}', 'UCUM', name)]),
            words(0x0040a30a, 'DS', '3'),
          ]),
        ]),
        sequenceElement(0x0040a301, [code('114000', 'DCM', name)]),
      ],
    }),
    contentItem('CONTAINER', {
      name: meant,
      values: [
        sequenceElement(0x0040a504, [
          item(around, [words(0x00080105, 'CS', 'PETERSDOTTER'), words(0x0040db00, 'CS', 'PETERSDOTTER W')]),
        ]),
      ],
      below: [contentItem('CODE', { name: meant, values: [codeValue(code('Petersdotter', 'DCM', name))] })],
    }),
  );
  t.strictSame(types(found), ['CODE', 'NUM', 'CONTAINER']);
  t.strictSame(leaks(bytes, ['Petersdotter', 'Wilhelmina']), []);
});

t.test('names given by hand to parts of plans, stages and surfaces go, and come back cleaned', async (t) => {
  const named: readonly (readonly [tag: number, vr: Vr])[] = [
    [0x00082120, 'SH'],
    [0x00082127, 'SH'],
    [0x0066000b, 'LO'],
    [0x00701a09, 'LO'],
    [0x3010001e, 'LO'],
    [0x300a00dc, 'SH'],
    [0x300a00e1, 'SH'],
    [0x300a00e5, 'SH'],
  ];
  const part = (value: string): DataSet =>
    item(
      around,
      named.map(([tag, vr]) => words(tag, vr, value)),
    );
  const read = (value: string, under: Profile): string[] => {
    const { dataSet } = mustPass(run(ct(sequenceElement(standardSequence, [part(value)])), under)).value;
    const [left = around] = items(dataSet, standardSequence);
    return named.flatMap(([tag]) => text(left, tag)).filter((found) => found !== '');
  };
  const described = profile('described', { options: ['cleanDescriptors'] });
  t.strictSame(read('Jones lung', profile('plain', {})), []);
  t.strictSame(
    read('Doe lung', described),
    named.map(() => 'lung'),
  );
});
