import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { studyViewOf } from '../../src/core/study-view.ts';
import { FhirClient } from '../../src/deliver/fhir-client.ts';
import type { EventName } from '../../src/observe/events.ts';
import { FhirLane } from '../../src/pipeline/fhir-lane.ts';
import { SqliteLedger } from '../../src/spool/ledger-sqlite.ts';
import { r4Faults } from '../fhir/r4.ts';
import { delivered, prepared } from '../spool/catalogue-contract.ts';

interface Put {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly resource: { id: string; numberOfInstances: number; status: string };
}

/** An HTTP server that keeps resources by their ids, as a FHIR server does; `answer` decides what it says. */
async function fhirServer(
  t: Test,
  answer: (put: Put, nth: number, response: ServerResponse) => number | undefined = () => 200,
) {
  const puts: Put[] = [];
  const stored = new Map<string, Put['resource']>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const put: Put = {
        path: `${request.method} ${request.url}`,
        headers: request.headers,
        resource: JSON.parse(Buffer.concat(chunks).toString()),
      };
      puts.push(put);
      const status = answer(put, puts.length, response);
      if (status === undefined) return;
      if (status < 300) stored.set(put.resource.id, put.resource);
      response
        .writeHead(status, { 'content-type': 'application/fhir+json' })
        .end('{"resourceType":"OperationOutcome"}');
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
  return { url: `http://127.0.0.1:${address.port}/fhir`, puts, stored };
}

