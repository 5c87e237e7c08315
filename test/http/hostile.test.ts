import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { assertDescribed } from './http-fixture.ts';
import { makeFile, startReal } from './real-gateway.ts';

const canary = 'zqCanary7391';

t.setTimeout(120_000);

const real = await startReal(t, {
  directory: t.testdir(),
  args: ['--http.attempts.limit=5', '--dimse.maxInstanceBytes=262144B', '--http.maxUploadBytes=64KiB'],
});

/** Answers to these bytes, in order, until the connection ends. */
function send(bytes: string, idleMs = 20_000): Promise<readonly RawAnswer[]> {
  return new Promise((resolve) => {
    const socket = connect(real.gateway.httpPort, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answersIn(text)));
    socket.setTimeout(idleMs, () => socket.destroy());
  });
}

interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly text: string;
}

function answersIn(text: string): RawAnswer[] {
  const found: RawAnswer[] = [];
  for (let rest = text; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n');
    const head = rest.slice(0, end);
    // Node's own refusals: nothing, in chunks.
    const chunked = /\r\ntransfer-encoding: chunked/i.test(head) && rest.startsWith('0\r\n\r\n', end + 4);
    const length = chunked ? 5 : Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    found.push({
      status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]),
      head,
      text: rest.slice(end + 4, end + 4 + length),
    });
    rest = end < 0 ? '' : rest.slice(end + 4 + length);
  }
  return found;
}

/** One request over a connection of its own, as it is written here. */
async function one(
  t: Test,
  line: string,
  {
    headers = [],
    body = '',
    host = 'localhost',
  }: { headers?: readonly string[]; body?: string; host?: string | null } = {},
): Promise<RawAnswer> {
  const answers = await send(
    [
      `${line} HTTP/1.1`,
      ...(host === null ? [] : [`Host: ${host}`]),
      'Connection: close',
      `Authorization: Bearer ${real.tokens.everything}`,
      ...(body === '' ? [] : [`Content-Length: ${body.length}`]),
      ...headers,
      '',
      body,
    ].join('\r\n'),
  );
  t.equal(answers.length, 1, line.slice(0, 60));
  const [answer = { status: 0, head: '', text: '' }] = answers;
  t.notMatch(`${answer.head}${answer.text}`, canary, 'nothing of the request is told');
  return answer;
}

t.test('hosts and targets that are not ours are refused, however they are written', async (t) => {
  t.match(await one(t, 'GET /healthz'), { status: 200 });
  t.match(await one(t, 'GET http://localhost/healthz'), { status: 200 }, 'absolute, and ours');
  for (const host of [
    `${canary}.example`,
    `localhost.${canary}`,
    `127.0.0.1.${canary}.example`,
    `localhost@${canary}`,
    `${canary}:80:80`,
    '',
  ])
    t.match(await one(t, 'GET /api/status', { host }), { status: 421 }, host);
  for (const target of [
    `http://${canary}.example/api/status`,
    `http://${canary}.example`,
    `https://${canary}.example/`,
    `http://u@${canary}.example/api/status`,
  ])
    t.match(await one(t, `GET ${target}`), { status: 421 }, target);
  const forwarded = [`X-Forwarded-Host: ${canary}.example`, `Forwarded: host=${canary}`];
  t.match(await one(t, 'GET /api/session', { headers: forwarded }), { status: 200 });
  t.match(
    await one(t, 'GET /healthz', { headers: [`Host: ${canary}.example`] }),
    { status: 421 },
    'two hosts',
  );
  t.match(await one(t, 'GET /healthz', { host: null }), { status: 400 }, 'no host');
  t.match(await one(t, `GET /api/${canary}/%zz`, { host: `${canary}.example` }), { status: 421 });
});

