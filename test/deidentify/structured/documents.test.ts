import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { type DeidentifyResult, deidentify } from '../../../src/deidentify/deidentify.ts';
import { defineProfile, type Profile } from '../../../src/deidentify/profile.ts';
import { emptyDefinition, type ProfileDefinition } from '../../../src/deidentify/profile-definition.ts';
import type { ProfileOption } from '../../../src/deidentify/rules.ts';
import { contentValueTypes } from '../../../src/deidentify/structured/concept-row.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import type { DataSet } from '../../../src/dicom/data-set.ts';
import { bytesElement, item, sequenceElement } from '../../../src/dicom/edit.ts';
import { encodeDataSet, encodePart10 } from '../../../src/dicom/encode.ts';
import { encodeFileMeta } from '../../../src/dicom/file-meta.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { items, numbers, text, walk } from '../../../src/dicom/values.ts';
import { corpusFiles, corpusMissing } from '../../support/corpus.ts';
import { dciodvfyErrors } from '../../support/dcmtk.ts';
import { peerProgram, requirePeer } from '../../support/peers.ts';
import { run as runProgram } from '../../support/run.ts';
import {
  around,
  bigEndian,
  ct,
  explicit,
  implicit,
  mustPass,
  pseudonyms,
  received,
  words,
  written,
} from '../build.ts';
import { byReference, code, contentItem, dcm, personName, textValue, uidValue } from './content.ts';
import {
  document,
  documents,
  imageUids,
  measurementReport,
  planted,
  studyUid,
  uidRoot,
} from './documents.ts';

const contentSequence = 0x0040a730;
const sopInstanceUid = 0x00080018;
const referencedSopInstanceUid = 0x00081155;

function profile(name: string, changes: Partial<ProfileDefinition>): Profile {
  return defineProfile({ ...emptyDefinition(name), ...changes });
}
const cleaning: readonly ProfileOption[] = ['cleanStructuredContent', 'cleanGraphics'];
const retaining: readonly ProfileOption[] = [
  'cleanDescriptors',
  'retainUids',
  'retainDeviceIdentity',
  'retainInstitutionIdentity',
  'retainPatientCharacteristics',
];
const profiles = {
  cleaned: profile('cleaned', { options: cleaning }),
  retained: profile('retained', { options: [...cleaning, ...retaining, 'retainLongFullDates'] }),
  shifted: profile('shifted', { options: [...cleaning, 'cleanDescriptors', 'retainLongModifiedDates'] }),
  replaced: profile('replaced', { structuredContent: 'replace' }),
};

function run(dataSet: DataSet, under: Profile, transferSyntaxUid = explicit): DeidentifyResult {
  return deidentify(received(dataSet, transferSyntaxUid), { profile: under, pseudonyms });
}

/** The same data set in another encoding; its text and UIDs are bytes that do not change. */
function encodedAs(dataSet: DataSet, transferSyntaxUid: string): DataSet {
  const encoding = {
    explicitVr: transferSyntaxUid !== implicit,
    littleEndian: transferSyntaxUid !== bigEndian,
  };
  const convert = (found: DataSet): DataSet => ({
    ...found,
    encoding,
    elements: found.elements.map((element) =>
      element.body.kind === 'items'
        ? { ...element, body: { kind: 'items', items: element.body.items.map(convert) } }
        : swapped(element, encoding.littleEndian),
    ),
  });
  return convert(dataSet);
}

function swapped(element: DataSet['elements'][number], littleEndian: boolean): DataSet['elements'][number] {
  const { vr, body } = element;
  const size = vr === 'US' || vr === 'OW' ? 2 : vr === 'UL' || vr === 'SL' || vr === 'FL' ? 4 : 1;
  if (littleEndian || size === 1 || body.kind !== 'bytes') return element;
  const bytes = Buffer.from(body.bytes);
  return bytesElement(element.tag, vr, size === 2 ? bytes.swap16() : bytes.swap32());
}

function output(
  dataSet: DataSet,
  under: Profile,
  transferSyntaxUid = explicit,
): { bytes: Buffer; dataSet: DataSet } {
  const bytes = written(mustPass(run(dataSet, under, transferSyntaxUid)).value);
  return { bytes, dataSet: readPart10(memorySource(bytes)).dataSet };
}

const always = [...planted.patient, ...planted.people, ...planted.denied, '27.11.1963'];
/** What may be in an output under a profile that says so, and under no other. */
const bound: Readonly<Record<keyof typeof profiles, readonly string[]>> = {
  cleaned: [...planted.words, ...planted.devices, ...planted.places, ...planted.dates, uidRoot],
  retained: [],
  shifted: [...planted.devices, ...planted.places, planted.dates[0], uidRoot],
  replaced: [...planted.words, ...planted.devices, ...planted.places, ...planted.dates, uidRoot],
};

