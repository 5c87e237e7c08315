import t from 'tap';
import { isCodeOf, tellsOfSomebody } from '../../src/deidentify/code-meanings.ts';
import { tableE341 } from '../../src/deidentify/generated/table-e3-4-1.ts';
import { createIdentifiers } from '../../src/deidentify/identifiers.ts';
import type { DataElement, DataSet } from '../../src/dicom/data-set.ts';
import { item, sequenceElement } from '../../src/dicom/edit.ts';
import { items, text } from '../../src/dicom/values.ts';
import { around, ct, mustPass, run, standardSequence, words } from './build.ts';

const nobody = createIdentifiers({ names: [], ids: [], dates: [] });

/** What becomes of a code that stands somewhere in an image. */
function coded(value: string, scheme: string, meaning: string, ...further: readonly DataElement[]): DataSet {
  const code = item(around, [
    words(0x00080100, 'SH', value),
    words(0x00080102, 'SH', scheme),
    words(0x00080104, 'LO', meaning),
    ...further,
  ]);
  const { dataSet } = mustPass(run(ct(sequenceElement(standardSequence, [code])))).value;
  return items(dataSet, standardSequence)[0] ?? around;
}

t.test('a meaning changed by the sender goes where it tells of somebody, and the code stays', async (t) => {
  for (const meaning of [
    'Smith John',
    'SMITH JOHN',
    'Smith^John',
    'Petersdotter, Wilhelmina',
    'Dr. Petersdotter',
    'read by Petersdotter',
    'Lung 12.03.1960',
    'Lung, tel 0171 123456789',
    'lung@clinic.example',
    'Lung 123456789',
    'Lung Doe',
  ]) {
    const code = coded('39607008', 'SCT', meaning);
    t.strictSame(text(code, 0x00080104), ['REMOVED'], meaning);
    t.strictSame(text(code, 0x00080100), ['39607008']);
  }
});

t.test('meanings as they are published stay', async (t) => {
  for (const { scheme, code, meaning } of tableE341) {
    t.notOk(tellsOfSomebody(meaning, nobody), meaning);
    t.ok(isCodeOf(scheme, code), `${scheme} ${code}`);
  }
  for (const meaning of [
    "10 o'clock position",
    'IEC61217 Table Top Lateral Position',
    'AC by GA, Hadlock 1984',
    'Lung structure',
    'Doctor canceled procedure',
    'Linke Niere',
    'Person Name',
    'Wood U',
    'Fluorodeoxyglucose F^18^',
  ])
    t.strictSame(text(coded('39607008', 'SCT', meaning), 0x00080104), [meaning]);
});

t.test(
  'what is no code of the public scheme it claims is treated like one of a private scheme',
  async (t) => {
    for (const [value, scheme] of [
      ['PETERSDOTTER', 'DCM'],
      ['Petersdotter-W', 'SCT'],
      ['Petersdotter', 'LN'],
      ['{Petersdotter}', 'UCUM'],
      ['{Smith}', 'UCUM'],
      ['Petersdotter', 'UCUM'],
    ] as const) {
      const code = coded(value, scheme, 'Lung');
      t.match(text(code, 0x00080100)[0], /^[A-Z2-7]{16}$/, `${scheme} ${value}`);
      t.match(text(code, 0x00080102)[0], /^99[A-Z2-7]{12}$/);
      t.strictSame(text(code, 0x00080104), ['REMOVED']);
    }
    for (const [value, scheme] of [
      ['CTPROTOCOL', 'DCM'],
      ['121071', 'DCM'],
      ['F', 'DCM'],
      ['T-A0100', 'SRT'],
      ['33072-0', 'LN'],
      ['g/ml{SUVlbm(Janma)}', 'UCUM'],
      ["[hnsf'U]", 'UCUM'],
      ['{counts}/s', 'UCUM'],
      ['mmol/kg{WetWeight}', 'UCUM'],
      ['C45', 'I10'],
    ] as const)
      t.strictSame(text(coded(value, scheme, 'Lung'), 0x00080100), [value], scheme);
  },
);

t.test('templates and context groups stay by number; other names for them become tokens', async (t) => {
  const known = coded(
    '39607008',
    'SCT',
    'Lung',
    words(0x00080105, 'CS', 'DCMR'),
    words(0x0008010f, 'CS', '7151'),
    words(0x00080122, 'LO', 'DICOM Content Mapping Resource'),
  );
  t.strictSame(text(known, 0x00080105), ['DCMR']);
  t.strictSame(text(known, 0x0008010f), ['7151']);
  const foreign = coded(
    '39607008',
    'SCT',
    'Lung',
    words(0x00080105, 'CS', 'PETERSDOTTER'),
    words(0x00080108, 'LT', 'Petersdotter Wilhelmina'),
    words(0x0008010f, 'CS', 'PETERSDOTTER'),
    words(0x00080122, 'LO', 'Petersdotter Clinic'),
    words(0x0040db00, 'CS', 'PETERSDOTTER W'),
  );
  for (const tag of [0x00080105, 0x0008010f, 0x0040db00])
    t.match(text(foreign, tag)[0], /^[A-Z2-7]{16}$/, tag.toString(16));
  for (const tag of [0x00080108, 0x00080122]) t.strictSame(text(foreign, tag), []);
});

t.test('labels that people type stay as words of imaging; layers keep their references', async (t) => {
  const layered = (name: string): DataSet =>
    ct(
      words(0x00700080, 'CS', name),
      sequenceElement(0x00700060, [item(around, [words(0x00700002, 'CS', name)])]),
      sequenceElement(standardSequence, [item(around, [words(0x00700002, 'CS', name)])]),
    );
  const read = (name: string): readonly (string | undefined)[] => {
    const { dataSet } = mustPass(run(layered(name))).value;
    const inside = (tag: number): string | undefined => text(items(dataSet, tag)[0] ?? around, 0x00700002)[0];
    return [text(dataSet, 0x00700080)[0], inside(0x00700060), inside(standardSequence)];
  };
  for (const name of ['LAYER1', 'MEASUREMENTS', 'VOI_LUT 2', 'SEGMENTATION'])
    t.strictSame(read(name), [name, name, name]);
  for (const name of ['PETERSDOTTER', 'DR_JONES', 'DOE']) {
    const [label, layer, reference] = read(name);
    t.equal(label, 'REMOVED', name);
    t.match(layer, /^[A-Z2-7]{16}$/);
    t.equal(reference, layer);
  }
});

t.test('codes of a closed vocabulary are of it', async (t) => {
  const read = (tag: number, value: string): string | undefined => {
    const object = item(around, [words(tag, 'CS', value)]);
    const { dataSet } = mustPass(run(ct(sequenceElement(standardSequence, [object])))).value;
    return text(items(dataSet, standardSequence)[0] ?? around, tag)[0];
  };
  for (const [tag, term, otherwise] of [
    [0x0040a010, 'HAS OBS CONTEXT', 'CONTAINS'],
    [0x0040a050, 'CONTINUOUS', 'SEPARATE'],
    [0x0040a130, 'BEGIN', 'MULTIPOINT'],
    [0x00700023, 'ELLIPSE', 'POLYLINE'],
    [0x003a0205, 'TEST DATA', 'QUESTIONABLE'],
  ] as const) {
    t.equal(read(tag, term), term);
    t.equal(read(tag, 'PETERSDOTTER'), otherwise);
    t.equal(read(tag, ''), undefined);
  }
});
