import { chmodSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { SallyportError } from '../../../src/core/errors.ts';
import { isScope, type Scope, scopes } from '../../../src/core/scopes.ts';
import { allows, ungrantable } from '../../../src/http/security/actor.ts';
import { configuredToken } from '../../../src/http/security/configured-token.ts';
import { isProof } from '../../../src/http/security/proof.ts';
import { TokenStore } from '../../../src/http/security/token-store.ts';
import { bearerOf, formatToken, newToken, parseToken } from '../../../src/http/security/token-text.ts';

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    return error instanceof SallyportError ? error.code : String(error);
  }
  return undefined;
};

t.test('admin includes read and operate, and not identify; the others include nothing', async (t) => {
  const granted = (scope: Scope) => scopes.filter((wanted) => allows({ scopes: [scope] }, wanted));
  t.same(granted('read'), ['read']);
  t.same(granted('operate'), ['operate']);
  t.same(granted('identify'), ['identify']);
  t.same(granted('admin'), ['read', 'operate', 'admin']);
  t.notOk(allows({ scopes: [] }, 'read'));
  t.notOk(isScope('root'));
  t.same(
    ungrantable({ scopes: ['admin'] }, scopes),
    ['identify'],
    'an administrator cannot make what it has not',
  );
});

t.test('a token is let in until it expires, and its use is remembered to the minute', async (t) => {
  let now = 1_700_000_012_345;
  const store = new TokenStore(t.testdir(), () => now);
  const { id, text } = store.create({ name: 'short', scopes: ['read', 'read'], expiresInMs: 1000 });
  const proof = await store.check(text);
  t.ok(isProof(proof));
  if (!isProof(proof)) return;
  t.same(proof.actor, { kind: 'token', name: 'short', scopes: ['read'], via: 'header' });
  t.ok(proof.stillValid());
  t.match(store.list(), [{ id, expired: false, lastUsedAt: now - (now % 60_000) }]);
  now += 1000;
  t.notOk(proof.stillValid());
  t.match(await store.check(text), { refused: 'NOT_AUTHENTICATED', httpStatus: 401 });
  t.match(store.list(), [{ id, expired: true }]);
});

t.test('a wrong secret, a wrong id and another’s secret are refused alike', async (t) => {
  const store = new TokenStore(t.testdir());
  const first = parseToken(store.create({ name: 'one', scopes: ['read'] }).text);
  const second = parseToken(store.create({ name: 'two', scopes: ['admin'] }).text);
  if (first === undefined || second === undefined) throw new Error('tokens have no form');
  for (const wrong of [
    { ...first, secret: second.secret },
    { ...first, secret: newToken().secret },
    { ...first, id: newToken().id },
    newToken(),
  ])
    t.same(await store.check(formatToken(wrong)), { refused: 'NOT_AUTHENTICATED', httpStatus: 401 });
  t.equal(await store.check('eyJ.a.b'), undefined, 'text of another kind is left to others');
});

t.test('names are unique, revoked ones are free again', async (t) => {
  const store = new TokenStore(t.testdir());
  const { id } = store.create({ name: 'one', scopes: ['read'] });
  t.equal(
    codeOf(() => store.create({ name: 'one', scopes: ['admin'] })),
    'REQUEST_INVALID',
  );
  store.revoke(id);
  t.equal(
    codeOf(() => store.revoke(id)),
    'TOKEN_UNKNOWN',
  );
  store.create({ name: 'one', scopes: ['admin'] });
  t.equal(store.list().length, 1);
});

t.test('a file that is not as we write it lets nobody in, until it is mended', async (t) => {
  const dir = t.testdir();
  const file = join(dir, 'http-tokens.json');
  const store = new TokenStore(dir);
  const { text } = store.create({ name: 'one', scopes: ['read'] });
  const good = readFileSync(file, 'utf8');
  const row = JSON.parse(good).tokens[0];
  const of = (...tokens: unknown[]): string => JSON.stringify({ version: 1, tokens });
  for (const bad of [
    '',
    'null',
    good.slice(0, -10),
    JSON.stringify({ version: 2, tokens: [] }),
    of({ ...row, scopes: ['root'] }),
    of({ ...row, scopes: [] }),
    of({ ...row, name: 'line\nbreak' }),
    of({ ...row, expiresAt: '2030' }),
    of({ ...row, expires: 1 }),
    of(row, row),
    of(...Array.from({ length: 1001 }, (_, n) => ({ ...row, id: n.toString(16).padStart(12, '0') }))),
    ' '.repeat(1024 * 1024 + 1),
  ]) {
    writeFileSync(file, bad);
    t.match(await store.check(text), { refused: 'TOKENS_UNUSABLE', httpStatus: 503 }, bad.slice(0, 60));
    t.equal(
      codeOf(() => store.list()),
      'TOKENS_UNUSABLE',
    );
    t.equal(
      codeOf(() => store.create({ name: 'two', scopes: ['read'] })),
      'TOKENS_UNUSABLE',
    );
  }
  t.same(readdirSync(dir), ['http-tokens.json'], 'nothing is left aside');
  writeFileSync(file, good);
  t.ok(isProof(await store.check(text)));
  t.equal(store.fault, undefined);
  chmodSync(file, 0o622);
  t.match(await store.check(text), { refused: 'TOKENS_UNUSABLE' }, 'others could write it');
});

t.test('writers wait for each other, and one that died is not waited for', async (t) => {
  const dir = t.testdir();
  const aside = join(dir, 'http-tokens.json.new');
  writeFileSync(aside, '{');
  utimesSync(aside, 1_600_000_000, 1_600_000_000);
  const store = new TokenStore(dir);
  store.create({ name: 'one', scopes: ['read'] });
  t.equal(store.list().length, 1);
  t.notOk(existsSync(aside));
});

t.test('the configured token may read and operate, no more', async (t) => {
  const check = configuredToken('a-token-of-the-configuration');
  const proof = await check.check('a-token-of-the-configuration');
  t.match(proof, { actor: { name: 'http.apiToken', scopes: ['read', 'operate'] } });
  t.equal(await check.check('a-token-of-the-configuratioN'), undefined);
  t.equal(await check.check(''), undefined);
});

t.test('no text but a token made opens anything', async (t) => {
  const store = new TokenStore(t.testdir());
  const { text } = store.create({ name: 'one', scopes: ['admin'] });
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }).map((end) => `sp_${end}`),
    fc
      .tuple(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 2 }))
      .map(([at, piece]) => text.slice(0, at) + piece + text.slice(at + 1)),
    fc.constantFrom(`${text}\n`, ` ${text}`, `${text}=`, text.toUpperCase(), '__proto__', 'constructor'),
  );
  await fc.assert(
    fc.asyncProperty(hostile, async (given) => {
      const answer = await store.check(given);
      if (given === text) return isProof(answer);
      return !isProof(answer);
    }),
  );
});

t.test('an Authorization header yields a bearer text or nothing, whatever it holds', async (t) => {
  t.equal(bearerOf('Bearer abc'), 'abc');
  t.equal(bearerOf('bearer   abc '), 'abc');
  t.equal(bearerOf(undefined), undefined);
  for (const other of [
    'Basic YTpi',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearerabc',
    `Bearer ${'a'.repeat(16_384)}`,
    'Bearer a\u00e4',
  ])
    t.equal(bearerOf(other), undefined, other.slice(0, 20));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((end) => `Bearer ${end}`),
      ),
      (header) => {
        const text = bearerOf(header);
        return text === undefined || /^[\x21-\x7e]+$/.test(text);
      },
    ),
  );
});
