import t from 'tap';
import { assessObject } from '../../../src/deidentify/pixels/risk.ts';
import { basicProfile, defineProfile } from '../../../src/deidentify/profile.ts';
import { emptyDefinition, type ProfileDefinition } from '../../../src/deidentify/profile-definition.ts';
import type { DataElement } from '../../../src/dicom/data-set.ts';
import { bytesElement, sequenceElement } from '../../../src/dicom/edit.ts';
import { storageSopClassTable } from '../../../src/dicom/storage-sop-classes.ts';
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
    code(sopClass('1.1'), modality('DX'), imageType('ORIGINAL', 'PRIMARY', ''), imagerSpacing),
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
    t.equal(code(sopClass(suffix), modality(kind)), risk, suffix);
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
