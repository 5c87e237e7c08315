import type { PixelBox, RedactionSource } from '../../core/redaction.ts';
import { type EightBitImage, encodeJpeg, encodePng } from './sharp.ts';

/** One half of a picture. */
export interface Side {
  readonly image: EightBitImage;
  /** Drawn around, one pixel away, so that nothing of what is inside is covered. Without a source: as text that was found. */
  readonly boxes: readonly (PixelBox & { readonly source?: RedactionSource })[];
}

/** Between and around the images, so that the outline of a box at the edge has room. */
const margin = 6;
const background = [48, 48, 48] as const;
type Colour = readonly [number, number, number];
/** Text that was found. */
const foundColour: Colour = [255, 96, 0];
/** Chosen without looking at the pixels: by ultrasound regions, device rules, a person. */
const chosenColour: Colour = [0, 160, 255];
const outlineWidth = 2;
/** Shown whole on a screen, a picture with a longer edge needs wider outlines: one pixel for so many. */
const edgeOfOnePixel = 1200;
/** Smaller images are enlarged, by whole pixels, until the longer edge has about so many. */
const smallEdge = 320;
/** Larger pictures are made smaller and given as JPEG: nobody's screen shows them, and few programs open them. */
const maxLongEdge = 8192;
const maxPngPixels = 24_000_000;
const jpegQuality = 95;

/** How images are laid out on a canvas. */
interface Layout {
  /** Pixels of the canvas for one of an image, in each direction. */
  readonly scale: number;
  readonly margin: number;
  readonly outline: number;
}

/**
 * Two images side by side as one RGB picture, each with its boxes outlined: orange where text was found, blue where a rule,
 * a region or a person chose. Very small images are enlarged by a whole factor, the same for both.
 */
export function sideBySide(left: Side, right: Side): EightBitImage {
  const rows = Math.max(left.image.height, right.image.height);
  const columns = left.image.width + right.image.width;
  const longEdge = Math.max(rows, left.image.width, right.image.width);
  const scale = Math.max(1, Math.floor(smallEdge / longEdge));
  const outline = Math.max(outlineWidth, Math.round(Math.max(columns, rows) / edgeOfOnePixel));
  const layout = { scale, margin: Math.max(margin, outline + 2), outline };
  const width = columns * scale + 3 * layout.margin;
  const height = rows * scale + 2 * layout.margin;
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < pixels.length; i += 3) pixels.set(background, i);
  const canvas = { width, height, channels: 3 as const, pixels };
  place(canvas, left, layout.margin, layout);
  place(canvas, right, left.image.width * scale + 2 * layout.margin, layout);
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

function place(
  canvas: EightBitImage,
  { image, boxes }: Side,
  left: number,
  { scale, margin: top, outline }: Layout,
): void {
  const { width, height, channels, pixels } = image;
  const lineBytes = width * scale * 3;
  for (let row = 0; row < height; row++) {
    const to = ((row * scale + top) * canvas.width + left) * 3;
    const from = row * width * channels;
    if (channels === 3 && scale === 1) canvas.pixels.set(pixels.subarray(from, from + width * 3), to);
    else
      for (let at = 0; at < width * scale; at++) {
        const cell = from + Math.floor(at / scale) * channels;
        for (let sample = 0; sample < 3; sample++)
          canvas.pixels[to + at * 3 + sample] = pixels[channels === 3 ? cell + sample : cell] as number;
      }
    for (let copy = 1; copy < scale; copy++)
      canvas.pixels.copyWithin(to + copy * canvas.width * 3, to, to + lineBytes);
  }
  for (const { source, ...box } of boxes) {
    const colour = source === undefined || source === 'ocr' ? foundColour : chosenColour;
    const [x, y] = [left + box.left * scale, top + box.top * scale];
    frame(canvas, { left: x, top: y, width: box.width * scale, height: box.height * scale }, outline, colour);
  }
}

/** The outline lies around the box: its inner edge one pixel outside. */
function frame(
  canvas: EightBitImage,
  { left, top, width, height }: PixelBox,
  outline: number,
  colour: Colour,
): void {
  const distance = outline + 1;
  const [x0, y0, x1, y1] = [
    left - distance,
    top - distance,
    left + width + distance,
    top + height + distance,
  ];
  fill(canvas, [x0, y0, x1, y0 + outline], colour);
  fill(canvas, [x0, y1 - outline, x1, y1], colour);
  fill(canvas, [x0, y0, x0 + outline, y1], colour);
  fill(canvas, [x1 - outline, y0, x1, y1], colour);
}

function fill(
  canvas: EightBitImage,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  colour: Colour,
): void {
  const right = Math.min(canvas.width, x1);
  for (let y = Math.max(0, y0); y < Math.min(canvas.height, y1); y++)
    for (let x = Math.max(0, x0); x < right; x++) canvas.pixels.set(colour, (y * canvas.width + x) * 3);
}
