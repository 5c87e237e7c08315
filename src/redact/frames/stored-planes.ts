import type { Picture } from '../../ocr/picture.ts';
import type { DecodedFrame } from '../../render/decode/decoders.ts';
import type { PixelDescription } from '../../render/pixel-description.ts';
import { type CellLayout, type Cells, cellsOf, layoutOf } from '../../render/samples.ts';

/** Stored values of one frame as unsigned numbers that keep their order; interleaved where there are three a pixel. */
export interface StoredPlanes {
  readonly channels: 1 | 3;
  readonly values: Uint8Array | Uint16Array;
}

/**
 * The stored values of a frame without what the window or the palette make of them. Exact for up to 16 bits, signed values
 * moved up by half their range; wider integers and floats are replaced by their rank among the values of the frame, so that
 * a few huge values hide nothing. Colour of up to 8 bits is what is drawn. Cells that are missing are 0: drawing has thrown
 * before.
 */
export function storedPlanes(
  decoded: DecodedFrame | undefined,
  pixels: PixelDescription,
  shown: Picture,
): StoredPlanes {
  const drawn = { channels: shown.channels, values: shown.pixels } as const;
  if (decoded === undefined) return drawn;
  const layout = layoutOf(decoded, pixels);
  const count = pixels.rows * pixels.columns;
  if (pixels.samplesPerPixel === 3) {
    if (layout.bitsStored <= 8) return drawn;
    const cells = cellsOf(decoded, pixels);
    // Paired chrominance of more than 8 bits: what is drawn holds all that can be told apart by pixel.
    if (cells.length < 3 * count) return drawn;
    const values = cutCells(cells.subarray(0, 3 * count), layout);
    return { channels: 3, values: decoded.planarConfiguration === 1 ? interleaved(values, count) : values };
  }
  const cells = cellsOf(decoded, pixels).subarray(0, count);
  const isWide = cells instanceof Float32Array || cells instanceof Float64Array || layout.bitsStored > 16;
  return { channels: 1, values: isWide ? ranks(numbersOf(cells, layout)) : cutCells(cells, layout) };
}

function cutCells(cells: Cells, { shift, bitsStored, signed }: CellLayout): Uint8Array | Uint16Array {
  const flip = signed ? 2 ** (bitsStored - 1) : 0;
  const mask = 2 ** bitsStored - 1;
  const values = bitsStored <= 8 ? new Uint8Array(cells.length) : new Uint16Array(cells.length);
  // Two's complement with its sign bit turned over is the value plus half the range.
  for (let i = 0; i < values.length; i++) values[i] = (((cells[i] as number) >>> shift) & mask) ^ flip;
  return values;
}

function interleaved(planes: Uint8Array | Uint16Array, count: number): Uint8Array | Uint16Array {
  const out = planes.slice();
  for (let channel = 0; channel < 3; channel++)
    for (let i = 0; i < count; i++) out[3 * i + channel] = planes[channel * count + i] as number;
  return out;
}

function numbersOf(cells: Cells, { shift, bitsStored, signed }: CellLayout): Float64Array {
  if (cells instanceof Float32Array || cells instanceof Float64Array) return Float64Array.from(cells);
  const values = new Float64Array(cells.length);
  const unused = 32 - bitsStored;
  for (let i = 0; i < values.length; i++) {
    const up = ((cells[i] as number) >>> shift) << unused;
    values[i] = signed ? up >> unused : up >>> unused;
  }
  return values;
}

/** Rank of each value among the distinct ones, squeezed into 16 bits; what is no number is below all others. */
function ranks(values: Float64Array): Uint16Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) continue;
    sorted[distinct++] = sorted[i] as number;
  }
  const scale = distinct > 65_535 ? 65_535 / distinct : 1;
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    let low = 0;
    let high = distinct - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    out[i] = 1 + Math.floor(low * scale);
  }
  return out;
}
