import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { Config } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { AuditEntry } from '../../../src/core/audit.ts';
import { type AuthenticationRequest, isRefusal } from '../../../src/http/security/actor.ts';
import { buildSecurity, tellIfUnprotected } from '../../../src/http/security/build.ts';
import { isRefused } from '../../../src/http/security/gatekeeper.ts';
import type { Emit } from '../../../src/observe/events.ts';

const apiToken = 'a-token-of-the-configuration';
const httpOf = (environment: Record<string, string> = {}): Config['http'] =>
  loadConfig({ environment, args: [] }).config.http;

function security(t: Test, environment: Record<string, string> = {}) {
  const clock = { now: 1_750_000_000_000 };
  const audit: AuditEntry[] = [];
  const events: string[] = [];
  const emit: Emit = (name) => void events.push(name);
  const built = buildSecurity(httpOf(environment), {
    storageDir: t.testdir(),
    configuredToken: apiToken,
    oidcClientSecret: null,
    emit,
    audit: (entry) => void audit.push(entry),
    now: () => clock.now,
  });
  return { ...built, clock, audit, events };
}

const from = (more: Partial<AuthenticationRequest> = {}): AuthenticationRequest => ({
  address: '10.0.0.1',
  method: 'GET',
  host: 'localhost:8080',
  ...more,
});
const own = { origin: 'http://localhost:8080', fetchSite: 'same-origin' };
const cookieOfAnswer = (setCookie: string): string => setCookie.slice(0, setCookie.indexOf(';'));

t.test('a bearer credential is looked for in every store; nothing else is tried after it', async (t) => {
  const { gatekeeper, tokens } = security(t);
  const { text } = tokens.create({ name: 'night job', scopes: ['identify'] });
  const as = (authorization: string, more = {}) => gatekeeper.authenticate(from({ authorization, ...more }));
  t.match(await as(`Bearer ${text}`), { name: 'night job', scopes: ['identify'], via: 'header' });
  t.match(await as(`Bearer ${apiToken}`), { name: 'http.apiToken', scopes: ['read', 'operate'] });
  t.equal(await gatekeeper.authenticate(from()), undefined);
  for (const wrong of ['Bearer nothing', 'Basic YTpi', '', 'Bearer', `Bearer ${text} ${text}`])
    t.match(await as(wrong), { refused: 'NOT_AUTHENTICATED', httpStatus: 401, challenge: 'Bearer' }, wrong);
  const session = await gatekeeper.signIn(from(own), text);
  if (isRefused(session)) return t.fail('not signed in');
  t.match(await as('Bearer nothing', { cookie: cookieOfAnswer(session.cookie) }), {
    refused: 'NOT_AUTHENTICATED',
  });
});

