import { createHash } from 'node:crypto';
import { exportSPKI, generateKeyPair, UnsecuredJWT } from 'jose';
import t, { type Test } from 'tap';
import { startReal } from '../real-gateway.ts';
import {
  type Claims,
  type FakeProvider,
  idToken,
  type SigningWish,
  startFakeProvider,
  type TokenAnswer,
} from './fake-provider.ts';
import { edwards, elliptic, other, rsa } from './oidc-issuer.ts';
import { type Begun, begin, comeBack, sessionOf, signInArgs } from './sign-in-steps.ts';

t.setTimeout(180_000);
const canary = 'zqCanary7391';

async function pair(t: Test, more: readonly string[] = ['--http.attempts.limit=1000000']) {
  const provider = await startFakeProvider(t);
  const real = await startReal(t, { directory: t.testdir(), args: signInArgs(provider, more) });
  return { provider, real };
}
type Pair = Awaited<ReturnType<typeof pair>>;

/** A whole sign-in, of which the token endpoint answers this. */
async function ending(t: Test, { provider, real }: Pair, answer: (begun: Begun) => Promise<TokenAnswer>) {
  const begun = await begin(t, real);
  provider.answer = () => answer(begun);
  return comeBack(t, real, { code: canary, state: begun.state }, begun.cookie);
}

function tokenOf(
  provider: FakeProvider,
  { nonce }: Begun,
  claims: Claims,
  wish?: SigningWish,
): Promise<string> {
  return idToken(provider, { nonce, ...claims }, wish);
}

t.test('an ID token that is not for this sign-in, or not of this provider, opens nothing', async (t) => {
  const both = await pair(t);
  const { provider, real } = both;
  const now = Math.floor(Date.now() / 1000);
  const publicPem = new TextEncoder().encode(await exportSPKI(rsa.publicKey));
  const foreign = (await generateKeyPair('RS512')).privateKey;
  const claims: Record<string, Claims> = {
    'another nonce': { nonce: 'x' },
    'no nonce': { nonce: undefined },
    'another audience': { aud: 'api' },
    'no audience': { aud: undefined },
    'several audiences and no authorized party': { aud: ['gateway', 'api'] },
    'another authorized party': { aud: ['gateway', 'api'], azp: 'api' },
    'another authorized party of one audience': { azp: 'api' },
    'another issuer': { iss: 'https://evil.example' },
    'no issuer': { iss: undefined },
    expired: { exp: now - 31 },
    'no end': { exp: undefined },
    'no time of issue': { iat: undefined },
    'issued in the future': { iat: now + 60 },
    'issued long ago': { iat: now - 700 },
    'too early': { nbf: now + 60 },
    'the hash of another access token': { at_hash: 'x' },
    'no subject': { sub: undefined },
    'an empty subject': { sub: '' },
  };
  for (const [name, claim] of Object.entries(claims)) {
    const answer = await ending(t, both, async (begun) => ({
      body: { id_token: await tokenOf(provider, begun, claim), access_token: 'a' },
    }));
    t.equal(answer.headers.get('location'), '/?signIn=refused', name);
    t.equal(sessionOf(answer), undefined, name);
  }
  const signed: Record<string, SigningWish> = {
    'another key': { key: other.privateKey },
    'the public key as a shared secret': { key: publicPem, alg: 'HS256' },
    'the secret of the client': { key: new TextEncoder().encode('gateway'.repeat(6)), alg: 'HS256' },
    'an algorithm that is not listed': { key: foreign, alg: 'RS512' },
    'an unknown key': { kid: 'unknown' },
  };
  for (const [name, wish] of Object.entries(signed)) {
    const answer = await ending(t, both, async (begun) => ({
      body: { id_token: await tokenOf(provider, begun, {}, wish) },
    }));
    t.equal(answer.headers.get('location'), '/?signIn=refused', name);
    t.equal(sessionOf(answer), undefined, name);
  }
  const unsigned = await ending(t, both, async ({ nonce }) => ({
    body: {
      id_token: new UnsecuredJWT({
        iss: provider.url,
        aud: 'gateway',
        sub: 'a',
        iat: now,
        exp: now + 9,
        nonce,
      }).encode(),
    },
  }));
  t.equal(unsigned.headers.get('location'), '/?signIn=refused');
  const missing = await ending(t, both, async (begun) => ({
    body: { id_token: await tokenOf(provider, begun, { at_hash: 'x' }) },
  }));
  t.equal(missing.headers.get('location'), '/?signIn=refused', 'a hash of nothing');
  for (const [claim, right] of [
    [{ roles: [] }, 'none'],
    [{ roles: undefined }, 'no claim'],
    [{ roles: ['uploads'] }, 'all but read'],
    [{ roles: ['__proto__', 'admin'] }, 'names nobody maps'],
  ] as const) {
    const answer = await ending(t, both, async (begun) => ({
      body: { id_token: await tokenOf(provider, begun, claim) },
    }));
    t.equal(answer.headers.get('location'), '/?signIn=no-right', right);
    t.equal(sessionOf(answer), undefined, right);
  }
  const told = JSON.stringify(real.gateway.events) + (await real.ask(t, 'GET', '/api/audit/export')).text;
  t.notMatch(told, /session\.opened/);
  t.match(told, /session\.refused/);
  t.notMatch(told, canary);
});

