import { around, widened } from '../areas.ts';
import type { Area, Picture } from '../picture.ts';
import { chancesOf } from './chances.ts';
import type { Detection } from './detect-lines.ts';
import { type Line, linesOf } from './lines.ts';

/** Height that a line is brought to: characters of 20 pixels are known best. */
const lineHeight = 28;
const scales = { least: 0.15, most: 3 } as const;
/** What is shown beside a line, in its heights: parts of it that were missed lie at its ends. */
const beside = { along: 2, across: 1 } as const;
/** Found again over so much of its length, a line is as high as it was found then. */
const wholeShare = 0.7;
/** Found over less than this of its length, it counts in proportion. */
const enoughShare = 0.6;
/** How much thinner and thicker than the line a part of it may be. */
const thicknesses = { least: 0.4, most: 1.6 } as const;

/** A line with what a closer look at it says. */
export interface SeenAgain extends Line {
  /** Score of what was found in its place; 0 where nothing was. */
  readonly again: number;
}

/**
 * Shows a line once more, in the size the network knows best: what is text is found again, and the ends of it that were
 * cut off are found.
 */
export async function lookAgain(
  { sessions, picture, onProgress }: Detection,
  line: Line,
): Promise<SeenAgain> {
  const scale = Math.min(scales.most, Math.max(scales.least, lineHeight / line.thickness));
  const found = linesOf(await chancesOf(sessions, picture, surroundings(line, picture), scale, onProgress));
  const parts = found.filter((part) => isPartOf(part, line));
  const [first, ...others] = parts;
  if (first === undefined) return { ...line, again: 0 };
  const whole = others.reduce<Area>(around, first);
  const share = Math.min(1, lengthWithin(parts, line) / lengthOf(line, line));
  // Found from end to end: as high as it was found now; else all of both.
  const area = share >= wholeShare ? crossed(around(whole, line), whole, line) : around(whole, line);
  return { ...line, ...area, again: meanScore(parts, line) * Math.min(1, share / enoughShare) };
}

function surroundings(line: Line, picture: Picture): Area {
  const along = Math.ceil(line.thickness * beside.along);
  const across = Math.ceil(line.thickness * beside.across);
  return isUpright(line) ? widened(line, across, along, picture) : widened(line, along, across, picture);
}

/** Whether the middle of a part lies on the line, and it is about as thick. */
function isPartOf(part: Line, line: Line): boolean {
  const { least, most } = thicknesses;
  if (part.thickness < least * line.thickness || part.thickness > most * line.thickness) return false;
  // What lies across the line is no part of it, but for single characters.
  if (part.turn !== line.turn && Math.max(part.width, part.height) > 1.5 * line.thickness) return false;
  const x = part.left + part.width / 2;
  const y = part.top + part.height / 2;
  const onLine = isUpright(line)
    ? x >= line.left && x <= line.left + line.width
    : y >= line.top && y <= line.top + line.height;
  return onLine && lengthWithin([part], line) > 0;
}

function isUpright({ turn }: Line): boolean {
  return turn === 90;
}

/** Length of an area along a line. */
function lengthOf(area: Area, line: Line): number {
  return isUpright(line) ? area.height : area.width;
}

/** Length of parts between the ends of a line. */
function lengthWithin(parts: readonly Area[], line: Line): number {
  const [start, end] = isUpright(line)
    ? [line.top, line.top + line.height]
    : [line.left, line.left + line.width];
  return parts.reduce((sum, part) => {
    const from = isUpright(line) ? part.top : part.left;
    return sum + Math.max(0, Math.min(from + lengthOf(part, line), end) - Math.max(from, start));
  }, 0);
}

function meanScore(parts: readonly Line[], line: Line): number {
  const length = parts.reduce((sum, part) => sum + lengthOf(part, line), 0);
  return parts.reduce((sum, part) => sum + part.score * lengthOf(part, line), 0) / length;
}

/** The length of one area with the height of another. */
function crossed(long: Area, high: Area, line: Line): Area {
  return isUpright(line)
    ? { left: high.left, width: high.width, top: long.top, height: long.height }
    : { left: long.left, width: long.width, top: high.top, height: high.height };
}
