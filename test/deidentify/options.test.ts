import t from 'tap';
import { defineProfile } from '../../src/deidentify/profile.ts';
import { emptyDefinition } from '../../src/deidentify/profile-definition.ts';
import { type ProfileOption, profileOptions } from '../../src/deidentify/rules.ts';
import type { DataElement, DataSet } from '../../src/dicom/data-set.ts';
import { item, sequenceElement } from '../../src/dicom/edit.ts';
import { items, text } from '../../src/dicom/values.ts';
import { around, at, ct, mustPass, profileWith, run, words, written } from './build.ts';

function output(options: readonly ProfileOption[], ...elements: readonly DataElement[]): DataSet {
  return mustPass(run(ct(...elements), { profile: profileWith({ options }) })).value.dataSet;
}

function codesOf(dataSet: DataSet): string[] {
  return items(dataSet, 0x00120064).map((code) => text(code, 0x00080100)[0] ?? '?');
}

const studyDate = words(0x00080020, 'DA', '20210317');

t.test('a code is written for what was done on the instance, and for nothing else', async (t) => {
  t.same(codesOf(output([])), ['113100']);
  t.same(codesOf(output(['retainLongModifiedDates'])), ['113100'], 'no date, no option at work');
  t.same(codesOf(output(['retainLongModifiedDates'], studyDate)), ['113100', '113107']);
  t.same(
    codesOf(output(['retainUids', 'retainDeviceIdentity'], words(0x00181000, 'LO', 'SN 12'))),
    ['113100', '113110', '113109'].sort((a, b) => order(a) - order(b)),
  );
});

function order(code: string): number {
  return ['113100', '113111', '113110', '113109', '113112', '113108', '113106', '113107'].indexOf(code);
}

t.test('Longitudinal Temporal Information Modified says what became of the dates', async (t) => {
  const said = (options: readonly ProfileOption[], ...elements: readonly DataElement[]) =>
    text(output(options, ...elements), 0x00280303)[0];
  t.equal(said([], studyDate), 'REMOVED');
  t.equal(said(['retainLongFullDates'], studyDate), 'UNMODIFIED');
  t.equal(said(['retainLongModifiedDates'], studyDate), 'MODIFIED');
  const received = words(0x00280303, 'CS', 'UNMODIFIED');
  t.equal(said([], studyDate, received), 'REMOVED', 'a sender says nothing of us');
});

t.test('Full Dates keeps dates that are dates, of newborns too, and never the date of birth', async (t) => {
  const kept = output(
    ['retainLongFullDates'],
    studyDate,
    words(0x00100030, 'DA', '20210317'),
    words(0x00080030, 'TM', '101112.5'),
    words(0x0008002a, 'DT', '20210317101112.5+0100'),
    words(0x00080021, 'DA', 'DOE JANE'),
  );
  t.equal(text(kept, 0x00080020)[0], '20210317');
  t.equal(text(kept, 0x00080030)[0], '101112.5');
  t.equal(text(kept, 0x0008002a)[0], '20210317101112.5+0100');
  t.not(text(kept, 0x00080021)[0], 'DOE JANE');
  t.equal(text(kept, 0x00100030)[0], undefined);
});

t.test('Modified Dates keeps intervals inside a study and between studies of a patient', async (t) => {
  const day = (value: string | undefined): number =>
    Date.UTC(Number(value?.slice(0, 4)), Number(value?.slice(4, 6)) - 1, Number(value?.slice(6, 8))) /
    86_400_000;
  const options = ['retainLongModifiedDates'] as const;
  const first = output(options, studyDate, words(0x0008002a, 'DT', '20210318000500'));
  const later = output(options, words(0x00080020, 'DA', '20220317'), words(0x0020000d, 'UI', '1.2.9'));
  const other = output(options, studyDate, words(0x00100020, 'LO', 'MRN-2'));
  const [a, b, c] = [first, later, other].map((found) => text(found, 0x00080020)[0]);
  t.equal(day(b) - day(a), 365);
  t.equal((day('20210317') - day(a)) % 7, 0, 'the weekday stays');
  t.equal(day(text(first, 0x0008002a)[0]) - day(a), 1, 'a study that spans midnight still does');
  t.equal(text(first, 0x0008002a)[0]?.slice(8), '000500');
  t.not(c, a, 'another patient, another shift');
  t.ok(day(a) < day('20210317') - 360);
});