t.test('every way of signing that bearers have is taken, with the hash of its own', async (t) => {
  const both = await pair(t);
  for (const [wish, hash] of [
    [{}, 'sha256'],
    [{ key: elliptic.privateKey, alg: 'ES256', kid: 'ec' }, 'sha256'],
    [{ key: edwards.privateKey, alg: 'EdDSA', kid: 'ed' }, 'sha512'],
  ] as const) {
    const digest = createHash(hash).update('access').digest();
    const half = digest.subarray(0, digest.length / 2).toString('base64url');
    const answer = await ending(t, both, async (begun) => ({
      body: {
        access_token: 'access',
        id_token: await tokenOf(
          both.provider,
          begun,
          { at_hash: half, aud: ['api', 'gateway'], azp: 'gateway' },
          wish,
        ),
      },
    }));
    t.ok(sessionOf(answer), hash);
  }
});

t.test('an answer counts once, and for the browser that asked', async (t) => {
  const both = await pair(t);
  const { provider, real } = both;
  const mine = await begin(t, real);
  const theirs = await begin(t, real);
  provider.answer = async () => ({ body: { id_token: await tokenOf(provider, mine, {}) } });
  const right = { code: canary, state: mine.state };
  const late = async (query: Record<string, string>, cookie: string | undefined, what: string) => {
    const answer = await comeBack(t, real, query, cookie);
    t.equal(answer.headers.get('location'), '/?signIn=late', what);
    t.same(answer.headers.getSetCookie(), [], `${what}: cookies stay as they are`);
  };
  await late(right, undefined, 'a link that somebody was sent: no cookie');
  await late(right, theirs.cookie, 'the cookie of another sign-in');
  await late(right, 'sallyport-openid=', 'an empty cookie');
  await late(right, `${mine.cookie}; ${theirs.cookie}`, 'two cookies, one of them planted');
  await late({ code: canary }, mine.cookie, 'no state');
  await late({ code: canary, state: theirs.state }, mine.cookie, 'the state of another sign-in');
  await late({ error: 'access_denied', state: 'x' }, mine.cookie, 'an error out of nowhere');
  t.equal(provider.requests.length, 0, 'the provider was asked for nothing');
  t.ok(sessionOf(await comeBack(t, real, right, mine.cookie)), 'it is there all the while');
  await late(right, mine.cookie, 'the same answer again');
  t.equal(provider.requests.length, 1);
  const refused = await begin(t, real);
  provider.answer = () => ({ status: 400, body: { error: 'invalid_grant', error_description: canary } });
  const first = await comeBack(t, real, { code: canary, state: refused.state }, refused.cookie);
  t.equal(first.headers.get('location'), '/?signIn=refused', 'a code that the provider does not know');
  await late({ code: canary, state: refused.state }, refused.cookie, 'after one that failed');
});

t.test('answers of another provider are told by their iss (RFC 9207)', async (t) => {
  const both = await pair(t);
  const { provider, real } = both;
  const end = async (query: Record<string, string>) => {
    const begun = await begin(t, real);
    provider.answer = async () => ({ body: { id_token: await tokenOf(provider, begun, {}) } });
    return comeBack(t, real, { code: 'c', state: begun.state, ...query }, begun.cookie);
  };
  t.equal((await end({ iss: 'https://evil.example' })).headers.get('location'), '/?signIn=refused');
  const wrong = await end({ iss: `${provider.url}/`, error: 'access_denied' });
  t.equal(wrong.headers.get('location'), '/?signIn=refused');
  t.equal(provider.requests.length, 0, 'no code was sent to the wrong one');
  t.ok(sessionOf(await end({ iss: provider.url })));
  t.ok(sessionOf(await end({})), 'it never said that it would name itself');
  const strict = await startFakeProvider(t);
  strict.description = { authorization_response_iss_parameter_supported: true };
  const other = await startReal(t, { directory: `${t.testdirName}/strict`, args: signInArgs(strict) });
  const begun = await begin(t, other);
  const silent = await comeBack(t, other, { code: 'c', state: begun.state }, begun.cookie);
  t.equal(silent.headers.get('location'), '/?signIn=refused', 'it said so, and did not');
  t.equal(strict.requests.length, 0);
});

