import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { sendFiles } from '../../src/send/send-files.ts';
import { identityElements, syntheticIdentity } from '../../src/synthetic/identity.ts';
import { ctImage } from '../../src/synthetic/images.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { writeInstance } from '../support/instances.ts';
import { waitFor } from '../support/run.ts';

/** Bodies above this have the large image in them. */
const largeBytes = 60_000;

/** A backend that takes small posts and does to large ones what `bad` says. */
async function backend(t: Test, bad: (request: IncomingMessage, response: ServerResponse) => void) {
  const counts = { good: 0, bad: 0, images: new Set<string>() };
  const server = createServer((request, response) => {
    if (Number(request.headers['content-length']) > largeBytes) {
      counts.bad += 1;
      bad(request, response);
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { images: { imageInstanceUid: string }[] };
      for (const { imageInstanceUid } of body.images) counts.images.add(imageInstanceUid);
      counts.good += 1;
      response.writeHead(201).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return { counts, url: `http://127.0.0.1:${address.port}` };
}

/** CT slices of one series, or of two: `size` pixels a side. */
function slices(t: Test, seed: string, numbers: readonly number[], size: number): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-post-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const identity = syntheticIdentity(seed);
  const words = {
    modality: 'CT',
    seriesNumber: 1,
    seriesDescription: 'Head',
    protocolName: 'Head',
    bodyPart: 'HEAD',
  } as const;
  return numbers.map((instanceNumber) =>
    writeInstance(join(folder, `${seed}-${instanceNumber}.dcm`), [
      ...identityElements(seed, identity, words),
      ...ctImage({
        seed,
        instanceNumber,
        seriesNumber: 1,
        rows: size,
        columns: size,
        date: identity.studyDate,
        time: identity.studyTime,
        zMm: instanceNumber,
      }),
    ]),
  );
}

async function send(gateway: RunningGateway, paths: readonly string[]): Promise<void> {
  const target = { host: '127.0.0.1', port: gateway.dimsePort, aeTitle: 'SALLYPORT' };
  for await (const result of sendFiles(paths, target)) {
    if (result.outcome !== 'sent') throw new Error(result.statusText);
  }
}

const delivered = async (gateway: RunningGateway): Promise<number> =>
  (await gateway.records(['delivered'])).length;

t.test('a backend that refuses a post and closes at once is heard, and the others get through', async (t) => {
  const { counts, url } = await backend(t, (request) => {
    request.socket.write('HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    request.socket.destroy();
  });
  const gateway = await startGateway(t, { args: [`--backend.baseUrl=${url}`] });
  await send(gateway, [...slices(t, 'one', [1, 2, 3, 4, 5], 64), ...slices(t, 'one', [6], 512)]);
  await send(gateway, slices(t, 'two', [1, 2, 3], 64));
  await gateway.settled();
  t.equal(counts.images.size, 8);
  t.match(await gateway.records(['held']), [{ code: 'BACKEND_REFUSED', detail: '413' }]);
  t.comment(`${counts.bad} posts were refused`);
});

t.test('a post at which the connection always breaks does not stall the others', async (t) => {
  const { counts, url } = await backend(t, (request) => request.socket.resetAndDestroy());
  const gateway = await startGateway(t, {
    args: [`--backend.baseUrl=${url}`, '--backend.breakerFailures=2', '--backend.breakerOpen=200ms'],
  });
  // Alone first: nothing tells this post from a backend that is down.
  await send(gateway, slices(t, 'bad', [1], 512));
  await waitFor('it has failed often', () => counts.bad >= 6);
  for (const seed of ['one', 'two']) {
    const startedAt = Date.now();
    const before = counts.images.size;
    await send(gateway, slices(t, seed, [1, 2, 3], 64));
    await waitFor('the others are delivered', async () => (await delivered(gateway)) === before + 3);
    t.ok(Date.now() - startedAt < 5_000, `after ${Date.now() - startedAt} ms`);
  }
  const soFar = counts.bad;
  await waitFor('the bad one is still repeated', () => counts.bad > soFar);
  t.match(await gateway.records(['prepared']), [{ code: 'BACKEND_UNREACHABLE' }], 'and held by nobody');
});

t.test(
  'a post the backend always breaks on is taken apart, and all but the cause is delivered',
  async (t) => {
    const { counts, url } = await backend(t, (request, response) => {
      request.resume().on('end', () => response.writeHead(500).end());
    });
    const gateway = await startGateway(t, { args: [`--backend.baseUrl=${url}`] });
    await send(gateway, [...slices(t, 'one', [1, 2, 3, 4, 5], 64), ...slices(t, 'one', [6], 512)]);
    await waitFor('it has failed', () => counts.bad >= 2);
    await send(gateway, slices(t, 'two', [1, 2, 3], 64));
    await waitFor('all others are delivered', async () => (await delivered(gateway)) === 8, {
      timeoutMs: 60_000,
    });
    t.equal(counts.images.size, 8);
    t.match(await gateway.records(['prepared']), [{ code: 'BACKEND_UNAVAILABLE', detail: '500' }]);
  },
);
