import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstanceRecord } from '../src/core/instance.ts';
import { FileBlobStore } from '../src/spool/blobs-files.ts';
import { newInstanceId } from '../src/spool/ids.ts';
import { SqliteLedger } from '../src/spool/ledger-sqlite.ts';
import { Spool } from '../src/spool/spool.ts';

/** The spool alone: what one accepted instance costs with every flush of guarantee 1, and what the ledger bears. */

const instanceBytes = 512 * 1024;
const chunkBytes = 64 * 1024;
const rows: string[][] = [['what', 'count', 'per second', 'ms each', 'p50', 'p99', 'CPU ms each']];

function report(what: string, latencies: number[], totalMs: number, cpuMs: number): void {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(3);
  const count = sorted.length;
  rows.push([
    what,
    String(count),
    ((count / totalMs) * 1000).toFixed(0),
    (totalMs / count).toFixed(3),
    at(0.5),
    at(0.99),
    (cpuMs / count).toFixed(3),
  ]);
}

/** User and system time of all threads: what a busy machine does not change much. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function measure(what: string, count: number, parallel: number, work: (n: number) => Promise<unknown>) {
  const latencies: number[] = [];
  const started = performance.now();
  const cpuBefore = cpuMs();
  let next = 0;
  const one = async () => {
    while (next < count) {
      const n = next++;
      const begun = performance.now();
      await work(n);
      latencies.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: parallel }, one));
  report(what, latencies, performance.now() - started, cpuMs() - cpuBefore);
}

function record(n: number): InstanceRecord {
  const now = Date.now();
  return {
    id: newInstanceId(now),
    state: 'received',
    instanceKey: n.toString(16).padStart(8, '0') + randomBytes(12).toString('hex'),
    revision: 1,
    contentDigest: null,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    callingAeTitle: 'BENCH',
    sizeBytes: instanceBytes,
    headBytes: 300,
    receivedAt: now,
    updatedAt: now,
    attempts: 0,
    dueAt: now,
    code: null,
    detail: null,
    releasedCodes: [],
    foundBoxes: null,
    drawnBoxes: null,
    postId: null,
    studyPseudonym: null,
    seriesPseudonym: null,
  };
}

const dir = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'sallyport-bench-'));
const ledger = await SqliteLedger.open(dir);
const blobs = new FileBlobStore(dir);
const spool = new Spool({
  dir,
  reserveBytes: 0,
  duplicateContent: 'hold',
  ledger,
  blobs,
  instanceKeySecret: randomBytes(32),
  keepDeliveredMs: 0,
  emit: () => undefined,
  now: Date.now,
});
await spool.start();
const content = randomBytes(instanceBytes);
const head = randomBytes(300);
let serial = 0;
const accept = async () => {
  const origin = {
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: `2.25.${process.pid}.${serial++}`,
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    callingAeTitle: 'BENCH',
    calledAeTitle: 'SALLYPORT',
  };
  const incoming = await spool.begin(origin, head);
  for (let at = 0; at < instanceBytes; at += chunkBytes) {
    await incoming.write(content.subarray(at, at + chunkBytes));
  }
  await incoming.commit();
};
await measure('warm-up', 100, 1, accept);
rows.pop();
await measure('accept 0.5 MB, 1 sender', 600, 1, accept);
await measure('accept 0.5 MB, 4 senders', 1200, 4, accept);
await spool.stop();
const ids: string[] = [];
for await (const id of blobs.ids()) ids.push(id);
await measure('remove blob', ids.length, 1, (n) => blobs.remove(ids[n] ?? ''));
await measure('ledger insert, 1 at a time', 2000, 1, (n) => ledger.insert(record(n)));
await measure('ledger insert, 64 at a time', 20_000, 64, (n) => ledger.insert(record(n)));

const before = process.memoryUsage.rss();
let moved = 0;
let peak = 0;
const started = performance.now();
const cpuBefore = cpuMs();
for (;;) {
  const claimed = await ledger.claim('received', Date.now(), 64, 60_000);
  if (claimed.length === 0) break;
  moved += claimed.length;
  await ledger.apply(
    claimed.map(({ id }) => ({ id, from: ['received'], set: { state: 'delivered', updatedAt: Date.now() } })),
  );
  peak = Math.max(peak, process.memoryUsage.rss() - before);
}
const total = performance.now() - started;
report(
  'claim and apply, 64 at a time',
  Array.from({ length: moved }, () => total / moved),
  total,
  cpuMs() - cpuBefore,
);
await ledger.close();
await blobs.close();
rmSync(dir, { recursive: true });

const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
for (const row of rows) {
  console.log(
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
}
console.log(`resident memory while ${moved} rows were moved: +${(peak / 1024 / 1024).toFixed(1)} MB`);
