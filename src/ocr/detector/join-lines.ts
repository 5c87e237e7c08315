import { around } from '../areas.ts';
import type { Area } from '../picture.ts';

/**
 * Joins lines that were found more than once, whole or in parts, into the area that holds both: those that lie on the same
 * rows (columns, for lines on their side) and overlap. Lines that only touch their neighbour above or below stay apart.
 * The order is that of the most certain first.
 */
export function joinLines<T extends Joinable>(lines: readonly T[]): readonly T[] {
  let joined: T[] = [...lines].sort(byScore);
  for (;;) {
    const next: T[] = [];
    for (const line of joined) {
      const at = next.findIndex((other) => isSameLine(line, other));
      const other = next[at];
      if (other === undefined) next.push(line);
      else next[at] = { ...other, ...around(other, line) };
    }
    if (next.length === joined.length) return next;
    joined = next;
  }
}

interface Joinable extends Area {
  readonly score: number;
  readonly turn: number;
  /** Height (of one on its side: width) by its core alone. */
  readonly thickness: number;
}

function byScore(one: Joinable, other: Joinable): number {
  return other.score - one.score || one.top - other.top || one.left - other.left || one.width - other.width;
}

/** Share of the lower one's height on which two lines must stand together. */
const shareOfRows = 0.6;
/** How much higher both together may be than the lower one: a box over two lines is not joined with each. */
const mostTogether = 1.6;

/** How much thicker the core of one may be. */
const mostThicker = 1.8;

/** Whether two areas hold the same line of text, or parts of it. */
function isSameLine(one: Joinable, other: Joinable): boolean {
  if (Math.max(one.thickness, other.thickness) > mostThicker * Math.min(one.thickness, other.thickness))
    return false;
  const across = overlap(one.left, one.width, other.left, other.width);
  const down = overlap(one.top, one.height, other.top, other.height);
  if (across <= 0 || down <= 0) return false;
  const sideways = isSideways(one) && isSideways(other);
  const [thickness, a, b] = sideways ? [across, one.width, other.width] : [down, one.height, other.height];
  if (isSideways(one) !== isSideways(other)) {
    // Of a short line the direction is a guess: the same place all the same.
    return across * down >= 0.7 * Math.max(one.width * one.height, other.width * other.height);
  }
  if (a + b - thickness > mostTogether * Math.min(a, b)) return false;
  return thickness >= shareOfRows * Math.min(a, b);
}

function isSideways(line: { readonly turn: number }): boolean {
  return line.turn === 90 || line.turn === 270;
}

/** Length that two stretches have in common; negative: the gap between them. */
function overlap(from: number, length: number, otherFrom: number, otherLength: number): number {
  return Math.min(from + length, otherFrom + otherLength) - Math.max(from, otherFrom);
}
