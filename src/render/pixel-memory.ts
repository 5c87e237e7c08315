/** Gives room for the pixels of one image, bytes; what it holds is left over from another. */
export type PixelMemory = (size: number) => Uint8Array;

/** Memory of its own for every image. */
export const freshMemory: PixelMemory = (size) => new Uint8Array(size);

/** Larger images get memory of their own, bytes: collecting it costs them little, keeping it would cost much. */
const keptBytes = 4 * 2 ** 20;
const idle: PixelMemory[] = [];

/**
 * Memory for one image after another, for whoever is done with each before the next; given back by `releaseMemory`. With
 * fresh memory for every CT of 512x512, rendering takes a fifth longer: page faults and the garbage collector.
 */
export function reusedMemory(): PixelMemory {
  return idle.pop() ?? growingMemory();
}

/** Lets the next user have the memory: no image in it may be in use any more. */
export function releaseMemory(memory: PixelMemory): void {
  idle.push(memory);
}

function growingMemory(): PixelMemory {
  let kept = new Uint8Array(0);
  return (size) => {
    if (size > keptBytes) return freshMemory(size);
    if (kept.length < size) kept = new Uint8Array(Math.min(keptBytes, 2 ** Math.ceil(Math.log2(size))));
    return kept.subarray(0, size);
  };
}
