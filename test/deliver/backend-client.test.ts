import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { BackendClient } from '../../src/deliver/backend-client.ts';
import { type Post, planPosts } from '../../src/deliver/posts.ts';
import type { BackendSettings } from '../../src/deliver/settings.ts';
import { bodyOf, never, samplePrepared, sampleSettings, tcpPeer } from './samples.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

function samplePost(padding = 100): Post {
  const [post] = planPosts([samplePrepared({ id: 'a', padding })], {
    maxBodyBytes: 64 * 1024 * 1024,
    maxImagesPerPost: 1,
  });
  if (post === undefined) throw new Error('no post');
  return post;
}

async function httpPeer(t: Test, handler: Handler): Promise<{ url: string; connections: () => number }> {
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => response.destroy());
    request.on('end', () => handler(request, response, Buffer.concat(chunks)));
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return { url: `http://127.0.0.1:${address.port}`, connections: () => connections };
}

function client(t: Test, url: string, changes: Partial<BackendSettings> = {}): BackendClient {
  const made = new BackendClient(sampleSettings(url, changes), { now: Date.now });
  t.teardown(() => made.close());
  return made;
}

t.test('sends the post of the contract and keeps the connection', async (t) => {
  const seen: { headers: IncomingMessage['headers']; url: string | undefined; body: Buffer }[] = [];
  const peer = await httpPeer(t, ({ headers, url, method }, response, body) => {
    seen.push({ headers, url: `${method} ${url}`, body });
    response.writeHead(201, { 'content-type': 'application/json' }).end('{}');
  });
  const post = samplePost();
  const backend = client(t, `${peer.url}/prefix/`);
  for (let i = 0; i < 5; i++) {
    t.strictSame(await backend.post(post, never), { kind: 'delivered', httpStatus: 201 });
  }
  t.ok(peer.connections() <= 2, `${peer.connections()} connections for 5 posts`);
  const { headers, url, body } = seen[0] ?? { headers: {}, url: '', body: Buffer.alloc(0) };
  t.equal(url, 'POST /prefix/v1/images/upload');
  t.equal(headers['idempotency-key'], post.idempotencyKey);
  t.equal(headers['content-type'], 'application/json');
  t.equal(headers['content-length'], String(post.sizeBytes));
  t.equal(headers['content-encoding'], undefined);
  t.equal(headers.authorization, undefined);
  t.ok(body.equals(await bodyOf(post)));
  t.ok(
    seen.every((each) => each.body.equals(body)),
    'a repeat is the same to the byte',
  );
});

t.test('outcomes follow the status', async (t) => {
  let status = 0;
  const peer = await httpPeer(t, (_, response) => {
    const extra = status === 429 ? { 'retry-after': '3' } : {};
    response
      .writeHead(status, { 'content-type': 'application/problem+json', ...extra })
      .end(status === 204 || status === 304 ? undefined : '{"detail":"x"}');
  });
  const backend = client(t, peer.url);
  for (const [given, expected] of [
    [200, { kind: 'delivered', httpStatus: 200 }],
    [202, { kind: 'delivered', httpStatus: 202 }],
    [204, { kind: 'delivered', httpStatus: 204 }],
    [409, { kind: 'delivered', httpStatus: 409 }],
    [400, { kind: 'hold', code: 'BACKEND_REFUSED', httpStatus: 400 }],
    [404, { kind: 'hold', code: 'BACKEND_REFUSED', httpStatus: 404 }],
    [413, { kind: 'hold', code: 'BACKEND_REFUSED', httpStatus: 413 }],
    [422, { kind: 'hold', code: 'BACKEND_REFUSED', httpStatus: 422 }],
    [304, { kind: 'hold', code: 'BACKEND_REFUSED', httpStatus: 304 }],
    [401, { kind: 'paused', code: 'BACKEND_UNAUTHORIZED', httpStatus: 401, by: 'backend' }],
    [403, { kind: 'paused', code: 'BACKEND_UNAUTHORIZED', httpStatus: 403, by: 'backend' }],
    [408, { kind: 'retry', code: 'BACKEND_UNAVAILABLE', httpStatus: 408 }],
    [425, { kind: 'retry', code: 'BACKEND_UNAVAILABLE', httpStatus: 425 }],
    [429, { kind: 'retry', code: 'BACKEND_UNAVAILABLE', httpStatus: 429, afterMs: 3000 }],
    [500, { kind: 'retry', code: 'BACKEND_UNAVAILABLE', httpStatus: 500 }],
    [503, { kind: 'retry', code: 'BACKEND_UNAVAILABLE', httpStatus: 503 }],
  ] as const) {
    status = given;
    t.strictSame(await backend.post(samplePost(), never), expected, String(given));
  }
});

