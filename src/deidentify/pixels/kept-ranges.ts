import type { KeptRange, StripResult } from './fragments.ts';

/** Collects what to keep of a code stream: everything but the ranges dropped. */
export class KeptRanges {
  readonly #ranges: KeptRange[] = [];
  #start: number;

  constructor(start = 0) {
    this.#start = start;
  }

  /** Leaves out [start, end). Ranges come in ascending order. */
  drop(start: number, end: number): void {
    if (start > this.#start) this.#ranges.push([this.#start, start]);
    this.#start = end;
  }

  /** The result for a stream that ends at `end`, within `bytes`. Zeros behind it, or a single byte, are padding. */
  finish(bytes: Uint8Array, end: number): StripResult {
    let rest = end;
    while (rest < bytes.length && bytes[rest] === 0) rest += 1;
    const trailing = rest < bytes.length && end + 1 < bytes.length;
    if (this.#ranges.length === 0 && this.#start === 0 && !trailing) return { kind: 'whole' };
    if (end > this.#start) this.#ranges.push([this.#start, end]);
    return { kind: 'parts', ranges: this.#ranges };
  }
}
