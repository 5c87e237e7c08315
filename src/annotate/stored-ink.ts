import { SallyportError } from '../core/errors.ts';
import type { DataSet } from '../dicom/data-set.ts';
import { readPalette } from '../render/color/palette.ts';
import type { DecodedFrame } from '../render/decode/decoders.ts';
import { presentationOf } from '../render/grey/frame-transform.ts';
import { levelTable } from '../render/grey/level-table.ts';
import { rampOf } from '../render/grey/levels.ts';
import { isSegmentation } from '../render/grey/segmentation.ts';
import { isPairedChroma, type PixelDescription } from '../render/pixel-description.ts';
import type { DrawnFrame } from '../render/render.ts';
import { type CellLayout, type Cells, layoutOf } from '../render/samples.ts';

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Puts a colour on the stored values of one pixel of one frame. `share` of ink 0 to 1; true where a value changed. */
export type InkPixel = (pixel: number, color: Rgb, share: number, hidden: boolean) => boolean;

/** As people see it: ITU-R BT.601, which is also the Y of YBR_FULL. */
export function brightness([red, green, blue]: Rgb): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/**
 * How ink gets into the cells of a decoded frame, whatever they mean: grey through its window backwards, colour, luminance
 * and chrominance, indexes of a palette. Bits around the stored ones stay. `drawn` is the same frame as it is shown.
 * Throws PIXEL_FORMAT_UNSUPPORTED where no way leads back from what is shown.
 */
export function inkPixels(
  dataSet: DataSet,
  pixels: PixelDescription,
  frame: DecodedFrame,
  drawn: DrawnFrame,
  cells: Cells,
): InkPixel {
  if (pixels.samplesPerPixel === 3) return colorInk(pixels, frame, cells);
  const layout = layoutOf(frame, pixels);
  if (pixels.photometricInterpretation === 'PALETTE COLOR') return paletteInk(dataSet, pixels, layout, cells);
  if (frame.bitsAllocated === 1 || isSegmentation(dataSet)) return maskInk(layout, cells);
  const levels = drawn.image.channels === 1 ? drawn.image.pixels : undefined;
  if (levels === undefined)
    throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'supplemental palette' });
  return frame.bitsAllocated > 16
    ? wideInk(dataSet, pixels, layout, cells, drawn, levels)
    : greyInk(dataSet, pixels, layout, cells, drawn, levels);
}

/** Sets the stored bits of a cell; true where that changed something. */
function setter(cells: Cells, layout: CellLayout): (at: number, stored: number) => boolean {
  const mask = (2 ** layout.bitsStored - 1) * 2 ** layout.shift;
  if (cells instanceof Float32Array || cells instanceof Float64Array || cells instanceof Uint32Array) {
    return (at, stored) => {
      const before = cells[at];
      cells[at] = stored;
      return cells[at] !== before;
    };
  }
  return (at, stored) => {
    const before = cells[at] as number;
    const after = (before & ~mask) | ((stored << layout.shift) & mask);
    cells[at] = after;
    return cells[at] !== before;
  };
}

