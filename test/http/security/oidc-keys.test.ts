import { exportJWK } from 'jose';
import t from 'tap';
import type { IssuerFault } from '../../../src/http/security/oidc-issuer.ts';
import { isProof } from '../../../src/http/security/proof.ts';
import { checkOf, type Issuer, issuer, jwkOf, other, refused, rsa, token } from './oidc-issuer.ts';

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
