import type { CellLayout } from '../samples.ts';
import type { FrameTransform, Presentation } from './frame-transform.ts';
import { levelOf, modalityOf, present, type Ramp, rampOf } from './levels.ts';
import { toModality } from './modality.ts';
import type { StoredPadding } from './value-distribution.ts';

/** Cells too wide for a table. */
export type WideCells = Uint32Array | Float32Array | Float64Array;

/**
 * Levels of 32-bit integers and floating point values, pixel by pixel, into `out`. What is no finite number, and floating
 * point padding (PS3.3 C.7.6.24), is no measurement: black, also in an inverted image.
 */
export function drawWide(
  cells: WideCells,
  layout: CellLayout,
  transform: FrameTransform,
  presentation: Presentation,
  padding: StoredPadding,
  out: Uint8Array,
): void {
  const ramp = presentation.table === undefined ? rampOf(transform) : undefined;
  if (ramp === undefined) drawAny(cells, layout, transform, presentation, out);
  else if (!(cells instanceof Uint32Array)) drawFloats(cells, ramp, presentation.inverted, out);
  else if (layout.signed) drawSigned(cells, layout, ramp, presentation.inverted, out);
  else drawUnsigned(cells, layout, ramp, presentation.inverted, out);
  if (!(cells instanceof Uint32Array)) blackenVoid(cells, padding, out);
}

function drawFloats(
  cells: Float32Array | Float64Array,
  { zero, span }: Ramp,
  inverted: boolean,
  out: Uint8Array,
): void {
  const flip = inverted ? 255 : 0;
  for (let i = 0; i < out.length; i++) {
    const level = (((cells[i] as number) - zero) * 255) / span;
    out[i] = (level >= 255 ? 255 : level > 0 ? (level + 0.5) | 0 : 0) ^ flip;
  }
}

function drawSigned(
  cells: Uint32Array,
  { bitsStored, shift }: CellLayout,
  { zero, span }: Ramp,
  inverted: boolean,
  out: Uint8Array,
): void {
  const flip = inverted ? 255 : 0;
  const right = 32 - bitsStored;
  const left = right - shift;
  for (let i = 0; i < out.length; i++) {
    const level = (((((cells[i] as number) << left) >> right) - zero) * 255) / span;
    out[i] = (level >= 255 ? 255 : level > 0 ? (level + 0.5) | 0 : 0) ^ flip;
  }
}

function drawUnsigned(
  cells: Uint32Array,
  { bitsStored, shift }: CellLayout,
  { zero, span }: Ramp,
  inverted: boolean,
  out: Uint8Array,
): void {
  const flip = inverted ? 255 : 0;
  const right = 32 - bitsStored;
  const left = right - shift;
  for (let i = 0; i < out.length; i++) {
    const level = (((((cells[i] as number) << left) >>> right) - zero) * 255) / span;
    out[i] = (level >= 255 ? 255 : level > 0 ? (level + 0.5) | 0 : 0) ^ flip;
  }
}

/** Tables and sigmoid: seldom with such cells, and slower. */
function drawAny(
  cells: WideCells,
  layout: CellLayout,
  transform: FrameTransform,
  presentation: Presentation,
  out: Uint8Array,
): void {
  const modality = modalityOf(transform);
  const right = 32 - layout.bitsStored;
  const left = right - layout.shift;
  const integer = cells instanceof Uint32Array;
  for (let i = 0; i < out.length; i++) {
    const cell = cells[i] as number;
    const stored = !integer ? cell : layout.signed ? (cell << left) >> right : (cell << left) >>> right;
    out[i] = present(levelOf(transform, toModality(modality, stored)), presentation);
  }
}

function blackenVoid(cells: Float32Array | Float64Array, padding: StoredPadding, out: Uint8Array): void {
  const low = padding?.low ?? Number.NaN;
  const high = padding?.high ?? Number.NaN;
  for (let i = 0; i < out.length; i++) {
    const value = cells[i] as number;
    // The difference of an infinity or NaN with itself is NaN.
    if (value - value !== 0 || (value >= low && value <= high)) out[i] = 0;
  }
}
