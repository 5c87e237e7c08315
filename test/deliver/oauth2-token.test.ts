import { once } from 'node:events';
import { createServer } from 'node:http';
import t, { type Test } from 'tap';
import { BackendClient } from '../../src/deliver/backend-client.ts';
import {
  readTokenAnswer,
  type TokenAnswer,
  TokenSource,
  tokenRequest,
} from '../../src/deliver/oauth2-token.ts';
import { type Post, planPosts } from '../../src/deliver/posts.ts';
import { never, samplePrepared, sampleSettings } from './samples.ts';

const settings = {
  kind: 'oauth2',
  tokenUrl: 'http://127.0.0.1:1/token',
  clientId: 'gateway one',
  clientSecret: 's:e/c',
  scope: 'images.write',
} as const;

function answer(body: object | string, status = 200): TokenAnswer {
  return { status, retryAfter: undefined, text: typeof body === 'string' ? body : JSON.stringify(body) };
}

t.test('asks as RFC 6749 says, by header or by form', async (t) => {
  const basic = tokenRequest(settings);
  t.equal(basic.body, 'grant_type=client_credentials&scope=images.write');
  const pair = Buffer.from(basic.headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
  t.equal(pair, 'gateway+one:s%3Ae%2Fc');
  const form = tokenRequest({ ...settings, clientAuthentication: 'body', audience: 'https://backend' });
  t.equal(form.headers.authorization, undefined);
  t.strictSame(Object.fromEntries(new URLSearchParams(form.body)), {
    grant_type: 'client_credentials',
    scope: 'images.write',
    audience: 'https://backend',
    client_id: 'gateway one',
    client_secret: 's:e/c',
  });
});

t.test('reads what servers answer', async (t) => {
  const read = (body: object | string, status?: number) => readTokenAnswer(answer(body, status), 0);
  t.strictSame(read({ access_token: 'a', token_type: 'bearer', expires_in: 60 }), {
    token: 'a',
    lifetimeMs: 60_000,
  });
  t.match(read({ access_token: 'a', expires_in: '60' }), { lifetimeMs: 60_000 });
  t.match(read({ access_token: 'a' }), { lifetimeMs: 300_000 });
  t.match(read({ access_token: 'a', expires_in: 1e12 }), { lifetimeMs: 86_400_000 });
  for (const wrong of [
    '',
    '<html>',
    'null',
    '[]',
    { token_type: 'bearer' },
    { access_token: 'two words' },
    { access_token: 'a\r\nX-Injected: 1' },
    { access_token: 7 },
    { access_token: 'a', token_type: 'mac' },
  ]) {
    t.match(read(wrong), { kind: 'retry', code: 'BACKEND_UNAVAILABLE', detail: 'TOKEN_SERVER' });
  }
  for (const status of [400, 401, 403]) {
    t.match(read({}, status), { kind: 'paused', httpStatus: status, by: 'tokenServer' });
  }
  t.match(readTokenAnswer({ status: 503, retryAfter: '9', text: '' }, 0), { kind: 'retry', afterMs: 9000 });
  t.match(read({}, 302), { kind: 'retry' });
});

t.test('a token is shared, kept until shortly before it ends, and replaced when refused', async (t) => {
  let now = 0;
  let requests = 0;
  const source = new TokenSource(
    settings,
    async () => {
      requests += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return answer({ access_token: `t${requests}`, expires_in: 100 });
    },
    () => now,
  );
  const all = await Promise.all([1, 2, 3].map(() => source.token(never)));
  t.same(
    all.map((result) => result.kind === 'token' && result.token),
    ['t1', 't1', 't1'],
  );
  now = 89_999;
  t.match(await source.token(never), { token: 't1' });
  now = 90_000;
  t.match(await source.token(never), { token: 't2' });
  source.refuse('t1');
  t.match(await source.token(never), { token: 't2' }, 'an older refusal does not cost the new token');
  source.refuse('t2');
  t.match(await source.token(never), { token: 't3' });
});

t.test('a failure is not kept, and the signal ends the wait of one alone', async (t) => {
  const answers = [Promise.reject(Object.assign(new Error('x'), { code: 'ECONNRESET' }))];
  answers[0]?.catch(() => undefined);
  const source = new TokenSource(
    settings,
    () => answers.shift() ?? Promise.resolve(answer({ access_token: 'good' })),
    () => 0,
  );
  const abort = new AbortController();
  const [failed, aborted] = [source.token(never), source.token(abort.signal)];
  abort.abort();
  t.strictSame(await aborted, { kind: 'aborted' });
  t.match(await failed, { kind: 'retry', code: 'BACKEND_UNREACHABLE', detail: 'ECONNRESET' });
  t.match(await source.token(never), { kind: 'token', token: 'good' });
});

/** Token server and backend in one: the backend takes the tokens in `valid`. */
async function identity(t: Test) {
  const state = { granted: 0, tokenStatus: 200, valid: new Set<string>(), posts: 0, grantValid: true };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url === '/token?tenant=1') {
        if (state.tokenStatus !== 200) {
          response.writeHead(state.tokenStatus).end('{"error":"invalid_client"}');
          return;
        }
        state.granted += 1;
        const token = `t${state.granted}`;
        if (state.grantValid) state.valid.add(`Bearer ${token}`);
        response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600 }));
        return;
      }
      state.posts += 1;
      response.writeHead(state.valid.has(request.headers.authorization ?? '') ? 201 : 401).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const url = `http://127.0.0.1:${address.port}`;
  const client = new BackendClient(
    sampleSettings(url, { auth: { ...settings, tokenUrl: `${url}/token?tenant=1` } }),
    { now: Date.now },
  );
  t.teardown(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return { state, client };
}

function samplePost(): Post {
  const [post] = planPosts([samplePrepared({ id: 'a' })], { maxBodyBytes: 1e6, maxImagesPerPost: 1 });
  if (post === undefined) throw new Error('no post');
  return post;
}

t.test('posts with a token from the server, one for many posts', async (t) => {
  const { state, client } = await identity(t);
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => client.post(samplePost(), never)));
  t.ok(outcomes.every(({ kind }) => kind === 'delivered'));
  t.equal(state.granted, 1);
});

t.test('a token revoked early is replaced once, within the same post', async (t) => {
  const { state, client } = await identity(t);
  t.match(await client.post(samplePost(), never), { kind: 'delivered' });
  state.valid.clear();
  t.match(await client.post(samplePost(), never), { kind: 'delivered', httpStatus: 201 });
  t.equal(state.granted, 2);
  t.equal(state.posts, 3);
});

t.test('a backend that refuses new tokens too pauses, after two posts', async (t) => {
  const { state, client } = await identity(t);
  state.grantValid = false;
  t.match(await client.post(samplePost(), never), { kind: 'paused', httpStatus: 401, by: 'backend' });
  t.equal(state.posts, 2);
  state.grantValid = true;
  t.match(await client.post(samplePost(), never), { kind: 'delivered' }, 'and the next post recovers');
});

t.test(
  'a token server that refuses us pauses, one that fails is retried; neither costs a post',
  async (t) => {
    const { state, client } = await identity(t);
    state.tokenStatus = 401;
    t.match(await client.post(samplePost(), never), { kind: 'paused', httpStatus: 401, by: 'tokenServer' });
    state.tokenStatus = 503;
    t.match(await client.post(samplePost(), never), {
      kind: 'retry',
      httpStatus: 503,
      detail: 'TOKEN_SERVER',
    });
    t.equal(state.posts, 0);
    state.tokenStatus = 200;
    t.match(await client.post(samplePost(), never), { kind: 'delivered' });
  },
);
