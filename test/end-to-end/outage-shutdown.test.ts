import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { Fault } from '../../src/example-backend/example-backend.ts';
import { portOf } from '../crash/gateway-child.ts';
import { Scene } from '../crash/scene.ts';
import { waitFor } from '../support/run.ts';

t.test(
  'stopped in the middle of work, the gateway ends in order and goes on at the next start',
  async (t) => {
    const scene = await Scene.open(t, {
      args: ['--shutdownTimeout=300ms'],
      backend: { fault: () => ({ kind: 'delay', ms: 200 }) },
    });
    for (const associations of [1, 4]) {
      const child = scene.start({ serve: true });
      const port = await portOf(child);
      scene.write({ radiographs: 300, angiograms: 6, ultrasounds: 2, size: 256 });
      const before = scene.accepted.size;
      const sending = scene.send(scene.unaccepted(), port, associations);
      await waitFor('some are received', () => scene.accepted.size > before + 8, child);
      child.kill('SIGTERM');
      t.strictSame(await child.ended, { exitCode: 0, signal: null }, 'exit code 0');
      await sending;
      const records = await scene.records();
      t.ok(records.length >= scene.accepted.size, 'what got Success is in the ledger');
      t.match(child.output(), /"event":"gateway.stopped"/);
      t.notMatch(child.output(), /"level":"error"/, 'nothing failed on the way');
      t.comment(`${scene.accepted.size} of ${scene.instances.length} had got Success`);
    }
    const child = scene.start({ serve: true });
    await scene.sendAll(await portOf(child));
    await scene.settled(child);
    await scene.verify(t, { live: true });
  },
);

t.test('a post under way gets its time to finish', async (t) => {
  const scene = await Scene.open(t, {
    args: ['--shutdownTimeout=10s'],
    backend: { fault: () => ({ kind: 'delay', ms: 1500 }) },
  });
  const child = scene.start({ serve: true });
  scene.write({ radiographs: 1 });
  await scene.sendAll(await portOf(child));
  await waitFor('it is posted', () => scene.backend.counts.requests === 1, child);
  child.kill('SIGTERM');
  t.strictSame(await child.ended, { exitCode: 0, signal: null });
  t.equal((await scene.records(['delivered'])).length, 1, 'it was delivered before the end');
});

t.test('a post that never ends is cut off, and a second SIGTERM ends the gateway at once', async (t) => {
  let fault: Fault | undefined = { kind: 'delay', ms: 8000 };
  const scene = await Scene.open(t, { backend: { fault: () => fault } });
  const cut = scene.start({ serve: true, args: ['--shutdownTimeout=500ms'] });
  scene.write({ radiographs: 5, angiograms: 1 });
  await scene.sendAll(await portOf(cut));
  await waitFor('a post is under way', () => scene.backend.counts.requests > 0, cut);
  cut.kill('SIGTERM');
  t.strictSame(await cut.ended, { exitCode: 0, signal: null }, 'cut off, exit code 0');

  const patient = scene.start({ serve: true, args: ['--shutdownTimeout=60s'] });
  await portOf(patient);
  const seen = scene.backend.counts.requests;
  await waitFor('a post is under way', () => scene.backend.counts.requests > seen, patient);
  patient.kill('SIGTERM');
  await waitFor('it has heard', () => patient.output().includes('gateway.stopping'), patient);
  const stillThere = await Promise.race([patient.ended, delay(300)]);
  t.equal(stillThere, undefined, 'it waits for the post');
  patient.kill('SIGTERM');
  t.strictSame(await patient.ended, { exitCode: null, signal: 'SIGKILL' }, 'the second signal ends it');

  fault = undefined;
  const child = scene.start({ serve: true });
  await portOf(child);
  await scene.settled(child);
  await scene.verify(t, { live: true });
});