t.test('a session is opened with a credential, guarded against other sites, and closed', async (t) => {
  const { gatekeeper, tokens, audit } = security(t);
  const { text } = tokens.create({ name: 'alice', scopes: ['read'] });
  const signedIn = await gatekeeper.signIn(from({ method: 'POST', ...own }), text);
  if (isRefused(signedIn)) return t.fail('not signed in');
  t.match(signedIn, {
    actor: { name: 'alice', via: 'session' },
    cookie: /^sallyport=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
  });
  const cookie = cookieOfAnswer(signedIn.cookie);
  const { csrfToken: csrf } = signedIn;
  const as = (more: object) => gatekeeper.authenticate(from({ cookie, ...more }));
  t.match(await as({}), { name: 'alice', scopes: ['read'], via: 'session' });
  t.match(gatekeeper.sessionOf(from({ cookie })), { csrfToken: csrf });
  t.match(await as({ method: 'POST', csrf, ...own }), { name: 'alice' });
  for (const [what, more] of Object.entries({
    'no CSRF token': own,
    'a wrong one': { csrf: `${csrf}x`, ...own },
    'a right one of a page of others': { csrf, origin: 'http://evil.example' },
    'a right one of another site': { csrf, fetchSite: 'cross-site' },
    'a right one of nobody says where': { csrf },
  }))
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      t.match(
        await as({ method, ...more }),
        { refused: 'CROSS_SITE_REQUEST', httpStatus: 403 },
        `${method} with ${what}`,
      );
  for (const fetchSite of ['cross-site', 'same-site'])
    t.match(
      await as({ method: 'GET', fetchSite }),
      { refused: 'CROSS_SITE_REQUEST' },
      `nor is anything looked at for a page that is ${fetchSite}`,
    );
  t.match(await as({ method: 'GET', fetchSite: 'none' }), { name: 'alice' }, 'an address typed in');
  t.match(gatekeeper.signOut(from({ cookie })), /Max-Age=0/);
  t.equal(await as({}), undefined);
  t.equal(gatekeeper.sessionOf(from({ cookie })), undefined);
  t.same(
    audit.map(({ action, actor }) => [action, actor.kind, actor.name]),
    [
      ['session.opened', 'token', 'alice'],
      ['access.refused', 'token', 'alice'],
      ['session.closed', 'token', 'alice'],
    ],
    'twenty refused requests of other pages are one record',
  );
  t.match(audit[1], {
    actor: { address: '10.0.0.1' },
    object: audit[0]?.object,
    outcome: 'minor-failure',
    code: 'CROSS_SITE_REQUEST',
  });
  t.notMatch(JSON.stringify(audit), cookie.slice('sallyport='.length));
});

t.test(
  'a session id that was planted is never taken over, and signing in again ends the session before',
  async (t) => {
    const { gatekeeper } = security(t);
    const planted = 'sallyport=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const first = await gatekeeper.signIn(from({ ...own, cookie: planted }), apiToken);
    if (isRefused(first)) return t.fail('not signed in');
    t.not(cookieOfAnswer(first.cookie), planted);
    t.equal(await gatekeeper.authenticate(from({ cookie: planted })), undefined);
    const second = await gatekeeper.signIn(from({ ...own, cookie: cookieOfAnswer(first.cookie) }), apiToken);
    if (isRefused(second)) return t.fail('not signed in');
    t.equal(await gatekeeper.authenticate(from({ cookie: cookieOfAnswer(first.cookie) })), undefined);
    t.match(await gatekeeper.authenticate(from({ cookie: cookieOfAnswer(second.cookie) })), {
      name: 'http.apiToken',
    });
  },
);

t.test('a session ends with its token: revoked, or expired', async (t) => {
  const { gatekeeper, tokens, clock, audit } = security(t);
  const signedInWith = async (text: string) => {
    const answer = await gatekeeper.signIn(from(own), text);
    if (isRefused(answer)) throw new Error('not signed in');
    return from({ cookie: cookieOfAnswer(answer.cookie) });
  };
  const revoked = tokens.create({ name: 'a', scopes: ['read'] });
  const expiring = tokens.create({ name: 'b', scopes: ['read'], expiresInMs: 60_000 });
  const [one, two] = [await signedInWith(revoked.text), await signedInWith(expiring.text)];
  t.match(await gatekeeper.authenticate(one), { name: 'a' });
  tokens.revoke(revoked.id);
  t.equal(await gatekeeper.authenticate(one), undefined);
  t.match(await gatekeeper.authenticate(two), { name: 'b' });
  clock.now += 60_000;
  t.equal(await gatekeeper.authenticate(two), undefined);
  const three = await signedInWith(apiToken);
  clock.now += 30 * 60_000;
  gatekeeper.sweep();
  t.equal(await gatekeeper.authenticate(three), undefined);
  t.equal(audit.filter(({ action }) => action === 'session.closed').length, 3);
});

