import t from 'tap';
import type { OwnRule, ProfileDefinition } from '../../src/deidentify/profile-definition.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import type { DataElement } from '../../src/dicom/data-set.ts';
import { bytesElement, item, sequenceElement } from '../../src/dicom/edit.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { text } from '../../src/dicom/values.ts';
import { around, ct, mustPass, profileWith, run, words, written } from './build.ts';

const latin1 = (value: string): Buffer => Buffer.from(value, 'latin1');
const patient = [
  words(0x00080020, 'DA', '20210317'),
  words(0x00080050, 'SH', 'ACC5567788'),
  words(0x00100010, 'PN', 'Zyxwvut^Qqrrst'),
  words(0x00100020, 'LO', 'MRN-778899'),
  words(0x00100030, 'DA', '19631127'),
];
const manufacturer = 0x00080070;

function leaves(
  secret: string,
  parts: Partial<ProfileDefinition>,
  ...elements: readonly DataElement[]
): boolean {
  const tags = new Set(elements.map(({ tag }) => tag));
  const all = [...patient.filter(({ tag }) => !tags.has(tag)), ...elements];
  return written(mustPass(run(ct(...all), { profile: profileWith(parts) })).value).includes(secret);
}

const rule = (select: OwnRule['select'], action: OwnRule['action'], value?: string): OwnRule =>
  value === undefined ? { select, action } : { select, action, value };

t.test('an own rule that keeps what the tables keep does not skip their checks', async (t) => {
  const keep = (vr: 'TM' | 'UI' | 'AS'): OwnRule => rule({ kind: 'vr', vr }, 'keep');
  const tag: OwnRule = rule({ kind: 'tag', pattern: '00080070' }, 'keep');
  t.notOk(leaves('Zyxwvut', { rules: [tag] }, words(manufacturer, 'LO', 'by Zyxwvut')));
  t.ok(leaves('ACME', { rules: [tag] }));
  const time = bytesElement(0x00080030, 'TM', latin1('Zyxwvut '));
  t.notOk(leaves('Zyxwvut', { options: ['retainLongFullDates'], rules: [keep('TM')] }, time));
  const uid = bytesElement(0x00200052, 'UI', latin1('Zyxwvut\0'));
  t.notOk(leaves('Zyxwvut', { options: ['retainUids'], rules: [keep('UI')] }, uid));
  const age = words(0x00101010, 'AS', '097Y');
  t.notOk(leaves('097Y', { options: ['retainPatientCharacteristics'], rules: [keep('AS')] }, age));
});

t.test('a rule for a VR keeps no private element', async (t) => {
  const parts = { options: ['retainSafePrivate'], rules: [rule({ kind: 'vr', vr: 'IS' }, 'keep')] } as const;
  t.notOk(leaves('4711', parts, words(0x00090010, 'LO', 'ACME'), words(0x00091020, 'IS', '4711')));
});

t.test('text in the place of items is not written', async (t) => {
  const sequence = (tag: number) => sequenceElement(tag, [item(around, [words(manufacturer, 'LO', 'x')])]);
  const rules = [rule({ kind: 'vr', vr: 'SQ' }, 'replace', 'hello')];
  for (const dataSet of [ct(sequence(0x00100010)), ct(sequence(0x00100020)), ct(sequence(0x00081140))]) {
    const { value } = mustPass(run(dataSet, { profile: profileWith({ rules }) }));
    t.doesNotThrow(() => readPart10(memorySource(written(value))));
  }
});

t.test('numbers, times and UIDs that are identifiers go', async (t) => {
  const modified = { options: ['retainLongModifiedDates'] } as const;
  for (const value of ['20210317.5', '778899.5', '778\\899', '631127', '2021\\3\\17'])
    t.notOk(leaves(value, {}, bytesElement(0x00281050, 'DS', latin1(value.padEnd(12)))), value);
  t.notOk(leaves('778899', modified, words(0x00080030, 'TM', '120000.778899')));
  const device = words(0x00181200, 'DA', '19631127');
  t.notOk(leaves('19631127', { options: ['retainDeviceIdentity'] }, device));
  const retain = { options: ['retainUids'] } as const;
  for (const uid of ['1.2.3.778899.1', '1.2.3.19631127.1', '27.11.1963']) {
    t.notOk(leaves(uid, retain, words(0x00200052, 'UI', uid)), uid);
    t.notOk(leaves(uid, retain, words(0x00080018, 'UI', uid)), uid);
  }
  const dated = words(0x00200052, 'UI', '1.2.3.20200102111213.1');
  t.notOk(leaves('20200102', { options: ['retainUids', 'retainLongModifiedDates'] }, dated));
  t.ok(leaves('20200102', retain, dated));
  t.notOk(leaves('1.2.826.0.1.9081.77', {}, words(manufacturer, 'LO', '1.2.826.0.1.9081.77')));
});

t.test('the object goes by the UID that is in it; of two UIDs nobody knows which', async (t) => {
  const profile = profileWith({ options: ['retainUids'] });
  const { value } = mustPass(run(ct(words(0x00080018, 'LO', '1.2.3.55')), { profile }));
  t.equal(text(value.dataSet, 0x00080018)[0], value.sopInstanceUid);
  t.equal(run(ct(words(0x00080018, 'UI', ['1.2.3', '1.2.4']))).kind, 'held');
});

t.test('names that are numbers, particles, too long or too many are found', async (t) => {
  const name = (value: string) => words(0x00100010, 'PN', value);
  const clean = { options: ['cleanDescriptors'] } as const;
  t.notOk(leaves('99887766', {}, name('99887766^X'), words(0x00200012, 'IS', '99887766')));
  t.notOk(leaves('Ben', clean, name('Smith^Ben'), words(0x0008103e, 'LO', 'Ben chest')));
  const long = bytesElement(0x00100010, 'PN', latin1('Quuxlong^A'.padEnd(1_100_000)));
  t.notOk(leaves('Quuxlong', {}, long, words(manufacturer, 'LO', 'Quuxlong')));
  const many = Array.from(
    { length: 300 },
    (_, i) => `Aa${String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26))}qqx`,
  );
  const table = bytesElement(0x00281201, 'OW', latin1('Zyxwvut '.repeat(64)));
  t.notOk(leaves('Zyxwvut', {}, words(0x00080090, 'PN', many), table));
  const wong = bytesElement(0x00189087, 'FD', latin1('Wong^Li '));
  t.notOk(leaves('Wong', {}, name('Wong^Li'), wong), 'four letters in a number');
});

t.test('methods of earlier de-identifiers name nobody', async (t) => {
  t.notOk(leaves('Zyx', {}, words(0x00120063, 'LO', ['Zyx', 'wvut'])));
  t.notOk(leaves('Mustermann', {}, words(0x00120063, 'LO', 'Dr. Mustermann removed the name')));
  t.ok(leaves('PS 3.15 AnnexE', {}, words(0x00120063, 'LO', 'Per DICOM PS 3.15 AnnexE')));
});
