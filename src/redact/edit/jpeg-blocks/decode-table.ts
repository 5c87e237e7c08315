/** Codes up to so many bits are looked up at once. */
export const quickBits = 10;

/** A Huffman code made for reading (T.81 F.2.2.3). */
export interface DecodeTable {
  /** By the next `quickBits` bits: length of the code times 256, and its symbol; 0 where the code is longer, or none. */
  readonly quick: Uint16Array;
  /** By length: the largest code, -1 where there is none. */
  readonly largest: Int32Array;
  /** By length: what is added to a code to find its symbol. */
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

/**
 * The table of a DHT segment: `counts` of codes of 1 to 16 bits, and their symbols. Undefined where these are no prefix code
 * (T.81 C.2).
 */
export function decodeTable(counts: Uint8Array, symbols: Uint8Array): DecodeTable | undefined {
  const quick = new Uint16Array(2 ** quickBits);
  const largest = new Int32Array(17).fill(-1);
  const offset = new Int32Array(17);
  let code = 0;
  let at = 0;
  for (let length = 1; length <= 16; length += 1) {
    const count = counts[length - 1] ?? 0;
    if (code + count > 2 ** length) return undefined;
    offset[length] = at - code;
    for (let i = 0; i < count && length <= quickBits; i += 1) {
      const from = (code + i) << (quickBits - length);
      const entry = (length << 8) | (symbols[at + i] ?? 0);
      quick.fill(entry, from, from + (1 << (quickBits - length)));
    }
    code += count;
    at += count;
    if (count > 0) largest[length] = code - 1;
    code <<= 1;
  }
  return at === symbols.length ? { quick, largest, offset, symbols } : undefined;
}