async function openLane(
  t: Test,
  url: string,
  options: { timeoutMs?: number; concurrency?: number; dir?: string } = {},
) {
  const ledger = await SqliteLedger.open(options.dir ?? t.testdir(), { thread: false });
  const events: { readonly name: EventName; readonly fields: object }[] = [];
  const client = new FhirClient(
    {
      baseUrl: url,
      timeoutMs: options.timeoutMs ?? 10_000,
      connectTimeoutMs: 5000,
      concurrency: options.concurrency ?? 2,
      auth: { kind: 'bearer', token: 'secret-token' },
    },
    Date.now,
  );
  const lane = new FhirLane({
    catalogue: ledger.catalogue,
    put: (type, id, body, signal) => client.put(type, id, body, signal),
    resource: { patientSystem: '', accessionSystem: '' },
    idleMs: 0,
    concurrency: options.concurrency ?? 2,
    retry: { initialMs: 20, maxMs: 60 },
    emit: (name, fields) => void events.push({ name, fields }),
    now: Date.now,
    random: () => 0.5,
    pollMs: 20,
  });
  const ending = new AbortController();
  let open = true;
  const stop = async (): Promise<void> => {
    if (!open) return;
    open = false;
    ending.abort();
    await lane.stopped();
    await client.close();
    await ledger.close();
  };
  t.teardown(stop);
  const fhirOf = async (study: string) => {
    const row = await ledger.catalogue.get(study);
    return row === undefined ? undefined : studyViewOf(row).fhir;
  };
  const until = async (study: string, state: string): Promise<void> => {
    for (let tries = 0; tries < 1500; tries++) {
      if ((await fhirOf(study))?.state === state) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${study} did not become ${state}: ${JSON.stringify(await fhirOf(study))}`);
  };
  const count = (name: EventName) => events.filter((event) => event.name === name).length;
  return { ledger, lane, events, start: () => lane.start(ending.signal), stop, fhirOf, until, count };
}

t.test('a study at rest is put under its pseudonym, and again when it grows', async (t) => {
  const server = await fhirServer(t, () => 201);
  const lane = await openLane(t, server.url);
  await delivered(lane.ledger, { study: '2.25.1' });
  const waiting = await prepared(lane.ledger, { study: '2.25.2' });
  await delivered(lane.ledger, { study: '2.25.2' });
  lane.start();
  await lane.until('2.25.1', 'posted');
  t.match(server.puts, [
    {
      path: 'PUT /fhir/ImagingStudy/2.25.1',
      headers: { authorization: 'Bearer secret-token', 'content-type': /^application\/fhir\+json/ },
    },
  ]);
  t.strictSame(r4Faults(server.puts[0]?.resource), []);
  t.equal(server.puts.length, 1, 'the study that is still under way has not left');
  await lane.ledger.apply([
    { id: waiting.id, from: ['prepared'], set: { state: 'delivered', updatedAt: 5 } },
  ]);
  await lane.until('2.25.2', 'posted');
  t.equal(server.stored.get('2.25.2')?.numberOfInstances, 2, 'whole, and once');
  t.equal(server.puts.length, 2);
  await delivered(lane.ledger, { study: '2.25.1', series: '2.25.77' });
  while (server.puts.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  await lane.until('2.25.1', 'posted');
  t.equal(server.stored.get('2.25.1')?.numberOfInstances, 2);
  t.equal(lane.count('fhir.posted'), 3);
  t.notMatch(JSON.stringify(lane.events), '2.25.', 'no pseudonym in an event');
});

t.test('a server that fails, throttles or hangs is tried again until it takes the study', async (t) => {
  const answers = [503, 409, 429, 401, 'hang', 'cut', 200] as const;
  const server = await fhirServer(t, (_put, nth, response) => {
    const answer = answers[nth - 1] ?? 200;
    if (answer === 'cut') response.destroy();
    return typeof answer === 'number' ? answer : undefined;
  });
  const lane = await openLane(t, server.url, { timeoutMs: 300 });
  await delivered(lane.ledger, { study: '2.25.1' });
  lane.start();
  await lane.until('2.25.1', 'retrying');
  await lane.until('2.25.1', 'posted');
  t.equal(server.puts.length, answers.length);
  t.strictSame(
    lane.events
      .filter(({ name }) => name === 'fhir.failed')
      .map(({ fields }) => ('code' in fields ? fields.code : '')),
    [
      'FHIR_UNAVAILABLE',
      'FHIR_UNAVAILABLE',
      'FHIR_UNAVAILABLE',
      'FHIR_UNAUTHORIZED',
      'FHIR_UNREACHABLE',
      'FHIR_UNREACHABLE',
    ],
  );
  t.match(await lane.fhirOf('2.25.1'), { code: null, attempts: 0, nextAttemptAt: null });
});

t.test(
  'a study is posted though its instances were forgotten while the server was out of order',
  async (t) => {
    let status = 503;
    const server = await fhirServer(t, () => status);
    const lane = await openLane(t, server.url);
    const row = await delivered(lane.ledger, { study: '2.25.1' });
    lane.start();
    await lane.until('2.25.1', 'retrying');
    const unposted = { before: 0, onGivenUp: () => t.fail('given up') };
    t.equal(await lane.ledger.forget(Date.now() + 1e9, 10, unposted), 1);
    t.equal(await lane.ledger.get(row.id), undefined);
    status = 200;
    await lane.until('2.25.1', 'posted');
    t.equal(server.stored.get('2.25.1')?.numberOfInstances, 1, 'with its instance');
    await lane.ledger.forget(Date.now() + 1e9, 10, unposted);
    t.equal(await lane.fhirOf('2.25.1'), undefined, 'then it is forgotten');
  },
);

t.test('a refusal is written down with its status, told, and not repeated by itself', async (t) => {
  let refuses = true;
  const server = await fhirServer(t, () => (refuses ? 422 : 200));
  const dir = t.testdir();
  const lane = await openLane(t, server.url, { dir });
  await delivered(lane.ledger, { study: '2.25.1' });
  lane.start();
  await lane.until('2.25.1', 'refused');
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.equal(server.puts.length, 1);
  t.match(await lane.fhirOf('2.25.1'), {
    code: 'FHIR_REFUSED',
    detail: '422',
    advice: /fhir\.baseUrl/,
    postedAt: null,
  });
  t.equal(lane.count('fhir.refused'), 1);
  t.equal(await lane.ledger.catalogue.postAgain('2.25.1'), true);
  lane.lane.wake();
  while (server.puts.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  await lane.until('2.25.1', 'refused');
  await lane.stop();
  refuses = false;
  const next = await openLane(t, server.url, { dir });
  next.start();
  await next.until('2.25.1', 'posted');
  t.equal(server.puts.length, 3, 'a start tries once more: the fault may have been in the configuration');
});

t.test('no more requests run at one time than configured, and all studies get through', async (t) => {
  let running = 0;
  let most = 0;
  const server = await fhirServer(t, (put, _nth, response) => {
    running += 1;
    most = Math.max(most, running);
    setTimeout(() => {
      running -= 1;
      server.stored.set(put.resource.id, put.resource);
      response.writeHead(200).end();
    }, 15);
    return undefined;
  });
  const lane = await openLane(t, server.url, { concurrency: 3 });
  for (let n = 0; n < 20; n++) await delivered(lane.ledger, { study: `2.25.${n}` });
  lane.start();
  for (let n = 0; n < 20; n++) await lane.until(`2.25.${n}`, 'posted');
  t.equal(server.puts.length, 20, 'each once');
  t.equal(most, 3);
});

t.test('an id that is not one of FHIR goes nowhere', async (t) => {
  const server = await fhirServer(t);
  const client = new FhirClient(
    { baseUrl: server.url, timeoutMs: 1000, connectTimeoutMs: 1000, concurrency: 1, auth: { kind: 'none' } },
    Date.now,
  );
  const signal = new AbortController().signal;
  for (const id of ['..', 'a/b', '', 'x'.repeat(65), 'a?b'])
    t.match(await client.put('ImagingStudy', id, Buffer.from('{}'), signal), { kind: 'refused' });
  t.equal(server.puts.length, 0);
  await client.close();
  t.throws(
    () =>
      new FhirClient(
        { baseUrl: 'ftp://x', timeoutMs: 1, connectTimeoutMs: 1, concurrency: 1, auth: { kind: 'none' } },
        Date.now,
      ),
    { code: 'CONFIGURATION_INVALID', detail: 'fhir.baseUrl' },
  );
});

t.test('killed while the server has not answered, the next start puts the study', async (t) => {
  let hangs = true;
  const asked = Promise.withResolvers<void>();
  const server = await fhirServer(t, () => {
    if (!hangs) return 200;
    asked.resolve();
    return undefined;
  });
  const dir = t.testdir();
  const child = fork(join(import.meta.dirname, 'fhir-lane-child.ts'), [dir, server.url], { execArgv: [] });
  t.teardown(() => child.kill('SIGKILL'));
  const early = once(child, 'exit').then(() => 'exited' as const);
  t.equal(await Promise.race([asked.promise.then(() => 'asked' as const), early]), 'asked');
  child.kill('SIGKILL');
  await early;
  hangs = false;
  const lane = await openLane(t, server.url, { dir });
  t.match(await lane.fhirOf('2.25.1'), { state: 'waiting' }, 'it is known that it was not answered');
  lane.start();
  await lane.until('2.25.1', 'posted');
  t.strictSame([...server.stored.keys()], ['2.25.1']);
});
