import { type DecodeTable, quickBits } from './decode-table.ts';

/** Symbols are counted by `table << 8 | symbol`; tables 0 to 3 are of DC, 4 to 7 of AC coefficients. */
export const symbolKinds = 8 * 256;
/** Stands where a restart marker is. */
export const restartToken = symbolKinds * 65_536;
/** A block has no more symbols than coefficients, and one for its end. */
const mostTokensOfBlock = 65;
/** T.81 F.1.2.1.1: bits of a difference of DC coefficients of 8 bits. */
const mostCategory = 11;
const mostDifference = 2 ** mostCategory - 1;

/** A scan as Huffman symbols with their further bits, before they get codes. */
export interface ScanTokens {
  /** `(table << 8 | symbol) << 16 | further bits`, as many of these as the lower four bits of the symbol say. */
  readonly tokens: Uint32Array;
  readonly count: number;
  /** How often each symbol of each table occurs. */
  readonly occurrences: Uint32Array;
}

/** The codes of a block, and what its symbols are counted by: the number of a table times 256. */
export interface BlockTables {
  readonly dc: DecodeTable;
  readonly ac: DecodeTable;
  readonly dcKind: number;
  readonly acKind: number;
}

/** Reads block after block from entropy-coded data without stuffing; collects what is to be written. */
export class BlockReader {
  /** Bits read so far. */
  position = 0;
  readonly #bytes: Uint8Array;
  #tokens: Uint32Array;
  #count = 0;
  readonly #occurrences = new Uint32Array(symbolKinds + 1);
  /** DC coefficients of the blocks before, as received and as written, by component. */
  readonly #received: Float64Array;
  readonly #written: Float64Array;
  /** Further bits of the symbol read last. */
  #further = 0;

  constructor(bytes: Uint8Array, components: number) {
    this.#bytes = bytes;
    this.#tokens = new Uint32Array(2 * bytes.length);
    this.#received = new Float64Array(components);
    this.#written = new Float64Array(components);
  }

  /**
   * Takes the next block over, or writes a flat one with this DC coefficient in its place; `place` is the component's in its
   * scan. False where the data are no block.
   */
  block({ dc, ac, dcKind, acKind }: BlockTables, place: number, blanked: number | undefined): boolean {
    if (this.#count + mostTokensOfBlock > this.#tokens.length) this.#grow();
    const category = this.#symbol(dc);
    if (category < 0 || category > mostCategory) return false;
    const received = (this.#received[place] as number) + difference(this.#further, category);
    this.#received[place] = received;
    const written = blanked ?? received;
    const change = written - (this.#written[place] as number);
    if (Math.abs(change) > mostDifference) return false;
    this.#written[place] = written;
    const size = 32 - Math.clz32(Math.abs(change));
    this.#push(dcKind | size, change < 0 ? change + (1 << size) - 1 : change);
    const begin = this.#count;
    // F.2.2.2: a run of zeros and the category of the coefficient behind it.
    for (let at = 1; at < 64; at += 1) {
      const symbol = this.#symbol(ac);
      if (symbol < 0) return false;
      if (symbol === 0) {
        this.#push(acKind, 0);
        break;
      }
      const run = symbol >> 4;
      // Of the symbols without a coefficient only the run of 16 zeros is one of this process.
      if ((symbol & 15) === 0 && run !== 15) return false;
      at += run;
      if (at > 63) return false;
      this.#push(acKind | symbol, this.#further);
    }
    if (blanked !== undefined) this.#flatten(begin, acKind);
    return true;
  }

  /** Whether nothing but the ones that fill up the last byte is left before this byte. */
  endsAt(byte: number): boolean {
    const left = 8 * byte - this.position;
    return left >= 0 && left < 8;
  }

  /** Goes on behind a restart at this byte (F.2.1.3.1). */
  restart(byte: number): void {
    this.position = 8 * byte;
    this.#received.fill(0);
    this.#written.fill(0);
    if (this.#count + 1 > this.#tokens.length) this.#grow();
    this.#tokens[this.#count++] = restartToken;
  }

  result(): ScanTokens {
    return { tokens: this.#tokens, count: this.#count, occurrences: this.#occurrences };
  }

  /** Takes back the AC coefficients from token `begin` on. */
  #flatten(begin: number, acKind: number): void {
    for (let at = begin; at < this.#count; at += 1) {
      const kind = (this.#tokens[at] as number) >>> 16;
      this.#occurrences[kind] = (this.#occurrences[kind] as number) - 1;
    }
    this.#count = begin;
    this.#push(acKind, 0);
  }

  #push(kind: number, further: number): void {
    this.#occurrences[kind] = (this.#occurrences[kind] as number) + 1;
    this.#tokens[this.#count++] = (kind << 16) | further;
  }

  /** The next symbol, its further bits into `#further`; -1 where there is no such code. */
  #symbol(table: DecodeTable): number {
    const ahead = this.#ahead();
    const quick = table.quick[ahead >>> (32 - quickBits)] as number;
    if (quick !== 0) {
      const length = quick >>> 8;
      const symbol = quick & 0xff;
      const size = symbol & 15;
      this.position += length + size;
      // 25 bits at least are there: a short code and its further bits.
      this.#further = size === 0 ? 0 : (ahead << length) >>> (32 - size);
      return symbol;
    }
    for (let length = quickBits + 1; length <= 16; length += 1) {
      const code = ahead >>> (32 - length);
      if (code > (table.largest[length] as number)) continue;
      const symbol = table.symbols[code + (table.offset[length] as number)];
      if (symbol === undefined) return -1;
      this.position += length;
      const size = symbol & 15;
      this.#further = size === 0 ? 0 : this.#ahead() >>> (32 - size);
      this.position += size;
      return symbol;
    }
    return -1;
  }

  /** The next 25 bits or more, from the most significant on. */
  #ahead(): number {
    const bytes = this.#bytes;
    const at = this.position >>> 3;
    const word =
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number);
    return word << (this.position & 7);
  }

  #grow(): void {
    const larger = new Uint32Array(2 * this.#tokens.length + mostTokensOfBlock);
    larger.set(this.#tokens.subarray(0, this.#count));
    this.#tokens = larger;
  }
}

/** T.81 F.2.2.1: what so many further bits mean. */
function difference(further: number, category: number): number {
  return category === 0 || further >= 1 << (category - 1) ? further : further - (1 << category) + 1;
}