t.test('redirects are not followed', async (t) => {
  let requests = 0;
  const peer = await httpPeer(t, (_, response) => {
    requests += 1;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  t.match(await client(t, peer.url).post(samplePost(), never), { kind: 'hold', httpStatus: 307 });
  t.equal(requests, 1);
});

t.test('bearer token and API key stand in their header fields', async (t) => {
  const peer = await httpPeer(t, ({ headers }, response) => {
    const known = headers.authorization === 'Bearer abc.def' || headers['x-backend-key'] === 'k1';
    response.writeHead(known ? 200 : 401).end();
  });
  for (const [auth, kind] of [
    [{ kind: 'bearer', token: 'abc.def' }, 'delivered'],
    [{ kind: 'bearer', token: 'abc' }, 'paused'],
    [{ kind: 'apiKey', header: 'X-Backend-Key', key: 'k1' }, 'delivered'],
    [{ kind: 'none' }, 'paused'],
  ] as const) {
    t.equal((await client(t, peer.url, { auth }).post(samplePost(), never)).kind, kind);
  }
});

t.test('gzip sends the same body smaller', async (t) => {
  const bodies: Buffer[] = [];
  const peer = await httpPeer(t, ({ headers }, response, body) => {
    t.equal(headers['content-encoding'], 'gzip');
    t.equal(headers['content-length'], String(body.length));
    bodies.push(body);
    response.writeHead(200).end();
  });
  const post = samplePost(200_000);
  t.match(await client(t, peer.url, { gzip: true }).post(post, never), { kind: 'delivered' });
  const [body = Buffer.alloc(0)] = bodies;
  t.ok(gunzipSync(body).equals(await bodyOf(post)));
  t.ok(body.length < post.sizeBytes * 0.8, `${body.length} of ${post.sizeBytes} bytes`);
});

t.test('nobody listens: retry', async (t) => {
  const peer = await httpPeer(t, (_, response) => response.end());
  const gone = new URL(peer.url);
  gone.port = '1';
  t.strictSame(await client(t, gone.origin).post(samplePost(), never), {
    kind: 'retry',
    code: 'BACKEND_UNREACHABLE',
    httpStatus: 0,
    detail: 'ECONNREFUSED',
  });
});

t.test('an unknown host: retry', async (t) => {
  const outcome = await client(t, 'http://backend.invalid').post(samplePost(), never);
  t.match(outcome, { kind: 'retry', code: /^BACKEND_(UNREACHABLE|TIMEOUT)$/, httpStatus: 0 });
});

t.test('a connection that is cut, and an answer that is not HTTP: retry', async (t) => {
  const after = (data: string | undefined) => (socket: import('node:net').Socket) => {
    socket.once('data', () => {
      if (data !== undefined) socket.write(data);
      socket.end();
      socket.destroySoon();
    });
  };
  for (const [name, answer] of [
    ['no answer', undefined],
    ['half a status line', 'HTTP/1.1 2'],
    ['headers without end', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['a body that is cut', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"ok"'],
    ['a chunked body that is cut', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'],
    ['another protocol', '220 mail.example ESMTP\r\n'],
    ['a wrong length', 'HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n'],
    ['a status beyond HTTP', 'HTTP/1.1 99999 OK\r\n\r\n'],
  ] as const) {
    const url = await tcpPeer(t, after(answer));
    t.match(
      await client(t, url).post(samplePost(), never),
      { kind: 'retry', code: 'BACKEND_UNREACHABLE', httpStatus: 0 },
      name,
    );
  }
});

t.test('a connection that is cut in the middle of our body: retry', async (t) => {
  const url = await tcpPeer(t, (socket) => {
    let bytes = 0;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes > 100_000) socket.resetAndDestroy();
    });
  });
  const outcome = await client(t, url).post(samplePost(3_000_000), never);
  t.match(outcome, { kind: 'retry', code: 'BACKEND_UNREACHABLE', httpStatus: 0 });
});

t.test('an endless header and an endless body end at a bound', async (t) => {
  const filler = 'x'.repeat(64 * 1024);
  const endless = (start: string) => (socket: import('node:net').Socket) => {
    socket.once('data', () => {
      socket.write(start);
      const more = (): void => {
        while (!socket.destroyed && socket.write(filler));
      };
      socket.on('drain', more);
      more();
    });
  };
  const header = await tcpPeer(t, endless('HTTP/1.1 200 OK\r\nX-Filler: '));
  t.match(await client(t, header).post(samplePost(), never), {
    kind: 'retry',
    detail: 'UND_ERR_HEADERS_OVERFLOW',
  });
  const body = await tcpPeer(t, endless('HTTP/1.1 400 Bad Request\r\nContent-Length: 99999999999\r\n\r\n'));
  t.match(await client(t, body).post(samplePost(), never), { kind: 'hold', httpStatus: 400 });
});

t.test('silence ends at the deadline: before the answer, in it, and while we send', async (t) => {
  const limits = { timeoutMs: 300 };
  const timeout = { kind: 'retry', code: 'BACKEND_TIMEOUT', httpStatus: 0 };
  const silent = await tcpPeer(t, (socket) => socket.resume());
  t.match(await client(t, silent, limits).post(samplePost(), never), timeout);
  const half = await tcpPeer(t, (socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{'));
  });
  t.match(await client(t, half, limits).post(samplePost(), never), timeout);
  const deaf = await tcpPeer(t, (socket) => socket.pause());
  t.match(await client(t, deaf, limits).post(samplePost(20_000_000), never), timeout);
  const drip = await tcpPeer(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write('X-Drip: 1\r\n'), 50);
    socket.on('close', () => clearInterval(timer));
    socket.resume();
  });
  const startedAt = performance.now();
  t.match(await client(t, drip, limits).post(samplePost(), never), { kind: 'retry' });
  t.ok(performance.now() - startedAt < 3000, 'a byte now and then does not extend the deadline');
});

t.test('the signal and close end a post as aborted', async (t) => {
  const silent = await tcpPeer(t, (socket) => socket.resume());
  const backend = client(t, silent);
  const abort = new AbortController();
  const running = backend.post(samplePost(), abort.signal);
  setTimeout(() => abort.abort(), 50);
  t.strictSame(await running, { kind: 'aborted' });
  t.strictSame(await backend.post(samplePost(), abort.signal), { kind: 'aborted' });
  const last = backend.post(samplePost(), never);
  setTimeout(() => backend.close(), 50);
  t.strictSame(await last, { kind: 'aborted' });
});

t.test('connections are bounded', async (t) => {
  let open = 0;
  let most = 0;
  const peer = await httpPeer(t, (_, response) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      response.writeHead(200).end();
    }, 20);
  });
  const backend = client(t, peer.url, { concurrency: 3 });
  const outcomes = await Promise.all(Array.from({ length: 12 }, () => backend.post(samplePost(), never)));
  t.ok(outcomes.every(({ kind }) => kind === 'delivered'));
  t.equal(most, 3);
  t.equal(peer.connections(), 3);
});

