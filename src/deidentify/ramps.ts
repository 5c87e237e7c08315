/** So many entries that each differ from the one before by the same step are no text. */
const leastEntries = 16;
/** So much at either end of a ramp stays: what stands beside it may begin or end inside. Bytes. */
const keptAtEnds = 4;

type Reading = (bytes: Uint8Array, at: number) => number;

const readings: readonly { readonly width: 1 | 2; readonly entry: Reading }[] = [
  { width: 1, entry: (bytes, at) => bytes[at] ?? 0 },
  { width: 2, entry: (bytes, at) => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) },
  { width: 2, entry: (bytes, at) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0) },
];

/**
 * The bytes of a lookup table with zeros in place of its even ramps, in entries of 8 bits and of 16 bits in either order: a
 * table that counts from 0 to 255 holds the digits 0 to 9 and the alphabet, one of 16 bits 10203040 and 112233, and
 * whoever has such a number would lose the colours of all images. A ramp says no more than where it begins and its step.
 * Returns the same bytes where there is none.
 */
export function withoutRamps(bytes: Uint8Array): Uint8Array {
  const found: [from: number, to: number][] = [];
  for (const { width, entry } of readings) {
    const range = width === 1 ? 0x100 : 0x10000;
    const step = (at: number): number => (entry(bytes, at) - entry(bytes, at - width) + range) % range;
    const end = bytes.length - (bytes.length % width);
    let from = 0;
    for (let at = width; at <= end; at += width) {
      const known = at - from < 2 * width || step(at) === step(at - width);
      if (at < end && known) continue;
      if ((at - from) / width >= leastEntries && step(from + width) !== 0) found.push([from, at]);
      // The last entry of one ramp may be the first of the next.
      from = at - width;
    }
  }
  if (found.length === 0) return bytes;
  // Not `slice`, which copies nothing of a Buffer: the table itself leaves.
  const plain = new Uint8Array(bytes);
  for (const [from, to] of found) plain.fill(0, from + keptAtEnds, to - keptAtEnds);
  return plain;
}