function leaks(bytes: Buffer, terms: readonly string[]): string[] {
  const seen = bytes.toString('latin1').toLowerCase();
  return terms.filter((term) => seen.includes(term.toLowerCase()));
}

for (const [name, make] of Object.entries(documents)) {
  t.test(`${name}: what was planted is in no byte of the output`, async (t) => {
    const dataSet = make();
    t.strictSame(
      leaks(Buffer.concat([...encodeDataSet(dataSet)]), planted.patient.slice(0, 1)),
      planted.patient.slice(0, 1),
      'it was there',
    );
    for (const key of ['cleaned', 'retained', 'shifted', 'replaced'] as const) {
      for (const syntax of [explicit, implicit, bigEndian]) {
        const { bytes } = output(encodedAs(dataSet, syntax), profiles[key], syntax);
        // Clean Graphics cleans text; an innocent word of it stays.
        const shown = name === 'presentation state' && key === 'cleaned' ? planted.words : [];
        const terms = [...always, ...bound[key]].filter((term) => !shown.some((word) => word === term));
        t.strictSame(leaks(bytes, terms), [], `${key}, ${syntax}`);
      }
    }
  });
}

t.test(
  'without the options all of them are held, but for the waveform, which loses its annotations',
  async (t) => {
    for (const [name, make] of Object.entries(documents)) {
      const result = run(make(), profile('basic', {}));
      if (name === 'waveform')
        t.notOk(mustPass(result).value.dataSet.elements.some(({ tag }) => tag === 0x0040b020));
      else t.match(result, { kind: 'held', code: 'STRUCTURED_CONTENT' }, name);
    }
  },
);

t.test(
  'references resolve: images of the study, evidence, and content point at the same new UIDs',
  async (t) => {
    const images = new Map(
      imageUids.map((uid) => {
        const image = ct(words(sopInstanceUid, 'UI', uid), words(0x0020000d, 'UI', studyUid));
        const { value } = mustPass(run(image, profile('basic', {})));
        return [value.sopInstanceUid, value.studyInstanceUid] as const;
      }),
    );
    const study = [...images.values()][0];
    for (const [name, make] of Object.entries(documents)) {
      if (name === 'waveform') continue;
      for (const key of ['cleaned', 'shifted'] as const) {
        const { dataSet } = output(make(), profiles[key]);
        const referenced = [...walk(dataSet)]
          .filter(({ element }) => element.tag === referencedSopInstanceUid)
          .flatMap(({ dataSet: holder }) => text(holder, referencedSopInstanceUid));
        const others = referenced.filter((uid) => !images.has(uid));
        t.ok(referenced.length >= 3, `${name}: ${referenced.length} references`);
        t.equal(
          new Set(others).size,
          name === 'basic text' ? 1 : 0,
          `${name}: all but the prior report resolve`,
        );
        t.strictSame(text(dataSet, 0x0020000d), [study], `${name}: the study`);
        for (const evidence of items(dataSet, 0x0040a375))
          t.strictSame(text(evidence, 0x0020000d), [study], `${name}: the study of the evidence`);
      }
    }
  },
);

/** Value types of the tree in order, with depth. */
function outline(found: DataSet): string[] {
  return items(found, contentSequence).flatMap((child) => [
    text(child, 0x0040a040)[0] ?? `-> ${numbers(child, 0x0040db73).join('.')}`,
    ...outline(child).map((line) => ` ${line}`),
  ]);
}

t.test('measurements, codes, coordinates and relationships survive', async (t) => {
  const { dataSet } = output(measurementReport(), profiles.cleaned);
  const lines = outline(dataSet);
  t.strictSame(
    lines.slice(-15).map((line) => line.trim()),
    [
      'CONTAINER',
      'CONTAINER',
      ...['TEXT', 'UIDREF', 'TEXT', 'CODE', 'CODE', 'SCOORD3D'],
      ...['NUM', 'CODE', 'IMAGE', 'TEXT'],
      ...['NUM', '-> 1.11.1.7', '-> 1.11.1.3'],
    ],
  );
  const values = [...walk(dataSet)]
    .filter(({ element }) => element.tag === 0x0040a30a)
    .flatMap(({ dataSet: holder }) => text(holder, 0x0040a30a));
  t.strictSame(values, ['12.5', '880']);
  const tracked = [...walk(dataSet)].find(({ element }) => element.tag === 0x30060024);
  t.equal(tracked && text(tracked.dataSet, 0x30060024)[0], pseudonyms.uid(`${uidRoot}.7.5`));
});

