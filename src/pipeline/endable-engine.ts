import { setTimeout as delay } from 'node:timers/promises';
import { SallyportError } from '../core/errors.ts';
import type { TextEngine } from '../ocr/text-engine.ts';
import { toEnd, uninterruptible, type VitalSigns } from './vital-signs.ts';

/**
 * The library that runs the networks takes the whole process with it when its thread is ended in the middle of a run. So a
 * thread says when it goes in, goes in no more once it is to end, comes out after the run it is in, and is ended then.
 */

/** Far longer than a run takes on a slow machine: a thread that is in one still is ended all the same. */
const longestRunMs = 30_000;
const lookMs = 10;

/**
 * The text engine of a thread for one task: a search that is told to end does so between two runs, with CANCELLED. Made
 * anew for each task, around the engine that the thread keeps.
 */
export function endableEngine(
  engine: () => Promise<TextEngine>,
  signs: VitalSigns,
): () => Promise<TextEngine> {
  return async () => {
    const opened = await uninterrupted(signs, engine);
    return {
      find: (picture, search) =>
        uninterrupted(signs, () =>
          opened.find(picture, {
            ...search,
            onProgress() {
              endIfTold(signs);
              search.onProgress?.();
            },
          }),
        ),
      close: () => opened.close(),
    };
  };
}

/**
 * Tells the thread of a task to end its search and resolves when it can be ended: at once where it does anything else, for
 * that may be cut short anywhere. It begins no search from now on.
 */
export async function untilEndable(signs: VitalSigns): Promise<void> {
  Atomics.store(signs, toEnd, 1);
  const end = performance.now() + longestRunMs;
  while (Atomics.load(signs, uninterruptible) > 0 && performance.now() < end) await delay(lookMs);
}

async function uninterrupted<T>(signs: VitalSigns, work: () => Promise<T>): Promise<T> {
  Atomics.add(signs, uninterruptible, 1);
  try {
    // After it has said that it is in: either it sees here that it is to end, or whoever ends it sees that it is in.
    endIfTold(signs);
    return await work();
  } finally {
    Atomics.sub(signs, uninterruptible, 1);
  }
}

/** Throws CANCELLED once the thread is told to end: for work that stops between two pieces of it. */
export function endIfTold(signs: VitalSigns): void {
  if (Atomics.load(signs, toEnd) !== 0) throw new SallyportError('CANCELLED');
}
