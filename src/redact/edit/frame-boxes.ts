import type { PixelBox, RedactionBox } from '../../core/redaction.ts';

/** A box of one frame, ready to be blanked: inside the frame. */
export interface BlankBox extends PixelBox {
  /** It holds what is no image: its own pixels tell its background better than what surrounds it. */
  readonly outside: boolean;
}

/** Boxes of more frames than these are looked for, others are listed by frame. */
const fewFrames = 64;

/** The boxes by frame, counted from 0. */
export interface FrameBoxes {
  readonly isEmpty: boolean;
  /** Indexes, ascending, of frames with boxes. */
  readonly frames: readonly number[];
  at(index: number): readonly BlankBox[];
}

interface Size {
  readonly rows: number;
  readonly columns: number;
  readonly numberOfFrames: number;
}

/**
 * Boxes of an instance of this size with `padding` pixels added to each side, cut at its edges. Undefined where a box is no
 * box of such an instance: numbers that are no whole ones, frames it does not have, or no pixel inside it.
 */
export function frameBoxes(
  boxes: readonly RedactionBox[],
  padding: number,
  { rows, columns, numberOfFrames }: Size,
): FrameBoxes | undefined {
  const long: (BlankBox & { readonly first: number; readonly last: number })[] = [];
  const byFrame = new Map<number, BlankBox[]>();
  const touched = new Uint8Array(numberOfFrames);
  for (const box of boxes) {
    if (!isBox(box) || box.frame + box.frames - 1 > numberOfFrames) return undefined;
    const inside = clipped(box, 0, rows, columns);
    if (inside === undefined) return undefined;
    const outside = box.reason === 'outside-regions';
    const blank = { ...(clipped(box, outside ? 0 : padding, rows, columns) ?? inside), outside };
    const first = box.frame - 1;
    const last = first + box.frames - 1;
    touched.fill(1, first, last + 1);
    if (box.frames > fewFrames) {
      long.push({ ...blank, first, last });
      continue;
    }
    for (let index = first; index <= last; index += 1) {
      const found = byFrame.get(index);
      if (found === undefined) byFrame.set(index, [blank]);
      else found.push(blank);
    }
  }
  const frames: number[] = [];
  for (let index = 0; index < numberOfFrames; index += 1) if (touched[index] === 1) frames.push(index);
  return {
    isEmpty: frames.length === 0,
    frames,
    at: (index) => [
      ...(byFrame.get(index) ?? []),
      ...long.filter(({ first, last }) => first <= index && index <= last),
    ],
  };
}

function isBox({ left, top, width, height, frame, frames }: RedactionBox): boolean {
  return (
    [left, top, width, height, frame, frames].every(Number.isSafeInteger) &&
    width > 0 &&
    height > 0 &&
    frame > 0 &&
    frames > 0
  );
}

/** A box with so many pixels more on each side, inside of rows and columns; undefined where nothing of it is inside. */
export function clipped(
  { left, top, width, height }: PixelBox,
  padding: number,
  rows: number,
  columns: number,
): PixelBox | undefined {
  const right = Math.min(columns, left + width + padding);
  const bottom = Math.min(rows, top + height + padding);
  const from = Math.max(0, left - padding);
  const under = Math.max(0, top - padding);
  if (right <= from || bottom <= under) return undefined;
  return { left: from, top: under, width: right - from, height: bottom - under };
}
