import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import t, { type Test } from 'tap';
import { OidcCheck } from '../../../src/http/security/oidc-check.ts';
import { type IssuerFault, OidcKeys } from '../../../src/http/security/oidc-keys.ts';
import { isProof } from '../../../src/http/security/proof.ts';

const rsa = await generateKeyPair('RS256', { extractable: true });
const other = await generateKeyPair('RS256', { extractable: true });
const elliptic = await generateKeyPair('ES256', { extractable: true });
const edwards = await generateKeyPair('EdDSA', { extractable: true });
const jwkOf = async (key: CryptoKey, kid: string, alg: string): Promise<JWK> => ({
  ...(await exportJWK(key)),
  kid,
  alg,
  use: 'sig',
});
const keySet = [
  await jwkOf(rsa.publicKey, 'rsa', 'RS256'),
  await jwkOf(elliptic.publicKey, 'ec', 'ES256'),
  await jwkOf(edwards.publicKey, 'ed', 'EdDSA'),
];

interface Issuer {
  readonly url: string;
  keys: readonly JWK[];
  /** Set: answers instead of the key set. */
  instead: ((path: string, server: Server) => { status: number; body: string } | 'nothing') | undefined;
  readonly asked: string[];
}

/** An OpenID provider of the test: discovery and keys, over loopback. */
async function issuer(t: Test): Promise<Issuer> {
  const state: { -readonly [K in keyof Issuer]: Issuer[K] } = {
    url: '',
    keys: keySet,
    instead: undefined,
    asked: [],
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    state.asked.push(path);
    const own = state.instead?.(path, server);
    if (own === 'nothing') return;
    const body =
      path === '/keys' ? { keys: state.keys } : { issuer: state.url, jwks_uri: `${state.url}/keys` };
    response.statusCode = own?.status ?? 200;
    if (response.statusCode === 302) response.setHeader('location', `${state.url}/keys`);
    response.end(own?.body ?? JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

const nowSeconds = 1_750_000_000;

function checkOf(from: Issuer, more: { scopeClaim?: string; nameClaim?: string; jwksUri?: string } = {}) {
  const clock = { now: nowSeconds * 1000 };
  const faults: IssuerFault[] = [];
  const now = (): number => clock.now;
  const keys = new OidcKeys(
    { issuer: from.url, jwksUri: more.jwksUri ?? '' },
    (fault) => void faults.push(fault),
    now,
  );
  const check = new OidcCheck(
    {
      issuer: from.url,
      audience: 'sallyport',
      scopeClaim: 'scope',
      nameClaim: 'sub',
      clockToleranceMs: 30_000,
      scopeMap: [
        { value: 'sp:read', scopes: ['read'] },
        { value: 'radiology', scopes: ['read', 'operate'] },
      ],
      ...more,
    },
    keys,
    now,
  );
  return { check, clock, faults };
}

interface Claims {
  readonly [claim: string]: unknown;
}

async function token(
  from: Issuer,
  claims: Claims = {},
  {
    key = rsa.privateKey,
    alg = 'RS256',
    kid = 'rsa',
  }: { key?: CryptoKey | Uint8Array; alg?: string; kid?: string } = {},
): Promise<string> {
  return new SignJWT({
    iss: from.url,
    aud: 'sallyport',
    sub: 'alice',
    scope: 'openid sp:read',
    iat: nowSeconds - 10,
    exp: nowSeconds + 300,
    ...claims,
  })
    .setProtectedHeader({ alg, kid })
    .sign(key);
}

const refused = { refused: 'NOT_AUTHENTICATED', httpStatus: 401 };

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

t.test('a key set with private keys or shared secrets checks nothing by them', async (t) => {
  const from = await issuer(t);
  const secret = new TextEncoder().encode('a shared secret of more than 32 bytes');
  from.keys = [
    { kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 'oct', alg: 'HS256' },
    { ...(await exportJWK(rsa.privateKey)), kid: 'rsa', alg: 'RS256' },
  ];
  const { check } = checkOf(from);
  t.match(await check.check(await token(from, {}, { key: secret, alg: 'HS256', kid: 'oct' })), refused);
  t.match(await check.check(await token(from)), refused);
});

t.test('a new key of the issuer is found, without a question for each unknown one', async (t) => {
  const from = await issuer(t);
  const { check, clock } = checkOf(from);
  t.ok(isProof(await check.check(await token(from))));
  from.keys = [await jwkOf(other.publicKey, 'new', 'RS256')];
  const fresh = await token(from, {}, { key: other.privateKey, kid: 'new' });
  const asked = from.asked.length;
  for (let n = 0; n < 20; n += 1) t.match(await check.check(fresh), refused);
  t.equal(from.asked.length, asked, 'asked a moment ago');
  clock.now += 30_000;
  t.ok(isProof(await check.check(fresh)));
  t.match(await check.check(await token(from)), refused, 'a key that the issuer took back is no key');
});

t.test('without the issuer nobody of it gets in, and it is left alone for a while', async (t) => {
  const from = await issuer(t);
  const text = await token(from);
  const long = 'x'.repeat(300 * 1024);
  const cases: readonly (readonly [IssuerFault, NonNullable<Issuer['instead']>])[] = [
    ['status', () => ({ status: 500, body: 'no' })],
    ['unreachable', () => ({ status: 302, body: '' })],
    ['malformed', () => ({ status: 200, body: '<html>' })],
    [
      'malformed',
      (path) => ({
        status: 200,
        body:
          path === '/keys'
            ? '{"keys":{}}'
            : JSON.stringify({ issuer: from.url, jwks_uri: `${from.url}/keys` }),
      }),
    ],
    [
      'malformed',
      () => ({
        status: 200,
        body: JSON.stringify({ issuer: from.url, jwks_uri: 'http://evil.example/keys' }),
      }),
    ],
    [
      'other-issuer',
      () => ({
        status: 200,
        body: JSON.stringify({ issuer: 'https://evil.example', jwks_uri: `${from.url}/keys` }),
      }),
    ],
    ['other-issuer', () => ({ status: 200, body: 'null' })],
    ['too-large', () => ({ status: 200, body: long })],
  ];
  for (const [fault, instead] of cases) {
    const { check, clock, faults } = checkOf(from);
    from.instead = instead;
    t.match(await check.check(text), { refused: 'ISSUER_UNAVAILABLE', httpStatus: 503 }, fault);
    const asked = from.asked.length;
    await Promise.all(Array.from({ length: 20 }, () => check.check(text)));
    t.equal(from.asked.length, asked);
    t.same(faults, [fault]);
    from.instead = undefined;
    clock.now += 10_000;
    t.ok(isProof(await check.check(text)), 'it comes back by itself');
    from.instead = instead;
    clock.now += 600_000;
    t.match(await check.check(text), { refused: 'ISSUER_UNAVAILABLE' }, 'keys of yesterday are no keys');
  }
});

t.test('an issuer that never answers is given up, with one question for all who wait', async (t) => {
  const from = await issuer(t);
  from.instead = () => 'nothing';
  const { check, faults } = checkOf(from, { jwksUri: `${from.url}/keys` });
  const text = await token(from);
  const answers = await Promise.all([check.check(text), check.check(text)]);
  for (const answer of answers) t.match(answer, { refused: 'ISSUER_UNAVAILABLE' });
  t.same(faults, ['timeout']);
  t.same(from.asked, ['/keys']);
});
