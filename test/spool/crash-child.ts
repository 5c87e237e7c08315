import { writeSync } from 'node:fs';
import { type FaultPoint, faultPoints, setFaultHandler } from '../../src/core/fault-points.ts';
import { Retention, watchedByRetention } from '../../src/spool/retention.ts';
import { crashContent } from './crash-content.ts';
import { accept, openSpool } from './spool-fixture.ts';

/**
 * Receives and delivers on a folder until it kills itself at the n-th pass of a fault point, telling its parent on
 * standard output, synchronously, what it would have told a sender. Arguments: folder, run, fault point or "none", n.
 */
const [dir = '', run = '', point = '', countText = ''] = process.argv.slice(2);
const fatal: FaultPoint | undefined = faultPoints.find((known) => known === point);
let left = Number(countText);

const tell = (line: string) => void writeSync(1, `${line}\n`);

const open = await openSpool(dir);
const retention = new Retention({
  ledger: open.ledger,
  blobs: open.blobs,
  emit: () => undefined,
  now: Date.now,
  keepDeliveredMs: 0,
  forgetAfterMs: 1e12,
  intervalMs: 3_600_000,
});
const ledger = watchedByRetention(open.ledger, retention);

setFaultHandler((passed) => {
  if (passed !== fatal) return;
  left -= 1;
  if (left <= 0) process.kill(process.pid, 'SIGKILL');
});

async function sender(name: string): Promise<void> {
  for (let n = 0; ; n++) {
    const { kind, id } = await accept(
      open.spool,
      `${run}.${name}.${n}`,
      crashContent(Math.random() * 2 ** 31),
    );
    tell(`${kind} ${id}`);
    if (n % 3 !== 0) continue;
    const set = { state: 'delivered', updatedAt: Date.now() } as const;
    await ledger.apply([{ id, from: ['received'], set }]);
    tell(`delivered ${id}`);
  }
}
tell('ready');
await Promise.all(['1', '2', '3'].map(sender));
