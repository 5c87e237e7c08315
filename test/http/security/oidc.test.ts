import fc from 'fast-check';
import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import t from 'tap';
import { isProof } from '../../../src/http/security/proof.ts';
import {
  type Claims,
  checkOf,
  edwards,
  elliptic,
  issuer,
  nowSeconds,
  other,
  refused,
  rsa,
  token,
} from './oidc-issuer.ts';

t.test('a token of the issuer names the caller and gives what the map says', async (t) => {
  const from = await issuer(t);
  const { check, clock } = checkOf(from);
  const proof = await check.check(await token(from));
  t.ok(isProof(proof));
  if (!isProof(proof)) return;
  t.same(proof.actor, { kind: 'oidc', name: 'alice', scopes: ['read'], via: 'header' });
  t.ok(proof.stillValid());
  clock.now += 331_000;
  t.notOk(proof.stillValid());
  for (const [key, alg, kid] of [
    [elliptic.privateKey, 'ES256', 'ec'],
    [edwards.privateKey, 'EdDSA', 'ed'],
  ] as const) {
    clock.now = nowSeconds * 1000;
    t.ok(isProof(await check.check(await token(from, {}, { key, alg, kid }))), alg);
  }
  t.same(from.asked, ['/.well-known/openid-configuration', '/keys'], 'the keys were asked for once');
});

t.test('scopes come from words, lists and objects; without any nobody gets in', async (t) => {
  const from = await issuer(t);
  const scopesBy = async (scopeClaim: string, claims: Claims) => {
    const proof = await checkOf(from, { scopeClaim }).check.check(await token(from, claims));
    return isProof(proof) ? proof.actor.scopes : proof;
  };
  t.same(await scopesBy('roles', { roles: ['radiology', 'sp:read', 7] }), ['read', 'operate']);
  t.same(await scopesBy('realm_access.roles', { realm_access: { roles: ['radiology'] } }), [
    'read',
    'operate',
  ]);
  t.same(await scopesBy('https://example.org/roles', { 'https://example.org/roles': ['sp:read'] }), ['read']);
  for (const claims of [
    { scope: '' },
    { scope: 'admin identify' },
    { scope: { read: true } },
    { scope: null },
    { scope: ['__proto__', 'constructor'] },
  ])
    t.match(
      await scopesBy('scope', claims),
      { refused: 'NOT_PERMITTED', httpStatus: 403 },
      JSON.stringify(claims),
    );
  t.match(await scopesBy('constructor.name', {}), { refused: 'NOT_PERMITTED' });
});

t.test('names that cannot be shown are shown by a digest, each by its own', async (t) => {
  const from = await issuer(t);
  const nameOf = async (sub: unknown) => {
    const proof = await checkOf(from).check.check(await token(from, { sub }));
    return isProof(proof) ? proof.actor.name : undefined;
  };
  t.match(await nameOf('a\u0000b'), /^sha256:[0-9a-f]{32}$/);
  t.not(await nameOf('x'.repeat(65)), await nameOf('x'.repeat(66)));
  t.match(await nameOf('sha256:abc'), /^sha256:[0-9a-f]{32}$/, 'nobody can look like another’s digest');
  for (const none of ['', 7, null, undefined]) t.equal(await nameOf(none), undefined);
});

t.test('tokens that are not for us, not now, or not signed by the issuer are refused', async (t) => {
  const from = await issuer(t);
  const { check, faults } = checkOf(from);
  const publicPem = new TextEncoder().encode(await exportSPKI(rsa.publicKey));
  const good = await token(from);
  const [header, payload, signature] = good.split('.');
  const cases: Record<string, string> = {
    expired: await token(from, { exp: nowSeconds - 31 }),
    'without an end': await token(from, { exp: undefined }),
    'too early': await token(from, { nbf: nowSeconds + 31 }),
    'for others': await token(from, { aud: 'another' }),
    'for nobody': await token(from, { aud: undefined }),
    'of others': await token(from, { iss: 'https://evil.example' }),
    'of nobody': await token(from, { iss: undefined }),
    'signed by another key': await token(from, {}, { key: other.privateKey }),
    'of an unknown key': await token(from, {}, { kid: 'unknown' }),
    'without signature': new UnsecuredJWT({
      iss: from.url,
      aud: 'sallyport',
      sub: 'alice',
      scope: 'sp:read',
      exp: nowSeconds + 300,
    }).encode(),
    'with the public key as a shared secret': await token(from, {}, { key: publicPem, alg: 'HS256' }),
    'with an algorithm that is not listed': await token(
      from,
      {},
      { key: (await generateKeyPair('RS512')).privateKey, alg: 'RS512' },
    ),
    'with another payload': [header, Buffer.from('{"sub":"mallory"}').toString('base64url'), signature].join(
      '.',
    ),
    'with no signature left': `${header}.${payload}.`,
    'with a critical header nobody knows': await new SignJWT({
      iss: from.url,
      aud: 'sallyport',
      sub: 'alice',
      scope: 'sp:read',
      exp: nowSeconds + 300,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'rsa', crit: ['b64'], b64: true })
      .sign(rsa.privateKey)
      .then((text) =>
        text.replace(
          /^[^.]+/,
          Buffer.from('{"alg":"RS256","kid":"rsa","crit":["x"],"x":1}').toString('base64url'),
        ),
      ),
  };
  for (const [name, text] of Object.entries(cases)) t.match(await check.check(text), refused, name);
  t.match(
    await check.check(await token(from, { exp: nowSeconds - 29, nbf: nowSeconds + 29 })),
    { actor: { name: 'alice' } },
    'clocks may differ a little',
  );
  t.same(faults, []);
});

t.test('no text but a signed token lets anyone in, and none throws', async (t) => {
  const from = await issuer(t);
  const { check } = checkOf(from);
  const good = await token(from);
  t.equal(await check.check('sp_0123'), undefined, 'text of another kind');
  const part = fc.oneof(
    fc.base64String(),
    fc.json().map((json) => Buffer.from(json).toString('base64url')),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.tuple(part, part, part).map((parts) => parts.join('.').replaceAll(/[+/=]/g, '')),
        fc
          .nat(good.length - 1)
          .map((at) => `${good.slice(0, at)}${good[at] === 'A' ? 'B' : 'A'}${good.slice(at + 1)}`),
      ),
      async (text) => {
        const proof = await check.check(text);
        // The last letter of a signature has bits that mean nothing.
        return !isProof(proof) || text.slice(0, -1) === good.slice(0, -1);
      },
    ),
  );
});
