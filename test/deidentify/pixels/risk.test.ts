import { readFileSync } from 'node:fs';
import t from 'tap';
import { assessObject, assessPixels } from '../../../src/deidentify/pixels/risk.ts';
import { basicProfile, defineProfile } from '../../../src/deidentify/profile.ts';
import { emptyDefinition, type ProfileDefinition } from '../../../src/deidentify/profile-definition.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import type { DataElement } from '../../../src/dicom/data-set.ts';
import { bytesElement, sequenceElement } from '../../../src/dicom/edit.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { storageSopClassTable } from '../../../src/dicom/storage-sop-classes.ts';
import { corpusFiles, corpusMissing } from '../../support/corpus.ts';
import { ct, explicit, number16, without, words } from '../build.ts';

const code = (...elements: readonly DataElement[]): string | undefined =>
  assessObject(ct(...elements), explicit, basicProfile)[0]?.code;
const sopClass = (suffix: string): DataElement =>
  words(0x00080016, 'UI', `1.2.840.10008.5.1.4.1.1.${suffix}`);
const modality = (value: string): DataElement => words(0x00080060, 'CS', value);
const imagerSpacing = words(0x00181164, 'DS', ['0.2', '0.2']);
const imageType = (...values: readonly string[]): DataElement => words(0x00080008, 'CS', values);

t.test('an ordinary cross section passes', async (t) => {
  t.equal(code(), undefined);
  t.equal(code(sopClass('4'), modality('MR')), undefined);
  t.equal(code(sopClass('128'), modality('PT'), imageType('ORIGINAL', 'PRIMARY')), undefined);
  t.equal(
    code(sopClass('1.2'), modality('MG'), imageType('ORIGINAL', 'PRIMARY', ''), imagerSpacing),
    undefined,
  );
});

t.test('whatever carries text often, or says so, is held', async (t) => {
  const risk = 'BURNED_IN_TEXT_RISK';
  t.equal(code(words(0x00280301, 'CS', 'YES')), risk, 'the sender says so');
  t.equal(code(words(0x00280301, 'CS', 'PERHAPS')), risk);
  t.equal(code(sopClass('6.1'), modality('US'), words(0x00280301, 'CS', 'NO')), risk, 'NO is not believed');
  for (const [suffix, kind] of [
    ['6.1', 'US'],
    ['3.1', 'US'],
    ['7', 'OT'],
    ['7.4', 'OT'],
    ['77.1.1', 'ES'],
    ['77.1.4', 'XC'],
    ['77.1.5.1', 'OP'],
  ] as const) {
    const all = assessObject(ct(sopClass(suffix), modality(kind)), explicit, basicProfile);
    t.ok(
      all.some((objection) => objection.code === risk),
      suffix,
    );
  }
  t.equal(code(imageType('DERIVED', 'SECONDARY', 'SCREEN SAVE')), risk);
  t.equal(code(imageType('ORIGINAL', 'PRIMARY', 'LOCALIZER')), risk, 'lines and names on scouts');
  t.equal(code(imageType('DERIVED', 'SECONDARY', 'REFORMATTED')), undefined, 'a reconstruction');
  t.equal(code(words(0x0008103e, 'LO', 'Dose Report')), risk);
  t.equal(code(words(0x0008103e, 'LO', 'Low dose chest')), undefined);
  t.equal(code(words(0x00080064, 'CS', 'WSD')), risk, 'Conversion Type');
  t.equal(code(words(0x00181016, 'LO', 'Vidar')), risk, 'captured');
  t.equal(code(number16(0x00280002, 3), words(0x00280004, 'CS', 'RGB')), risk, 'colour CT is a screen');
  t.equal(code(number16(0x00280100, 8)), risk, 'a CT of 8 bits is a screen');
  t.equal(code(modality('OT')), risk, 'a modality the class does not have');
  t.equal(code(sopClass('1'), modality('CR'), imageType('DERIVED', 'SECONDARY')), risk);
  t.equal(code(sopClass('77.1.6'), modality('SM'), imageType('ORIGINAL', 'PRIMARY', 'LABEL', 'NONE')), risk);
  t.equal(assessObject(ct(), '1.2.840.10008.1.2.4.102', basicProfile)[0]?.code, risk, 'video');
  t.equal(assessObject(without(ct(), 0x00080008), explicit, basicProfile)[0]?.code, risk, 'no Image Type');
});

t.test('objects whose content no rule covers are held under their own codes', async (t) => {
  t.equal(code(sopClass('88.11')), 'STRUCTURED_CONTENT');
  t.equal(code(sopClass('88.59')), 'STRUCTURED_CONTENT');
  t.equal(code(sopClass('11.1'), sequenceElement(0x00700001, [])), 'STRUCTURED_CONTENT');
  t.equal(code(sopClass('9.100.1')), 'STRUCTURED_CONTENT');
  t.equal(code(sopClass('104.1')), 'ENCAPSULATED_DOCUMENT');
  t.equal(code(sopClass('66')), 'OBJECT_NOT_COVERED');
  t.equal(code(sopClass('9.4.1')), 'OBJECT_NOT_COVERED', 'a voice');
  t.equal(code(words(0x00080016, 'UI', '1.3.12.2.1107.5.9.1')), 'PRIVATE_SOP_CLASS');
  t.equal(code(words(0x00080016, 'UI', '1.2.840.10008.1.1')), 'PRIVATE_SOP_CLASS', 'no storage class');
  t.equal(code(words(0x00080016, 'UI', '1.2.840.10008.1.3.10')), 'MEDIA_DIRECTORY');
  t.equal(code(sequenceElement(0x00041220, [])), 'MEDIA_DIRECTORY');
});