t.test('ids lead nowhere but to instances and files', async (t) => {
  const ids = [
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e%2fhttp-tokens.json',
    'x%00',
    '%00',
    '..%5c..%5cx',
    `${canary}%0d%0ax-injected:%201`,
    '__proto__',
    'constructor',
    '*',
    '%',
    '%zz',
    '%ff',
    '%c0%ae',
    `${canary}${'a'.repeat(4000)}`,
  ];
  for (const path of [
    '/api/instances/ID',
    '/api/instances/ID/original',
    '/api/instances/ID/frames/1',
    '/api/dicom/download/ID',
    '/api/dicom/status/ID',
    '/api/jobs/ID',
    '/fhir/ImagingStudy/ID',
    '/api/studies/ID/report',
    '/api/profiles/ID',
  ])
    for (const id of ids) {
      const target = path.replace('ID', id);
      const { status, head, text } = await one(t, `GET ${target}`);
      t.ok(status === 400 || status === 404, `${target.slice(0, 60)}: ${status}`);
      t.notMatch(head, /x-injected/i);
      t.match(head, /x-content-type-options: nosniff/i);
      const type = /\r\ncontent-type: ([^;\r]+)/i.exec(head)?.[1] ?? '';
      assertDescribed(t, 'GET', target, { status, type, text, body: JSON.parse(text) });
    }
  for (const target of [
    '/assets/../../package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '//etc/passwd',
    '/.%00./x',
  ])
    t.match(await one(t, `GET ${target}`), { status: 404 }, target);
  const folder = JSON.stringify({ folder_in: `/${canary}/../../etc`, folder_out: `/tmp/\0${canary}` });
  const json = { headers: ['Content-Type: application/json'], body: folder };
  t.match(await one(t, 'POST /process-dicom-folder', json), { status: 400 });
  t.notMatch(JSON.stringify(real.gateway.events), canary);
});

t.test('headers with line ends, and requests within requests, split nothing', async (t) => {
  const bare = await one(t, 'GET /healthz', { headers: [`X-A: a\rX-Injected: ${canary}`] });
  t.equal(bare.status, 400);
  t.match(bare.head, /application\/problem\+json/);
  t.equal((await one(t, 'GET /healthz', { headers: [`X-A: a\n ${canary}`] })).status, 400);
  t.equal((await one(t, 'GET /healthz', { headers: [`X-A : ${canary}`] })).status, 400);
  t.equal((await one(t, 'GET /healthz', { headers: [`X-A: a\0${canary}`] })).status, 400);
  // A body that the operation refuses is not taken for a request.
  const inner = `GET /api/status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${real.tokens.everything}\r\n\r\n`;
  const outer = ['Host: localhost', 'Content-Type: text/plain', `Content-Length: ${inner.length}`];
  for (const path of ['/api/tokens', '/receive_dicom', '/process-dicom-image', '/healthz']) {
    // Long enough for a second answer, were there one.
    const answers = await send([`POST ${path} HTTP/1.1`, ...outer, '', inner].join('\r\n'), 2_000);
    t.equal(answers.length, 1, path);
    t.ok((answers[0]?.status ?? 0) >= 400);
  }
});

t.test('pipelined requests are answered in order, each by itself', async (t) => {
  const authorization = `Authorization: Bearer ${real.tokens.read}`;
  const lines = (path: string, ...more: readonly string[]): string =>
    [`GET ${path} HTTP/1.1`, 'Host: localhost', ...more, '', ''].join('\r\n');
  const answers = await send(
    [
      lines('/healthz'),
      lines('/api/status', authorization),
      lines('/api/status'),
      lines('/api/tokens', authorization),
      lines('/%zz'),
      lines('/readyz', 'Connection: close'),
    ].join(''),
  );
  t.same(
    answers.map(({ status }) => status),
    [200, 200, 401, 403, 400, 200],
  );
});

