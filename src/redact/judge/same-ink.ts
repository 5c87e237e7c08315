import { compacted } from '../../deidentify/text/fold.ts';
import type { FoundText } from '../../ocr/picture.ts';
import { type Extent, extentOf } from './rows.ts';

/** From here on a reading explains what another one, which is worse, made of the same place. */
const minExplaining = 0.85;
/** A place read worse than this, turned the other way, may be lines that cross it. */
const maxCrossed = 0.75;
/** Highest a place may be, of the line that explains it: in a higher one there is room for other lines beside it. */
const maxHeightRatio = 3.6;
/** How far the middles of both may be apart, in heights of the higher one. */
const maxOffCenter = 0.2;
/** Widest blank between two lines that explain a place together, in their heights. */
const maxGap = 1.5;

/**
 * Whether what was found in a place is what better readings, all of them harmless, found there: the same line in a wider
 * area or cut off, or the lines that a place turned the other way runs across. A place that holds anything beside them is not
 * explained.
 */
export function isExplained(found: FoundText, better: readonly FoundText[]): boolean {
  const able = better.filter(
    (other) =>
      other !== found &&
      other.confidence >= minExplaining &&
      other.confidence > found.confidence &&
      compacted(other.text).length >= 2,
  );
  return isSameLine(found, able) || isCrossed(found, able);
}

function isSameLine(found: FoundText, better: readonly FoundText[]): boolean {
  const place = extentOf(found, found.turn);
  const height = place.bottom - place.top;
  const lines = better
    .filter(({ turn }) => turn === found.turn)
    .map((other) => extentOf(other, other.turn))
    .filter((line) => {
      const own = line.bottom - line.top;
      const apart = Math.abs((line.top + line.bottom) / 2 - (place.top + place.bottom) / 2);
      const most = Math.max(height, own);
      return height <= own * maxHeightRatio && apart <= most * maxOffCenter && overlaps(line, place);
    });
  const thin = Math.min(...lines.map(({ top, bottom }) => bottom - top));
  // An area that is higher than its line is longer by as much, half of it at either end.
  const slack = Math.max(0, height - thin) / 2 + thin * 0.4;
  return covers(lines, place.from + slack, place.to - slack, thin * maxGap);
}

/** A turned reading of lines below one another: each of them runs across the whole of it, and there is no room for more. */
function isCrossed(found: FoundText, better: readonly FoundText[]): boolean {
  if (found.confidence >= maxCrossed) return false;
  for (const turn of [0, 90, 180, 270] as const) {
    if ((turn - found.turn) % 180 === 0) continue;
    const place = extentOf(found, turn);
    const lines = better
      .filter((other) => other.turn === turn)
      .map((other) => extentOf(other, turn))
      .filter((line) => {
        const slack = (line.bottom - line.top) * 0.6;
        return line.from <= place.from + slack && line.to >= place.to - slack;
      })
      .map(({ from, to, top, bottom }): Extent => ({ from: top, to: bottom, top: from, bottom: to }));
    const thin = Math.min(...lines.map(({ from, to }) => to - from));
    if (covers(lines, place.top + thin * 0.5, place.bottom - thin * 0.5, thin)) return true;
  }
  return false;
}

function overlaps(one: Extent, other: Extent): boolean {
  return one.from < other.to && other.from < one.to;
}

/** Whether stretches cover all from one point to the other, but for gaps of a width. */
function covers(lines: readonly Extent[], from: number, to: number, gap: number): boolean {
  if (lines.length === 0) return false;
  let reached = from;
  for (const line of [...lines].sort((a, b) => a.from - b.from)) {
    const isFirst = reached === from;
    if (line.from > reached + (isFirst ? 0 : gap)) return false;
    reached = Math.max(reached, line.to);
    if (reached >= to) return true;
  }
  return reached >= to;
}
