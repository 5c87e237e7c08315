import type { Test } from 'tap';
import type { FaultPoint } from '../../src/core/fault-points.ts';
import { portOf } from './gateway-child.ts';
import { Scene } from './scene.ts';

/** The second fatal pass of each point, in the middle of work on several instances. */
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

/**
 * Kills the gateway at each of the points, at its first pass and then, as it recovers and takes in more, at a later one;
 * lets it come to rest and examines everything after each point.
 */
export async function killAt(t: Test, points: readonly FaultPoint[]): Promise<void> {
  const scene = await Scene.open(t);
  for (const point of points) {
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
}