t.test('signing in is refused from pages of others and with wrong credentials', async (t) => {
  const { gatekeeper } = security(t);
  t.match(await gatekeeper.signIn(from({ origin: 'http://evil.example' }), apiToken), {
    refused: 'CROSS_SITE_REQUEST',
  });
  for (const wrong of ['', 'wrong', `${apiToken} `, 'x'.repeat(100_000)])
    t.match(await gatekeeper.signIn(from(own), wrong), { refused: 'NOT_AUTHENTICATED' });
});

t.test('guessing is slowed and told of once; the right credential comes in meanwhile', async (t) => {
  const { gatekeeper, audit, events } = security(t, { SALLYPORT_HTTP_ATTEMPTS_LIMIT: '5' });
  const guess = (n: number) => gatekeeper.authenticate(from({ authorization: `Bearer guess-${n}` }));
  for (let n = 0; n < 5; n += 1) t.match(await guess(n), { httpStatus: 401 });
  for (let n = 5; n < 50; n += 1)
    t.match(await guess(n), { refused: 'TOO_MANY_ATTEMPTS', httpStatus: 429, retryAfterSeconds: 1 });
  t.match(await gatekeeper.signIn(from(own), 'guess'), { httpStatus: 429 }, 'signing in counts too');
  t.match(await gatekeeper.authenticate(from({ authorization: `Bearer ${apiToken}` })), {
    name: 'http.apiToken',
  });
  t.equal(events.filter((name) => name === 'http.refused').length, 1);
  t.match(audit, [
    {
      action: 'session.refused',
      outcome: 'minor-failure',
      code: 'NOT_AUTHENTICATED',
      actor: { address: '10.0.0.1' },
    },
  ]);
  t.equal(audit.length, 1);
  t.notMatch(JSON.stringify(audit), 'guess');
});

t.test('callers have a rate of their own, strangers one by address', async (t) => {
  const { gatekeeper } = security(t, { SALLYPORT_HTTP_RATE_LIMIT: '1', SALLYPORT_HTTP_RATE_BURST: '2' });
  const actor = { kind: 'token', name: 'a', scopes: ['read'], via: 'header' } as const;
  const admit = (who?: typeof actor) =>
    gatekeeper.admit({ host: 'localhost', address: '10.0.0.1', actor: who });
  t.same([admit(), admit()], [undefined, undefined]);
  t.match(admit(), { refused: 'TOO_MANY_REQUESTS', httpStatus: 429 });
  t.equal(admit(actor), undefined, 'from the same address');
  t.match(gatekeeper.admit({ host: 'evil.example', address: '10.0.0.2', actor }), {
    refused: 'HOST_NOT_ALLOWED',
  });
});

t.test('names of others, asked for from thousands of addresses, do not fill the audit trail', async (t) => {
  const { gatekeeper, audit } = security(t);
  for (let n = 0; n < 12_000; n += 1)
    gatekeeper.admit({ host: 'evil.example', address: `10.1.${n >> 8}.${n & 255}`, actor: undefined });
  t.equal(audit.length, 100, 'so many a minute');
});

t.test('under TLS, ours or a proxy’s, cookies and headers are for HTTPS only', async (t) => {
  const { gatekeeper } = security(t, { SALLYPORT_HTTP_TLS_TERMINATED_BY_PROXY: 'true' });
  const answer = await gatekeeper.signIn(
    from({ origin: 'https://localhost:8080', fetchSite: 'same-origin' }),
    apiToken,
  );
  t.match(answer, { cookie: /^__Host-sallyport=.*; Secure$/ });
  if (isRefused(answer)) return;
  const value = cookieOfAnswer(answer.cookie);
  t.match(await gatekeeper.authenticate(from({ cookie: value })), { via: 'session' });
  t.equal(await gatekeeper.authenticate(from({ cookie: value.replace('__Host-', '') })), undefined);
  t.ok(gatekeeper.headers('page', false)['strict-transport-security']);
  t.notOk(security(t).gatekeeper.headers('api', false)['strict-transport-security']);
});