t.test('Full and Modified Dates exclude each other', async (t) => {
  const options = ['retainLongFullDates', 'retainLongModifiedDates'] as const;
  t.throws(() => defineProfile({ ...emptyDefinition('x'), options }), { code: 'CONFIGURATION_INVALID' });
});

t.test('Retain Patient Characteristics tells no age that few have', async (t) => {
  const age = (value: string) =>
    text(output(['retainPatientCharacteristics'], words(0x00101010, 'AS', value)), 0x00101010)[0];
  t.equal(age('045Y'), '045Y');
  t.equal(age('089Y'), '089Y');
  t.equal(age('090Y'), '090Y');
  t.equal(age('097Y'), '090Y');
  t.equal(text(output([], words(0x00101010, 'AS', '045Y')), 0x00101010)[0], undefined);
});

t.test('Retain UIDs keeps instance UIDs and references alike, but no text in their place', async (t) => {
  const reference = sequenceElement(0x00081140, [
    item(around, [words(0x00081150, 'UI', '1.2.840.10008.5.1.4.1.1.2'), words(0x00081155, 'UI', '1.2.3.99')]),
  ]);
  const result = mustPass(
    run(ct(reference, words(0x00200052, 'UI', '1.2.3.8'), words(0x00080017, 'UI', 'DOE 1')), {
      profile: profileWith({ options: ['retainUids'] }),
    }),
  );
  const { dataSet, sopInstanceUid, studyInstanceUid } = result.value;
  t.equal(sopInstanceUid, '1.2.3.4.5');
  t.equal(text(dataSet, 0x00080018)[0], '1.2.3.4.5');
  t.equal(studyInstanceUid, '1.2.3.4');
  t.equal(text(dataSet, 0x00200052)[0], '1.2.3.8');
  const inner = items(dataSet, 0x00081140)[0];
  t.equal(inner === undefined ? '' : text(inner, 0x00081155)[0], '1.2.3.99');
  t.match(text(dataSet, 0x00080017)[0], /^2\.25\./, 'what is no UID is replaced');
});

t.test('Retain Institution Identity keeps the institution, and the patient out of it', async (t) => {
  const institution = (name: string) =>
    text(output(['retainInstitutionIdentity'], words(0x00080080, 'LO', name)), 0x00080080)[0];
  t.equal(institution('St. Elsewhere General'), 'St. Elsewhere General');
  t.not(institution('Ward of MRN-778899'), 'Ward of MRN-778899');
});

t.test('whatever options are combined, name, Patient ID and birth date do not leave', async (t) => {
  const planted = [
    words(0x00100030, 'DA', '19611103'),
    words(0x00081030, 'LO', 'Doe Jane 3.11.1961'),
    words(0x00080080, 'LO', 'Ward Jane Doe'),
    words(0x00181000, 'LO', 'MRN-778899'),
    words(0x00101010, 'AS', '060Y'),
    words(0x00102110, 'LO', 'Jane: latex'),
    studyDate,
  ];
  const free = profileOptions.filter((option) => !option.startsWith('retainLong'));
  for (let mask = 0; mask < 2 ** free.length; mask += 1) {
    for (const dates of [[], ['retainLongFullDates'], ['retainLongModifiedDates']] as ProfileOption[][]) {
      const options = [...free.filter((_, bit) => (mask & (1 << bit)) !== 0), ...dates];
      // The digest of the profile has digits of its own.
      const file = written(mustPass(run(ct(...planted), { profile: profileWith({ options }) })).value)
        .toString('latin1')
        .replace(/revision [0-9a-f]{12}/, '');
      const found = ['Jane', 'Doe', '778899', '19611103', '1961'].filter((secret) => file.includes(secret));
      if (found.length > 0) t.fail(`${options.join(' ')}: ${found.length} found`);
      if (!dates.includes('retainLongFullDates') && file.includes('20210317'))
        t.fail(`${options.join(' ')}: date`);
    }
  }
  t.pass();
  t.ok(at(output([]), 0x00120062));
});
