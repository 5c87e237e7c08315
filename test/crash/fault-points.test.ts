import t from 'tap';
import { type FaultPoint, faultPoints } from '../../src/core/fault-points.ts';
import { portOf } from './gateway-child.ts';
import { Scene } from './scene.ts';

/** Which passes of each point are fatal: the first, and one in the middle of work on several instances. */
const laterPass: Readonly<Record<FaultPoint, number>> = {
  'blob.created': 6,
  'blob.written': 5,
  'blob.synced': 6,
  'blob.renamed': 5,
  'blob.directorySynced': 6,
  'ledger.committed': 7,
  'response.sent': 6,
  'prepare.claimed': 6,
  'prepare.done': 5,
  'post.bound': 3,
  'post.sent': 4,
  'post.accepted': 3,
  'delivery.committed': 3,
  'blob.removed': 5,
};

t.test('killed at every fault point, nothing is lost and nothing comes twice', async (t) => {
  const scene = await Scene.open(t);
  for (const point of faultPoints) {
    for (const pass of [1, laterPass[point]]) {
      const child = scene.start({ fault: { point, pass } });
      scene.write({ radiographs: 6, angiograms: 2, ultrasounds: 1 });
      const ports = await child.ports;
      if (ports !== undefined) await scene.send(scene.unaccepted(), ports.dimse);
      const alarm = setTimeout(() => child.kill('SIGTERM'), 20_000);
      const { signal } = await child.ended;
      clearTimeout(alarm);
      if (!t.equal(signal, 'SIGKILL', `${point}, pass ${pass}: killed`)) t.comment(child.output());
      scene.kills += 1;
    }
    const child = scene.start();
    await scene.sendAll(await portOf(child));
    await scene.settled(child);
    child.kill('SIGTERM');
    t.strictSame(await child.ended, { exitCode: 0, signal: null }, `${point}: well again`);
    await t.test(`after ${point}`, (t) => scene.verify(t));
  }
  t.comment(
    `${scene.kills} kills, ${scene.starts} starts, ${scene.instances.length} instances, ${scene.recorder.posts} posts`,
  );
});
