import { SallyportError } from '../core/errors.ts';
import type { DataSet } from '../dicom/data-set.ts';
import type { FrameSamples } from '../redact/edit/frame-samples.ts';
import { readPalette } from '../render/color/palette.ts';
import type { PaletteTable } from '../render/color/palette-table.ts';
import { presentationOf } from '../render/grey/frame-transform.ts';
import { levelTable } from '../render/grey/level-table.ts';
import { rampOf } from '../render/grey/levels.ts';
import { isSegmentation } from '../render/grey/segmentation.ts';
import type { PixelDescription } from '../render/pixel-description.ts';
import type { DrawnFrame } from '../render/render.ts';

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** A frame as it is shown, and how that came about. */
export type ShownFrame = Pick<DrawnFrame, 'frame' | 'image' | 'transform'>;

/** Puts a colour on one pixel; `share` of ink 0 to 1. True where a stored value changed. */
export type InkPixel = (row: number, column: number, color: Rgb, share: number) => boolean;

/** What `inkPixels` looks at of one frame. */
interface Frame {
  readonly dataSet: DataSet;
  readonly pixels: PixelDescription;
  readonly samples: FrameSamples;
  readonly shown: ShownFrame;
}

/** As people see it: ITU-R BT.601, which is also the Y of YBR_FULL. */
export function brightness([red, green, blue]: Rgb): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/**
 * How ink gets into the stored values of a frame, whatever they mean: grey through its window backwards, colour, luminance
 * and chrominance, indexes of a palette. `hidden` ink changes stored values where the window shows no difference, and
 * nothing elsewhere; grey of up to 16 bits only. Throws PIXEL_FORMAT_UNSUPPORTED where no way leads back from what is
 * shown.
 */
export function inkPixels(frame: Frame, hidden: boolean): InkPixel {
  const { dataSet, pixels, samples, shown } = frame;
  const isMask = samples.bitsStored === 1 || isSegmentation(dataSet);
  const isGrey =
    samples.samplesPerPixel === 1 && pixels.photometricInterpretation !== 'PALETTE COLOR' && !isMask;
  const isWide = samples.sampleKind !== 'integer' || samples.bitsStored > 16;
  if (hidden) return isGrey && !isWide ? hiddenInk(frame) : () => false;
  if (samples.samplesPerPixel === 3) return colorInk(samples);
  if (isMask) return maskInk(samples);
  if (!isGrey) return paletteInk(frame);
  if (shown.image.channels !== 1)
    throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'supplemental palette' });
  return isWide ? wideInk(frame) : greyInk(frame);
}

/** Writes where that changes something. */
function put(samples: FrameSamples, row: number, column: number, component: number, value: number): boolean {
  const before = samples.get(row, column, component);
  if (before === value) return false;
  samples.set(row, column, component, value);
  return samples.get(row, column, component) !== before;
}

/** Least and greatest stored value that is shown at each level; those that stand for no measurement left out. */
interface StoredOfLevels {
  readonly least: ReadonlyMap<number, number>;
  readonly greatest: ReadonlyMap<number, number>;
}

function storedOfLevels({ dataSet, pixels, samples, shown }: Frame): StoredOfLevels {
  const { bitsStored, signed, padding } = samples;
  const table = levelTable(
    16,
    { shift: 0, bitsStored, signed },
    shown.transform,
    presentationOf(dataSet, pixels),
  );
  const size = 2 ** bitsStored;
  const first = signed ? -size / 2 : 0;
  const least = new Map<number, number>();
  const greatest = new Map<number, number>();
  for (let stored = first; stored < first + size; stored++) {
    if (padding !== undefined && stored >= padding.low && stored <= padding.high) continue;
    const level = table[stored & (size - 1)] as number;
    if (!least.has(level)) least.set(level, stored);
    greatest.set(level, stored);
  }
  return { least, greatest };
}

function greyInk(frame: Frame): InkPixel {
  const { samples, shown } = frame;
  const { least, greatest } = storedOfLevels(frame);
  const known = [...least.keys()].sort((a, b) => a - b);
  const [lowest = 0] = known;
  const rises = (greatest.get(known.at(-1) ?? 0) ?? 0) >= (greatest.get(lowest) ?? 0);
  /** The value nearest to those of other levels, so that the far ends stay free. */
  const storedOf = Array.from({ length: 256 }, (_, level) => {
    const nearest = known.reduce(
      (best, other) => (Math.abs(other - level) < Math.abs(best - level) ? other : best),
      lowest,
    );
    return ((nearest === lowest) === rises ? greatest : least).get(nearest) ?? 0;
  });
  const { pixels: levels, width } = shown.image;
  return (row, column, color, share) => {
    const level = levels[row * width + column] as number;
    const wanted = Math.round(level + share * (brightness(color) - level));
    return wanted !== level && put(samples, row, column, 0, storedOf[wanted] ?? 0);
  };
}

