import type { PixelBox } from '../../core/redaction.ts';

/** Stored pixels of one frame. */
export interface Extent {
  readonly columns: number;
  readonly rows: number;
}

/** Screen pixels for one stored pixel. Pixels need not be square, so each axis has its own. */
export interface Scale {
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A place of a box that can be taken hold of: a corner, an edge, or all of it. */
export const boxParts = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w', 'inside'] as const;
export type BoxPart = (typeof boxParts)[number];

/** How much larger or smaller the picture is shown than it is stored. */
export function scaleOf(
  { columns, rows }: Extent,
  shown: { readonly width: number; readonly height: number },
): Scale {
  return { x: shown.width / columns, y: shown.height / rows };
}

/** From screen pixels over the picture to stored pixels, with fractions. */
export function toStored({ x, y }: Point, scale: Scale): Point {
  return { x: x / scale.x, y: y / scale.y };
}

/** From stored pixels to screen pixels over the picture. */
export function toShown({ left, top, width, height }: PixelBox, scale: Scale): PixelBox {
  return { left: left * scale.x, top: top * scale.y, width: width * scale.x, height: height * scale.y };
}

/**
 * The box between two corners in stored pixels: every pixel that is touched is in it, at least one, none outside of the
 * image. A box that blanks has to err to the large side.
 */
export function boxBetween(a: Point, b: Point, extent: Extent): PixelBox {
  const [left, right] = span(a.x, b.x, extent.columns);
  const [top, bottom] = span(a.y, b.y, extent.rows);
  return { left, top, width: right - left, height: bottom - top };
}

function span(a: number, b: number, size: number): [number, number] {
  const from = clamp(Math.floor(Math.min(a, b)), 0, size - 1);
  const to = clamp(Math.ceil(Math.max(a, b)), from + 1, size);
  return [from, to];
}

/** The box moved by whole pixels, as far as the image reaches; its size stays. */
export function movedBy(box: PixelBox, dx: number, dy: number, extent: Extent): PixelBox {
  const inside = fitted(box, extent);
  return {
    ...inside,
    left: clamp(inside.left + Math.round(dx), 0, extent.columns - inside.width),
    top: clamp(inside.top + Math.round(dy), 0, extent.rows - inside.height),
  };
}

/** The box with one of its parts pulled by so many pixels; a side cannot be pulled past the one across. */
export function pulledBy(box: PixelBox, part: BoxPart, dx: number, dy: number, extent: Extent): PixelBox {
  if (part === 'inside') return movedBy(box, dx, dy, extent);
  let { left, top } = box;
  let right = left + box.width;
  let bottom = top + box.height;
  if (part.includes('w')) left = clamp(left + Math.round(dx), 0, right - 1);
  if (part.includes('e')) right = clamp(right + Math.round(dx), left + 1, extent.columns);
  if (part.includes('n')) top = clamp(top + Math.round(dy), 0, bottom - 1);
  if (part.includes('s')) bottom = clamp(bottom + Math.round(dy), top + 1, extent.rows);
  return { left, top, width: right - left, height: bottom - top };
}

/** A box of numbers that a person typed: whole, inside the image, one pixel at least. */
export function fitted(box: PixelBox, { columns, rows }: Extent): PixelBox {
  const left = clamp(whole(box.left), 0, columns - 1);
  const top = clamp(whole(box.top), 0, rows - 1);
  return {
    left,
    top,
    width: clamp(whole(box.width), 1, columns - left),
    height: clamp(whole(box.height), 1, rows - top),
  };
}

function whole(value: number): number {
  return Number.isFinite(value) ? Math.round(value) : 0;
}

/** A box in the middle for somebody who has no mouse: a quarter of each side. */
export function boxInTheMiddle({ columns, rows }: Extent): PixelBox {
  const width = Math.max(1, Math.round(columns / 4));
  const height = Math.max(1, Math.round(rows / 4));
  return { left: Math.floor((columns - width) / 2), top: Math.floor((rows - height) / 2), width, height };
}

/**
 * Which box, and what part of it, lies under a point of the screen; the last one that was drawn is on top, and the chosen one above
 * all. `reach`: so many screen pixels beside an edge still take hold of it. Undefined over none.
 */
export function partAt<Box extends PixelBox>(
  boxes: readonly Box[],
  point: Point,
  scale: Scale,
  reach: number,
  chosen?: Box,
): { readonly box: Box; readonly part: BoxPart } | undefined {
  const order = boxes.filter((box) => box !== chosen).reverse();
  for (const box of chosen === undefined ? order : [chosen, ...order]) {
    const part = partOf(toShown(box, scale), point, reach);
    if (part !== undefined) return { box, part };
  }
  return undefined;
}

function partOf(shown: PixelBox, { x, y }: Point, reach: number): BoxPart | undefined {
  const fromLeft = x - shown.left;
  const fromTop = y - shown.top;
  if (fromLeft < -reach || fromTop < -reach) return undefined;
  if (fromLeft > shown.width + reach || fromTop > shown.height + reach) return undefined;
  // In a small box the edges must not leave nothing to move it by.
  const across = Math.min(reach, shown.width / 4);
  const down = Math.min(reach, shown.height / 4);
  const vertical = fromTop <= down ? 'n' : fromTop >= shown.height - down ? 's' : '';
  const horizontal = fromLeft <= across ? 'w' : fromLeft >= shown.width - across ? 'e' : '';
  const part = `${vertical}${horizontal}`;
  return part === '' ? 'inside' : (boxParts.find((known) => known === part) ?? 'inside');
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most));
}
