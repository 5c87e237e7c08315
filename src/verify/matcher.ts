/** Which bytes a pattern is looked for in: as they stand, or with everything but letters and digits left out. */
export type View = 'plain' | 'compact';

/** What must not stand beside a match. */
export type Border = 'none' | 'word' | 'digit' | 'uid' | 'left-digit';

/** What a pattern gives away. */
export interface Pattern<Owner> {
  readonly view: View;
  /** Bytes as latin1 text, ASCII capitals made small. */
  readonly bytes: string;
  readonly border: Border;
  /** How much it tells: characters, not bytes. */
  readonly characters: number;
  /** Digits alone: it must not be taken for a part of some number. */
  readonly digits: boolean;
  /** Matches only where text stands: too short or too plain for anything else. */
  readonly textOnly: boolean;
  readonly owners: Owner[];
}

/** A match in the searched bytes: offsets of its first byte and behind its last one. */
export interface Match<Owner> {
  readonly pattern: Pattern<Owner>;
  readonly begin: number;
  readonly end: number;
}

const hashSize = 1 << 16;
/** No pattern is shorter, bytes. */
export const minPatternBytes = 3;
/** No pattern is longer, bytes: longer values are looked for by their beginning. */
export const maxPatternBytes = 96;
const maxOwners = 6;

interface Bucket<Owner> {
  readonly lengths: number[];
  readonly patterns: Map<string, Pattern<Owner>[]>;
}

/**
 * Looks for any number of patterns in one pass: the first three bytes pick a bucket, and what follows is looked up by its
 * length. Time grows with the bytes and hardly with the patterns.
 */
export class Matcher<Owner> {
  readonly #filter = new Uint8Array(hashSize);
  readonly #buckets = new Map<number, Bucket<Owner>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a pattern; one that is there already gets the owner too. Too short ones are left out. */
  add(pattern: Omit<Pattern<Owner>, 'owners'>, owner: Owner): void {
    const bytes = pattern.bytes.slice(0, maxPatternBytes);
    if (bytes.length < minPatternBytes) return;
    const key = (bytes.charCodeAt(0) << 16) | (bytes.charCodeAt(1) << 8) | bytes.charCodeAt(2);
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { lengths: [], patterns: new Map() };
      this.#buckets.set(key, bucket);
      this.#filter[(key ^ (key >>> 8)) & 0xffff] = 1;
    }
    let same = bucket.patterns.get(bytes);
    if (same === undefined) {
      same = [];
      bucket.patterns.set(bytes, same);
      if (!bucket.lengths.includes(bytes.length)) bucket.lengths.push(bytes.length);
    }
    const known = same.find(
      ({ border, textOnly }) => border === pattern.border && textOnly === pattern.textOnly,
    );
    if (known === undefined) {
      same.push({ ...pattern, bytes, owners: [owner] });
      this.#size += 1;
    } else if (known.owners.length < maxOwners && !known.owners.includes(owner)) known.owners.push(owner);
  }

  /** Every match in bytes whose ASCII capitals were made small. Borders are the caller's to judge with `bordered`. */
  search(bytes: Buffer, length: number, found: (match: Match<Owner>) => void): void {
    const filter = this.#filter;
    let key = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
    for (let end = 3; end <= length; end += 1) {
      key = ((key << 8) | (bytes[end - 1] as number)) & 0xffffff;
      if (filter[(key ^ (key >>> 8)) & 0xffff] === 0) continue;
      const bucket = this.#buckets.get(key);
      if (bucket !== undefined) this.#lookUp(bytes, length, end - 3, bucket, found);
    }
  }

  #lookUp(
    bytes: Buffer,
    length: number,
    begin: number,
    bucket: Bucket<Owner>,
    found: (match: Match<Owner>) => void,
  ): void {
    for (const size of bucket.lengths) {
      if (begin + size > length) continue;
      const patterns = bucket.patterns.get(bytes.toString('latin1', begin, begin + size));
      if (patterns === undefined) continue;
      for (const pattern of patterns) found({ pattern, begin, end: begin + size });
    }
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isWord(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x61 && byte <= 0x7a) || byte >= 0x80;
}

/**
 * Whether what stands beside [begin, end) leaves the match a match of its own. `bytes` are those of one value: the tag
 * and length of the next one often look like digits.
 */
export function bordered(bytes: Uint8Array, begin: number, end: number, border: Border): boolean {
  const before = begin > 0 ? (bytes[begin - 1] ?? 0) : 0;
  const after = bytes[end] ?? 0;
  switch (border) {
    case 'none':
      return true;
    case 'word':
      return !isWord(before) && !isWord(after);
    case 'digit':
      return !isDigit(before) && !isDigit(after);
    case 'left-digit':
      return !isDigit(before);
    case 'uid': {
      const inside = before === 0x2e && begin > 1 && isDigit(bytes[begin - 2] ?? 0);
      const goesOn = after === 0x2e && isDigit(bytes[end + 1] ?? 0);
      return !isDigit(before) && !inside && !isDigit(after) && !goesOn;
    }
  }
}
