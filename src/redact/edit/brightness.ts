import type { DataSet } from '../../dicom/data-set.ts';
import { readPalette } from '../../render/color/palette.ts';
import type { PaletteTable } from '../../render/color/palette-table.ts';
import type { Brightness } from './fill-values.ts';
import type { FrameSamples } from './frame-samples.ts';

/** Share of red, green and blue in what is seen as bright (ITU-R BT.601). */
const weights = [0.299, 0.587, 0.114] as const;

/**
 * Brightness of the pixels of a frame by its photometric interpretation. The extremes are what may be written in their place:
 * of grey images the least and the largest value of the frame, so that no window made from its values changes; of palettes
 * the darkest and the brightest entry; of colours black and white. Throws what reading a palette throws.
 */
export function brightnessOf(samples: FrameSamples, dataSet: DataSet): Brightness {
  const { photometricInterpretation, samplesPerPixel } = samples;
  if (photometricInterpretation === 'PALETTE COLOR') return ofPalette(samples, dataSet);
  if (samplesPerPixel === 3) return colorBrightness(samples);
  return greyBrightness(samples);
}

/** Brightness of grey values. */
export function greyBrightness(samples: FrameSamples): Brightness {
  return { of: ([value = 0]) => value, extremes: () => greyExtremes(samples) };
}

function ofPalette({ bitsStored, signed }: FrameSamples, dataSet: DataSet): Brightness {
  const { red, green, blue } = readPalette(dataSet, signed);
  const levelOf = (index: number): number =>
    weights[0] * entryOf(red, index) + weights[1] * entryOf(green, index) + weights[2] * entryOf(blue, index);
  return {
    of: ([index = 0]) => levelOf(index),
    extremes() {
      const { least, largest } = storedRange(bitsStored, signed);
      // What lies outside the table repeats its first and its last entry (C.7.6.3.1.5).
      const from = Math.max(least, Math.min(largest, red.firstMapped));
      const to = Math.max(from, Math.min(largest, red.firstMapped + red.entries.length - 1));
      let dark = from;
      let bright = from;
      for (let index = from; index <= to; index += 1) {
        if (levelOf(index) < levelOf(dark)) dark = index;
        if (levelOf(index) > levelOf(bright)) bright = index;
      }
      return [[dark], [bright]];
    },
  };
}

function entryOf({ firstMapped, entries }: PaletteTable, index: number): number {
  return entries[Math.min(entries.length - 1, Math.max(0, index - firstMapped))] ?? 0;
}

/** Brightness of colours of three samples. */
export function colorBrightness({ photometricInterpretation, bitsStored, signed }: FrameSamples): Brightness {
  const { least, largest } = storedRange(bitsStored, signed);
  if (!photometricInterpretation.startsWith('YBR_') || /ICT|RCT/.test(photometricInterpretation)) {
    return {
      of: (rgb) => weights.reduce((sum, weight, component) => sum + weight * (rgb[component] ?? 0), 0),
      extremes: () => [
        [least, least, least],
        [largest, largest, largest],
      ],
    };
  }
  const neutral = least + 2 ** (bitsStored - 1);
  // YBR_PARTIAL: 219 levels of luminance from 16 on (C.7.6.3.1.2), of 8 bits.
  const partial = photometricInterpretation.startsWith('YBR_PARTIAL') && bitsStored >= 8;
  const scale = 2 ** (bitsStored - 8);
  const dark = partial ? least + 16 * scale : least;
  const bright = partial ? least + 235 * scale : largest;
  return {
    of: ([luminance = 0]) => luminance,
    extremes: () => [
      [dark, neutral, neutral],
      [bright, neutral, neutral],
    ],
  };
}

function greyExtremes(samples: FrameSamples): readonly [readonly number[], readonly number[]] {
  const { rows, columns, padding, bitsStored, signed, sampleKind } = samples;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const value = samples.get(row, column, 0);
      if (!Number.isFinite(value)) continue;
      if (padding !== undefined && value >= padding.low && value <= padding.high) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low < high) return [[low], [high]];
  if (sampleKind !== 'integer') return low > high ? [[0], [1]] : [[low - 1], [high + 1]];
  const { least, largest } = storedRange(bitsStored, signed);
  return [[least], [largest]];
}

function storedRange(bitsStored: number, signed: boolean): { least: number; largest: number } {
  const range = 2 ** bitsStored;
  return signed ? { least: -range / 2, largest: range / 2 - 1 } : { least: 0, largest: range - 1 };
}
