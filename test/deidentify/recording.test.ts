import t from 'tap';
import { deidentify } from '../../src/deidentify/deidentify.ts';
import { basicProfile } from '../../src/deidentify/profile.ts';
import { createPseudonyms } from '../../src/deidentify/pseudonyms.ts';
import { recordPairs } from '../../src/deidentify/recording.ts';
import { ct, mustPass, pseudonyms, received, without, words } from './build.ts';

t.test('every replacement is noted once, with the old value as it is compared', async (t) => {
  const plain = createPseudonyms(Buffer.alloc(32, 'r'));
  const recording = recordPairs(plain);
  const recorded = recording.pseudonyms;
  t.equal(recorded.keyId, plain.keyId);
  t.equal(recorded.uid('1.2.3\0'), plain.uid('1.2.3'));
  t.equal(recorded.uid(' 1.2.3'), plain.uid('1.2.3'));
  t.equal(recorded.patientId(' H ', ' MRN1 '), plain.patientId('H', 'MRN1'));
  t.equal(recorded.patientId('H2', 'MRN1'), plain.patientId('H2', 'MRN1'));
  t.equal(recorded.accessionNumber('A1'), plain.accessionNumber('A1'));
  t.equal(recorded.token('tracking', 'x'), plain.token('tracking', 'x'));
  t.equal(recorded.patientIdOfStudy('1.2'), plain.patientIdOfStudy('1.2'));
  t.equal(recorded.dateShiftDays('H', 'MRN1'), plain.dateShiftDays('H', 'MRN1'));
  const { keyId } = plain;
  t.same(recording.pairs(), [
    { kind: 'uid', keyId, issuer: '', idOld: '1.2.3', idNew: plain.uid('1.2.3') },
    { kind: 'patient-id', keyId, issuer: 'H', idOld: 'MRN1', idNew: plain.patientId('H', 'MRN1') },
    { kind: 'patient-id', keyId, issuer: 'H2', idOld: 'MRN1', idNew: plain.patientId('H2', 'MRN1') },
    { kind: 'accession', keyId, issuer: '', idOld: 'A1', idNew: plain.accessionNumber('A1') },
  ]);
});

t.test('recording changes no output, and names the identifiers of the instance', async (t) => {
  const input = received(ct(words(0x00080050, 'SH', 'ACC-4711'), words(0x00100021, 'LO', 'HOSPITAL')));
  const recording = recordPairs(pseudonyms);
  const plain = mustPass(deidentify(input, { profile: basicProfile, pseudonyms }));
  const recorded = mustPass(deidentify(input, { profile: basicProfile, pseudonyms: recording.pseudonyms }));
  t.same(recorded.value.dataSet.elements, plain.value.dataSet.elements);
  const olds = recording.pairs().map(({ idOld }) => idOld);
  for (const old of ['1.2.3.4.5', '1.2.3.4', '1.2.3.4.1', 'MRN-778899']) t.ok(olds.includes(old), old);
  t.notOk(olds.includes('1.2.840.10008.5.1.4.1.1.2'), 'registered UIDs stay and are not noted');
  t.match(
    recording.pairs().find(({ kind }) => kind === 'patient-id'),
    { issuer: 'HOSPITAL', idOld: 'MRN-778899', idNew: pseudonyms.patientId('HOSPITAL', 'MRN-778899') },
  );
});

t.test(
  'without a Patient ID, or with a blank one, each study has a token and a shift, and the report says so',
  async (t) => {
    const study = (uid: string) => words(0x0020000d, 'UI', uid);
    const inputs = [
      without(ct(study('1.2.1')), 0x00100020),
      ct(study('1.2.1'), words(0x00100020, 'LO', '')),
      ct(study('1.2.1'), words(0x00100020, 'LO', '\t')),
      ct(study('1.2.2'), words(0x00100020, 'LO', '\t')),
    ];
    const tokens = inputs.map((dataSet) => {
      const recording = recordPairs(pseudonyms);
      const result = mustPass(
        deidentify(received(dataSet), { profile: basicProfile, pseudonyms: recording.pseudonyms }),
      );
      t.ok(result.report.notes.includes('patient-id-missing'));
      t.notOk(
        recording.pairs().some(({ kind }) => kind === 'patient-id'),
        'no id was replaced',
      );
      const found = result.value.dataSet.elements.find(({ tag }) => tag === 0x00100020);
      return found?.body.kind === 'bytes' ? Buffer.from(found.body.bytes).toString('latin1').trim() : '';
    });
    const [one, two, three, four] = tokens;
    t.equal(one, pseudonyms.patientIdOfStudy('1.2.1'));
    t.equal(two, one);
    t.equal(three, one);
    t.equal(four, pseudonyms.patientIdOfStudy('1.2.2'));
  },
);
