import { createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import { canonicalIdentifier, canonicalUid, createPseudonyms } from '../../src/deidentify/pseudonyms.ts';

const secret = Buffer.alloc(32, 'a');
const one = createPseudonyms(secret);
const other = createPseudonyms(Buffer.alloc(32, 'b'));

t.test('a secret shorter than 32 bytes is refused', async (t) => {
  t.throws(() => createPseudonyms(Buffer.alloc(31)), new SallyportError('SECRET_UNUSABLE'));
});

t.test('a UID becomes the UUID form of a keyed hash', async (t) => {
  const key = Buffer.from(hkdfSync('sha256', secret, 'sallyport pseudonyms 1', 'uid', 32));
  const digest = createHmac('sha256', key).update('1.2.3').digest().subarray(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  t.equal(one.uid('1.2.3'), `2.25.${BigInt(`0x${digest.toString('hex')}`)}`);
  t.equal(one.uid('1.2.3\0'), one.uid('1.2.3'), 'padding is no part of a UID');
  t.equal(one.uid(' 1.2.3  '), one.uid('1.2.3'));
});

t.test('every value has the form its VR allows, and nothing of the original', async (t) => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      const uid = one.uid(text);
      if (!/^2\.25\.[1-9][0-9]{0,38}$/.test(uid) || uid.length > 44) return false;
      if (!/^SP-[A-Z2-7]{16}$/.test(one.patientId('', text))) return false;
      return /^[A-Z2-7]{16}$/.test(one.accessionNumber(text));
    }),
  );
  t.pass();
});

t.test('the same secret gives the same values, another has nothing in common', async (t) => {
  const again = createPseudonyms(secret);
  t.equal(one.keyId, again.keyId);
  t.not(one.keyId, other.keyId);
  t.match(one.keyId, /^[0-9a-f]{8}$/);
  for (const value of ['1', '1.2.840.113619.2', 'MRN1']) {
    t.equal(one.uid(value), again.uid(value));
    t.not(one.uid(value), other.uid(value));
    t.equal(one.patientId('H', value), again.patientId('H', value));
    t.not(one.patientId('H', value), other.patientId('H', value));
    t.not(one.accessionNumber(value), other.accessionNumber(value));
  }
});

t.test('issuer and ID are told apart, padding is not', async (t) => {
  t.not(one.patientId('A', 'B1'), one.patientId('AB', '1'));
  t.not(one.patientId('', '1'), one.patientIdOfStudy('1'));
  t.equal(one.patientId(' A ', ' 1 '), one.patientId('A', '1'));
  t.not(one.token('tracking', 'x'), one.token('other', 'x'));
});

t.test('many more values than are remembered stay stable', async (t) => {
  const before = one.uid('1.2.3.4.5.6');
  for (let index = 0; index < 10_000; index += 1) one.uid(`1.9.${index}`);
  t.equal(one.uid('1.2.3.4.5.6'), before);
});

t.test('dates shift by whole weeks, one to ten years back', async (t) => {
  const shifts = new Set<number>();
  for (let index = 0; index < 2000; index += 1) {
    const days = one.dateShiftDays('', `patient ${index}`);
    if (days % 7 !== 0 || days > -364 || days < -7 * 520) t.fail(String(days));
    shifts.add(days);
  }
  t.ok(shifts.size > 400, 'spread over the range');
});

t.test('objects without a Patient ID have one shift a study, of the same kind', async (t) => {
  const shifts = new Set<number>();
  for (let index = 0; index < 300; index += 1) {
    const days = one.dateShiftDaysOfStudy(`1.2.${index}`);
    if (days % 7 !== 0 || days > -364 || days < -7 * 520) t.fail(String(days));
    shifts.add(days);
  }
  t.ok(shifts.size > 100, 'never one for all');
  t.equal(one.dateShiftDaysOfStudy('1.2.3\0'), one.dateShiftDaysOfStudy('1.2.3'));
  t.not(one.dateShiftDaysOfStudy('1.2.3'), one.dateShiftDays('', '1.2.3'));
});

t.test(
  'an identifier is the same however it is padded and composed, and another in another case',
  async (t) => {
    for (const same of [' MRN1', 'MRN1\0', '\tMRN1\u3000', '\0 \tMRN1 \0\0 ']) {
      t.equal(one.patientId('H', same), one.patientId('H', 'MRN1'), JSON.stringify(same));
      t.equal(one.accessionNumber(same), one.accessionNumber('MRN1'));
      t.equal(one.dateShiftDays('H', same), one.dateShiftDays('H', 'MRN1'));
    }
    t.equal(one.patientId('', 'M\u00fc1'), one.patientId('', 'Mu\u03081'));
    t.not(one.patientId('', 'mrn1'), one.patientId('', 'MRN1'));
    t.not(one.patientId('', 'MRN 1'), one.patientId('', 'MRN1'));
    t.not(one.patientId('', '001'), one.patientId('', '1'));
  },
);

t.test('no value of one kind is a value of another, whatever was asked before', async (t) => {
  const fresh = createPseudonyms(secret);
  const hostile = JSON.stringify(['patient', 'H', 'MRN1']);
  const before = fresh.uid(hostile);
  fresh.patientId('H', 'MRN1');
  const again = createPseudonyms(secret);
  again.patientId('H', 'MRN1');
  t.equal(again.uid(hostile), before, 'a UID that looks like a remembered patient');
  const all = [
    fresh.uid('1'),
    fresh.accessionNumber('1'),
    fresh.token('1', '1'),
    fresh.patientId('', '1').slice(3),
  ];
  t.equal(new Set(all).size, all.length);
});

t.test('HKDF gives every purpose a key of its own', async (t) => {
  const labels = ['uid', 'pid', 'acc', 'date', 'token', 'key-id'];
  const keys = labels.map((label) => hkdfSync('sha256', secret, 'sallyport pseudonyms 1', label, 32));
  t.equal(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size, labels.length);
  const accession = createHmac('sha256', Buffer.from(keys[2] ?? new ArrayBuffer(0)))
    .update('A1')
    .digest();
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...accession.subarray(0, 10)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const base32 = (bits.match(/.{5}/g) ?? [])
    .map((five) => alphabet.charAt(Number.parseInt(five, 2)))
    .join('');
  t.equal(one.accessionNumber('A1'), base32);
});

t.test('values of a mebibyte take their time once, and are not remembered', async (t) => {
  const long = `1${' '.repeat(1024 * 1024)}1`;
  const startedAt = performance.now();
  t.equal(canonicalUid(long).length, long.length);
  t.equal(canonicalIdentifier(long).length, long.length);
  one.uid(long);
  one.patientId('', long);
  t.ok(performance.now() - startedAt < 2000, 'linear');
  const used = process.memoryUsage().heapUsed;
  for (let index = 0; index < 300; index += 1) one.patientId('', String(index).repeat(200_000));
  global.gc?.();
  t.ok(process.memoryUsage().heapUsed - used < 200e6, 'bounded');
});
