import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import { createKeyRing } from '../../src/deidentify/key-ring.ts';
import { createPseudonyms } from '../../src/deidentify/pseudonyms.ts';

const [a, b, c] = ['a', 'b', 'c'].map((letter) => Buffer.alloc(32, letter)) as [Buffer, Buffer, Buffer];

t.test('the first key is the active one, every key is found by its id', async (t) => {
  const ring = createKeyRing([a, b, c]);
  const ids = [a, b, c].map((secret) => createPseudonyms(secret).keyId);
  t.same(ring.keyIds, ids);
  t.equal(ring.active.keyId, ids[0]);
  t.equal(ring.byId(''), ring.active);
  for (const [index, secret] of [a, b, c].entries()) {
    const pseudonyms = ring.byId(ids[index] ?? '');
    t.equal(pseudonyms.keyId, ids[index]);
    t.equal(pseudonyms.uid('1.2.3'), createPseudonyms(secret).uid('1.2.3'));
  }
});

t.test('a profile pinned to a key keeps its pseudonyms when another key becomes active', async (t) => {
  const pinned = createPseudonyms(a).keyId;
  const before = createKeyRing([a]).byId(pinned);
  const after = createKeyRing([b, a]).byId(pinned);
  t.equal(after.patientId('H', '1'), before.patientId('H', '1'));
  t.not(createKeyRing([b, a]).active.patientId('H', '1'), before.patientId('H', '1'));
});

t.test('an unknown key id is an error, also one that is no id at all', async (t) => {
  const ring = createKeyRing([a]);
  for (const id of [createPseudonyms(b).keyId, '0', ' ', '__proto__']) {
    t.throws(() => ring.byId(id), new SallyportError('KEY_UNKNOWN'));
  }
});

t.test('no key, a short key and the same key twice are refused', async (t) => {
  t.throws(() => createKeyRing([]), { code: 'SECRET_UNUSABLE' });
  t.throws(() => createKeyRing([a, Buffer.alloc(31)]), { code: 'SECRET_UNUSABLE' });
  t.throws(() => createKeyRing([a, b, Buffer.from(a)]), { code: 'SECRET_UNUSABLE' });
});
