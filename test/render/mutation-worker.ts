import { parentPort, workerData } from 'node:worker_threads';
import { SallyportError } from '../../src/core/errors.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { drawFrames } from '../../src/render/render.ts';
import { standardRenderSettings } from '../../src/render/settings.ts';

/** What the test hands over: a file, the range of its pixel data, and how many mutants to make from which seed on. */
export interface MutationTask {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly seed: number;
  readonly count: number;
}

/** Outcomes by code; `drawn` where the mutant was rendered in spite of it. `slowestMs` is of one mutant. */
export interface MutationResult {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowestMs: number;
}

/** A small generator (mulberry32), so that a failing mutant can be made again from its seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mutate(task: MutationTask, seed: number): Uint8Array {
  const random = generator(seed);
  const bytes = task.bytes.slice();
  const span = bytes.length - task.from;
  // Half of the mutants are hit in the first bytes, where the headers of code streams stand.
  const near = random() < 0.5 ? Math.min(span, 400) : span;
  for (let hits = 1 + Math.floor(random() * 8); hits > 0; hits--) {
    const at = task.from + Math.floor(random() * near);
    const how = random();
    if (how < 0.4) bytes[at] = Math.floor(random() * 256);
    else if (how < 0.7) bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    else if (how < 0.85) bytes[at] = random() < 0.5 ? 0 : 0xff;
    else
      bytes.copyWithin(at, task.from + Math.floor(random() * span), bytes.length - Math.floor(random() * 32));
  }
  return bytes;
}

const task = workerData as MutationTask | null;
if (parentPort !== null && task !== null && task.bytes instanceof Uint8Array) {
  const outcomes: Record<string, number> = {};
  let slowestMs = 0;
  for (let seed = task.seed; seed < task.seed + task.count; seed++) {
    const start = performance.now();
    let outcome = 'drawn';
    try {
      const part10 = readPart10(memorySource(mutate(task, seed)));
      const limits = { ...standardRenderSettings, maxPixelsPerFrame: 4_000_000, maxFrames: 100 };
      for (const { image } of drawFrames(part10.dataSet, part10.transferSyntaxUid, limits)) {
        if (image.pixels.length !== image.width * image.height * image.channels) outcome = 'wrong size';
      }
    } catch (error) {
      outcome = error instanceof SallyportError ? error.code : `unexpected at seed ${seed}: ${String(error)}`;
    }
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, performance.now() - start);
  }
  parentPort.postMessage({ outcomes, slowestMs } satisfies MutationResult);
}