t.test('dates of the tree are shifted with those of the header', async (t) => {
  const { dataSet } = output(documents['basic text']?.() ?? around, profiles.shifted);
  const [studyDate] = text(dataSet, 0x00080020);
  t.match(studyDate, /^\d{8}$/);
  t.not(studyDate, planted.dates[0]);
  const content = items(dataSet, contentSequence);
  const inTree = (tag: number): string[] => content.flatMap((found) => text(found, tag));
  t.strictSame(inTree(0x0040a121).at(-1), studyDate);
  t.strictSame(inTree(0x0040a122), [planted.dates[1]]);
  t.strictSame(inTree(0x0040a120), [`${studyDate}${planted.dates[1]}`]);
});

t.test('text on images stays where it names nobody, and the graphics stay', async (t) => {
  const { dataSet } = output(documents['presentation state']?.() ?? around, profiles.cleaned);
  const annotations = items(dataSet, 0x00700001);
  t.equal(annotations.length, 2);
  const shown = annotations.flatMap((found) =>
    items(found, 0x00700008).flatMap((object) => text(object, 0x00700006)),
  );
  t.ok(shown.includes('12 mm'));
  t.equal(items(annotations[0] ?? around, 0x00700009).length, 1);
  t.strictSame(
    annotations.map((found) => text(found, 0x00700002)[0]),
    ['LAYER1', 'LAYER2'],
  );
  const { dataSet: replaced } = output(documents['presentation state']?.() ?? around, profiles.replaced);
  t.equal(items(replaced, 0x00700001).length, 0);
  t.equal(items(replaced, 0x0070005a).length, 1, 'how the images are shown');
});

t.test('annotations of a waveform: codes and measurements stay, text goes', async (t) => {
  const { dataSet } = output(documents.waveform?.() ?? around, profiles.cleaned);
  const annotations = items(dataSet, 0x0040b020);
  t.equal(annotations.length, 3);
  t.strictSame(
    annotations.flatMap((found) => text(found, 0x0040a30a)),
    ['61'],
  );
  t.strictSame(
    items(dataSet, 0x00400555).flatMap((found) => text(found, 0x0040a040)),
    ['CODE', 'PNAME'],
    'the acquisition context without its comment',
  );
  const { dataSet: described } = output(documents.waveform?.() ?? around, profiles.shifted);
  t.match(text(items(described, 0x0040b020)[0] ?? around, 0x00700006)[0], /Keepsake/);
});

t.test('the codes of the method say what was done', async (t) => {
  const codes = (under: Profile, make = measurementReport): string[] =>
    items(mustPass(run(make(), under)).value.dataSet, 0x00120064).flatMap((found) => text(found, 0x00080100));
  t.strictSame(codes(profiles.cleaned), ['113100', '113104']);
  t.strictSame(codes(profiles.replaced), ['113100']);
  t.ok(codes(profiles.retained).includes('113109'));
  t.strictSame(codes(profiles.cleaned, documents['presentation state']), ['113100', '113103']);
});

t.test('a key object keeps its references and loses its words, cleaned or replaced', async (t) => {
  for (const key of ['cleaned', 'replaced'] as const) {
    const { dataSet } = output(documents['key object']?.() ?? around, profiles[key]);
    const types = items(dataSet, contentSequence).map((found) => text(found, 0x0040a040)[0]);
    t.strictSame(types.filter((type) => type === 'IMAGE').length, 2);
    t.notOk(types.includes('TEXT'));
    t.strictSame(text(items(dataSet, 0x0040a043)[0] ?? around, 0x00080100), ['113000'], 'the title');
  }
});

t.test('a replaced document is a title with nothing below it', async (t) => {
  for (const name of ['basic text', 'enhanced', 'dose report', 'mammography CAD']) {
    const { dataSet } = output(documents[name]?.() ?? around, profiles.replaced);
    t.strictSame(outline(dataSet), ['CODE']);
    t.equal(items(dataSet, 0x0040a043).length, 1);
    t.strictSame(text(dataSet, 0x0040a050), ['SEPARATE']);
  }
});

