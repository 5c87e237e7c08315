import { cutRows, type Plane } from './plane.ts';

/** Share of the strength of the line's strokes from which a row belongs to it. */
const LEAST_STROKES = 0.25;
/** Kept above and below the letters, in their heights: the recogniser knows lines with some room. */
const ROOM = 0.3;
/** Below this share of the crop it is not the line that stands out but a part of it. */
const LEAST_LETTERS = 0.3;

/**
 * Cuts the rows above and below the letters off an upright crop but for some room, so that they fill the height the
 * recogniser reads. Rows of letters are told by the change from column to column, of which the outlines of anatomy have
 * less.
 */
export function tightRows(plane: Plane): Plane {
  const { width, height, values } = plane;
  if (height < 6 || width < 4) return plane;
  const change = new Float32Array(height);
  for (let row = 0; row < height; row += 1) {
    let sum = 0;
    for (let at = row * width + 1; at < (row + 1) * width; at += 1) {
      sum += Math.abs((values[at] ?? 0) - (values[at - 1] ?? 0));
    }
    change[row] = sum;
  }
  const sorted = change.slice().sort();
  const low = sorted[Math.floor(height * 0.05)] ?? 0;
  const high = sorted[Math.floor(height * 0.8)] ?? 0;
  const limit = low + LEAST_STROKES * (high - low);
  let first = 0;
  while (first < height - 1 && (change[first] ?? 0) < limit) first += 1;
  let last = height - 1;
  while (last > first && (change[last] ?? 0) < limit) last -= 1;
  const letters = last + 1 - first;
  if (letters < 4 || letters < height * LEAST_LETTERS) return plane;
  const room = Math.max(1, Math.round(letters * ROOM));
  const top = Math.max(0, first - room);
  return cutRows(plane, top, Math.min(height, last + 1 + room) - top);
}
