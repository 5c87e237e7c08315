import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { type GatewayChild, portOf } from './gateway-child.ts';
import { Scene } from './scene.ts';

const kills = 28;
const associations = 4;
/** Work is added only while less than this has no Success yet. */
const maxUnaccepted = 60;

/** Keeps several associations busy until the gateway is gone. */
async function load(scene: Scene, child: GatewayChild): Promise<void> {
  const ports = await child.ports;
  if (ports === undefined) return;
  let over = false;
  void child.ended.then(() => {
    over = true;
  });
  while (!over) {
    if (scene.unaccepted().length < maxUnaccepted)
      scene.write({ radiographs: 8, angiograms: 3, ultrasounds: 1 });
    await scene.send(scene.unaccepted(), ports.dimse, associations);
    await delay(20);
  }
}

t.test('killed at random moments under load, nothing is lost and nothing comes twice', async (t) => {
  const scene = await Scene.open(t, {
    // A backend that takes its time, so that many kills fall between a post and its answer.
    backend: { fault: (count) => (count % 3 === 0 ? { kind: 'delay', ms: count % 40 } : undefined) },
  });
  let listening = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const child = scene.start();
    const work = load(scene, child);
    // Some die while they start and recover, most at work.
    if (kill % 7 === 3) await delay(Math.random() * 1500);
    else {
      if ((await child.ports) !== undefined) listening += 1;
      await delay(Math.random() * 1200);
    }
    child.kill('SIGKILL');
    if (!t.equal((await child.ended).signal, 'SIGKILL')) t.comment(child.output());
    scene.kills += 1;
    await work;
  }
  const child = scene.start();
  await scene.sendAll(await portOf(child));
  await scene.settled(child);
  child.kill('SIGTERM');
  t.strictSame(await child.ended, { exitCode: 0, signal: null }, 'well again');
  t.ok(listening > kills / 2, `${listening} of ${kills} were killed at work`);
  await scene.verify(t);
  t.comment(
    `${scene.kills} kills, ${scene.starts} starts, ${scene.instances.length} instances, ${scene.recorder.posts} posts`,
  );
});
