import type { PixelBox } from '../../core/redaction.ts';
import { type EightBitImage, encodeJpeg, encodePng } from './sharp.ts';

/** One half of a picture. */
export interface Side {
  readonly image: EightBitImage;
  /** Drawn around, one pixel away, so that nothing of what is inside is covered. */
  readonly boxes: readonly PixelBox[];
}

/** Between and around the images, so that the outline of a box at the edge has room. */
const margin = 6;
const background = [48, 48, 48] as const;
const outline = [255, 96, 0] as const;
const outlineWidth = 2;
/** Larger pictures are made smaller and given as JPEG: nobody's screen shows them, and few programs open them. */
const maxLongEdge = 8192;
const maxPngPixels = 24_000_000;
const jpegQuality = 95;

/** Two images side by side as one RGB picture, each with its boxes outlined. */
export function sideBySide(left: Side, right: Side): EightBitImage {
  const width = left.image.width + right.image.width + 3 * margin;
  const height = Math.max(left.image.height, right.image.height) + 2 * margin;
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < pixels.length; i += 3) pixels.set(background, i);
  const canvas = { width, height, channels: 3 as const, pixels };
  place(canvas, left, margin);
  place(canvas, right, left.image.width + 2 * margin);
  return canvas;
}

/** A picture as a file: PNG, exact, or JPEG where it is very large. Throws ENCODE_FAILED. */
export async function encodePicture(
  picture: EightBitImage,
): Promise<{ readonly extension: 'png' | 'jpg'; readonly data: Uint8Array }> {
  const { width, height, channels, pixels } = picture;
  const longEdge = Math.max(width, height);
  if (longEdge <= maxLongEdge && width * height <= maxPngPixels)
    return { extension: 'png', data: await encodePng({ width, height, channels, samples: pixels }) };
  const scale = Math.min(1, maxLongEdge / longEdge);
  const size = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  return { extension: 'jpg', data: await encodeJpeg(picture, jpegQuality, size) };
}

function place(canvas: EightBitImage, { image, boxes }: Side, left: number): void {
  const { width, height, channels, pixels } = image;
  for (let row = 0; row < height; row++) {
    const to = ((row + margin) * canvas.width + left) * 3;
    const from = row * width * channels;
    if (channels === 3) canvas.pixels.set(pixels.subarray(from, from + width * 3), to);
    else
      for (let column = 0; column < width; column++) {
        const at = to + column * 3;
        canvas.pixels.fill(pixels[from + column] as number, at, at + 3);
      }
  }
  for (const box of boxes) frame(canvas, box, left);
}

/** The outline lies around the box: its inner edge one pixel outside. */
function frame(canvas: EightBitImage, { left, top, width, height }: PixelBox, origin: number): void {
  const distance = outlineWidth + 1;
  const x0 = origin + left - distance;
  const y0 = margin + top - distance;
  const x1 = origin + left + width + distance;
  const y1 = margin + top + height + distance;
  fill(canvas, x0, y0, x1, y0 + outlineWidth);
  fill(canvas, x0, y1 - outlineWidth, x1, y1);
  fill(canvas, x0, y0, x0 + outlineWidth, y1);
  fill(canvas, x1 - outlineWidth, y0, x1, y1);
}

function fill(canvas: EightBitImage, x0: number, y0: number, x1: number, y1: number): void {
  const right = Math.min(canvas.width, x1);
  for (let y = Math.max(0, y0); y < Math.min(canvas.height, y1); y++)
    for (let x = Math.max(0, x0); x < right; x++) canvas.pixels.set(outline, (y * canvas.width + x) * 3);
}
