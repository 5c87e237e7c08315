import { around } from '../areas.ts';
import type { Area, Picture } from '../picture.ts';
import { type Detection, linesOfCanvases } from './detect.ts';
import type { Line, LineSettings } from './lines.ts';
import { isSameLine, overlap } from './merge.ts';
import { type Piece, packed } from './packing.ts';
import { patchSize } from './patch.ts';
import { toneOf } from './tone.ts';

/** Height a line is brought to: characters of 24 pixels are found best. */
const lineHeight = 34;
const mostScale = 4;
/** What is shown beside a line, in its heights: the parts of it that were missed lie at its ends. */
const margin = { along: 1.5, across: 0.5 } as const;
const settings: LineSettings = { pixelThreshold: 0.3, lineThreshold: 0.5, growth: 1.7 };

/** What the second look gives. */
export interface SecondLook<T> {
  /** Found again: with the area that holds the candidate and what was found in its place. */
  readonly confirmed: readonly T[];
  /** Not found again, or not looked at. */
  readonly doubtful: readonly T[];
  /** Found beside candidates. */
  readonly further: readonly Line[];
}

/**
 * Shows candidates to the network once more, upright and at the height it knows best, as many as `pixels` of it allow, the
 * first ones first: what it finds again is text, and the ends that were cut off are found. `negative` shows them in
 * the tone that the first look did not use.
 */
export async function lookAgain<T extends Line>(
  detection: Detection,
  candidates: readonly T[],
  options: { readonly pixels: number; readonly negative: boolean },
): Promise<SecondLook<T>> {
  const pieces: Piece[] = [];
  let cost = 0;
  for (const candidate of candidates) {
    const piece = pieceOf(detection.picture, candidate, options.negative);
    const { width, height } = patchSize(piece);
    cost += (width + 8) * (height + 8) * 1.15;
    if (cost > options.pixels) break;
    pieces.push(piece);
  }
  const lines = await linesOfCanvases(detection, packed(pieces), settings);
  const taken = new Set<Line>();
  const confirmed: T[] = [];
  const doubtful: T[] = [];
  for (const candidate of candidates) {
    const found = lines.filter((line) => fills(line, candidate));
    if (found.length === 0) doubtful.push(candidate);
    else confirmed.push(...foundAgain(candidate, found));
    for (const line of found) taken.add(line);
  }
  return { confirmed, doubtful, further: lines.filter((line) => !taken.has(line)) };
}

/** A candidate thicker than this many times what was found in it held more than its line. */
const mostThicker = 1.4;

/** The candidate with what was found in its place, or without what was not, where it was too thick. */
function foundAgain<T extends Line>(candidate: T, found: readonly Line[]): readonly T[] {
  const thinnest = Math.max(...found.map((line) => thicknessIn(line, candidate)));
  if (thicknessIn(candidate, candidate) > mostThicker * thinnest)
    return found.map((line) => ({ ...candidate, ...line }));
  const whole = found.reduce<Area>((all, line) => around(all, line), candidate);
  const score = found.reduce((most, line) => Math.max(most, line.score), candidate.score);
  const { left, top, width, height } = whole;
  return [{ ...candidate, left, top, width, height, score }];
}

function thicknessIn({ width, height }: Area, { turn }: Line): number {
  return turn === 90 || turn === 270 ? width : height;
}

/** Lines thinner than this share of a candidate are something in it, not it. */
const leastThickness = 0.4;

/** Whether a line lies where the candidate does, and is about as thick. */
function fills(line: Line, candidate: Line): boolean {
  if (isSameLine(line, candidate)) return true;
  const across = overlap(line.left, line.width, candidate.left, candidate.width);
  const down = overlap(line.top, line.height, candidate.top, candidate.height);
  if (across <= 0 || down <= 0 || across * down < 0.6 * line.width * line.height) return false;
  const sideways = candidate.turn === 90 || candidate.turn === 270;
  const [thickness, whole] = sideways ? [line.width, candidate.width] : [line.height, candidate.height];
  return thickness >= leastThickness * whole;
}

function pieceOf(picture: Picture, line: Line, negative: boolean): Piece {
  const sideways = line.turn === 90 || line.turn === 270;
  const thickness = sideways ? line.width : line.height;
  const along = Math.ceil(thickness * margin.along);
  const across = Math.ceil(thickness * margin.across);
  const area = widened(line, sideways ? across : along, sideways ? along : across, picture);
  const scale = Math.min(mostScale, lineHeight / thickness);
  const { low, high } = toneOf(picture, area);
  return { area, scale, turn: line.turn, tone: negative ? { low: high, high: low } : { low, high } };
}

/** An area with margins, as far as the picture goes. */
export function widened(area: Area, beside: number, above: number, picture: Picture): Area {
  const left = Math.max(0, area.left - beside);
  const top = Math.max(0, area.top - above);
  return {
    left,
    top,
    width: Math.min(picture.width, area.left + area.width + beside) - left,
    height: Math.min(picture.height, area.top + area.height + above) - top,
  };
}
