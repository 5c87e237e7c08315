import { SallyportError } from '../core/errors.ts';
import type { ByteSource } from './byte-source.ts';

/** Windows grow while reading goes on in sequence and shrink after a jump over a value. */
const smallestWindow = 4 * 1024;
const largestWindow = 64 * 1024;

/**
 * A moving window over a source for the element walk, which reads headers and skips values. Over bytes in memory the
 * window is the whole source and never moves.
 */
export class Cursor {
  readonly source: ByteSource;
  readonly size: number;
  /** The bytes in sight; index 0 stands at `base` of the source. Valid until the next `at`. */
  bytes: Uint8Array;
  #base = 0;
  #windowBytes = smallestWindow;

  constructor(source: ByteSource) {
    this.source = source;
    this.size = source.size;
    this.bytes = source.bytes ?? new Uint8Array(0);
  }

  /** Brings [offset, offset + length) into sight and returns its index in `bytes`. Throws DATA_SET_TRUNCATED. */
  at(offset: number, length: number): number {
    const index = offset - this.#base;
    if (index >= 0 && index + length <= this.bytes.length) return index;
    if (offset < 0 || offset + length > this.size) {
      throw new SallyportError('DATA_SET_TRUNCATED', { detail: `offset ${offset}` });
    }
    const near = index >= 0 && index <= this.bytes.length;
    this.#windowBytes = near ? Math.min(largestWindow, this.#windowBytes * 2) : smallestWindow;
    this.bytes = this.source.read(offset, Math.min(this.size - offset, Math.max(length, this.#windowBytes)));
    this.#base = offset;
    return 0;
  }

  /** A copy of a short range; used for the few values the walk itself needs. */
  copy(offset: number, length: number): Uint8Array {
    const index = this.at(offset, length);
    return new Uint8Array(this.bytes.subarray(index, index + length));
  }

  /** True when [from, to) holds zeros alone. */
  isZero(from: number, to: number): boolean {
    for (let offset = from; offset < to; ) {
      const length = Math.min(largestWindow, to - offset);
      const index = this.at(offset, length);
      for (let i = index; i < index + length; i++) if (this.bytes[i] !== 0) return false;
      offset += length;
    }
    return true;
  }
}

export function u16(bytes: Uint8Array, index: number, littleEndian: boolean): number {
  const first = bytes[index] ?? 0;
  const second = bytes[index + 1] ?? 0;
  return littleEndian ? first | (second << 8) : (first << 8) | second;
}

export function u32(bytes: Uint8Array, index: number, littleEndian: boolean): number {
  const low = u16(bytes, littleEndian ? index : index + 2, littleEndian);
  const high = u16(bytes, littleEndian ? index + 2 : index, littleEndian);
  return high * 0x10000 + low;
}

/** A tag as 0xGGGGEEEE: group first in either byte order (PS3.5 7.1). */
export function tagAt(bytes: Uint8Array, index: number, littleEndian: boolean): number {
  return u16(bytes, index, littleEndian) * 0x10000 + u16(bytes, index + 2, littleEndian);
}
