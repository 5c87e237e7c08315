import type { FrameTransform, Presentation } from './frame-transform.ts';
import { lookUp } from './lookup-table.ts';
import type { ModalityTransform } from './modality.ts';
import type { Window } from './voi.ts';

/** The modality part of a frame's transform. */
export function modalityOf(transform: FrameTransform): ModalityTransform {
  const { rescaleSlope: slope, rescaleIntercept: intercept, rescaleType: type, modalityTable } = transform;
  return { slope, intercept, type, table: modalityTable };
}

/**
 * The level, 0 to 255 and neither rounded nor clamped, of a value in modality units: the window (PS3.3 C.11.2.1.2 and
 * C.11.2.1.3 with an output range of 0 to 255), else the VOI LUT.
 */
export function levelOf(transform: FrameTransform, value: number): number {
  const { window, voiTable } = transform;
  if (window !== undefined) return windowLevel(window, value);
  return voiTable === undefined ? 0 : (lookUp(voiTable, value) * 255) / (2 ** voiTable.bits - 1);
}

function windowLevel({ center, width, voiFunction }: Window, value: number): number {
  switch (voiFunction) {
    case 'SIGMOID':
      return 255 / (1 + Math.exp((-4 * (value - center)) / width));
    case 'LINEAR_EXACT':
      return ((value - center) / width + 0.5) * 255;
    default:
      if (width === 1) return value <= center - 0.5 ? 0 : 255;
      return ((value - (center - 0.5)) / (width - 1) + 0.5) * 255;
  }
}

/** Rounded, clamped, presented. What is no number is shown as the lowest level. */
export function present(level: number, { inverted, table }: Presentation): number {
  const clamped = level > 0 ? Math.min(level, 255) : 0;
  if (table !== undefined) {
    // C.11.6: the entries are spread over the whole output range of the VOI transform, whatever first value is mapped.
    const entry = table.entries[Math.round((clamped / 255) * (table.entries.length - 1))] ?? 0;
    return Math.round((entry * 255) / (2 ** table.bits - 1));
  }
  const rounded = Math.round(clamped);
  return inverted ? 255 - rounded : rounded;
}

/** A straight line from stored values to levels: level = (stored - zero) * 255 / span, before clamping. */
export interface Ramp {
  readonly zero: number;
  /** Negative where the levels fall. */
  readonly span: number;
}

/** The ramp of a transform that is one straight line from the stored value on: rescale and a linear window. */
export function rampOf(transform: FrameTransform): Ramp | undefined {
  const { window, modalityTable, rescaleSlope, rescaleIntercept } = transform;
  if (window === undefined || modalityTable !== undefined || window.voiFunction === 'SIGMOID')
    return undefined;
  const linear = window.voiFunction === 'LINEAR';
  const length = linear ? window.width - 1 : window.width;
  const start = window.center - (linear ? 0.5 : 0) - length / 2;
  const zero = (start - rescaleIntercept) / rescaleSlope;
  const span = length / rescaleSlope;
  return Number.isFinite(zero) && Number.isFinite(span) && span !== 0 ? { zero, span } : undefined;
}
