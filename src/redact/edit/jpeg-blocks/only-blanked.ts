import { type BlankedBlocks, reach } from './blanked-blocks.ts';
import type { JpegComponent, SequentialJpeg } from './sequential-jpeg.ts';

/**
 * Whether a decoded frame is the other one with nothing but these blocks blanked: samples that come from kept blocks are the
 * same, those of blanked blocks are the fill. Samples that a decoder mixes of both, beside blanked blocks of subsampled
 * components, may be anything. Samples are interleaved, of 8 bits.
 */
export function isOnlyBlanked(
  before: Uint8Array,
  after: Uint8Array,
  jpeg: SequentialJpeg,
  blanked: readonly BlankedBlocks[],
): boolean {
  const { columns, rows, components } = jpeg;
  const rowSamples = columns * components.length;
  if (before.length !== rows * rowSamples || after.length !== before.length) return false;
  const parts = components.map((component, index) => partOf(jpeg, component, blanked[index]?.level));
  for (let row = 0; row < rows; row += 1) {
    const start = row * rowSamples;
    if (parts.every((part) => !part.touches(row))) {
      const end = start + rowSamples;
      if (Buffer.compare(before.subarray(start, end), after.subarray(start, end)) !== 0) return false;
      continue;
    }
    for (const [index, part] of parts.entries())
      if (!part.isRowRight(row, before, after, start + index)) return false;
  }
  return true;
}

interface Part {
  /** Whether a row may be decoded from any blanked block. */
  touches(row: number): boolean;
  /** Compares the samples of a row that begins at `start`. */
  isRowRight(row: number, before: Uint8Array, after: Uint8Array, start: number): boolean;
}

function partOf(
  { columns, rows, components, mostHorizontal, mostVertical }: SequentialJpeg,
  { horizontal, vertical, width, height, stride }: JpegComponent,
  level: Int16Array = new Int16Array(),
): Part {
  const across = blocksOf(columns, width, horizontal, mostHorizontal);
  const down = blocksOf(rows, height, vertical, mostVertical);
  const isKept = (row: number): boolean => {
    for (let at = row * stride; at < (row + 1) * stride; at += 1) if ((level[at] ?? -1) >= 0) return false;
    return true;
  };
  const isMixed = reach(horizontal, mostHorizontal) + reach(vertical, mostVertical) > 0;
  const kept = Array.from({ length: Math.ceil(height / 8) }, (_, row) => isKept(row));
  return {
    touches: (row) => kept[down.first[row] as number] !== true || kept[down.last[row] as number] !== true,
    isRowRight(row, before, after, start) {
      const upper = (down.first[row] as number) * stride;
      const lower = (down.last[row] as number) * stride;
      for (let column = 0, at = start; column < columns; column += 1, at += components.length) {
        if (!isMixed) {
          const fill = level[upper + (across.first[column] as number)] as number;
          if (after[at] !== (fill < 0 ? before[at] : fill)) return false;
          continue;
        }
        const left = across.first[column] as number;
        const right = across.last[column] as number;
        const a = level[upper + left] as number;
        const b = level[upper + right] as number;
        const c = level[lower + left] as number;
        const d = level[lower + right] as number;
        const least = Math.min(a, b, c, d);
        const most = Math.max(a, b, c, d);
        const value = after[at] as number;
        if (most < 0 ? value !== before[at] : least >= 0 && (value < least || value > most)) return false;
      }
      return true;
    },
  };
}

/** By pixel in one direction: the first and the last block that its sample may be decoded from. */
function blocksOf(
  pixels: number,
  samples: number,
  factor: number,
  mostFactor: number,
): { readonly first: Uint16Array; readonly last: Uint16Array } {
  const beside = reach(factor, mostFactor);
  const first = new Uint16Array(pixels);
  const last = new Uint16Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const sample = Math.floor((pixel * factor) / mostFactor);
    first[pixel] = Math.max(0, sample - beside) >> 3;
    last[pixel] = Math.min(samples - 1, sample + beside) >> 3;
  }
  return { first, last };
}