t.test('a document whose title is of no public scheme keeps it as a pseudonym', async (t) => {
  const local = document('88.11', code('R77', '99SUNNYVALE', 'Report of Zyxwvut'), []);
  const { dataSet, bytes } = output(local, profiles.replaced);
  t.strictSame(leaks(bytes, ['SUNNYVALE', 'R77', 'Zyxwvut']), []);
  t.match(text(items(dataSet, 0x0040a043)[0] ?? around, 0x00080102)[0], /^99[A-Z2-7]{12}$/);
});

t.test('content inside other objects and hidden as UN is judged as well', async (t) => {
  const hidden = [
    ...encodeDataSet(
      encodedAs(
        item(around, [
          sequenceElement(contentSequence, [
            contentItem('TEXT', { name: dcm('121106'), values: [textValue('Zyxwvut')] }),
            contentItem('NUM', { name: dcm('121206') }),
          ]),
        ]),
        implicit,
      ),
    ),
  ];
  // The value of the sequence without its own header of 8 bytes.
  const value = Buffer.concat(hidden).subarray(8);
  const un = bytesElement(contentSequence, 'UN', value);
  const report = document('88.33', dcm('126000'), []);
  const whole = {
    ...report,
    elements: [...report.elements.filter(({ tag }) => tag !== contentSequence), un],
  };
  const { bytes, dataSet } = output(
    { ...whole, elements: [...whole.elements].sort((a, b) => a.tag - b.tag) },
    profiles.cleaned,
  );
  t.strictSame(leaks(bytes, ['Zyxwvut']), []);
  t.strictSame(outline(dataSet), ['NUM']);
  const image = ct(
    sequenceElement(contentSequence, [
      contentItem('TEXT', { name: dcm('121071'), values: [textValue('Jane')] }),
    ]),
  );
  for (const under of [profiles.cleaned, profiles.retained, profile('basic', {})])
    t.strictSame(leaks(output(image, under).bytes, ['Jane']), []);
});

t.test('a rule of the profile’s author wins', async (t) => {
  const report = document('88.11', dcm('126000'), [
    contentItem('TEXT', { name: dcm('121071'), values: [textValue('Nodule')] }),
  ]);
  const rule = {
    select: { kind: 'tag', pattern: '0040A160' },
    action: 'replace',
    value: 'See the report',
  } as const;
  const { dataSet } = output(report, profile('own', { options: cleaning, rules: [rule] }));
  t.strictSame(text(items(dataSet, contentSequence)[0] ?? around, 0x0040a160), ['See the report']);
});

t.test('whom the content names is looked for in every other text of the object', async (t) => {
  const subject = [
    contentItem('TEXT', { name: dcm('121030', 'Subject ID'), values: [textValue('Q-445566')] }),
    contentItem('TEXT', { name: dcm('121435', 'Service Performer'), values: [textValue('Wxylander')] }),
    contentItem('DATE', { name: dcm('121031', 'Birth Date'), values: [words(0x0040a121, 'DA', '19480609')] }),
  ];
  const finding = contentItem('TEXT', {
    name: dcm('121071', 'Finding'),
    values: [textValue('Nodule of Q445566, told by wxylander, born 9 June 1948')],
  });
  const { bytes, dataSet } = output(
    document('88.33', dcm('126000'), [...subject, finding]),
    profiles.shifted,
  );
  t.strictSame(leaks(bytes, ['445566', 'Wxylander', '1948', '19480609']), []);
  t.match(text(items(dataSet, contentSequence).at(-1) ?? around, 0x0040a160)[0], /^Nodule/);
});

const term = fc.constantFrom('Zyxwvut', 'ZX-9081726', '27.11.1963', 'Keepsake');
const concept = fc.oneof(
  fc
    .constantFrom('121071', '121106', '112039', '113870', '121029', '999999', '111058')
    .map((value) => dcm(value)),
  term.map((value) => code('L1', '99LOCAL', value)),
);
const values = fc
  .tuple(term, fc.subarray([0, 1, 2, 3, 4, 5]))
  .map(([value, chosen]) =>
    chosen.map(
      (index) =>
        [
          textValue(value),
          personName(value),
          uidValue(`${uidRoot}.77`),
          words(0x0040a120, 'DT', value),
          words(0x0040a121, 'DA', value),
          words(0x0040a122, 'TM', value),
        ][index] ?? textValue(value),
    ),
  );
const tree = fc.letrec<{ found: DataSet }>((tie) => ({
  found: fc.oneof(
    {
      weight: 1,
      arbitrary: fc
        .array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 })
        .map((path) => byReference([1, ...path])),
    },
    {
      weight: 5,
      arbitrary: fc
        .record({
          type: fc.constantFrom<string>(...contentValueTypes, 'OTHER', ''),
          name: concept,
          values,
          below: fc.array(tie('found'), { maxLength: 3, depthIdentifier: 'tree' }),
        })
        .map(({ type, ...parts }) => contentItem(type, parts)),
    },
  ),
})).found;