function greyInk(
  dataSet: DataSet,
  pixels: PixelDescription,
  layout: CellLayout,
  cells: Cells,
  { transform }: DrawnFrame,
  levels: Uint8Array,
): InkPixel {
  const table = levelTable(16, { ...layout, shift: 0 }, transform, presentationOf(dataSet, pixels));
  const { signed, bitsStored } = layout;
  const size = 2 ** bitsStored;
  const first = signed ? -size / 2 : 0;
  const levelOf = (stored: number): number => table[stored & (size - 1)] as number;
  const isPadding = (stored: number): boolean =>
    pixels.padding !== undefined && stored >= pixels.padding.low && stored <= pixels.padding.high;
  /** Least and greatest stored value of each level. */
  const least = new Map<number, number>();
  const greatest = new Map<number, number>();
  for (let stored = first; stored < first + size; stored++) {
    if (isPadding(stored)) continue;
    const level = levelOf(stored);
    if (!least.has(level)) least.set(level, stored);
    greatest.set(level, stored);
  }
  const known = [...least.keys()].sort((a, b) => a - b);
  const nearest = Array.from({ length: 256 }, (_, level) =>
    known.reduce(
      (best, other) => (Math.abs(other - level) < Math.abs(best - level) ? other : best),
      known[0] ?? 0,
    ),
  );
  const rises = (greatest.get(known.at(-1) ?? 0) ?? 0) >= (greatest.get(known[0] ?? 0) ?? 0);
  /** The value of a level that is nearest to the others: what lies beyond the window is for `hidden`. */
  const storedOf = nearest.map((level) => {
    const lowEnd = level === known[0];
    const from = lowEnd === rises ? greatest : least;
    return from.get(level) ?? 0;
  });
  const set = setter(cells, layout);
  return (pixel, color, share, hidden) => {
    const level = levels[pixel] as number;
    if (hidden) {
      if (share < 0.5) return false;
      const [low, high] = [least.get(level), greatest.get(level)];
      if (low === undefined || high === undefined || low === high) return false;
      const cell = ((cells[pixel] as number) >>> layout.shift) & (size - 1);
      const stored = signed && cell >= size / 2 ? cell - size : cell;
      return set(pixel, stored - low > high - stored ? low : high);
    }
    const wanted = Math.round(level + share * (brightness(color) - level));
    return wanted === level ? false : set(pixel, storedOf[wanted] ?? 0);
  };
}

/** 32-bit and float values, through the straight line of a window. */
function wideInk(
  dataSet: DataSet,
  pixels: PixelDescription,
  layout: CellLayout,
  cells: Cells,
  { transform }: DrawnFrame,
  levels: Uint8Array,
): InkPixel {
  const ramp = rampOf(transform);
  if (ramp === undefined) throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'wide values' });
  const { inverted } = presentationOf(dataSet, pixels);
  const set = setter(cells, layout);
  const integer = cells instanceof Uint32Array;
  const highest = integer ? 2 ** layout.bitsStored - 1 : Number.POSITIVE_INFINITY;
  return (pixel, color, share, hidden) => {
    if (hidden) return false;
    const level = levels[pixel] as number;
    const wanted = Math.round(level + share * (brightness(color) - level));
    if (wanted === level) return false;
    const value = ramp.zero + ((inverted ? 255 - wanted : wanted) * ramp.span) / 255;
    if (!integer) return set(pixel, value);
    const whole = Math.round(value);
    return set(pixel, layout.signed ? whole >>> 0 : Math.min(highest, Math.max(0, whole)));
  };
}

/** Masks are on or off: any ink is the other one than the dark. */
function maskInk(layout: CellLayout, cells: Cells): InkPixel {
  const set = setter(cells, layout);
  const on = 2 ** layout.bitsStored - 1;
  return (pixel, color, share, hidden) =>
    share >= 0.5 && !hidden && set(pixel, brightness(color) >= 128 ? on : 0);
}

function paletteInk(dataSet: DataSet, pixels: PixelDescription, layout: CellLayout, cells: Cells): InkPixel {
  const { red, green, blue } = readPalette(dataSet, pixels.signed);
  const length = Math.max(red.entries.length, green.entries.length, blue.entries.length);
  const size = 2 ** layout.bitsStored;
  const lowest = Math.max(layout.signed ? -size / 2 : 0, red.firstMapped);
  const highest = Math.min(lowest + length - 1, layout.signed ? size / 2 - 1 : size - 1);
  const entry = ({ firstMapped, entries }: typeof red, stored: number): number =>
    entries[Math.min(entries.length - 1, Math.max(0, stored - firstMapped))] ?? 0;
  const found = new Map<number, number>();
  const nearest = (color: Rgb): number => {
    // 64 levels of each colour are enough to find the entry by, and few enough to be kept.
    const key = color.reduce((sum, value) => sum * 64 + (Math.round(value) >> 2), 0);
    const known = found.get(key);
    if (known !== undefined) return known;
    let best = lowest;
    let distance = Number.POSITIVE_INFINITY;
    for (let stored = lowest; stored <= highest; stored++) {
      const apart =
        (entry(red, stored) - color[0]) ** 2 +
        (entry(green, stored) - color[1]) ** 2 +
        (entry(blue, stored) - color[2]) ** 2;
      if (apart >= distance) continue;
      distance = apart;
      best = stored;
    }
    found.set(key, best);
    return best;
  };
  const set = setter(cells, layout);
  return (pixel, color, share, hidden) => {
    // Entries of mixed colours may be anything: devices put letters into palettes without shades.
    if (share < 0.5 || hidden) return false;
    return set(pixel, nearest(color));
  };
}

