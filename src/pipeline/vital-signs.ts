/**
 * What a thread tells of itself while it is too busy to send messages, and what it is told: words of shared memory for each
 * task. The first: 0: not begun; 1: at work; above: rendering, and a change with every frame that is done.
 */
const word = 0;
/** The others, of endable-engine.ts: how deep the thread is in what must not be cut short, and whether it is to end. */
export const uninterruptible = 1;
export const toEnd = 2;

export type VitalSigns = Int32Array;

export function newVitalSigns(): VitalSigns {
  return new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
}

/** The thread has taken up the task, or has rendered the last frame. */
export function atWork(signs: VitalSigns): void {
  Atomics.store(signs, word, 1);
}

/** Rendering begins, a frame is done, or a piece of other work between frames. */
export function alive(signs: VitalSigns): void {
  const now = Atomics.load(signs, word);
  Atomics.store(signs, word, now >= 2 ** 30 ? 2 : now + 1);
}

export function readVitalSigns(signs: VitalSigns): {
  readonly begun: boolean;
  readonly rendering: boolean;
  readonly value: number;
} {
  const value = Atomics.load(signs, word);
  return { begun: value > 0, rendering: value > 1, value };
}
