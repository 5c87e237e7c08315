/**
 * What a thread tells of itself while it is too busy to send messages: one word of shared memory for each task. 0: not begun;
 * 1: at work; above: rendering, and a change with every frame that is done.
 */
const word = 0;

export type VitalSigns = Int32Array;

export function newVitalSigns(): VitalSigns {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
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
