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
const mostPixels = 4096;

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
  const own = (): number[][] => pixelsIn(samples, box, []);
  if (box.outside) return typical(samples, own(), brightness);
  const narrow = Math.min(widestRing, Math.max(leastRing, Math.round(Math.min(box.width, box.height) / 4)));
  for (const width of [narrow, 3 * narrow, 9 * narrow]) {
    const near = boxes.filter((other) => other !== box && meets(grown(box, width), other));
    const ring = ringOf(box, width).flatMap((strip) => pixelsIn(samples, strip, near));
    if (ring.length >= enoughPixels) return typical(samples, ring, brightness);
  }
  return typical(samples, own(), brightness);
}

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

/** Pixels of an area inside the frame and outside of boxes, evenly spread where they are many. */
function pixelsIn(samples: FrameSamples, area: PixelBox, boxes: readonly PixelBox[]): number[][] {
  const { rows, columns, samplesPerPixel } = samples;
  const left = Math.max(0, area.left);
  const right = Math.min(columns, area.left + area.width);
  const top = Math.max(0, area.top);
  const bottom = Math.min(rows, area.top + area.height);
  if (right <= left || bottom <= top) return [];
  const step = Math.max(1, Math.ceil(Math.sqrt(((right - left) * (bottom - top)) / mostPixels)));
  // A strip of few pixels is not to be stepped over.
  const stepX = Math.min(step, Math.max(1, (right - left) >> 1));
  const stepY = Math.min(step, Math.max(1, (bottom - top) >> 1));
  const found: number[][] = [];
  for (let row = top; row < bottom; row += stepY) {
    for (let column = left; column < right; column += stepX) {
      if (boxes.some((box) => holds(box, row, column))) continue;
      const values: number[] = [];
      for (let component = 0; component < samplesPerPixel; component += 1)
        values.push(samples.get(row, column, component));
      found.push(values);
    }
  }
  return found;
}

function holds({ left, top, width, height }: PixelBox, row: number, column: number): boolean {
  return column >= left && column < left + width && row >= top && row < top + height;
}

/** The median of each component; of a palette the entry of middle brightness, as numbers between entries mean nothing. */
function typical(
  { samplesPerPixel, photometricInterpretation, padding, sampleKind }: FrameSamples,
  pixels: readonly (readonly number[])[],
  brightness: Brightness,
): readonly number[] {
  if (samplesPerPixel === 3)
    return [0, 1, 2].map((component) => median(pixels.map((p) => p[component] ?? 0)));
  if (photometricInterpretation === 'PALETTE COLOR') {
    const sorted = [...pixels].sort(
      (a, b) => brightness.of(a) - brightness.of(b) || (a[0] ?? 0) - (b[0] ?? 0),
    );
    return sorted[(sorted.length - 1) >> 1] ?? [0];
  }
  const values = pixels.map(([value = 0]) => value);
  if (padding === undefined && sampleKind === 'integer') return [median(values)];
  const isPadding = (value: number): boolean =>
    !Number.isFinite(value) || (padding !== undefined && value >= padding.low && value <= padding.high);
  const measured = values.filter((value) => !isPadding(value));
  const others = values.filter(isPadding);
  if (2 * measured.length >= values.length) return [median(measured)];
  return [others[(others.length - 1) >> 1] ?? 0];
}

/** The lower one of the two middle values of an even number: a value that is there. */
function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}