/** The other end of the values that are shown at the same level. */
function hiddenInk(frame: Frame): InkPixel {
  const { samples, shown } = frame;
  const { least, greatest } = storedOfLevels(frame);
  const { pixels: levels, width } = shown.image;
  return (row, column, _color, share) => {
    const level = levels[row * width + column] as number;
    const [low, high] = [least.get(level), greatest.get(level)];
    if (share < 0.5 || low === undefined || high === undefined || low === high) return false;
    const stored = samples.get(row, column, 0);
    return put(samples, row, column, 0, stored - low > high - stored ? low : high);
  };
}

/** 32-bit and float values, through the straight line of a window. */
function wideInk({ dataSet, pixels, samples, shown }: Frame): InkPixel {
  const ramp = rampOf(shown.transform);
  if (ramp === undefined) throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'wide values' });
  const { inverted } = presentationOf(dataSet, pixels);
  const integer = samples.sampleKind === 'integer';
  const least = !integer ? Number.NEGATIVE_INFINITY : samples.signed ? -(2 ** (samples.bitsStored - 1)) : 0;
  const greatest = integer ? least + 2 ** samples.bitsStored - 1 : Number.POSITIVE_INFINITY;
  const { pixels: levels, width } = shown.image;
  return (row, column, color, share) => {
    const level = levels[row * width + column] as number;
    const wanted = Math.round(level + share * (brightness(color) - level));
    if (wanted === level) return false;
    const value = ramp.zero + ((inverted ? 255 - wanted : wanted) * ramp.span) / 255;
    const stored = integer ? Math.round(value) : value;
    return put(samples, row, column, 0, Math.min(greatest, Math.max(least, stored)));
  };
}

/** Masks are on or off. */
function maskInk(samples: FrameSamples): InkPixel {
  const on = 2 ** samples.bitsStored - 1;
  return (row, column, color, share) =>
    share >= 0.5 && put(samples, row, column, 0, brightness(color) >= 128 ? on : 0);
}

/** No shades: entries of mixed colours may be anything, and devices put letters into palettes without. */
function paletteInk({ dataSet, pixels, samples }: Frame): InkPixel {
  const { red, green, blue } = readPalette(dataSet, pixels.signed);
  const length = Math.max(red.entries.length, green.entries.length, blue.entries.length);
  const size = 2 ** samples.bitsStored;
  const lowest = Math.max(samples.signed ? -size / 2 : 0, red.firstMapped);
  const highest = Math.min(lowest + length - 1, samples.signed ? size / 2 - 1 : size - 1);
  const found = new Map<number, number>();
  const nearest = (color: Rgb): number => {
    const key = color.reduce((sum, value) => sum * 256 + Math.round(value), 0);
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
  return (row, column, color, share) => share >= 0.5 && put(samples, row, column, 0, nearest(color));
}

function entry({ firstMapped, entries }: PaletteTable, stored: number): number {
  return entries[Math.min(entries.length - 1, Math.max(0, stored - firstMapped))] ?? 0;
}

function colorInk(samples: FrameSamples): InkPixel {
  const top = 2 ** samples.bitsStored - 1;
  // The middle of the signed range is that of the unsigned one.
  const shift = samples.signed ? 2 ** (samples.bitsStored - 1) : 0;
  const toStored = storedColors(samples.photometricInterpretation);
  const blend = (row: number, column: number, component: number, value: number, share: number): boolean => {
    const before = samples.get(row, column, component) + shift;
    const wanted = Math.round(before + share * ((value * top) / 255 - before));
    return put(samples, row, column, component, Math.min(top, Math.max(0, wanted)) - shift);
  };
  return (row, column, color, share) => {
    const [first, second, third] = toStored(color);
    // A pixel that shares its chrominance shares the ink too.
    const rest = samples.paired ? share / 2 : share;
    const changed = [
      blend(row, column, 0, first, share),
      blend(row, column, 1, second, rest),
      blend(row, column, 2, third, rest),
    ];
    return changed.includes(true);
  };
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
