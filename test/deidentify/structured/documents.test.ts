import t from 'tap';
import type { Profile } from '../../../src/deidentify/profile.ts';
import type { DataSet } from '../../../src/dicom/data-set.ts';
import { bytesElement, item, sequenceElement } from '../../../src/dicom/edit.ts';
import { encodeDataSet } from '../../../src/dicom/encode.ts';
import { items, numbers, text, walk } from '../../../src/dicom/values.ts';
import { around, bigEndian, ct, explicit, implicit, mustPass, pseudonyms, words } from '../build.ts';
import { code, contentItem, dcm, textValue } from './content.ts';
import { document, imageUids, planted, studyUid, uidRoot } from './document-parts.ts';
import { documents, measurementReport } from './documents.ts';
import {
  always,
  bound,
  cleaning,
  contentSequence,
  encodedAs,
  leaks,
  output,
  profile,
  profiles,
  referencedSopInstanceUid,
  run,
  sopInstanceUid,
} from './outputs.ts';

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

t.test('names in other character sets, declared at an item or at the top, are in no byte', async (t) => {
  const kanji = Buffer.from('Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B', 'latin1');
  const umlauts = Buffer.from('M\xfcller^J\xf6rg', 'latin1');
  const named = (value: Buffer, set: string): DataSet => ({
    ...item(around, [
      words(0x00080005, 'CS', set),
      words(0x0040a010, 'CS', 'CONTAINS'),
      words(0x0040a040, 'CS', 'PNAME'),
      sequenceElement(0x0040a043, [dcm('113870')]),
      bytesElement(0x0040a123, 'PN', value),
      sequenceElement(contentSequence, [
        item(around, [
          words(0x0040a010, 'CS', 'HAS PROPERTIES'),
          words(0x0040a040, 'CS', 'TEXT'),
          sequenceElement(0x0040a043, [dcm('121071')]),
          bytesElement(0x0040a160, 'UT', value),
        ]),
      ]),
    ]),
  });
  const report = document('88.33', dcm('126000'), [
    named(kanji, '\\\\ISO 2022 IR 87'),
    named(umlauts, 'ISO_IR 100'),
    named(Buffer.from('M\u00fcller^J\u00f6rg', 'utf8'), 'ISO_IR 192'),
  ]);
  for (const key of ['cleaned', 'retained', 'shifted', 'replaced'] as const) {
    const { bytes } = output(report, profiles[key]);
    for (const hidden of [
      ';3ED',
      'Yamada',
      'M\xfcller',
      'J\xf6rg',
      Buffer.from('M\u00fcller').toString('latin1'),
    ])
      t.strictSame(leaks(bytes, [hidden]), [], `${key}`);
  }
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