t.test('compressed bodies are refused, not guessed at', async (t) => {
  const file = makeFile('clear').bytes;
  const json = { 'content-type': 'application/json' };
  const posts: readonly (readonly [string, Buffer<ArrayBuffer>, Record<string, string>])[] = [
    ['/api/tokens', gzipSync('{"name":"x","scopes":["read"]}'), json],
    ['/uploadfile', gzipSync('{"file":"AAAA"}'), json],
    ['/receive_dicom', gzipSync(file), { 'content-type': 'application/dicom' }],
    [
      '/dicom-web/studies',
      gzipSync(file),
      { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' },
    ],
    ['/api/dicom/upload', gzipSync(file), { 'content-type': 'multipart/form-data; boundary=b' }],
  ];
  for (const [path, body, headers] of posts)
    for (const encoding of ['gzip', 'br', 'deflate, gzip', canary]) {
      const answer = await real.ask(t, 'POST', path, {
        body,
        headers: { ...headers, 'content-encoding': encoding },
      });
      t.equal(answer.status, 415, `${path} ${encoding}`);
      t.notMatch(answer.text, canary);
    }
  const plain = { 'content-type': 'application/dicom', 'content-encoding': 'identity' };
  t.equal((await real.ask(t, 'POST', '/receive_dicom', { body: file, headers: plain })).status, 200);
});

t.test('bodies without a length end at the limit', async (t) => {
  const before = (await real.gateway.records()).length;
  const types: Readonly<Record<string, string>> = {
    '/api/tokens': 'application/json',
    '/receive_dicom': 'application/dicom',
  };
  for (const [path, type] of Object.entries(types)) {
    const status = await new Promise<number | undefined>((resolve) => {
      const sent = request(`${real.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${real.tokens.everything}`, 'content-type': type },
      });
      sent.once('response', (response) => {
        response.resume();
        resolve(response.statusCode);
        sent.destroy();
      });
      // Whoever goes on sending may find the connection ended before the answer is read.
      sent.on('error', () => resolve(413));
      const head = type === 'application/json' ? Buffer.from('{"name":"') : makeFile('clear').bytes;
      sent.write(head);
      // Ten times what may come, unless the answer comes first.
      let left = 80;
      const more = (): void => {
        if (left-- > 0 && !sent.destroyed)
          sent.write(Buffer.alloc(32 * 1024, 0x20), () => setImmediate(more));
        else if (!sent.destroyed) sent.end();
      };
      more();
    });
    t.equal(status, 413, path);
    t.match(
      real.gateway.events.filter(({ name }) => name === 'http.failed').at(-1),
      { fields: { route: path, httpStatus: 413, code: 'BODY_TOO_LARGE' } },
      'and told as such',
    );
  }
  t.equal((await fetch(`${real.url}/healthz`)).status, 200);
  t.equal((await real.gateway.records()).length, before, 'nothing of it stays');
});

t.test('guessing tokens is answered 429, told once, and does not lock out who has one', async (t) => {
  const statuses: number[] = [];
  for (let guess = 0; guess < 40; guess += 1) {
    const headers = { authorization: `Bearer sp_0123456789ab_${String(guess).padStart(43, 'x')}` };
    const answer = await real.ask(t, 'GET', '/api/status', { as: null, headers });
    statuses.push(answer.status);
    if (answer.status !== 429) continue;
    t.ok(Number(answer.headers.get('retry-after')) >= 1);
    t.match(answer.body, { code: 'TOO_MANY_ATTEMPTS', advice: /./ });
  }
  t.same(statuses, [...Array<number>(5).fill(401), ...Array<number>(35).fill(429)]);
  t.equal(real.gateway.count('http.refused'), 1, 'one event for all');
  t.equal((await real.ask(t, 'GET', '/api/status')).status, 200);
  const second = { headers: [`Authorization: Bearer ${canary}`] };
  t.match(await one(t, 'GET /api/status', second), { status: 429 }, 'two credentials, the first one right');
  const guessed = { as: null, body: { token: `sp_0123456789ab_${canary}` } } as const;
  t.equal((await real.ask(t, 'POST', '/api/session', guessed)).status, 429, 'signing in counts too');
  t.notMatch(JSON.stringify(real.gateway.events), /xxxx|zqCanary/);
});
