import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  createSecretFile,
  readPseudonymSecret,
  readPseudonymSecrets,
  readSecretFile,
} from '../../src/config/secret-file.ts';

const unset = { secret: '', secretFile: '' };

t.test('the first start makes a secret that later starts find again', async (t) => {
  const dir = join(t.testdir(), 'storage');
  const first = readPseudonymSecret(unset, dir);
  t.equal(first.created, true);
  t.equal(first.bytes.length, 32);
  t.equal(statSync(join(dir, 'pseudonym-secret')).mode & 0o777, 0o600);
  const second = readPseudonymSecret(unset, dir);
  t.equal(second.created, false);
  t.same(second.bytes, first.bytes);
  t.not(
    readPseudonymSecret(unset, join(dir, 'other')).bytes.join(),
    first.bytes.join(),
    'each storage folder has its own',
  );
});

t.test('a configured file is read and never made', async (t) => {
  const dir = t.testdir({ hex: `${'0f'.repeat(32)}\n`, short: 'abc' });
  writeFileSync(join(dir, 'binary'), Buffer.alloc(48, 200));
  t.same(readPseudonymSecret({ ...unset, secretFile: join(dir, 'hex') }, dir).bytes, Buffer.alloc(32, 0x0f));
  t.equal(readPseudonymSecret({ ...unset, secretFile: join(dir, 'binary') }, dir).bytes.length, 48);
  t.throws(() => readPseudonymSecret({ ...unset, secretFile: join(dir, 'short') }, dir), {
    code: 'SECRET_UNUSABLE',
  });
  t.throws(() => readPseudonymSecret({ ...unset, secretFile: join(dir, 'absent') }, dir), {
    code: 'SECRET_UNUSABLE',
  });
  t.throws(() => readFileSync(join(dir, 'absent')), { code: 'ENOENT' });
});

t.test('a damaged secret in the storage folder is an error, not a reason for a new one', async (t) => {
  const dir = t.testdir({ 'pseudonym-secret': '' });
  t.throws(() => readPseudonymSecret(unset, dir), { code: 'SECRET_UNUSABLE' });
});

t.test('a secret in the configuration needs no file', async (t) => {
  const dir = t.testdir();
  t.same(readPseudonymSecret({ secret: 'ff'.repeat(32), secretFile: '' }, dir).bytes, Buffer.alloc(32, 255));
});

t.test('the key ring is the active secret and the further files, in their order', async (t) => {
  const dir = t.testdir({ old: `${'01'.repeat(32)}\n`, older: '02'.repeat(32), short: 'abc' });
  const further = { ...unset, furtherSecretFiles: [join(dir, 'old'), join(dir, 'older')] };
  const { active, all } = readPseudonymSecrets(further, join(dir, 'storage'));
  t.same(all, [active.bytes, Buffer.alloc(32, 1), Buffer.alloc(32, 2)]);
  t.equal(active.created, true);
  t.throws(() => readPseudonymSecrets({ ...unset, furtherSecretFiles: [join(dir, 'short')] }, dir), {
    code: 'SECRET_UNUSABLE',
  });
});

t.test('a key of hexadecimal digits cut short is an error, not another key', async (t) => {
  const dir = t.testdir({ odd: `${'0f'.repeat(32)}0\n`, cut: '0f'.repeat(31), whole: '0F'.repeat(33) });
  for (const name of ['odd', 'cut'])
    t.throws(() => readSecretFile(join(dir, name)), { code: 'SECRET_UNUSABLE' });
  t.same(readSecretFile(join(dir, 'whole')), Buffer.alloc(33, 15));
  writeFileSync(join(dir, 'huge'), Buffer.alloc(65 * 1024));
  t.throws(() => readSecretFile(join(dir, 'huge')), { code: 'SECRET_UNUSABLE' });
});

t.test('a key file is made once, for its owner alone', async (t) => {
  const file = join(t.testdir(), 'keys', 'new');
  t.equal(createSecretFile(file), true);
  t.equal(statSync(file).mode & 0o777, 0o600);
  const content = readFileSync(file);
  t.equal(createSecretFile(file), false);
  t.same(readFileSync(file), content);
  t.throws(() => createSecretFile(join(file, 'below-a-file')), { code: 'STORAGE_UNUSABLE' });
});
