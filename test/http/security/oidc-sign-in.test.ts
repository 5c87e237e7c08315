import { createHash } from 'node:crypto';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { waitFor } from '../../support/run.ts';
import { bodyOf } from '../contract-group.ts';
import { type RealGateway, startReal } from '../real-gateway.ts';
import { type Claims, type FakeProvider, idToken, startFakeProvider } from './fake-provider.ts';
import { begin, comeBack, publicUrl, sessionOf, signInArgs } from './sign-in-steps.ts';

t.setTimeout(120_000);

async function pair(
  t: Test,
  more: readonly string[] = [],
  directory = t.testdir(),
): Promise<{ readonly provider: FakeProvider; readonly real: RealGateway }> {
  const provider = await startFakeProvider(t);
  return { provider, real: await startReal(t, { directory, args: signInArgs(provider, more) }) };
}

/** The whole way, with an ID token of these claims. */
async function signIn(t: Test, { provider, real }: Awaited<ReturnType<typeof pair>>, claims: Claims = {}) {
  const begun = await begin(t, real);
  provider.answer = async () => ({
    body: { id_token: await idToken(provider, { nonce: begun.nonce, ...claims }), access_token: 'a' },
  });
  const answer = await comeBack(t, real, { code: 'c', state: begun.state }, begun.cookie);
  return { begun, answer, session: sessionOf(answer) };
}

async function auditOf(t: Test, real: RealGateway) {
  const { body } = await real.ask(t, 'GET', '/api/audit?limit=500');
  const { records } = body as { records: { action: string; code: string | null; actor: object }[] };
  return records.filter(({ action }) => action.startsWith('session.')).reverse();
}

t.test('who begins is led to the provider, with all that binds the answer to this browser', async (t) => {
  const { provider, real } = await pair(t);
  const ways = await real.ask(t, 'GET', '/api/session/ways', { as: null });
  t.same(ways.body, { openid: `${publicUrl}/api/session/openid` });
  const begun = await begin(t, real);
  t.equal(begun.target.origin + begun.target.pathname, `${provider.url}/authorize`);
  const query = Object.fromEntries(begun.target.searchParams);
  const secret = /^[\w-]{43}$/;
  t.match(query, {
    tenant: 'a',
    response_type: 'code',
    client_id: 'gateway',
    redirect_uri: `${publicUrl}/api/session/openid/callback`,
    scope: 'openid',
    state: secret,
    nonce: secret,
    code_challenge: secret,
    code_challenge_method: 'S256',
  });
  t.notOk('prompt' in query);
  t.match(
    begun.setCookie,
    /^sallyport-openid=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/,
    'short, out of reach of scripts, and sent along when the provider sends the browser back',
  );
  const again = await begin(t, real, '/api/session/openid?prompt=login');
  t.equal(again.target.searchParams.get('prompt'), 'login');
  const all = [begun, again].flatMap(({ cookie, state, nonce, challenge }) => [
    cookie,
    state,
    nonce,
    challenge,
  ]);
  t.equal(new Set(all).size, 8, 'everything is new each time');
});

