import { maxDrawnBoxes, uncovered } from './box-cover.ts';
import { SallyportError } from './errors.ts';
import type { DrawnBox, RedactionBox } from './redaction.ts';

/** Boxes found in one instance that are written down in a row of the ledger, at most. */
export const maxFoundBoxes = 500;

/** What was found in an instance, as far as it is written down. */
export interface FoundBoxes {
  readonly boxes: readonly RedactionBox[];
  /** So many more were found. */
  readonly leftOut: number;
}

/** What boxes have to fit into; `frames` undefined where only decoding tells. */
export interface ImageExtent {
  readonly columns: number;
  readonly rows: number;
  readonly frames: number | undefined;
}

/** The first `most` boxes as plain data: their known fields and no others, whatever an object carries. */
export function boundedBoxes(boxes: readonly RedactionBox[], most: number): FoundBoxes {
  return { boxes: boxes.slice(0, most).map(plainBox), leftOut: Math.max(0, boxes.length - most) };
}

function plainBox({
  frame,
  frames,
  left,
  top,
  width,
  height,
  source,
  reason,
  rule,
}: RedactionBox): RedactionBox {
  return {
    frame,
    frames,
    left,
    top,
    width,
    height,
    source,
    reason,
    ...(rule === undefined ? {} : { rule }),
  };
}

const drawnFields: ReadonlySet<string> = new Set([
  ...['frame', 'frames', 'left', 'top', 'width', 'height'],
  // Of boxes that were found, given back as they were shown: from now on they are the person's.
  ...['source', 'reason', 'rule'],
]);
const largest = 2 ** 31 - 1;

/**
 * How many of the boxes that were found as text no drawn box covers as a whole; what was found and not written down counts
 * as uncovered.
 */
export function countUncovered(found: FoundBoxes, drawn: readonly DrawnBox[]): number {
  return found.leftOut + uncovered(found.boxes, drawn).length;
}

/**
 * Boxes a person drew, from JSON: an array of `{ frame, left, top, width, height, frames }` in stored pixels, from 0, and
 * frames from 1; `frame` null or left out: all frames; `frames`: in so many successive ones. `source`, `reason` and `rule`, as
 * boxes that were found have them, are dropped. Inside the image, where its extent is given. Throws BOXES_INVALID, which says which box and what of it.
 */
export function parseDrawnBoxes(value: unknown, image?: ImageExtent): DrawnBox[] {
  if (!Array.isArray(value)) throw invalid('not a list');
  if (value.length > maxDrawnBoxes) throw invalid(`more than ${maxDrawnBoxes}`);
  return value.map((box: unknown, index) => drawnBox(box, `box ${index + 1}`, image));
}

function drawnBox(value: unknown, which: string, image: ImageExtent | undefined): DrawnBox {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${which}: not an object`);
  const fields = value as Record<string, unknown>;
  if (Object.keys(fields).some((name) => !drawnFields.has(name))) throw invalid(`${which}: unknown field`);
  const whole = (name: string, least: number): number => {
    const number = fields[name];
    if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > largest)
      throw invalid(`${which}: ${name}`);
    return number;
  };
  const area = {
    left: whole('left', 0),
    top: whole('top', 0),
    width: whole('width', 1),
    height: whole('height', 1),
  };
  const everywhere = fields.frame === null || fields.frame === undefined;
  const frame = everywhere ? null : whole('frame', 1);
  const frames = fields.frames === undefined ? undefined : whole('frames', 1);
  if (everywhere && frames !== undefined) throw invalid(`${which}: frames without frame`);
  if (image !== undefined) {
    if (area.left + area.width > image.columns || area.top + area.height > image.rows)
      throw invalid(`${which}: outside the image`);
    if (frame !== null && image.frames !== undefined && frame - 1 + (frames ?? 1) > image.frames)
      throw invalid(`${which}: outside the frames`);
  }
  return { frame, ...area, ...(frames === undefined ? {} : { frames }) };
}

function invalid(detail: string): SallyportError {
  return new SallyportError('BOXES_INVALID', { detail });
}
