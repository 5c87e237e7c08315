import { SallyportError } from '../core/errors.ts';
import type { ByteSource } from './byte-source.ts';

/** A run of bytes of another source. */
export interface Piece {
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
}

/**
 * Pieces of other sources one after the other, as one source: what is left of a large value when parts are taken out of it,
 * without a copy of it in memory. `read` gives a view where the range lies in one piece, else a copy.
 */
export function splicedSource(pieces: readonly Piece[]): ByteSource {
  const kept = pieces.filter(({ length }) => length > 0);
  const starts = new Float64Array(kept.length + 1);
  for (const [index, { length }] of kept.entries()) starts[index + 1] = (starts[index] ?? 0) + length;
  const size = starts[kept.length] ?? 0;
  /** Index of the piece that holds the byte at `offset`. */
  const pieceAt = (offset: number): number => {
    let low = 0;
    for (let high = kept.length - 1; low < high; ) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size)
        throw new SallyportError('DATA_SET_TRUNCATED', { detail: `offset ${offset}` });
      if (length === 0) return new Uint8Array(0);
      let index = pieceAt(offset);
      let out: Uint8Array | undefined;
      for (let done = 0; done < length; index += 1) {
        const piece = kept[index];
        if (piece === undefined)
          throw new SallyportError('DATA_SET_TRUNCATED', { detail: `offset ${offset}` });
        const within = offset + done - (starts[index] ?? 0);
        const count = Math.min(length - done, piece.length - within);
        const bytes = piece.source.read(piece.offset + within, count);
        if (count === length) return bytes;
        out ??= new Uint8Array(length);
        out.set(bytes, done);
        done += count;
      }
      return out ?? new Uint8Array(0);
    },
  };
}
