import { around } from '../areas.ts';
import type { Area, Picture } from '../picture.ts';
import { chancesOf } from './chances.ts';
import type { Detection } from './detect-lines.ts';
import { type Line, linesOf } from './lines.ts';

/** Height that a line is brought to: characters of 20 pixels are known best. */
const lineHeight = 28;
const scales = { least: 0.15, most: 3 } as const;
/** What is shown beside a line, in its heights: parts of it that were missed lie at its ends. */
const beside = { along: 2, across: 1 } as const;

/** A line with what a closer look at it says. */
export interface SeenAgain extends Line {
  /** Score of what was found in its place; 0 where nothing was. */
  readonly again: number;
}

/**
 * Shows a line once more, at the height the network knows best: what is text is found again, and the ends of it that were
 * cut off are found.
 */
export async function lookAgain(
  { sessions, picture, onProgress }: Detection,
  line: Line,
): Promise<SeenAgain> {
  const sideways = line.turn === 90;
  const along = Math.ceil(line.thickness * beside.along);
  const across = Math.ceil(line.thickness * beside.across);
  const area = widened(line, sideways ? across : along, sideways ? along : across, picture);
  const scale = Math.min(scales.most, Math.max(scales.least, lineHeight / line.thickness));
  const found = linesOf(await chancesOf(sessions, picture, area, scale, onProgress));
  const own = stretchOf(line, sideways);
  const parts = found
    .filter((part) => isPartOf(part, line))
    .map((part) => ({ part, ...stretchOf(part, sideways) }));
  const length = parts.reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(to, own.to) - Math.max(from, own.from)),
    0,
  );
  const share = Math.min(1, length / (own.to - own.from));
  if (parts.length === 0) return { ...line, again: 0 };
  const whole = parts.reduce<Area>((all, { part }) => around(all, part), parts[0]?.part ?? line);
  const score = parts.reduce((sum, { part, from, to }) => sum + part.score * (to - from), 0);
  const again = score / parts.reduce((sum, { from, to }) => sum + to - from, 0);
  // Found from end to end: as high as it was found now; else all of both.
  const area2 = share >= wholeShare ? alongOf(around(whole, line), whole, sideways) : around(whole, line);
  return { ...line, ...area2, again: again * Math.min(1, share / 0.6) };
}

const wholeShare = 0.7;

function stretchOf({ left, top, width, height }: Area, sideways: boolean): { from: number; to: number } {
  return sideways ? { from: top, to: top + height } : { from: left, to: left + width };
}

/** The length of one area and the height of another. */
function alongOf(length: Area, height: Area, sideways: boolean): Area {
  return sideways
    ? { left: height.left, width: height.width, top: length.top, height: length.height }
    : { left: length.left, width: length.width, top: height.top, height: height.height };
}

/** Whether the middle of a part lies on the line, and it is about as thick. */
function isPartOf(part: Line, line: Line): boolean {
  if (part.thickness < 0.4 * line.thickness || part.thickness > 1.6 * line.thickness) return false;
  // What lies across the line is no part of it, but for single characters.
  if (part.turn !== line.turn && Math.max(part.width, part.height) > 1.5 * line.thickness) return false;
  const x = part.left + part.width / 2;
  const y = part.top + part.height / 2;
  const [middle, from, to] =
    line.turn === 90 ? [x, line.left, line.left + line.width] : [y, line.top, line.top + line.height];
  const [start, end] =
    line.turn === 90 ? [line.top, line.top + line.height] : [line.left, line.left + line.width];
  const own = stretchOf(part, line.turn === 90);
  return middle >= from && middle <= to && own.from < end && own.to > start;
}

function widened(area: Area, across: number, down: number, picture: Picture): Area {
  const left = Math.max(0, area.left - across);
  const top = Math.max(0, area.top - down);
  return {
    left,
    top,
    width: Math.min(picture.width, area.left + area.width + across) - left,
    height: Math.min(picture.height, area.top + area.height + down) - top,
  };
}