t.test('an open port without TLS is told of at the start', async (t) => {
  const told = (environment: Record<string, string>): unknown[] => {
    const events: unknown[] = [];
    tellIfUnprotected(httpOf(environment), 8080, (name, fields) => void events.push([name, fields]));
    return events;
  };
  const open = { SALLYPORT_HTTP_HOST: '0.0.0.0' };
  t.same(told(open), [['http.unprotected', { port: 8080 }]]);
  t.same(told({}), []);
  t.same(told({ ...open, SALLYPORT_HTTP_TLS_TERMINATED_BY_PROXY: 'true' }), []);
  t.same(told({ ...open, SALLYPORT_HTTP_TLS_CERT_FILE: 'c', SALLYPORT_HTTP_TLS_KEY_FILE: 'k' }), []);
});

t.test('no headers but right ones let anyone in, and none throws', async (t) => {
  const { gatekeeper, audit } = security(t);
  const text = fc.option(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((end) => `Bearer ${end}`),
      fc.string().map((end) => `sallyport=${end}`),
    ),
    { nil: undefined },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        authorization: text,
        cookie: text,
        csrf: text,
        origin: text,
        fetchSite: text,
        host: text,
        method: fc.string(),
        address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
      }),
      async (request) => {
        const answer = await gatekeeper.authenticate(request);
        gatekeeper.admit({ host: request.host, address: request.address, actor: undefined });
        return answer === undefined || Object.hasOwn(answer, 'refused');
      },
    ),
  );
  t.ok(audit.every(({ action }) => ['session.refused', 'access.refused'].includes(action)));
});

t.test('who asks for more than it may is recorded, once in a while for each operation', async (t) => {
  const { gatekeeper, tokens, audit, clock } = security(t);
  const { text } = tokens.create({ name: 'curious', scopes: ['read'] });
  const actor = await gatekeeper.authenticate(from({ authorization: `Bearer ${text}` }));
  if (actor === undefined || isRefusal(actor)) return t.fail('not let in');
  for (const operation of ['getOriginal', 'getOriginal', 'createToken', 'getOriginal'])
    gatekeeper.refusedAccess(actor, '10.0.0.1', operation);
  t.match(audit, [
    {
      actor: { kind: 'token', name: 'curious', address: '10.0.0.1' },
      action: 'access.refused',
      object: { kind: 'route', id: 'getOriginal' },
      outcome: 'minor-failure',
      code: 'NOT_PERMITTED',
    },
    { object: { id: 'createToken' } },
  ]);
  clock.now += 11 * 60_000;
  gatekeeper.refusedAccess(actor, '10.0.0.1', 'getOriginal');
  t.equal(audit.length, 3);
});

t.test(
  'requests under a name of others, and sign-ins from their pages, are recorded once in a while',
  async (t) => {
    const { gatekeeper, audit, clock } = security(t);
    const admit = (address: string) => gatekeeper.admit({ host: 'evil.example', address, actor: undefined });
    for (let n = 0; n < 5; n += 1) t.match(admit('10.0.0.1'), { refused: 'HOST_NOT_ALLOWED' });
    admit('10.0.0.2');
    const unknown = { kind: 'user', name: 'unknown' };
    t.match(audit, [
      {
        actor: { ...unknown, address: '10.0.0.1' },
        action: 'access.refused',
        outcome: 'minor-failure',
        code: 'HOST_NOT_ALLOWED',
      },
      { actor: { ...unknown, address: '10.0.0.2' } },
    ]);
    t.equal(audit.length, 2);
    t.notMatch(JSON.stringify(audit), 'evil', 'what was sent is not repeated');
    clock.now += 11 * 60_000;
    admit('10.0.0.1');
    t.equal(audit.length, 3);
    for (let n = 0; n < 3; n += 1)
      await gatekeeper.signIn(from({ method: 'POST', origin: 'http://evil.example' }), apiToken);
    t.match(audit.slice(3), [{ actor: unknown, action: 'access.refused', code: 'CROSS_SITE_REQUEST' }]);
    t.equal(audit.length, 4);
  },
);
