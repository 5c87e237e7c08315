import type { Area, Picture } from '../picture.ts';
import { type Detection, linesOfCanvases } from './detect.ts';
import type { Line, LineSettings } from './lines.ts';
import { around, isSameLine } from './merge.ts';
import { type Piece, packed } from './packing.ts';
import { patchSize } from './patch.ts';
import { toneOf } from './tone.ts';

/** Height a line is brought to: characters of 24 pixels are found best. */
const lineHeight = 34;
const mostScale = 4;
/** What is shown beside a line, in its heights: the parts of it that were missed lie at its ends. */
const margin = { along: 1.5, across: 0.5 } as const;
const settings: LineSettings = { pixelThreshold: 0.3, lineThreshold: 0.5, growth: 1.7 };

/** A candidate as it stands after the second look. */
export interface Confirmed<T> {
  readonly candidate: T;
  /** Holds the candidate, and what was found in its place. */
  readonly area: Area;
  /** How sure the second look is; 0 where it found nothing. */
  readonly score: number;
}

/**
 * Shows candidates to the network once more, upright and at the height it knows best, as many as `pixels` of it allow, the
 * first ones first: what it finds again is text, and the ends that were cut off are found.
 */
export async function lookAgain<T extends Line>(
  detection: Detection,
  candidates: readonly T[],
  pixels: number,
): Promise<readonly Confirmed<T>[]> {
  const pieces: Piece[] = [];
  let cost = 0;
  for (const candidate of candidates) {
    const piece = pieceOf(detection.picture, candidate);
    const { width, height } = patchSize(piece);
    cost += (width + 8) * (height + 8) * 1.15;
    if (cost > pixels) break;
    pieces.push(piece);
  }
  const lines = await linesOfCanvases(detection, packed(pieces), settings);
  return candidates.map((candidate) => {
    let area: Area = candidate;
    let score = 0;
    for (const line of lines) {
      if (!isSameLine(candidate, line)) continue;
      area = around(area, line);
      score = Math.max(score, line.score);
    }
    return { candidate, area, score };
  });
}

function pieceOf(picture: Picture, line: Line): Piece {
  const sideways = line.turn === 90 || line.turn === 270;
  const thickness = sideways ? line.width : line.height;
  const along = Math.ceil(thickness * margin.along);
  const across = Math.ceil(thickness * margin.across);
  const area = widened(line, sideways ? across : along, sideways ? along : across, picture);
  const scale = Math.min(mostScale, lineHeight / thickness);
  return { area, scale, turn: line.turn, tone: toneOf(picture, area) };
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
