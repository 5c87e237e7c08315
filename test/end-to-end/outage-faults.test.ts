import t from 'tap';
import type { Fault } from '../../src/example-backend/example-backend.ts';
import { metric, portOf } from '../crash/gateway-child.ts';
import { Scene } from '../crash/scene.ts';
import { waitFor } from '../support/run.ts';

const answer = (status: number, headers: Record<string, string> = {}): Fault => ({
  kind: 'answer',
  status,
  headers,
});

t.test('a backend that is down at the start and comes later gets everything', async (t) => {
  const scene = await Scene.open(t);
  await scene.recorder.stop();
  const child = scene.start({ serve: true });
  const port = await portOf(child);
  scene.write({ radiographs: 12, angiograms: 2 });
  await scene.sendAll(port);
  await waitFor('the destination rests', async () => (await metric(child, 'sallyport_destination_up')) === 0);
  t.equal((await scene.records(['received', 'prepared'])).length, 14, 'instances wait');
  t.equal(
    (await fetch(`http://127.0.0.1:${(await child.ports)?.http}/readyz`)).status,
    200,
    'still receiving',
  );
  scene.write({ radiographs: 6 });
  await scene.sendAll(port);
  await scene.recorder.start();
  await scene.settled(child);
  await scene.verify(t, { live: true });
  await waitFor('it is up', async () => (await metric(child, 'sallyport_destination_up')) === 1);
});

t.test('a backend that misbehaves for a while gets everything once, by itself', async (t) => {
  let fault: Fault | undefined;
  let faults = 0;
  const scene = await Scene.open(t, {
    backend: {
      fault: () => {
        if (fault !== undefined) faults += 1;
        return fault;
      },
    },
  });
  const child = scene.start({ serve: true });
  const port = await portOf(child);
  const kinds: readonly { readonly name: string; readonly fault: Fault }[] = [
    { name: 'answers 500', fault: answer(500) },
    { name: 'answers 503 with Retry-After', fault: answer(503, { 'retry-after': '1' }) },
    { name: 'answers 429 with Retry-After', fault: answer(429, { 'retry-after': '1' }) },
    { name: 'answers 401', fault: answer(401) },
    { name: 'answers 403', fault: answer(403) },
    { name: 'cuts the connection in the middle of the request', fault: { kind: 'cut', at: 'request' } },
    { name: 'stores and cuts the connection without an answer', fault: { kind: 'cut', at: 'stored' } },
    { name: 'cuts the connection in the middle of the answer', fault: { kind: 'cut', at: 'answer' } },
    { name: 'takes its time', fault: { kind: 'delay', ms: 400 } },
  ];
  for (const kind of kinds) {
    await t.test(`a backend that ${kind.name}`, async (t) => {
      fault = kind.fault;
      faults = 0;
      scene.write({ radiographs: 7, angiograms: 2, ultrasounds: 1 });
      await scene.sendAll(port);
      await waitFor('it has happened five times', () => faults >= 5, child);
      const before = await scene.records(['held', 'failed']);
      t.strictSame(
        before.filter(({ code }) => code !== 'BURNED_IN_TEXT_RISK'),
        [],
        'nothing is held for it',
      );
      fault = undefined;
      await scene.settled(child);
      await scene.verify(t, { live: true });
      t.comment(`${faults} posts met the fault`);
    });
  }
  child.kill('SIGTERM');
  t.strictSame(await child.ended, { exitCode: 0, signal: null });
});

t.test('a backend that answers after the deadline gets everything once', async (t) => {
  let slow = true;
  const scene = await Scene.open(t, {
    args: ['--backend.timeout=300ms'],
    backend: { fault: () => (slow ? { kind: 'delay', ms: 600 } : undefined) },
  });
  const child = scene.start({ serve: true });
  const port = await portOf(child);
  scene.write({ radiographs: 6, angiograms: 2 });
  await scene.sendAll(port);
  await waitFor('some posts were too slow', () => scene.backend.counts.requests >= 4, child);
  slow = false;
  await scene.settled(child);
  await scene.verify(t, { live: true });
});

t.test('a backend that finds posts of several images too large gets them one by one', async (t) => {
  let refuse = true;
  const scene = await Scene.open(t, {
    // Three radiographs are some 40 KB in base64, one is 14 KB.
    backend: {
      fault: (_count, headers) =>
        refuse && Number(headers['content-length']) > 20_000 ? answer(413) : undefined,
    },
  });
  const child = scene.start({ serve: true });
  const port = await portOf(child);
  scene.write({ radiographs: 9 });
  await scene.sendAll(port);
  await scene.settled(child);
  await scene.verify(t, { regrouped: true, live: true });
  t.ok(scene.backend.counts.refused > 0, `${scene.backend.counts.refused} posts were refused`);

  const large = scene.write({ radiographs: 1, size: 192 });
  await scene.sendAll(port);
  await scene.settled(child);
  const [held, ...others] = await scene.records(['held', 'failed']);
  t.strictSame(others, []);
  t.match(held, { state: 'held', code: 'BACKEND_REFUSED', detail: '413' }, 'refused alone, it is held');
  t.equal(large.length, 1);
  refuse = false;
});
