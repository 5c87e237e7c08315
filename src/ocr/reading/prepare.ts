import type { Area, FoundText, Picture, Turn } from '../picture.ts';
import { clipArea, cropPlane, type Plane, scalePlane, stretch, turnPlane } from './plane.ts';
import { LINE_HEIGHT } from './recognize.ts';
import { type StackedLetter, unstack } from './stacked.ts';
import { tightRows } from './tight-rows.ts';

/** Width that is given to a line against its height. Narrower costs less, wider reads small and crowded letters. */
export type Squeeze = 0.5 | 0.65 | 0.9;

/** One way to read a line. */
export interface Attempt {
  /** Index of the line. */
  readonly line: number;
  readonly turn: Turn;
  readonly squeeze: Squeeze;
  /** Letters that stand one below the other. */
  readonly stacked?: boolean;
}

/** A line as the recogniser takes it. */
export interface PreparedLine {
  /** What was cut out of the picture: the area of the line and a little around it. */
  readonly crop: Area;
  /** Upright, `LINE_HEIGHT` high. */
  readonly plane: Plane;
  /** Columns of `plane` that are as wide as the letters are high. */
  readonly letterHeight: number;
  /** Of letters one below the other: where each of them stands in `plane` and in the crop. */
  readonly letters?: readonly StackedLetter[];
}

/** Around an area, in heights of its line. */
const MARGIN = 0.1;
/** Share of the lowest and highest values that may be lost when contrast is spread. */
const OUTLIERS = 0.002;
/** Pixels of a crop. A larger one is a huge drawing or a mistake and is read from a coarser copy of it. */
const MOST_WIDTH = 16_384;

/** Cuts a line out of its picture, upright and in the size the recogniser takes; undefined where nothing is left of it. */
export function prepareLine(picture: Picture, line: FoundText, attempt: Attempt): PreparedLine | undefined {
  const crop = cropOf(picture, line, attempt);
  if (crop.width < 1 || crop.height < 1) return undefined;
  const upright = turnPlane(cropPlane(picture, crop), attempt.turn);
  const stacked = attempt.stacked === true ? unstack(upright) : undefined;
  if (attempt.stacked === true && stacked === undefined) return undefined;
  const tight = stacked?.plane ?? tightRows(upright);
  const scale = LINE_HEIGHT / tight.height;
  const width = Math.min(MOST_WIDTH, Math.max(1, Math.round(tight.width * scale * attempt.squeeze)));
  const across = width / tight.width;
  return {
    crop,
    plane: stretch(scalePlane(tight, width, LINE_HEIGHT), OUTLIERS),
    letterHeight: (LINE_HEIGHT / 1.6) * (across / scale),
    ...(stacked && {
      letters: stacked.letters.map((letter) => ({
        ...letter,
        start: letter.start * across,
        end: letter.end * across,
      })),
    }),
  };
}

function cropOf(picture: Picture, line: FoundText, attempt: Attempt): Area {
  const sideways = attempt.turn === 90 || attempt.turn === 270 || attempt.stacked === true;
  const margin = Math.max(1, Math.round((sideways ? line.width : line.height) * MARGIN));
  const { left, top, width, height } = line;
  return clipArea(
    { left: left - margin, top: top - margin, width: width + 2 * margin, height: height + 2 * margin },
    picture,
  );
}