t.test('objects without pixels pass by their header alone', async (t) => {
  const bare = (suffix: string): string | undefined =>
    assessObject(without(ct(sopClass(suffix)), 0x7fe00010), explicit, basicProfile)[0]?.code;
  for (const suffix of ['481.3', '481.5', '66.1', '9.1.1', '4.2', '2'])
    t.equal(bare(suffix), undefined, suffix);
  t.equal(code(sopClass('481.3')), 'BURNED_IN_TEXT_RISK', 'pixels where none belong');
  t.equal(code(sopClass('66.4'), modality('SEG')), undefined);
  t.equal(
    code(sopClass('481.2'), modality('RTDOSE'), bytesElement(0x7fe00010, 'OW', new Uint8Array(32))),
    undefined,
  );
});

t.test('every storage class of the standard has an answer, and the unknown ones are held', async (t) => {
  const passing: string[] = [];
  for (const [uid] of storageSopClassTable) {
    const [first] = assessObject(ct(words(0x00080016, 'UI', uid), modality('ZZ')), explicit, basicProfile);
    if (first === undefined) passing.push(uid);
  }
  t.strictSame(passing, [], 'no class passes with a modality nobody knows');
});

t.test('structured content passes where the profile cleans or replaces it', async (t) => {
  const under = (
    suffix: string,
    changes: Partial<ProfileDefinition>,
    annotated = true,
  ): string | undefined => {
    const profile = defineProfile({ ...emptyDefinition('test'), ...changes });
    const annotations = annotated ? [sequenceElement(0x00700001, [])] : [];
    const dataSet = without(ct(sopClass(suffix), ...annotations), 0x7fe00010);
    return assessObject(dataSet, explicit, profile)[0]?.code;
  };
  const clean = { options: ['cleanStructuredContent'] as const };
  const graphics = { options: ['cleanGraphics'] as const };
  const replace = { structuredContent: 'replace' as const };
  for (const suffix of ['88.11', '88.22', '88.34', '88.50', '88.59', '88.67', '88.77', '9.100.1']) {
    t.equal(under(suffix, clean), undefined, suffix);
    t.equal(under(suffix, replace), undefined, suffix);
    t.equal(under(suffix, graphics), 'STRUCTURED_CONTENT', suffix);
  }
  for (const suffix of ['11.1', '11.5', '11.12']) {
    t.equal(under(suffix, graphics), undefined, suffix);
    t.equal(under(suffix, replace), undefined, suffix);
    t.equal(under(suffix, clean), 'STRUCTURED_CONTENT', suffix);
    t.equal(under(suffix, {}, false), undefined, 'a presentation state that draws nothing');
  }
  for (const suffix of ['88.1', '88.2', '90.1'])
    for (const changes of [clean, graphics, replace])
      t.equal(under(suffix, changes), 'STRUCTURED_CONTENT', suffix);
  t.equal(under('91.1', {}), undefined, 'annotations of slides are attributes');
});

const risk = (...elements: readonly DataElement[]): string => {
  const found = assessPixels(ct(...elements), explicit);
  return found.level === 'high' ? found.detail : found.level;
};

t.test('a picture without the traces of the device that makes such pictures is a risk', async (t) => {
  const bare = assessPixels(without(ct(), 0x00180050), explicit);
  t.strictSame(bare, { level: 'high', detail: 'no slice' }, 'a page among slices');
  t.equal(risk(), 'low');
  const film = [sopClass('1.1'), modality('DX'), imageType('ORIGINAL', 'PRIMARY', '')];
  t.equal(risk(...film), 'radiograph');
  t.equal(risk(...film, words(0x00180060, 'DS', '120')), 'radiograph', 'consoles write into them');
  t.equal(risk(...film, imagerSpacing), 'radiograph', 'a detector proves nothing about it');
  const breast = [sopClass('1.2'), modality('MG'), imageType('ORIGINAL', 'PRIMARY', '')];
  t.equal(risk(...breast), 'no detector', 'an X-ray that no detector made');
  t.equal(risk(...breast, words(0x00180060, 'DS', '28')), 'no detector', 'an exposure is copied along');
  t.equal(risk(sopClass('1.2'), modality('MG'), imageType('ORIGINAL', 'PRIMARY', ''), imagerSpacing), 'low');
  const run = [sopClass('12.1'), modality('XA'), imageType('ORIGINAL', 'PRIMARY', 'SINGLE PLANE')];
  t.equal(risk(...run), 'no exposure');
  t.equal(risk(...run, words(0x00180060, 'DS', '75')), 'low');
  t.equal(
    risk(sopClass('12.1'), modality('XA'), imageType('DERIVED', 'PRIMARY'), words(0x00180060, 'DS', '75')),
    'derived projection',
    'a photograph of the screen',
  );
  const scan = (value: string): string =>
    risk(
      sopClass('20'),
      modality('NM'),
      imageType('ORIGINAL', 'PRIMARY', value, 'EMISSION'),
      number16(0x00540011, 1),
    );
  t.equal(scan('WHOLE BODY'), 'low');
  t.equal(scan('RESULTS'), 'Image Type', 'a page of results');
});