t.test('what the provider says of a failure becomes a fixed word', async (t) => {
  const { real } = await pair(t, ['--http.attempts.limit=1']);
  for (const [error, word] of [
    ['access_denied', 'cancelled'],
    ['server_error', 'declined'],
    [canary, 'declined'],
    ['//evil.example', 'declined'],
  ] as const) {
    const begun = await begin(t, real);
    const more = { error_description: canary, error_uri: `https://${canary}.example`, session_state: canary };
    const answer = await comeBack(t, real, { error, state: begun.state, ...more }, begun.cookie);
    t.equal(answer.headers.get('location'), `/?signIn=${word}`);
    t.notMatch(answer.text + [...answer.headers].join(), canary);
  }
  const empty = await begin(t, real);
  const nothing = await comeBack(t, real, { state: empty.state }, empty.cookie);
  t.equal(
    nothing.headers.get('location'),
    '/?signIn=refused',
    'neither code nor error; the first that counts',
  );
  const next = await comeBack(t, real, {});
  t.equal(next.headers.get('location'), '/?signIn=too-many', 'failures are counted as wrong tokens are');
  const token = await real.ask(t, 'POST', '/api/session', { as: null, body: { token: 'sp_no' } });
  t.equal(token.status, 429, 'together with them');
  t.equal(real.gateway.count('http.refused'), 1, 'one line for the burst');
  const twice = await real.ask(t, 'GET', '/api/session/openid/callback?state=a&state=b', { as: null });
  t.equal(twice.status, 400);
  const long = await real.ask(t, 'GET', `/api/session/openid/callback?state=${'a'.repeat(300)}`, {
    as: null,
  });
  t.equal(long.status, 400);
});

t.test('without the provider nobody is signed in, and the gateway says what is wrong', async (t) => {
  const both = await pair(t);
  const { real } = both;
  const long = JSON.stringify({ id_token: 'x'.repeat(300 * 1024) });
  const cases: readonly (readonly [string, TokenAnswer])[] = [
    ['status', { status: 500, body: canary }],
    ['status', { status: 400, body: { error: canary } }],
    ['client-refused', { status: 401, body: { error: 'invalid_client', error_description: canary } }],
    ['unreachable', { status: 302, body: '', headers: { location: '/token' } }],
    ['malformed', { body: `<html>${canary}` }],
    ['malformed', { body: 'null' }],
    ['malformed', { body: { access_token: 'a' } }],
    ['too-large', { body: long }],
    ['timeout', 'nothing'],
  ];
  for (const [fault, answer] of cases) {
    const before = real.gateway.events.length;
    const end = await ending(t, both, async () => answer);
    t.equal(end.headers.get('location'), '/?signIn=unavailable', fault);
    t.equal(sessionOf(end), undefined);
    const told = real.gateway.events.slice(before).filter(({ name }) => name.startsWith('http.'));
    t.same(
      told,
      [{ name: 'http.issuerFailed', fields: { fault } }],
      'told once, and not as a failed attempt',
    );
  }
  t.notMatch(JSON.stringify(real.gateway.events), canary);

  const lost = await startReal(t, {
    directory: `${t.testdirName}/lost`,
    args: signInArgs({ url: 'http://127.0.0.1:1' }),
  });
  const answer = await lost.ask(t, 'GET', '/api/session/openid', { as: null });
  t.equal(answer.headers.get('location'), '/?signIn=unavailable');
  t.same(answer.headers.getSetCookie(), []);
  t.equal(lost.gateway.count('http.issuerFailed'), 1);
  const plain = await startFakeProvider(t);
  plain.description = { authorization_endpoint: 'http://evil.example/authorize' };
  const open = await startReal(t, { directory: `${t.testdirName}/plain`, args: signInArgs(plain) });
  const away = await open.ask(t, 'GET', '/api/session/openid', { as: null });
  t.equal(away.headers.get('location'), '/?signIn=unavailable', 'nobody is led away without TLS');
});
