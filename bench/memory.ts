import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCtSeries } from '../src/synthetic/bulk.ts';
import { encodePart10 } from '../src/synthetic/dicom-writer.ts';
import { syntheticStudy } from '../src/synthetic/study.ts';
import { element } from '../src/synthetic/writer-element.ts';
import { freePort, memoryMiB, printTable, startGateway, storescu, until } from './measure.ts';

/**
 * Resident memory of the gateway while a 1 GB instance comes in, and while many instances wait for a backend that is down.
 *   node bench/memory.ts [--waiting 20000]
 */
const at = process.argv.indexOf('--waiting');
const waiting = at < 0 ? 20_000 : Number(process.argv[at + 1]);
const frames = 2048;

const root = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
const rows: (string | number)[][] = [];
try {
  await largeInstance();
  await manyWaiting();
  printTable(
    'Resident memory of the gateway process, MiB',
    ['situation', 'before', 'highest', 'growth', 'note'],
    rows,
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** One enhanced-like CT object of 2,048 frames of 512x512 16 bit: 1 GiB of pixels, written without holding it. */
async function largeInstance(): Promise<void> {
  const path = join(root, 'large.dcm');
  const [first] = syntheticStudy({ seed: 'large', images: 1, size: 512 });
  if (first === undefined) throw new Error('no instance');
  const frameBytes = 512 * 512 * 2;
  const withoutPixels = encodePart10({
    ...first,
    elements: [
      ...first.elements.filter(({ tag }) => tag !== 0x7fe00010),
      element(0x00280008, 'IS', frames),
    ].sort((a, b) => a.tag - b.tag),
  });
  const file = await open(path, 'w');
  await file.write(withoutPixels);
  const header = Buffer.from('e07f10004f570000', 'hex');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(frames * frameBytes);
  await file.write(Buffer.concat([header, length]));
  const frame = Buffer.alloc(frameBytes);
  for (let index = 0; index < frames; index += 1) {
    for (let pixel = 0; pixel < frameBytes; pixel += 2)
      frame.writeUInt16LE(1000 + ((pixel * 7 + index * 13) % 200), pixel);
    await file.write(frame);
  }
  await file.close();
  // Nothing is delivered, so receiving is seen alone.
  const gateway = await startGateway(join(root, 'large-storage'), '--storage.reserve=1MiB');
  try {
    const before = memoryMiB(gateway.pid).now;
    let highest = before;
    const timer = setInterval(() => {
      highest = Math.max(highest, memoryMiB(gateway.pid).now);
    }, 10);
    const ms = await storescu(gateway.dimsePort, 'SALLYPORT', [path]);
    clearInterval(timer);
    const megabytes = statSync(path).size / 1e6;
    rows.push([
      `${megabytes.toFixed(0)} MB instance comes in`,
      before.toFixed(0),
      highest.toFixed(0),
      (highest - before).toFixed(0),
      `${(megabytes / (ms / 1000)).toFixed(0)} MB/s`,
    ]);
  } finally {
    await gateway.stop();
    rmSync(join(root, 'large-storage'), { recursive: true, force: true });
  }
}

async function manyWaiting(): Promise<void> {
  const batch = 1000;
  const gateway = await startGateway(
    join(root, 'waiting-storage'),
    '--storage.reserve=1MiB',
    `--backend.baseUrl=http://127.0.0.1:${await freePort()}`,
  );
  try {
    // Warm: threads started, outbox full.
    const send = async (round: number, count: number): Promise<void> => {
      const directory = join(root, `batch-${round}`);
      const files = await writeCtSeries({
        directory,
        count,
        rows: 128,
        columns: 128,
        seed: `waiting ${round}`,
      });
      await storescu(gateway.dimsePort, 'SALLYPORT', files);
      rmSync(directory, { recursive: true });
    };
    await send(0, batch);
    await until('all are received', async () => (await gateway.metric('sallyport_instances')) >= batch);
    let sent = batch;
    const early = memoryMiB(gateway.pid).now;
    let highest = early;
    let half = early;
    for (let round = 1; sent < waiting; round += 1) {
      const count = Math.min(batch, waiting - sent);
      await send(round, count);
      sent += count;
      const { now } = memoryMiB(gateway.pid);
      highest = Math.max(highest, now);
      // By now the outbox (pipeline.maxReadyBytes) is full and nothing more is prepared.
      if (sent === waiting / 2) half = now;
    }
    const stored = await gateway.metric('sallyport_instances');
    rows.push([
      `${stored} instances wait for a dead backend`,
      `${early.toFixed(0)} (at ${batch})`,
      highest.toFixed(0),
      (highest - early).toFixed(0),
      `${half.toFixed(0)} at ${waiting / 2}`,
    ]);
  } finally {
    await gateway.stop();
  }
}
