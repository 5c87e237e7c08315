import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { TokenStore } from '../../../src/http/security/token-store.ts';
import { SqliteLedger } from '../../../src/spool/ledger-sqlite.ts';
import { run } from '../../support/run.ts';

const cli = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'cli.ts');
const token = (...args: string[]) => run(process.execPath, [cli, 'token', ...args]);

t.test('a token is made, listed, used by a store that runs, and revoked', async (t) => {
  const storage = join(t.testdir(), 'new');
  const running = new TokenStore(storage);
  t.same(running.list(), []);
  const made = await token(
    'create',
    ...['--storage', storage, '--name', 'night job', '--scope', 'read,operate', '--scope', 'identify'],
    ...['--expires', '90d', '--ae-title', 'RESEARCH'],
  );
  t.equal(made.exitCode, 0, made.output);
  const text = /^sp_\S+$/m.exec(made.output)?.[0] ?? '';
  const id = text.slice(3, 15);
  const file = join(storage, 'http-tokens.json');
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.notMatch(readFileSync(file, 'utf8'), text.slice(16), 'the secret is not in the file');

  t.match(await running.check(text), {
    actor: { kind: 'token', name: 'night job', scopes: ['read', 'operate', 'identify'], aeTitle: 'RESEARCH' },
  });
  const listed = await token('list', '--storage', storage);
  t.match(
    listed.output,
    new RegExp(`^${id} +read,operate,identify +until \\d{4}-.* night job +as RESEARCH$`, 'm'),
  );
  t.notMatch(listed.output, text.slice(16));
  t.match(JSON.parse((await token('list', '--json', '--storage', storage)).output), {
    id,
    name: 'night job',
  });

  const revoked = await token('revoke', id, '--storage', storage);
  t.equal(revoked.exitCode, 0, revoked.output);
  t.match(await running.check(text), { refused: 'NOT_AUTHENTICATED' });
  const again = await token('revoke', id, '--storage', storage);
  t.equal(again.exitCode, 1);
  t.match(again.output, /TOKEN_UNKNOWN/);
});

t.test('what cannot be is refused with the reason', async (t) => {
  const storage = t.testdir();
  const create = (...more: string[]) => token('create', '--storage', storage, ...more);
  for (const [args, reason] of [
    [['--name', 'a', '--scope', 'read,root'], /scopes are read, operate/],
    [['--name', 'a', '--scope', 'read', '--expires', '90'], /--expires/],
    [['--name', 'a', '--scope', 'read', '--expires', '0d'], /lifetime/],
    [['--name', 'a', '--scope', 'read', '--ae-title', 'LONGER THAN SIXTEEN'], /--ae-title/],
    [['--name', 'a\u0007', '--scope', 'read'], /printable/],
    [['--name', 'http.apiToken', '--scope', 'read'], /configured/],
  ] as const) {
    const refused = await create(...args);
    t.equal(refused.exitCode, 1, args.join(' '));
    t.match(refused.output, reason);
  }
  t.equal((await create('--name', 'a')).exitCode, 64);
  t.equal((await token('wat')).exitCode, 64);
  t.equal((await token('revoke')).exitCode, 64);
});

t.test('without its record no token is made or revoked', async (t) => {
  const storage = t.testdir();
  const before = await token('create', '--storage', storage, '--name', 'a', '--scope', 'read');
  t.equal(before.exitCode, 0, before.output);
  const id = /^sp_\S+$/m.exec(before.output)?.[0].slice(3, 15) ?? '';
  writeFileSync(join(storage, 'ledger.sqlite'), 'this is no database '.repeat(100));
  const refused = await token('create', '--storage', storage, '--name', 'b', '--scope', 'read');
  t.not(refused.exitCode, 0);
  t.notMatch(refused.output, /^sp_/m);
  t.not((await token('revoke', id, '--storage', storage)).exitCode, 0);
  t.match(new TokenStore(storage).list(), [{ name: 'a' }]);
  t.equal(new TokenStore(storage).list().length, 1);
});

t.test('making and revoking are in the audit trail, without the secret', async (t) => {
  const storage = t.testdir();
  await (await SqliteLedger.open(storage, { thread: false, create: true })).close();
  const made = await token('create', '--storage', storage, '--name', 'a', '--scope', 'read');
  const text = /^sp_\S+$/m.exec(made.output)?.[0] ?? '';
  await token('revoke', text.slice(3, 15), '--storage', storage);
  const trail = await run(process.execPath, [cli, 'audit', 'export', '--storage', storage]);
  const [created, revoked] = trail.output.split('\n').filter((line) => line.includes('"token.'));
  t.match(created, /"kind":"command-line".*"token\.created".*"kind":"token","id":"[0-9a-f]{12}"/);
  t.match(revoked, new RegExp(`"token\\.revoked".*${text.slice(3, 15)}`));
  t.notMatch(trail.output, text.slice(16));
});
