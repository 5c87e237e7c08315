import type { PixelBox } from '../../core/redaction.ts';
import type { PixelFill } from '../../deidentify/pixels/pixel-policy.ts';
import type { BlankBox } from './frame-boxes.ts';
import type { FrameSamples } from './frame-samples.ts';

/** Width of the frame around a box from which its background is taken, pixels. */
const leastRing = 2;
const widestRing = 8;
/** Fewer pixels than these say nothing of the background: then a wider ring is looked at, at last the box itself. */
const enoughPixels = 12;
/** Of larger areas only so many pixels are looked at. */
const mostPixels = 1024;

/** What the frame says of brightness: of a palette by its entries, else by the stored values. */
export interface Brightness {
  /** Brightness of a pixel by its components. */
  of(values: readonly number[]): number;
  /** The darkest and the brightest pixel that may be written. */
  extremes(): readonly [dark: readonly number[], bright: readonly number[]];
}

/**
 * What a box is filled with, one stored value for each component. `background`: the median of what surrounds it, without the
 * pixels of other boxes; `contrast`: black or white, whichever differs more from that. Pixels that stand for no measurement
 * decide only where most of the surroundings are such: the box is then filled with the same.
 */
export function fillOf(
  samples: FrameSamples,
  box: BlankBox,
  boxes: readonly BlankBox[],
  fill: PixelFill,
  brightness: Brightness,
): readonly number[] {
  const background = backgroundOf(samples, box, boxes, brightness);
  if (fill === 'background') return background;
  const [dark, bright] = brightness.extremes();
  const level = brightness.of(background);
  return Math.abs(level - brightness.of(dark)) > Math.abs(brightness.of(bright) - level) ? dark : bright;
}

function backgroundOf(
  samples: FrameSamples,
  box: BlankBox,
  boxes: readonly BlankBox[],
  brightness: Brightness,
): readonly number[] {
  const own = (): Pixels => pixelsIn(samples, [box], []);
  if (box.outside) return typical(samples, own(), brightness);
  const narrow = Math.min(widestRing, Math.max(leastRing, Math.round(Math.min(box.width, box.height) / 4)));
  for (const width of [narrow, 3 * narrow, 9 * narrow]) {
    const near = boxes.filter((other) => other !== box && meets(grown(box, width), other));
    const ring = pixelsIn(samples, ringOf(box, width), near);
    if (ring.length >= enoughPixels * samples.samplesPerPixel) return typical(samples, ring, brightness);
  }
  return typical(samples, own(), brightness);
}

/** Values of pixels, the components of each side by side. Numbers of all kinds, and no object for each. */
type Pixels = Float64Array;

/** Four strips around a box that do not overlap. */
function ringOf({ left, top, width, height }: PixelBox, ring: number): PixelBox[] {
  const across = width + 2 * ring;
  return [
    { left: left - ring, top: top - ring, width: across, height: ring },
    { left: left - ring, top: top + height, width: across, height: ring },
    { left: left - ring, top, width: ring, height },
    { left: left + width, top, width: ring, height },
  ];
}

function grown({ left, top, width, height }: PixelBox, by: number): PixelBox {
  return { left: left - by, top: top - by, width: width + 2 * by, height: height + 2 * by };
}

function meets(a: PixelBox, b: PixelBox): boolean {
  return (
    a.left < b.left + b.width &&
    b.left < a.left + a.width &&
    a.top < b.top + b.height &&
    b.top < a.top + a.height
  );
}

/** Pixels of areas inside the frame and outside of boxes, evenly spread where they are many. */
function pixelsIn(samples: FrameSamples, areas: readonly PixelBox[], boxes: readonly PixelBox[]): Pixels {
  const { rows, columns, samplesPerPixel } = samples;
  const found: number[] = [];
  for (const area of areas) {
    const left = Math.max(0, area.left);
    const right = Math.min(columns, area.left + area.width);
    const top = Math.max(0, area.top);
    const bottom = Math.min(rows, area.top + area.height);
    if (right <= left || bottom <= top) continue;
    const step = Math.max(1, Math.ceil(Math.sqrt(((right - left) * (bottom - top)) / mostPixels)));
    // A strip of few pixels is not to be stepped over.
    const stepX = Math.min(step, Math.max(1, (right - left) >> 1));
    const stepY = Math.min(step, Math.max(1, (bottom - top) >> 1));
    for (let row = top; row < bottom; row += stepY) {
      for (let column = left; column < right; column += stepX) {
        if (boxes.length > 0 && boxes.some((box) => holds(box, row, column))) continue;
        for (let component = 0; component < samplesPerPixel; component += 1)
          found.push(samples.get(row, column, component));
      }
    }
  }
  return Float64Array.from(found);
}

function holds({ left, top, width, height }: PixelBox, row: number, column: number): boolean {
  return column >= left && column < left + width && row >= top && row < top + height;
}

/** The median of each component; of a palette the entry of middle brightness, as numbers between entries mean nothing. */
function typical(
  { samplesPerPixel, photometricInterpretation, padding, sampleKind }: FrameSamples,
  pixels: Pixels,
  brightness: Brightness,
): readonly number[] {
  if (samplesPerPixel === 3) return [0, 1, 2].map((component) => median(componentOf(pixels, component)));
  if (photometricInterpretation === 'PALETTE COLOR') {
    const level = new Map<number, number>();
    for (const entry of pixels) if (!level.has(entry)) level.set(entry, brightness.of([entry]));
    const sorted = pixels.toSorted((a, b) => (level.get(a) ?? 0) - (level.get(b) ?? 0) || a - b);
    return [sorted[(sorted.length - 1) >> 1] ?? 0];
  }
  if (padding === undefined && sampleKind === 'integer') return [median(pixels)];
  const isPadding = (value: number): boolean =>
    !Number.isFinite(value) || (padding !== undefined && value >= padding.low && value <= padding.high);
  const measured = pixels.filter((value) => !isPadding(value));
  const others = pixels.filter(isPadding);
  if (2 * measured.length >= pixels.length) return [median(measured)];
  return [others[(others.length - 1) >> 1] ?? 0];
}

function componentOf(pixels: Pixels, component: number): Pixels {
  const own = new Float64Array(Math.floor(pixels.length / 3));
  for (let i = 0; i < own.length; i += 1) own[i] = pixels[3 * i + component] as number;
  return own;
}

/** The lower one of the two middle values of an even number: a value that is there. Sorts what it is given. */
function median(values: Pixels): number {
  values.sort();
  return values[(values.length - 1) >> 1] ?? 0;
}
