import { once } from 'node:events';
import { open, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import type { PreparedInstance } from '../../src/core/prepared.ts';
import { BackendClient } from '../../src/deliver/backend-client.ts';
import { bodyChunks, carefully, chunkBytes, earlyAnswerMs, encodeBody } from '../../src/deliver/body.ts';
import { type Post, planPosts } from '../../src/deliver/posts.ts';
import { bodyOf, never, samplePrepared, sampleSettings } from './samples.ts';

const roomy = { maxBodyBytes: 2 ** 30, maxImagesPerPost: 10_000 };

/** The same instance with its images moved to a scratch file. */
async function inFile(t: Test, prepared: PreparedInstance): Promise<PreparedInstance> {
  if (prepared.images.kind !== 'memory') return prepared;
  const path = join(t.testdir(), 'images.scratch');
  let offset = 7;
  const parts = prepared.images.parts.map(({ length }) => {
    const part = { offset, length };
    offset += length;
    return part;
  });
  await writeFile(path, Buffer.concat([Buffer.alloc(7), ...prepared.images.parts]));
  return { ...prepared, images: { kind: 'file', path, parts } };
}

function onlyPost(prepared: PreparedInstance): Post {
  const [post, ...more] = planPosts([prepared], roomy);
  if (post === undefined || more.length > 0) throw new Error('not one post');
  return post;
}

async function joined(content: Uint8Array | AsyncIterable<Uint8Array>): Promise<Buffer> {
  if (content instanceof Uint8Array) return Buffer.from(content);
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

t.test('a body is the same from memory, from a file, and every time', async (t) => {
  const prepared = samplePrepared({ id: 'a', frames: 5, padding: 300_000 });
  const memory = onlyPost(prepared);
  const file = onlyPost(await inFile(t, prepared));
  t.equal(file.idempotencyKey, memory.idempotencyKey);
  const body = await bodyOf(memory);
  t.equal(body.length, memory.sizeBytes);
  t.ok((await bodyOf(file)).equals(body));
  t.ok((await bodyOf(file)).equals(body));
  const { images } = JSON.parse(body.toString());
  t.equal(images.length, 5);
  for (const post of [memory, file]) {
    const plain = await encodeBody(post, false);
    t.equal(plain.lengthBytes, body.length);
    t.ok((await joined(plain.content)).equals(body));
    const zipped = await encodeBody(post, true);
    t.equal(zipped.contentEncoding, 'gzip');
    t.ok(gunzipSync(await joined(zipped.content)).equals(body));
  }
});

t.test('chunks from a file have one size, so that writes are few', async (t) => {
  const post = onlyPost(await inFile(t, samplePrepared({ id: 'a', frames: 300, padding: 3000 })));
  const sizes: number[] = [];
  for await (const chunk of bodyChunks(post)) sizes.push(chunk.length);
  t.ok(sizes.slice(0, -1).every((size) => size === chunkBytes));
  t.equal(sizes.length, Math.ceil(post.sizeBytes / chunkBytes));
});

t.test('a scratch file that is gone or too short is our fault, and does not wait for ever', async (t) => {
  const prepared = await inFile(t, samplePrepared({ id: 'a', frames: 2, padding: 400_000 }));
  if (prepared.images.kind !== 'file') throw new Error('not a file');
  const post = onlyPost(prepared);
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end());
    request.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const url = `http://127.0.0.1:${address.port}`;
  const clients = [false, true].map(
    (gzip) => new BackendClient(sampleSettings(url, { gzip }), { now: Date.now }),
  );
  t.teardown(async () => {
    await Promise.all(clients.map((client) => client.close()));
    server.closeAllConnections();
    server.close();
  });
  for (const client of clients) t.match(await client.post(post, never), { kind: 'delivered' });
  const handle = await open(prepared.images.path, 'r+');
  await handle.truncate(500_000);
  await handle.close();
  for (const client of clients) await t.rejects(client.post(post, never), { code: 'OUTPUT_LOST' });
  await rm(prepared.images.path);
  for (const client of clients) await t.rejects(client.post(post, never), { code: 'OUTPUT_LOST' });
});

t.test('an answer that comes before the body is through counts by its status', async (t) => {
  const prepared = samplePrepared({ id: 'a', frames: 20, padding: 1_000_000 });
  const bodies = [onlyPost(prepared), onlyPost(await inFile(t, prepared))];
  for (const [status, kind] of [
    [413, 'hold'],
    [409, 'delivered'],
    [503, 'retry'],
  ] as const) {
    const server = createServer((request, response) => {
      // As servers do that look at the header first: the answer, then the rest of the body read and thrown away. (One
      // that resets the connection instead may take its own answer back; no client can see through that.)
      response.writeHead(status).end('{}');
      request.resume().on('error', () => undefined);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP address');
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
    for (const gzip of [false, true]) {
      const client = new BackendClient(sampleSettings(`http://127.0.0.1:${address.port}`, { gzip }), {
        now: Date.now,
      });
      for (const post of bodies) t.match(await client.post(post, never), { kind, httpStatus: status });
      await client.close();
    }
  }
});

t.test('a reader that stops early leaves no file open', async (t) => {
  const post = onlyPost(await inFile(t, samplePrepared({ id: 'a', frames: 3, padding: 500_000 })));
  for (const compress of [false, true]) {
    for (let i = 0; i < 20; i++) {
      const { content } = await encodeBody(post, compress);
      if (content instanceof Uint8Array) throw new Error('expected a stream');
      for await (const chunk of content) {
        t.ok(chunk.length > 0);
        break;
      }
    }
  }
  const { readdir, readlink } = await import('node:fs/promises');
  const open = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  t.same(
    open.filter((path) => path.endsWith('images.scratch')),
    [],
  );
});

t.test('memory stays flat while 200 MB go out of a file, plain and compressed', async (t) => {
  const frame = 4_000_000;
  const frames = 50;
  const path = join(t.testdir(), 'images.scratch');
  const file = await open(path, 'w');
  const parts = [];
  for (let index = 0; index < frames; index++) {
    await file.write(Buffer.alloc(frame, `"frame ${index} `));
    parts.push({ offset: index * frame, length: frame });
  }
  await file.close();
  const images = { kind: 'file', path, parts } as const;
  const post = onlyPost({ ...samplePrepared({ id: 'a' }), images, imagesBytes: frame * frames });
  t.ok(post.sizeBytes > 200_000_000);

  let received = 0;
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    request.on('end', () => response.writeHead(200).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  for (const gzip of [false, true]) {
    const client = new BackendClient(
      sampleSettings(`http://127.0.0.1:${address.port}`, { gzip, timeoutMs: 60_000 }),
      { now: Date.now },
    );
    t.teardown(() => client.close());
    received = 0;
    const before = process.memoryUsage().rss;
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 5);
    t.match(await client.post(post, never), { kind: 'delivered' });
    clearInterval(timer);
    if (!gzip) t.equal(received, post.sizeBytes);
    else t.ok(received < post.sizeBytes * 0.8, `${received} bytes on the wire`);
    const grown = Math.round((most - before) / 2 ** 20);
    t.ok(grown < 80, `grew by ${grown} MiB`);
  }
});

t.test('a careful body gives an early answer time, and ends when there is one', async (t) => {
  const post = onlyPost(samplePrepared({ id: 'a', frames: 3, padding: 400_000 }));
  const whole: Uint8Array[] = [];
  for await (const chunk of bodyChunks(post)) whole.push(chunk);
  const { content } = await encodeBody(post, false);
  for (const body of [content, bodyChunks(post)]) {
    const startedAt = performance.now();
    const chunks: Uint8Array[] = [];
    for await (const chunk of carefully(body, never)) {
      chunks.push(chunk);
      if (chunks.length === 2) t.ok(performance.now() - startedAt >= earlyAnswerMs - 10, 'a pause');
    }
    t.equal(chunks[0]?.length, 1);
    t.ok(Buffer.concat(chunks).equals(Buffer.concat(whole)), 'the same bytes');
    const answered = new AbortController();
    let sent = 0;
    const early = performance.now();
    for await (const chunk of carefully(
      await encodeBody(post, false).then((made) => made.content),
      answered.signal,
    )) {
      sent += chunk.length;
      setTimeout(() => answered.abort(), 10);
    }
    t.equal(sent, 1);
    t.ok(performance.now() - early < earlyAnswerMs / 2, 'no longer than needed');
  }
});
