import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createPseudonyms } from '../../../src/deidentify/pseudonyms.ts';
import { run } from '../../support/run.ts';

const cli = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'cli.ts');
const key = (...args: string[]) => run(process.execPath, [cli, 'key', ...args]);

t.test('a new key is its owner’s alone, and only its id is told', async (t) => {
  const file = join(t.testdir(), 'k1');
  const made = await key('new', file);
  t.equal(made.exitCode, 0, made.output);
  t.equal(statSync(file).mode & 0o777, 0o600);
  const text = readFileSync(file, 'utf8').trim();
  t.match(text, /^[0-9a-f]{64}$/);
  const { keyId } = createPseudonyms(Buffer.from(text, 'hex'));
  t.equal(made.output, `${keyId}\n`);
  t.same(await key('id', file), { exitCode: 0, output: `${keyId}\n` });
  t.notOk(text.includes(keyId), 'the id is no part of the key');
});

t.test('a key that is there is not touched', async (t) => {
  const file = join(t.testdir({ k1: 'precious' }), 'k1');
  const { exitCode, output } = await key('new', file);
  t.equal(exitCode, 73);
  t.match(output, /left as it is/);
  t.equal(readFileSync(file, 'utf8'), 'precious');
});

t.test('no file, a file that is no key, and other words are refused', async (t) => {
  const dir = t.testdir({ short: '0123' });
  t.equal((await key()).exitCode, 64);
  t.equal((await key('id')).exitCode, 64);
  t.equal((await key('show', join(dir, 'short'))).exitCode, 64);
  t.equal((await key('new', join(dir, 'a'), join(dir, 'b'))).exitCode, 64);
  const short = await key('id', join(dir, 'short'));
  t.equal(short.exitCode, 78);
  t.match(short.output, /SECRET_UNUSABLE/);
  t.notMatch(short.output, /0123/);
  t.equal((await key('id', join(dir, 'absent'))).exitCode, 78);
});