function colorInk(pixels: PixelDescription, frame: DecodedFrame, cells: Cells): InkPixel {
  const { rows, columns } = pixels;
  const layout = layoutOf(frame, pixels);
  const set = setter(cells, layout);
  const top = 2 ** layout.bitsStored - 1;
  const flip = layout.signed ? 2 ** (layout.bitsStored - 1) : 0;
  const valueAt = (at: number): number => (((cells[at] as number) >>> layout.shift) & top) ^ flip;
  const photometric = withoutSubsampling(frame, cells, pixels);
  const toStored = storedColors(photometric);
  const blend = (at: number, value: number, share: number): boolean => {
    const before = valueAt(at);
    const wanted = Math.round(before + share * ((value * top) / 255 - before));
    return wanted !== before && set(at, Math.min(top, Math.max(0, wanted)) ^ flip);
  };
  if (isPairedChroma(photometric)) {
    const rowCells = 4 * Math.ceil(columns / 2);
    return (pixel, color, share, hidden) => {
      if (hidden) return false;
      const column = pixel % columns;
      const pair = Math.floor(pixel / columns) * rowCells + 4 * (column >> 1);
      const [y, cb, cr] = toStored(color);
      // The other pixel of the pair shares the chrominance.
      const changed = [
        blend(pair + (column & 1), y, share),
        blend(pair + 2, cb, share / 2),
        blend(pair + 3, cr, share / 2),
      ];
      return changed.includes(true);
    };
  }
  const plane = rows * columns;
  const place = (pixel: number, sample: number): number =>
    frame.planarConfiguration === 1 ? sample * plane + pixel : 3 * pixel + sample;
  return (pixel, color, share, hidden) => {
    if (hidden) return false;
    const values = toStored(color);
    const changed = values.map((value, sample) => blend(place(pixel, sample), value, share));
    return changed.includes(true);
  };
}

/** The length tells whether chrominance is shared, as in drawing. */
function withoutSubsampling(frame: DecodedFrame, cells: Cells, { rows, columns }: PixelDescription): string {
  const name = frame.photometricInterpretation;
  const paired = 4 * rows * Math.ceil(columns / 2);
  return isPairedChroma(name) && cells.length !== paired && cells.length >= 3 * rows * columns
    ? name.replace('_422', '')
    : name;
}

/** Samples of 8 bits of a colour: PS3.3 C.7.6.3.1.2. */
function storedColors(photometric: string): (color: Rgb) => Rgb {
  if (photometric === 'RGB' || photometric === 'YBR_ICT' || photometric === 'YBR_RCT')
    return (color) => color;
  const full = photometric.startsWith('YBR_FULL');
  if (!full && !photometric.startsWith('YBR_PARTIAL'))
    throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'photometric interpretation' });
  return (color) => {
    const y = brightness(color);
    const [cb, cr] = [(color[2] - y) / 1.772, (color[0] - y) / 1.402];
    return full
      ? [y, 128 + cb, 128 + cr]
      : [16 + (y * 219) / 255, 128 + (cb * 224) / 255, 128 + (cr * 224) / 255];
  };
}
