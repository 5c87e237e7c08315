import { appendFile, readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { exampleBackendCommand } from '../../src/cli/commands/example-backend.ts';
import { BackendClient } from '../../src/deliver/backend-client.ts';
import { type Post, planPosts } from '../../src/deliver/posts.ts';
import { ExampleBackend, type ExampleBackendOptions } from '../../src/example-backend/example-backend.ts';
import { bodyOf, never, type SampleOptions, samplePrepared, sampleSettings } from '../deliver/samples.ts';

const keyOne = '1'.repeat(64);

function posts(...options: SampleOptions[]): readonly Post[] {
  return planPosts(options.map(samplePrepared), { maxBodyBytes: 1e6, maxImagesPerPost: 3 });
}

async function backend(t: Test, options: Partial<ExampleBackendOptions> = {}) {
  const outputDir = options.outputDir ?? t.testdir();
  const made = new ExampleBackend({ port: 0, host: '127.0.0.1', ...options, outputDir });
  const { url } = await made.start();
  const client = new BackendClient(sampleSettings(url), { now: Date.now });
  t.teardown(async () => {
    await client.close();
    await made.stop();
  });
  return { made, url, client, outputDir };
}

interface Reply {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Record<string, unknown>;
}

function send(url: string, body: Buffer | string, headers: Record<string, string> = {}, method = 'POST') {
  return new Promise<Reply>((resolve, reject) => {
    const defaults = { 'content-type': 'application/json', 'idempotency-key': keyOne };
    const outgoing = request(url, { method, headers: { ...defaults, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'],
          body: JSON.parse(Buffer.concat(chunks).toString()),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

t.test('stores study, series, image and frames as files', async (t) => {
  const { client, outputDir, made } = await backend(t);
  const all = posts({ id: 'a', image: '7' }, { id: 'b', image: '8', frames: 4 });
  for (const post of all) t.match(await client.post(post, never), { kind: 'delivered', httpStatus: 201 });
  const series = join(outputDir, '2.25.1', '2.25.1');
  t.same((await readdir(join(series, '2.25.7'))).sort(), ['frame-0001.jpg', 'image.json']);
  t.same(
    (await readdir(join(series, '2.25.8'))).sort(),
    ['frame-0001', 'frame-0002', 'frame-0003', 'frame-0004']
      .flatMap((name) => [`${name}.jpg`, `${name}.json`])
      .concat('image.json'),
  );
  const image = JSON.parse(await readFile(join(series, '2.25.7', 'image.json'), 'utf8'));
  t.match(image, { imageInstanceUid: '2.25.7', frameNumber: 1, height: 2 });
  t.notOk('data' in image);
  t.match(JSON.parse(await readFile(join(outputDir, '2.25.1', 'study.json'), 'utf8')), {
    patientId: 'SP-SAMPLE',
  });
  t.match(JSON.parse(await readFile(join(series, 'series.json'), 'utf8')), { modality: 'CT' });
  const jpeg = await readFile(join(series, '2.25.8', 'frame-0003.jpg'));
  t.equal(jpeg.readUInt16BE(0), 0xffd8);
  t.match(made.counts, { requests: 2, stored: 2, images: 5, repeated: 0, refused: 0 });
});

t.test('a repeat is answered 200 with the same result, also after a restart', async (t) => {
  const outputDir = t.testdir();
  const [post] = posts({ id: 'a' });
  if (post === undefined) throw new Error('no post');
  const body = await bodyOf(post);
  const headers = { 'idempotency-key': post.idempotencyKey };
  const first = await backend(t, { outputDir });
  const path = '/v1/images/upload';
  const result = { idempotencyKey: post.idempotencyKey, images: 1 };
  t.match(await send(first.url + path, body, headers), { status: 201, body: result });
  t.match(await send(first.url + path, body, headers), { status: 200, body: result });
  await first.made.stop();
  await appendFile(join(outputDir, 'idempotency.jsonl'), '{"key":"cut by a cra');
  const second = await backend(t, { outputDir });
  t.match(await send(second.url + path, gzipSync(body), { ...headers, 'content-encoding': 'gzip' }), {
    status: 200,
    body: result,
  });
  const [other] = posts({ id: 'b' });
  if (other === undefined) throw new Error('no post');
  t.match(await second.client.post(other, never), { httpStatus: 201 });
  await second.made.stop();
  const third = await backend(t, { outputDir });
  t.match(await third.client.post(other, never), { httpStatus: 200 }, 'the line after the cut one counts');
});

t.test('refuses what breaks the contract, with a problem', async (t) => {
  const { url, made, outputDir } = await backend(t, { maxBodyBytes: 100_000 });
  const path = `${url}/v1/images/upload`;
  const [post] = posts({ id: 'a' });
  if (post === undefined) throw new Error('no post');
  const body = await bodyOf(post);
  t.equal((await send(path, body)).status, 201);
  const wrong = JSON.stringify({ ...JSON.parse(body.toString()), series: {} });
  for (const [name, status, reply] of [
    ['another body under the key', 422, send(path, wrong)],
    ['contract', 400, send(path, wrong, { 'idempotency-key': '2'.repeat(64) })],
    ['not JSON', 400, send(path, '{', { 'idempotency-key': '2'.repeat(64) })],
    ['no key', 400, send(path, body, { 'idempotency-key': 'short' })],
    ['content type', 415, send(path, body, { 'content-type': 'text/plain' })],
    ['coding', 415, send(path, body, { 'content-encoding': 'br' })],
    ['not gzip', 400, send(path, body, { 'content-encoding': 'gzip' })],
    ['too large', 413, send(path, Buffer.alloc(100_001))],
    ['too large in chunks', 413, send(path, Buffer.alloc(100_001), { 'transfer-encoding': 'chunked' })],
    ['too large inflated', 413, send(path, gzipSync(Buffer.alloc(1e6)), { 'content-encoding': 'gzip' })],
    ['method', 405, send(path, '', {}, 'PUT')],
    ['path', 404, send(`${url}/v2`, body)],
  ] as const) {
    const { status: given, type, body: problem } = await reply;
    t.equal(given, status, name);
    t.equal(type, 'application/problem+json', name);
    t.equal(problem.status, status, name);
  }
  t.match((await send(path, wrong, { 'idempotency-key': '3'.repeat(64) })).body, {
    errors: [{ pointer: '/series', detail: /required/ }],
  });
  t.equal(made.counts.stored, 1);
  t.same((await readdir(outputDir)).sort(), ['2.25.1', 'idempotency.jsonl']);
});

t.test('misbehaves as asked, and a client that repeats gets everything stored once', async (t) => {
  const faults: Parameters<NonNullable<ExampleBackendOptions['fault']>>[0][] = [];
  const { client, made } = await backend(t, {
    fault: (count) => {
      faults.push(count);
      if (count === 1) return { kind: 'answer', status: 503, headers: { 'retry-after': '1' } };
      if (count === 2) return { kind: 'cut', at: 'request' };
      if (count === 3) return { kind: 'cut', at: 'stored' };
      if (count === 4) return { kind: 'cut', at: 'answer' };
      return count === 5 ? { kind: 'delay', ms: 20 } : undefined;
    },
  });
  const [post] = posts({ id: 'a', padding: 200_000 });
  if (post === undefined) throw new Error('no post');
  t.match(await client.post(post, never), { kind: 'retry', httpStatus: 503, afterMs: 1000 });
  t.match(await client.post(post, never), { kind: 'retry', httpStatus: 0 });
  t.match(await client.post(post, never), { kind: 'retry', httpStatus: 0 });
  t.equal(made.counts.stored, 1, 'stored, but the answer is lost');
  t.match(await client.post(post, never), { kind: 'retry', httpStatus: 0 });
  t.match(await client.post(post, never), { kind: 'delivered', httpStatus: 200 });
  t.match(made.counts, { stored: 1, images: 1 });
});

t.test('asks who it is', async (t) => {
  const { client } = await backend(t, { authorize: ({ authorization }) => authorization !== undefined });
  const [post] = posts({ id: 'a' });
  if (post === undefined) throw new Error('no post');
  t.match(await client.post(post, never), { kind: 'paused', httpStatus: 401 });
});

t.test('the command runs until a signal, and says where it stores', async (t) => {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) } as unknown as NodeJS.WritableStream;
  const io = { stdout: stream, stderr: stream };
  t.equal(await exampleBackendCommand(['--port', '70000'], io), 64);
  await t.rejects(
    exampleBackendCommand(['--port', '0', '--host', '192.0.2.1', '--output', t.testdir()], io),
    {
      code: 'ADDRESS_IN_USE',
    },
  );
  const running = exampleBackendCommand(['--port', '0', '--output', t.testdirName], io);
  while (!written.some((text) => text.startsWith('example backend'))) await delay(5);
  const url = written.find((text) => text.startsWith('example backend'))?.match(/http\S+upload/)?.[0] ?? '';
  t.equal((await send(url, '{}')).status, 400);
  process.emit('SIGTERM');
  t.equal(await running, 0);
});
