import type { PixelBox } from '../../core/redaction.ts';
import { type Scale, toShown } from './geometry.ts';

/** What a rectangle over the picture stands for. */
export type BoxKind = 'drawn' | 'found' | 'fixed' | 'uncovered' | 'draft';

export interface PaintedBox {
  readonly area: PixelBox;
  readonly kind: BoxKind;
  /** Number in the list of boxes; none for what is not in it. */
  readonly number?: number;
  readonly chosen?: boolean;
}

/** They lie over pictures, not over a theme: bright lines with a dark rim can be told from both black and white. */
const colors: Readonly<Record<BoxKind, string>> = {
  drawn: '#4cc9ff',
  draft: '#4cc9ff',
  found: '#ffb02e',
  fixed: '#d0d4d8',
  uncovered: '#ff5d6c',
};
const rim = 'rgb(0 0 0 / 85%)';

/** Paints all boxes anew; `size` in screen pixels, `sharpness`: canvas pixels for one of them. */
export function paintBoxes(
  context: CanvasRenderingContext2D,
  boxes: readonly PaintedBox[],
  scale: Scale,
  size: { readonly width: number; readonly height: number },
  sharpness: number,
): void {
  context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  for (const box of boxes) paint(context, box, toShown(box.area, scale));
}

function paint(context: CanvasRenderingContext2D, { kind, number, chosen }: PaintedBox, at: PixelBox): void {
  const color = colors[kind];
  const isDashed = kind === 'fixed' || kind === 'uncovered';
  context.setLineDash([]);
  context.fillStyle = color;
  context.globalAlpha = kind === 'uncovered' ? 0.08 : chosen === true ? 0.3 : 0.18;
  context.fillRect(at.left, at.top, at.width, at.height);
  context.globalAlpha = 1;
  context.lineWidth = chosen === true ? 5 : 4;
  context.strokeStyle = rim;
  context.strokeRect(at.left, at.top, at.width, at.height);
  context.setLineDash(isDashed ? [6, 4] : []);
  context.lineWidth = 2;
  context.strokeStyle = color;
  context.strokeRect(at.left, at.top, at.width, at.height);
  context.setLineDash([]);
  if (number !== undefined) label(context, String(number), at, color, chosen === true ? 8 : 0);
  if (chosen === true) handles(context, at);
}

function label(
  context: CanvasRenderingContext2D,
  text: string,
  at: PixelBox,
  color: string,
  lift: number,
): void {
  context.font = '600 12px system-ui, sans-serif';
  const width = context.measureText(text).width + 8;
  // Above the box (and the ring of the focus), or in it where there is no room.
  const top = at.top >= 18 + lift ? at.top - 18 - lift : at.top;
  context.fillStyle = color;
  context.fillRect(at.left - 1, top, width, 17);
  context.fillStyle = '#101414';
  context.fillText(text, at.left + 3, top + 13);
}

const handleSide = 9;

function handles(context: CanvasRenderingContext2D, { left, top, width, height }: PixelBox): void {
  context.fillStyle = '#ffffff';
  context.strokeStyle = rim;
  context.lineWidth = 1.5;
  for (const x of [left, left + width / 2, left + width])
    for (const y of [top, top + height / 2, top + height]) {
      if (x === left + width / 2 && y === top + height / 2) continue;
      context.beginPath();
      context.rect(x - handleSide / 2, y - handleSide / 2, handleSide, handleSide);
      context.fill();
      context.stroke();
    }
}
