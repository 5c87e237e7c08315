import type { Area, Turn } from '../picture.ts';

/**
 * A piece of the picture as the network gets to see it: cut out, turned, scaled and put somewhere on a canvas. Corners of
 * the canvas are in pixels of the canvas.
 */
export interface Patch {
  /** Of the picture. */
  readonly area: Area;
  /** Pixels of the canvas for one of the picture. */
  readonly scale: number;
  /** Clockwise turn of the piece on the canvas. */
  readonly turn: Turn;
  readonly x: number;
  readonly y: number;
  /** How grey values are changed on the way. */
  readonly tone: Tone;
}

/** Values between `low` and `high` are spread over the whole range; `high` below `low` makes a negative of it. */
export interface Tone {
  readonly low: number;
  readonly high: number;
}

export const plainTone: Tone = { low: 0, high: 255 };

/** Size of a piece on the canvas. */
export function patchSize(patch: Pick<Patch, 'area' | 'scale' | 'turn'>): { width: number; height: number } {
  const width = Math.max(1, Math.round(patch.area.width * patch.scale));
  const height = Math.max(1, Math.round(patch.area.height * patch.scale));
  return patch.turn === 90 || patch.turn === 270 ? { width: height, height: width } : { width, height };
}

/** A rectangle of the canvas as the smallest whole-pixel area of the picture that holds it, cut at the patch's area. */
export function areaOfPicture(
  patch: Patch,
  box: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number },
): Area {
  const { width, height } = patchSize(patch);
  const left = (box.left - patch.x) / width;
  const right = (box.right - patch.x) / width;
  const top = (box.top - patch.y) / height;
  const bottom = (box.bottom - patch.y) / height;
  const [x0, x1, y0, y1] = turnedBack(patch.turn, left, right, top, bottom);
  const { area } = patch;
  const from = {
    left: clamp(Math.floor(area.left + x0 * area.width + 0.01), area.left, area.left + area.width - 1),
    top: clamp(Math.floor(area.top + y0 * area.height + 0.01), area.top, area.top + area.height - 1),
  };
  return {
    ...from,
    width:
      clamp(Math.ceil(area.left + x1 * area.width - 0.01), from.left + 1, area.left + area.width) - from.left,
    height:
      clamp(Math.ceil(area.top + y1 * area.height - 0.01), from.top + 1, area.top + area.height) - from.top,
  };
}

/** Shares of a turned piece's sides to shares of the piece as it stands in the picture: x from, x to, y from, y to. */
function turnedBack(
  turn: Turn,
  left: number,
  right: number,
  top: number,
  bottom: number,
): readonly [number, number, number, number] {
  if (turn === 90) return [top, bottom, 1 - right, 1 - left];
  if (turn === 180) return [1 - right, 1 - left, 1 - bottom, 1 - top];
  if (turn === 270) return [1 - bottom, 1 - top, left, right];
  return [left, right, top, bottom];
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
