import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readPseudonymSecret } from '../../src/config/secret-file.ts';

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