t.test('signs of capture are seen in attributes, words and devices', async (t) => {
  for (const value of ['SCREEN SAVE', 'DOSE_INFO', 'CSA REPORT', 'POSDISP', 'PROTOCOL', 'SNAPSHOT'])
    t.equal(risk(imageType('DERIVED', 'SECONDARY', value)), 'Image Type', value);
  for (const value of [
    'MIP',
    'MPR',
    'AXIAL',
    'REFORMATTED',
    'AVERAGE',
    'CT_SOM5 SPI',
    'M_SE',
    'ADC',
    'MOSAIC',
  ])
    t.equal(risk(imageType('DERIVED', 'SECONDARY', value)), 'low', value);
  for (const value of [
    'Dosisprotokoll',
    'Patientenprotokoll',
    'Rapport de dose',
    'Screenshot',
    'PosDisp: [3] t1',
  ])
    t.equal(risk(words(0x0008103e, 'LO', value)), 'Series Description', value);
  for (const value of ['Low dose chest', 'Thorax 1.0 B31f', 'Head routine', 'Form of a bone'])
    t.equal(risk(words(0x0008103e, 'LO', value)), 'low', value);
  t.equal(risk(words(0x00080070, 'LO', 'VIDAR Systems')), 'capture device');
  t.equal(risk(words(0x00082111, 'ST', 'Screen capture of a report')), 'described as captured');
  t.equal(risk(words(0x00182010, 'DS', ['0.1', '0.1'])), 'captured', 'a digitised film');
  t.equal(
    risk(words(0x00280301, 'CS', 'NO'), words(0x00080064, 'CS', 'DV')),
    'captured',
    'NO is not believed',
  );
  t.equal(risk(words(0x00280004, 'CS', 'PALETTE COLOR')), 'colour');
});

t.test('high risk says what it is', async (t) => {
  t.equal(risk(sopClass('6.1'), modality('US')), 'ultrasound');
  t.equal(risk(sopClass('7.2'), modality('OT')), 'secondary capture');
  t.equal(risk(sopClass('77.1.1'), modality('ES')), 'visible light');
  t.equal(risk(sopClass('999.1'), modality('OT')), 'kind of image', 'what nobody has judged');
  t.equal(assessPixels(without(ct(), 0x7fe00010), explicit).level, 'none');
});

t.test(
  'photographs of people and recognizable features are objected to, whatever becomes of text',
  async (t) => {
    const codes = (...elements: readonly DataElement[]): string[] =>
      assessObject(ct(...elements), explicit, basicProfile).map((objection) => objection.code);
    const features = 'RECOGNIZABLE_FEATURES_RISK';
    t.strictSame(codes(words(0x00280302, 'CS', 'YES')), [features]);
    t.strictSame(codes(words(0x00280302, 'CS', 'NO')), []);
    for (const [suffix, kind] of [
      ['77.1.4', 'XC'],
      ['77.1.4.1', 'GM'],
      ['7', 'XC'],
    ] as const)
      t.strictSame(codes(sopClass(suffix), modality(kind)), [features, 'BURNED_IN_TEXT_RISK'], suffix);
    t.strictSame(codes(sopClass('77.1.4'), modality('XC'), words(0x00280302, 'CS', 'NO'))[0], features);
    t.strictSame(
      codes(sopClass('77.1.1'), modality('ES')),
      ['BURNED_IN_TEXT_RISK'],
      'an endoscope shows no face',
    );
    const bare = assessObject(without(ct(modality('XC')), 0x7fe00010), explicit, basicProfile);
    t.strictSame(bare, [], 'without pixels there is nothing to see');
  },
);

t.test('no file of the corpus with text in its pixels is of low risk', { skip: corpusMissing }, async (t) => {
  const levels = new Map<string, number>();
  for (const file of corpusFiles()) {
    let level = 'unreadable';
    try {
      const { dataSet, transferSyntaxUid } = readPart10(memorySource(readFileSync(file.path)));
      level = assessPixels(dataSet, transferSyntaxUid).level;
    } catch {
      t.match(file.name, /too_short|truncated|mal_/, `${file.name} cannot be read`);
    }
    levels.set(level, (levels.get(level) ?? 0) + 1);
    const told = /^(?:yes|technical|words)/.test(file.burnedInText) || file.name.includes('/burn_');
    if (told) t.equal(level, 'high', file.name);
  }
  t.ok((levels.get('low') ?? 0) >= 25, 'and what a detector made passes');
});
