/** A Huffman code (T.81 Annex C): symbols by length, and the code of each. */
export interface HuffmanCode {
  /** How many codes have 1 to 16 bits. */
  readonly counts: Uint8Array;
  /** Symbols in the order of their codes. */
  readonly symbols: Uint8Array;
  /** Code and its length by symbol; length 0: the symbol has none. */
  readonly codes: Uint16Array;
  readonly lengths: Uint8Array;
}

/** The code that a DHT segment means. */
export function huffmanCode(counts: Uint8Array, symbols: Uint8Array): HuffmanCode {
  const codes = new Uint16Array(256);
  const lengths = new Uint8Array(256);
  let code = 0;
  let at = 0;
  for (let length = 1; length <= 16; length += 1) {
    for (let i = 0; i < (counts[length - 1] ?? 0); i += 1) {
      const symbol = symbols[at++] ?? 0;
      codes[symbol] = code++;
      lengths[symbol] = length;
    }
    code <<= 1;
  }
  return { counts, symbols, codes, lengths };
}

/**
 * The shortest code of at most 16 bits for symbols that occur so often (index: symbol; 0: never): T.81 K.2. No symbol gets
 * the code of all ones.
 */
export function bestHuffmanCode(occurrences: ArrayLike<number>): HuffmanCode {
  const reserved = occurrences.length;
  const frequency = [...Array.from(occurrences), 1];
  const size = new Array<number>(frequency.length).fill(0);
  const next = new Array<number>(frequency.length).fill(-1);
  for (;;) {
    const first = rarest(frequency, -1);
    const second = rarest(frequency, first);
    if (first < 0 || second < 0) break;
    frequency[first] = (frequency[first] ?? 0) + (frequency[second] ?? 0);
    frequency[second] = 0;
    let last = first;
    for (let at = first; at >= 0; at = next[at] ?? -1) {
      size[at] = (size[at] ?? 0) + 1;
      last = at;
    }
    next[last] = second;
    for (let at = second; at >= 0; at = next[at] ?? -1) size[at] = (size[at] ?? 0) + 1;
  }
  const bits = new Array<number>(Math.max(33, ...size.map((length) => length + 1))).fill(0);
  for (const length of size) if (length > 0) bits[length] = (bits[length] ?? 0) + 1;
  shorten(bits);
  const counts = Uint8Array.from({ length: 16 }, (_, i) => bits[i + 1] ?? 0);
  // The reserved symbol has the longest code, the one of all ones.
  for (let length = 16; length > 0; length -= 1) {
    const count = counts[length - 1] ?? 0;
    if (count === 0) continue;
    counts[length - 1] = count - 1;
    break;
  }
  const symbols: number[] = [];
  for (let length = 1; length < bits.length; length += 1) {
    for (let symbol = 0; symbol < reserved; symbol += 1) if (size[symbol] === length) symbols.push(symbol);
  }
  return huffmanCode(counts, Uint8Array.from(symbols));
}

/** The symbol that occurs least, of several the last; -1 where none does. */
function rarest(frequency: readonly number[], but: number): number {
  let found = -1;
  for (let symbol = 0; symbol < frequency.length; symbol += 1) {
    const count = frequency[symbol] ?? 0;
    if (count === 0 || symbol === but) continue;
    if (found < 0 || count <= (frequency[found] ?? 0)) found = symbol;
  }
  return found;
}

/** K.3: codes of more than 16 bits become shorter at the cost of others. */
function shorten(bits: number[]): void {
  const get = (length: number): number => bits[length] ?? 0;
  for (let length = bits.length - 1; length > 16; length -= 1) {
    while (get(length) > 0) {
      let shorter = length - 2;
      while (get(shorter) === 0) shorter -= 1;
      bits[length] = get(length) - 2;
      bits[length - 1] = get(length - 1) + 1;
      bits[shorter + 1] = get(shorter + 1) + 2;
      bits[shorter] = get(shorter) - 1;
    }
  }
}

/** The body of a DHT segment; `destination` is class (0: DC and lossless, 1: AC) times 16 plus number. */
export function huffmanSegment(destination: number, { counts, symbols }: HuffmanCode): Uint8Array {
  return Uint8Array.from([destination, ...counts, ...symbols]);
}
