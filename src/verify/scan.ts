import type { ByteSource } from '../dicom/byte-source.ts';
import { plainLetters, transcribed } from './fold.ts';
import type { Identifiers, Owner } from './identifiers.ts';
import { bordered, type Match, maxPatternBytes } from './matcher.ts';
import { counts, type Region } from './place.ts';

/** Called for every identifier found: what it is, and where. */
export type Found = (owners: readonly Owner[], region: Region) => void;

const chunkBytes = 1024 * 1024;
/** A match may begin so far before a chunk: with every character apart from the next. */
const overlapBytes = maxPatternBytes * 4;
const lookaheadBytes = 64;

const small = new Uint8Array(256);
const kept = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  small[byte] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
  const lower = small[byte] ?? 0;
  kept[byte] = byte >= 0x80 || (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) ? 1 : 0;
}

/** Looks for identifiers in bytes and text, in a constant amount of memory. */
export class Scanner {
  readonly #identifiers: Identifiers;
  readonly #found: Found;
  #plain = Buffer.alloc(0);
  #compact = Buffer.alloc(0);
  #positions = new Uint32Array(0);

  constructor(identifiers: Identifiers, found: Found) {
    this.#identifiers = identifiers;
    this.#found = found;
  }

  /** Every byte of a source. `regions` stand in order and do not overlap; `between` names what is in none of them. */
  source(source: ByteSource, regions: readonly Region[], between: (offset: number) => Region): void {
    const regionAt = (offset: number): Region => regions[indexAt(regions, offset)] ?? between(offset);
    for (let from = 0; from < source.size; from += chunkBytes) {
      const begin = Math.max(0, from - overlapBytes);
      const counted = Math.min(source.size, from + chunkBytes);
      const end = Math.min(source.size, counted + lookaheadBytes);
      const bytes = source.read(begin, end - begin);
      this.#chunk(bytes, begin, from, counted, regionAt);
    }
  }

  /** Text in Unicode, as written and with its letters made plain. */
  text(text: string, region: Omit<Region, 'offset' | 'length'>): void {
    for (const folded of new Set([plainLetters(text), transcribed(text)])) {
      // Dashes and blanks of all kinds part words as the plain ones do.
      const bytes = Buffer.from(folded.replace(/[^\p{L}\p{N}\0-\x7f]+/gu, ' '), 'utf8');
      const whole = { ...region, offset: 0, length: bytes.length };
      for (let from = 0; from < bytes.length; from += chunkBytes) {
        const begin = Math.max(0, from - overlapBytes);
        const counted = Math.min(bytes.length, from + chunkBytes);
        this.#chunk(bytes.subarray(begin, counted + lookaheadBytes), begin, from, counted, () => whole);
      }
    }
  }

  /** Matches that end in (from, counted]; `bytes` begin at `begin`. */
  #chunk(
    bytes: Uint8Array,
    begin: number,
    from: number,
    counted: number,
    regionAt: (offset: number) => Region,
  ): void {
    const { length } = bytes;
    if (this.#plain.length < length) {
      this.#plain = Buffer.allocUnsafe(length);
      this.#compact = Buffer.allocUnsafe(length);
      this.#positions = new Uint32Array(length);
    }
    const [plain, compact, positions] = [this.#plain, this.#compact, this.#positions];
    let size = 0;
    for (let index = 0; index < length; index += 1) {
      const byte = bytes[index] as number;
      plain[index] = small[byte] as number;
      if (kept[byte] === 0) continue;
      compact[size] = small[byte] as number;
      positions[size] = index;
      size += 1;
    }
    const isOurs = (end: number): boolean => begin + end > from && begin + end <= counted;
    const valueIn = (region: Region): Uint8Array => {
      const start = Math.max(0, region.offset - begin);
      return plain.subarray(start, Math.min(length, region.offset + region.length - begin));
    };
    const judge = ({ pattern }: Match<Owner>, first: number, end: number): void => {
      if (!isOurs(end)) return;
      const region = regionAt(begin + first);
      if (region !== regionAt(begin + end - 1) && region.length > 0) {
        // Part of two values: chance, unless the tokenizer is wrong; long ones are told of anyway.
        if (pattern.view === 'compact' || pattern.characters < 8 || pattern.textOnly) return;
      }
      const value = region.length === 0 ? plain.subarray(0, length) : valueIn(region);
      const shift = region.length === 0 ? 0 : Math.max(0, region.offset - begin);
      const [at, to] = [first - shift, end - shift];
      const sides = pattern.view === 'compact' ? nearby(value, at, to) : { bytes: value, begin: at, end: to };
      if (!bordered(sides.bytes, sides.begin, sides.end, pattern.border)) return;
      if (counts(pattern, region, value, at, to)) this.#found(pattern.owners, region);
    };
    this.#identifiers.plain.search(plain, length, (match) => judge(match, match.begin, match.end));
    this.#identifiers.compact.search(compact, size, (match) => {
      const first = positions[match.begin] ?? 0;
      const end = (positions[match.end - 1] ?? 0) + 1;
      if (end - first <= (match.end - match.begin) * 4 + 8) judge(match, first, end);
    });
  }
}

/** What stands beside a match when separators do not count: a digit in another word is no neighbour, behind "-" or "." it is. */
function nearby(
  value: Uint8Array,
  begin: number,
  end: number,
): { bytes: Uint8Array; begin: number; end: number } {
  let [before, after] = [0, 0];
  const previous = value[begin - 1] ?? 0;
  const next = value[end] ?? 0;
  const joins = (byte: number): boolean => byte === 0 || byte === 0x2e || byte === 0x2d;
  before = joins(previous) ? (value[begin - 2] ?? 0) : previous;
  after = joins(next) ? (value[end + 1] ?? 0) : next;
  return { bytes: Uint8Array.of(before, 0x61, after), begin: 1, end: 2 };
}

/** Index of the region that holds the offset, or -1. */
export function indexAt(regions: readonly Region[], offset: number): number {
  let low = 0;
  let high = regions.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const region = regions[middle];
    if (region === undefined) return -1;
    if (offset < region.offset) high = middle - 1;
    else if (offset >= region.offset + region.length) low = middle + 1;
    else return middle;
  }
  return -1;
}
