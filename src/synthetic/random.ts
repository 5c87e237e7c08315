import { createHash } from 'node:crypto';

/** Deterministic numbers in [0, 1): the same seed gives the same study, byte for byte. Not for secrets. */
export function seededRandom(seed: string): () => number {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  return () => {
    // mulberry32: 32 bits of state are enough for image noise.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A UID under 2.25 (PS3.5 B.2) that depends on seed and name alone. */
export function seededUid(seed: string, name: string): string {
  const digest = createHash('sha256').update(`${seed}\0${name}`).digest();
  // RFC 9562: version 8 (custom) and variant bits, so that the number is a real UUID.
  const high = ((digest.readBigUInt64BE(0) & ~0xf000n) | 0x8000n) << 64n;
  const low = (digest.readBigUInt64BE(8) & 0x3fffffffffffffffn) | 0x8000000000000000n;
  return `2.25.${(high | low).toString()}`;
}