t.test(
  'planted anywhere in any tree, it is in no byte of the output, and every reference by identifier is valid',
  async (t) => {
    fc.assert(
      fc.property(
        fc.array(tree, { minLength: 1, maxLength: 4 }),
        fc.constantFrom<keyof typeof profiles>('cleaned', 'retained', 'shifted', 'replaced'),
        (content, key) => {
          const { bytes, dataSet } = output(document('88.33', dcm('126000'), content), profiles[key]);
          if (leaks(bytes, [...always, ...bound[key]]).length > 0) return false;
          return [...walk(dataSet)].every(
            ({ element, dataSet: holder }) =>
              element.tag !== 0x0040db73 || leadsToItem(dataSet, numbers(holder, 0x0040db73)),
          );
        },
      ),
      { numRuns: 200 },
    );
    t.pass();
  },
);

function leadsToItem(root: DataSet, [first, ...path]: readonly number[]): boolean {
  if (first !== 1) return false;
  let found: DataSet | undefined = root;
  for (const position of path) found = found && items(found, contentSequence)[position - 1];
  return found !== undefined && numbers(found, 0x0040db73).length === 0;
}

/** Errors without what changes on purpose: values. */
const errorsOf = async (path: string): Promise<string[]> =>
  (await dciodvfyErrors(path)).map((line) => line.replace(/[\d.]{8,}|<[^>]*>(?= - |$)/g, ''));

t.test('DCMTK and dciodvfy: outputs read, and no worse than what came in', async (t) => {
  if (!requirePeer(t, 'dsrdump') || !requirePeer(t, 'dciodvfy')) return;
  const folder = t.testdir({});
  for (const [name, make] of Object.entries(documents)) {
    const dataSet = make();
    const before = join(folder, 'before.dcm');
    const head = encodeFileMeta({
      sopClassUid: text(dataSet, 0x00080016)[0] ?? '',
      sopInstanceUid: text(dataSet, sopInstanceUid)[0] ?? '',
      transferSyntaxUid: explicit,
    });
    writeFileSync(before, Buffer.concat([...encodePart10({ dataSet, transferSyntaxUid: explicit, head })]));
    const known = await errorsOf(before);
    for (const [key, under] of Object.entries(profiles)) {
      const after = join(folder, 'after.dcm');
      writeFileSync(after, output(dataSet, under).bytes);
      const added = (await errorsOf(after)).filter((line) => !known.includes(line));
      t.strictSame(added, [], `${name}, ${key}: dciodvfy`);
      if (name === 'presentation state' || name === 'waveform') continue;
      for (const program of ['dsrdump', 'dsr2xml'] as const) {
        const { exitCode, output: said } = await runProgram(peerProgram(program), [after]);
        t.equal(exitCode, 0, `${name}, ${key}: ${program}`);
        t.notMatch(said, /^[EF]: /m);
      }
    }
  }
});

t.test('structured objects of the corpus', { skip: corpusMissing }, async (t) => {
  const structured = corpusFiles().filter(({ sopClassUid }) => /\.1\.1\.(88|11|9)\.\d/.test(sopClassUid));
  t.ok(structured.length >= 4, `${structured.length} files`);
  const folder = t.testdir({});
  for (const { name, path, sopClassUid } of structured) {
    const input = readPart10(memorySource(readFileSync(path)));
    for (const [key, under] of Object.entries(profiles)) {
      const { value } = mustPass(deidentify(input, { profile: under, pseudonyms }));
      const after = join(folder, 'after.dcm');
      writeFileSync(after, written(value));
      const patient = [...text(input.dataSet, 0x00100010), ...text(input.dataSet, 0x00100020)].filter(
        (term) => term.length > 4,
      );
      t.strictSame(leaks(written(value), patient), [], `${name}, ${key}`);
      if (requirePeer(t, 'dciodvfy')) {
        const known = await errorsOf(path);
        t.strictSame(
          (await errorsOf(after)).filter((line) => !known.includes(line)),
          [],
          `${name}, ${key}: dciodvfy`,
        );
      }
      if (!sopClassUid.includes('.88.')) continue;
      const { exitCode } = await runProgram(peerProgram('dsrdump'), [after]);
      t.equal(
        exitCode,
        (await runProgram(peerProgram('dsrdump'), [path])).exitCode,
        `${name}, ${key}: dsrdump`,
      );
    }
  }
});
