import { around } from '../areas.ts';
import type { Area } from '../picture.ts';

/** A line of characters. */
export interface StrokeLine extends Area {
  readonly direction: 'row' | 'column';
  readonly score: number;
  readonly glyphs: number;
  /** Middle height of its characters, across the direction of the line. */
  readonly glyphSize: number;
}

/** Lines of which one covers so much of the other are one. */
const sameShare = 0.5;
/** More lines are texture everywhere: the best are kept, which bounds the work. */
const mostLines = 4000;

/** A line is not the same as one thicker than this many times: one of them lies in the other. */
const mostThicker = 1.5;

/**
 * Lines found twice, in two layers or two windows, become one; of a row and a column over each other the better stays, and
 * a small line in a large one beside it.
 */
export function mergedLines(lines: readonly StrokeLine[]): StrokeLine[] {
  const sorted = [...lines].sort((a, b) => b.score - a.score || b.glyphs - a.glyphs).slice(0, mostLines);
  const kept: StrokeLine[] = [];
  for (const line of sorted) {
    const at = kept.findIndex((other) => isSame(line, other));
    const other = kept[at];
    if (other === undefined) kept.push(line);
    else if (other.direction === line.direction) kept[at] = { ...other, ...around(other, line) };
  }
  return kept;
}

function isSame(line: StrokeLine, other: StrokeLine): boolean {
  if (overlapShare(line, other) < sameShare) return false;
  if (line.direction !== other.direction) return true;
  const both = thicknessOf(around(line, other), line.direction);
  return (
    both <= mostThicker * Math.min(thicknessOf(line, line.direction), thicknessOf(other, line.direction))
  );
}

function thicknessOf({ width, height }: Area, direction: 'row' | 'column'): number {
  return direction === 'row' ? height : width;
}

function overlapShare(a: Area, b: Area): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / Math.min(a.width * a.height, b.width * b.height);
}
