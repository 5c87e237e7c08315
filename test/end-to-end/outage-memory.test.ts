import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { type GatewayChild, metric, portOf } from '../crash/gateway-child.ts';
import { Scene } from '../crash/scene.ts';
import { waitFor } from '../support/run.ts';

const mebibyte = 1024 * 1024;
/** Rows and columns: 256 KiB of noise an instance, about as much again once rendered and in base64. */
const size = 512;
const firstInstances = 200;
/** So many that what they would need, if each were kept, is far more than what a garbage collector leaves about. */
const moreInstances = 800;
/** Half of what the further instances would need if each were kept: bytes, or rendered. */
const maxGrowth = (moreInstances * size * size) / 2;

/** Resident memory once it has come to rest: the least of a few seconds. */
async function restingMemory(child: GatewayChild): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 6; look += 1) {
    await delay(400);
    least = Math.min(least, await metric(child, 'process_resident_memory_bytes'));
  }
  return least;
}

t.test('while the backend is down, instances wait on disk and not in memory', async (t) => {
  const scene = await Scene.open(t, { args: ['--pipeline.maxReadyBytes=2MiB'] });
  await scene.recorder.stop();
  const child = scene.start({ serve: true });
  const port = await portOf(child);

  scene.write({ radiographs: firstInstances, size });
  await scene.sendAll(port);
  const before = await restingMemory(child);
  const preparedBefore = await metric(child, 'sallyport_prepare_seconds_count');

  scene.write({ radiographs: moreInstances, size });
  await scene.sendAll(port);
  const after = await restingMemory(child);
  const preparedAfter = await metric(child, 'sallyport_prepare_seconds_count');
  const waiting = await scene.records(['received']);
  t.comment(
    `${firstInstances} instances wait: ${(before / mebibyte).toFixed(0)} MiB; ` +
      `${firstInstances + moreInstances}: ${(after / mebibyte).toFixed(0)} MiB`,
  );
  t.ok(after - before < maxGrowth, 'memory does not grow with the number of waiting instances');
  t.ok(preparedBefore > 0 && preparedBefore < 30, `${preparedBefore} were prepared, then preparing paused`);
  t.equal(preparedAfter, preparedBefore, 'and none since');
  t.ok(waiting.length > firstInstances + moreInstances - 50, `${waiting.length} are still received, on disk`);

  await scene.recorder.start();
  await scene.settled(child);
  await scene.verify(t, { live: true });
  await waitFor('it is up', async () => (await metric(child, 'sallyport_destination_up')) === 1);
});