t.test('who comes back with a code is signed in with the rights of its claims', async (t) => {
  const both = await pair(t);
  const { provider, real } = both;
  const first = await signIn(t, both);
  t.equal(first.answer.status, 303);
  t.equal(first.answer.headers.get('location'), '/', 'to the dashboard of this host, and nowhere else');
  const [form] = provider.requests.map((request) => Object.fromEntries(request.form));
  t.match(form, {
    grant_type: 'authorization_code',
    code: 'c',
    redirect_uri: `${publicUrl}/api/session/openid/callback`,
    client_id: 'gateway',
  });
  const digest = createHash('sha256')
    .update(form?.code_verifier ?? '')
    .digest('base64url');
  t.equal(digest, first.begun.challenge, 'the verifier is that of the challenge');
  t.equal(provider.requests[0]?.authorization, undefined, 'a public client shows no secret');
  const cookies = first.answer.headers.getSetCookie();
  t.match(
    cookies.find((one) => one.startsWith('sallyport=')),
    /^sallyport=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  t.match(
    cookies.find((one) => one.startsWith('sallyport-openid=')),
    /^sallyport-openid=; .*Max-Age=0$/,
  );
  const headers = { cookie: first.session ?? '', origin: real.url };
  const session = await real.ask(t, 'GET', '/api/session', { as: null, headers });
  t.match(session.body, { actor: { kind: 'oidc', name: 'alice', scopes: ['read', 'operate'] } });
  t.ok(Date.parse(String(bodyOf(session).expiresAt)) > Date.now() + 25 * 60_000, 'limits are the session’s');
  const csrf = { ...headers, 'x-csrf-token': String(bodyOf(session).csrfToken) };
  const tokens = await real.ask(t, 'GET', '/api/tokens', { as: null, headers });
  t.equal(tokens.status, 403, 'no more than these rights');
  const forged = await real.ask(t, 'DELETE', '/api/session', { as: null, headers });
  t.equal(forged.status, 403);
  t.equal((await real.ask(t, 'DELETE', '/api/session', { as: null, headers: csrf })).status, 204);
  t.equal((await real.ask(t, 'GET', '/api/session', { as: null, headers })).status, 401);

  const second = await signIn(t, both, { sub: 'bob' });
  t.not(second.session, first.session);
  const planted = await comeBack(
    t,
    real,
    { code: 'c', state: 'x' },
    `${first.begun.cookie}; sallyport=planted`,
  );
  t.equal(sessionOf(planted), undefined);
  t.match(await auditOf(t, real), [
    { action: 'session.opened', actor: { kind: 'oidc', name: 'alice', address: '127.0.0.1' } },
    { action: 'session.closed', actor: { kind: 'oidc', name: 'alice' } },
    { action: 'session.opened', actor: { kind: 'oidc', name: 'bob' } },
    { action: 'session.refused', code: 'NOT_AUTHENTICATED' },
  ]);
});

t.test('the session a browser had ends when it begins anew', async (t) => {
  const both = await pair(t);
  const { session } = await signIn(t, both);
  const headers = { cookie: session ?? '', 'sec-fetch-site': 'cross-site' };
  const ask = () => both.real.ask(t, 'GET', '/api/session', { as: null, headers: { cookie: session ?? '' } });
  await both.real.ask(t, 'GET', '/api/session/openid', { as: null, headers });
  t.equal((await ask()).status, 200, 'a page of others ends none');
  await both.real.ask(t, 'GET', '/api/session/openid', {
    as: null,
    headers: { ...headers, 'sec-fetch-site': 'same-origin' },
  });
  t.equal((await ask()).status, 401);
});

t.test('a secret is shown as the provider takes it', async (t) => {
  const directory = t.testdir({ secret: 's:e/c ret+\n' });
  const secretFile = `--http.oidc.clientSecretFile=${join(directory, 'secret')}`;
  const both = await pair(t, [secretFile], join(directory, '1'));
  t.ok((await signIn(t, both)).session);
  const [basic] = both.provider.requests;
  t.equal(
    Buffer.from(basic?.authorization?.replace('Basic ', '') ?? '', 'base64').toString(),
    'gateway:s%3Ae%2Fc+ret%2B',
    'both halves form-encoded (RFC 6749 2.3.1)',
  );
  t.notOk(basic?.form.has('client_secret'));

  const other = await pair(t, [secretFile], join(directory, '2'));
  other.provider.description = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
  t.ok((await signIn(t, other)).session);
  const [post] = other.provider.requests;
  t.match(Object.fromEntries(post?.form ?? []), { client_id: 'gateway', client_secret: 's:e/c ret+' });
  t.equal(post?.authorization, undefined);
});

t.test('where it is not set up there is none', async (t) => {
  const real = await startReal(t, { directory: t.testdir() });
  t.same((await real.ask(t, 'GET', '/api/session/ways', { as: null })).body, { openid: null });
  for (const path of ['', '/callback?code=c&state=s'])
    t.match((await real.ask(t, 'GET', `/api/session/openid${path}`, { as: null })).body, {
      status: 404,
      code: 'SIGN_IN_NOT_OFFERED',
    });
});

t.test('over HTTPS the cookies are for HTTPS and this host alone', async (t) => {
  const both = await pair(t, [
    '--http.tls.terminatedByProxy=true',
    '--http.oidc.publicUrl=https://gateway.example',
  ]);
  const { provider, real } = both;
  const begun = await begin(t, real);
  t.match(begun.setCookie, /^__Host-sallyport-openid=[^;]+; Path=\/; HttpOnly; SameSite=Lax; .*; Secure$/);
  t.equal(
    begun.target.searchParams.get('redirect_uri'),
    'https://gateway.example/api/session/openid/callback',
  );
  provider.answer = async () => ({ body: { id_token: await idToken(provider, { nonce: begun.nonce }) } });
  const plain = begun.cookie.replace('__Host-', '');
  const query = { code: 'c', state: begun.state };
  t.match(
    (await comeBack(t, real, query, plain)).headers.get('location'),
    /late/,
    'a name that a neighbour can plant',
  );
  const [session] = (await comeBack(t, real, query, begun.cookie)).headers.getSetCookie();
  t.match(session, /^__Host-sallyport=[\w-]{43}; .*SameSite=Strict; Secure$/);
});

t.test('people alone may come in where no audience for bearer tokens is set', async (t) => {
  const provider = await startFakeProvider(t);
  const args = signInArgs(provider).filter((arg) => !arg.startsWith('--http.oidc.audience'));
  const real = await startReal(t, { directory: t.testdir(), args });
  t.ok((await signIn(t, { provider, real })).session);
  for (const claims of [{}, { aud: undefined }, { aud: '' }, { aud: 'api' }]) {
    const authorization = `Bearer ${await idToken(provider, claims)}`;
    const answer = await real.ask(t, 'GET', '/api/session', { as: null, headers: { authorization } });
    t.equal(answer.status, 401, JSON.stringify(claims));
  }
});

t.test('an answer that comes twice at once, and many at once', async (t) => {
  const { provider, real } = await pair(t);
  const begun = await begin(t, real);
  provider.answer = async () => ({ body: { id_token: await idToken(provider, { nonce: begun.nonce }) } });
  const query = { code: 'c', state: begun.state };
  const twice = await Promise.all([1, 2].map(() => comeBack(t, real, query, begun.cookie)));
  t.equal(twice.filter((answer) => sessionOf(answer) !== undefined).length, 1);
  t.equal(provider.requests.length, 1);

  const gate = Promise.withResolvers<void>();
  provider.answer = async () => {
    await gate.promise;
    return { status: 400, body: { error: 'invalid_grant' } };
  };
  const all: Promise<unknown>[] = [];
  for (let count = 0; count < 16; count += 1) {
    const { cookie, state } = await begin(t, real);
    all.push(comeBack(t, real, { code: 'c', state }, cookie));
  }
  await waitFor('all are asked', async () => provider.requests.length === 17);
  const last = await begin(t, real);
  const answer = await comeBack(t, real, { code: 'c', state: last.state }, last.cookie);
  t.equal(answer.headers.get('location'), '/?signIn=unavailable', 'no more exchanges at one time than 16');
  t.equal(provider.requests.length, 17);
  t.equal(real.gateway.count('http.issuerFailed'), 0, 'which is no fault of the provider');
  gate.resolve();
  await Promise.all(all);
});
