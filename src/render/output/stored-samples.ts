import { SallyportError } from '../../core/errors.ts';
import type { DecodedFrame } from '../decode/decoders.ts';
import type { PixelDescription } from '../pixel-description.ts';
import { type CellLayout, type Cells, cellsOf, layoutOf } from '../samples.ts';

/** Stored values of one grey frame as unsigned samples: stored value = sample * slope + intercept. */
export interface StoredSamples {
  readonly samples: Uint8Array | Uint16Array;
  readonly slope: number;
  readonly intercept: number;
  /** The sample that stands for no value (NaN, infinity); undefined where every sample is a value. */
  readonly noValue: number | undefined;
}

const maxSample = 65_535;

/**
 * The stored values of a grey frame, as the modality stored them: cut out of their cells (PS3.5 8.1.1), before any
 * transformation of PS3.3 C.11, MONOCHROME1 not inverted. Exact, in 8 bits where Bits Stored allows it, else in 16; signed
 * values are moved up by half their range. Integers of more than 16 bits are exact where the values of the frame span no
 * more than 16 bits; else they, and float values, are spread linearly over 16 bits by the least and largest of the frame.
 * Throws PIXEL_DATA_INVALID where the frame has too few cells. The result may share memory with the frame.
 */
export function storedSamples(frame: DecodedFrame, pixels: PixelDescription): StoredSamples {
  const count = pixels.rows * pixels.columns;
  const cells = cellsOf(frame, pixels);
  if (cells.length < count) throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'frame too short' });
  const own = cells.subarray(0, count);
  if (own instanceof Float32Array || own instanceof Float64Array) return spread(own);
  const layout = layoutOf(frame, pixels);
  return layout.bitsStored <= 16 ? cut(own, layout) : narrowed(own, layout);
}

type IntegerCells = Exclude<Cells, Float32Array | Float64Array>;

function cut(cells: IntegerCells, { shift, bitsStored, signed }: CellLayout): StoredSamples {
  const offset = signed ? 2 ** (bitsStored - 1) : 0;
  const intercept = signed ? -offset : 0;
  const found = { slope: 1, intercept, noValue: undefined };
  const mask = 2 ** bitsStored - 1;
  const wanted = bitsStored <= 8 ? Uint8Array : Uint16Array;
  const whole = bitsStored === 8 * wanted.BYTES_PER_ELEMENT;
  if (!signed && shift === 0 && whole && !(cells instanceof Uint32Array) && cells instanceof wanted)
    return { ...found, samples: cells };
  const samples = new wanted(cells.length);
  // Two's complement with its sign bit turned over is the value plus half the range.
  for (let i = 0; i < samples.length; i++) samples[i] = (((cells[i] as number) >>> shift) & mask) ^ offset;
  return { ...found, samples };
}

function narrowed(cells: IntegerCells, { shift, bitsStored, signed }: CellLayout): StoredSamples {
  const values = new Float64Array(cells.length);
  const unused = 32 - bitsStored;
  for (let i = 0; i < values.length; i++) {
    const up = ((cells[i] as number) >>> shift) << unused;
    values[i] = signed ? up >> unused : up >>> unused;
  }
  const { least, largest } = range(values);
  if (largest - least > maxSample) return spread(values);
  return {
    samples: Uint16Array.from(values, (value) => value - least),
    slope: 1,
    intercept: least,
    noValue: undefined,
  };
}

/** Nearest of 65,536 evenly spread levels; of 65,535 where 0 has to stand for no value. */
function spread(values: Float32Array | Float64Array): StoredSamples {
  const { least, largest, finite } = range(values);
  const first = finite ? 0 : 1;
  const levels = maxSample - first;
  // By halves: the difference of two doubles may be more than a double holds.
  const step = largest / levels - least / levels;
  const slope = step > 0 ? step : 1;
  const samples = new Uint16Array(values.length);
  for (let i = 0; i < samples.length; i++) {
    const value = values[i] as number;
    const level = Math.round(value / slope - least / slope);
    samples[i] = Number.isFinite(value) ? Math.min(levels, Math.max(0, level)) + first : 0;
  }
  return { samples, slope, intercept: least - first * slope, noValue: finite ? undefined : 0 };
}

/** 0 to 0 where no value is finite. */
function range(values: Float32Array | Float64Array): { least: number; largest: number; finite: boolean } {
  let least = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  let finite = true;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) finite = false;
    else {
      if (value < least) least = value;
      if (value > largest) largest = value;
    }
  }
  return least > largest ? { least: 0, largest: 0, finite } : { least, largest, finite };
}
