import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sendFiles } from '../src/send/send-files.ts';
import { writeCtSeries } from '../src/synthetic/bulk.ts';
import { encodePart10, transferSyntaxes } from '../src/synthetic/dicom-writer.ts';
import { syntheticStudy } from '../src/synthetic/study.ts';
import { element } from '../src/synthetic/writer-element.ts';
import { freePort, memoryMiB, printTable, sallyport, startGateway, storescu, until } from './measure.ts';

/**
 * Resident memory of the gateway while a 1 GB instance comes in, while 4 GB of pixels are received, rendered and delivered,
 * and while many instances wait for a backend that is down; of `sallyport render` over the same 4 GB.
 *   node bench/memory.ts [--waiting 20000] [--only receive,render,waiting]
 */
const at = process.argv.indexOf('--waiting');
const waiting = at < 0 ? 20_000 : Number(process.argv[at + 1]);
const frames = 2048;
const only = process.argv.indexOf('--only');
const parts = only < 0 ? ['receive', 'render', 'waiting'] : (process.argv[only + 1] ?? '').split(',');

const root = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
const rows: (string | number)[][] = [];
try {
  if (parts.includes('receive')) await largeInstance();
  if (parts.includes('render')) for (const kind of ['native', 'fragments'] as const) await rendered(kind);
  if (parts.includes('waiting')) await manyWaiting();
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

/** A file of 4 GB of pixels: 8,190 native frames of 512x512 16 bit in a file with holes, or 15,000 RLE frames. */
async function writeHuge(kind: 'native' | 'fragments', path: string): Promise<number> {
  const [first] = syntheticStudy({ seed: 'huge', images: 1, size: 512 });
  if (first === undefined) throw new Error('no instance');
  const count = kind === 'native' ? 8190 : 15_000;
  const others = first.elements.filter(({ tag }) => ![0x7fe00010, 0x00280008].includes(tag));
  const head = encodePart10({
    ...(kind === 'native' ? {} : { transferSyntaxUid: transferSyntaxes.rleLossless }),
    elements: [...others, element(0x00280008, 'IS', count)].sort((a, b) => a.tag - b.tag),
  });
  const file = await open(path, 'w');
  try {
    await file.write(head);
    if (kind === 'native') {
      const bytes = count * 512 * 512 * 2;
      const value = Buffer.from('e07f10004f57000000000000', 'hex');
      value.writeUInt32LE(bytes, 8);
      await file.write(value);
      const line = Buffer.alloc(1024);
      for (let pixel = 0; pixel < 512; pixel += 1) line.writeUInt16LE((pixel * 7) % 3000, 2 * pixel);
      const start = head.length + value.length;
      // Something to see in each frame; the rest of the file is a hole.
      for (let index = 0; index < count; index += 1)
        await file.write(line, 0, line.length, start + index * 524_288 + 1024 * (index % 512));
      await file.truncate(start + bytes);
      return count;
    }
    // Two segments, high and low bytes, of literal runs: as long as the pixels.
    const run = Buffer.alloc(129 * 2048);
    for (let at = 0; at < run.length; at += 1) run[at] = at % 129 === 0 ? 127 : (at * 5) % 256;
    const high = Buffer.alloc(2 * 2048);
    for (let at = 0; at < high.length; at += 2) high.set([0x81, 3], at);
    const header = Buffer.alloc(64);
    header.writeUInt32LE(2, 0);
    header.writeUInt32LE(64, 4);
    header.writeUInt32LE(64 + high.length, 8);
    const frame = Buffer.concat([header, high, run]);
    const item = Buffer.from('feff00e000000000', 'hex');
    item.writeUInt32LE(frame.length, 4);
    await file.write(Buffer.from('e07f10004f420000fffffffffeff00e000000000', 'hex'));
    for (let index = 0; index < count; index += 1) await file.write(Buffer.concat([item, frame]));
    await file.write(Buffer.from('feffdde000000000', 'hex'));
    return count;
  } finally {
    await file.close();
  }
}

/** Highest resident memory until the returned function is called, MiB. */
function watchMemory(pid: number): () => number {
  let highest = 0;
  const timer = setInterval(() => {
    // Between its end and ours the process is gone.
    if (existsSync(`/proc/${pid}/status`)) highest = Math.max(highest, memoryMiB(pid).now);
  }, 20);
  return () => {
    clearInterval(timer);
    return highest;
  };
}

/** 4 GB through the gateway to a backend that counts, and through the command line. */
async function rendered(kind: 'native' | 'fragments'): Promise<void> {
  const path = join(root, `${kind}.dcm`);
  const count = await writeHuge(kind, path);
  const gigabytes = (statSync(path).size / 1e9).toFixed(1);
  let images = 0;
  let firstAt = 0;
  const backend = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      firstAt ||= performance.now();
      images += (JSON.parse(Buffer.concat(chunks).toString()) as { images: unknown[] }).images.length;
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { port } = backend.address() as AddressInfo;
  const gateway = await startGateway(
    join(root, `${kind}-storage`),
    '--storage.reserve=1MiB',
    `--backend.baseUrl=http://127.0.0.1:${port}`,
  );
  try {
    await delay(2000);
    const before = memoryMiB(gateway.pid).now;
    const highest = watchMemory(gateway.pid);
    const target = { aeTitle: 'SALLYPORT', host: '127.0.0.1', port: gateway.dimsePort };
    // Not storescu: it would have to be told the transfer syntax.
    for await (const { outcome, statusText } of sendFiles([path], target))
      if (outcome !== 'sent') throw new Error(statusText);
    const receivedAt = performance.now();
    await until('all frames are there', () => images >= count, 60 * 60_000);
    const seconds = (performance.now() - receivedAt) / 1000;
    const peak = highest();
    rows.push([
      `${gigabytes} GB, ${count} frames, ${kind}, received and delivered`,
      before.toFixed(0),
      peak.toFixed(0),
      (peak - before).toFixed(0),
      `first post ${((firstAt - receivedAt) / 1000).toFixed(1)} s, last ${seconds.toFixed(0)} s after Success`,
    ]);
  } finally {
    await gateway.stop();
    backend.close();
    rmSync(join(root, `${kind}-storage`), { recursive: true, force: true });
  }
  const idle = await commandPeak('--version');
  const output = join(root, `${kind}-out`);
  const began = performance.now();
  const peak = await commandPeak('render', '--output', output, path);
  rows.push([
    `the same by \`sallyport render\``,
    idle.toFixed(0),
    peak.toFixed(0),
    (peak - idle).toFixed(0),
    `${((performance.now() - began) / 1000).toFixed(0)} s, ${readdirSync(output).length} files`,
  ]);
  rmSync(output, { recursive: true, force: true });
  rmSync(path);
}

/** Highest resident memory of a command, MiB. */
async function commandPeak(...args: string[]): Promise<number> {
  const command = sallyport(...args);
  const highest = watchMemory(command.pid);
  while (existsSync(`/proc/${command.pid}`)) await delay(20);
  return highest();
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