t.test('proxy variables of the environment are not read', async (t) => {
  const peer = await httpPeer(t, (_, response) => response.writeHead(200).end());
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY'];
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = 'http://127.0.0.1:1';
  t.teardown(() => {
    for (const [index, name] of names.entries()) {
      const value = before[index];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  t.match(await client(t, peer.url).post(samplePost(), never), { kind: 'delivered' });
});

t.test('settings that cannot work are refused at once, and name the key alone', async (t) => {
  const url = 'http://127.0.0.1:1';
  for (const [baseUrl, changes, detail] of [
    ['ftp://backend', {}, 'backend.baseUrl'],
    ['backend', {}, 'backend.baseUrl'],
    ['http://user:secret@backend', {}, 'backend.baseUrl'],
    [url, { auth: { kind: 'bearer', token: 'two words' } }, 'backend.auth.token'],
    [url, { auth: { kind: 'bearer', token: '' } }, 'backend.auth.token'],
    [url, { auth: { kind: 'apiKey', header: 'X Key', key: 'k' } }, 'backend.auth.apiKeyHeader'],
    [url, { auth: { kind: 'apiKey', header: 'Host', key: 'k' } }, 'backend.auth.apiKeyHeader'],
    [url, { auth: { kind: 'apiKey', header: 'X-Key', key: 'a\nb' } }, 'backend.auth.token'],
    [url, { tls: { ca: 'not a certificate', cert: 'x', key: 'y' } }, 'backend.tls'],
  ] as const) {
    t.throws(() => new BackendClient(sampleSettings(baseUrl, changes), { now: Date.now }), {
      code: 'CONFIGURATION_INVALID',
      detail,
    });
  }
});
