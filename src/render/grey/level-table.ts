import type { CellLayout } from '../samples.ts';
import type { FrameTransform, Presentation } from './frame-transform.ts';
import { levelOf, modalityOf, present, rampOf } from './levels.ts';
import { toModality } from './modality.ts';

/**
 * The 8-bit level of every cell of 8 or 16 bits, also of those with stale bits around the stored ones, so that drawing is
 * one look-up per pixel. Of at most 65,536 entries.
 */
export function levelTable(
  cellBits: 8 | 16,
  layout: CellLayout,
  transform: FrameTransform,
  presentation: Presentation,
): Uint8Array {
  const levels = levelsOfStored(layout, transform, presentation);
  const size = 2 ** cellBits;
  if (levels.length === size) return levels;
  const table = new Uint8Array(size);
  const { shift } = layout;
  const mask = levels.length - 1;
  if (shift === 0) for (let at = 0; at < size; at += levels.length) table.set(levels, at);
  else for (let cell = 0; cell < size; cell++) table[cell] = levels[(cell >> shift) & mask] as number;
  return table;
}

/** Indexed by the stored bits: negative values stand in the upper half. */
function levelsOfStored(
  layout: CellLayout,
  transform: FrameTransform,
  presentation: Presentation,
): Uint8Array {
  const size = 2 ** layout.bitsStored;
  const table = new Uint8Array(size);
  const first = layout.signed ? -size / 2 : 0;
  const ramp = rampOf(transform);
  if (ramp === undefined) {
    const modality = modalityOf(transform);
    for (let stored = first; stored < first + size; stored++)
      table[stored & (size - 1)] = present(levelOf(transform, toModality(modality, stored)), presentation);
    return table;
  }
  // Most of 65,536 entries lie outside the window: filling them makes the table five times as fast.
  const { zero, span } = ramp;
  const other = zero + span;
  const from = Math.min(first + size, Math.max(first, Math.floor(Math.min(zero, other)) - 1));
  const to = Math.max(from, Math.min(first + size, Math.ceil(Math.max(zero, other)) + 1));
  fill(table, first, from, present(span > 0 ? 0 : 255, presentation));
  for (let stored = from; stored < to; stored++)
    table[stored & (size - 1)] = present(((stored - zero) * 255) / span, presentation);
  fill(table, to, first + size, present(span > 0 ? 255 : 0, presentation));
  return table;
}

/** Sets the entries of the stored values [from, to), where negative ones stand in the upper half. */
function fill(table: Uint8Array, from: number, to: number, level: number): void {
  if (from < 0) table.fill(level, table.length + from, table.length + Math.min(0, to));
  if (to > 0) table.fill(level, Math.max(0, from), to);
}
