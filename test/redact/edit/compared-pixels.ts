import type { PixelBox, RedactionBox } from '../../../src/core/redaction.ts';
import type { DeidentifyInput } from '../../../src/deidentify/deidentify.ts';
import { describePixels } from '../../../src/render/pixel-description.ts';
import { limits } from '../../render/drawn.ts';
import { storedOf } from '../../render/stored.ts';

/** The stored values of an instance, frame by frame, three samples together for every pixel of a colour image. */
export interface PixelValues {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  /** Chrominance is shared by pairs of pixels. */
  readonly paired: boolean;
  readonly frames: readonly Float64Array[];
}

export function pixelValues(input: DeidentifyInput): PixelValues {
  const { rows, columns, samplesPerPixel: samples } = describePixels(input.dataSet, limits);
  const stored = storedOf(input);
  const full = rows * columns * samples;
  const pairs = Math.ceil(columns / 2);
  const paired = samples === 3 && (stored[0]?.length ?? full) < full + (columns === 1 ? 2 * rows : 0);
  if (!paired || stored[0]?.length === full) return { rows, columns, samples, paired: false, frames: stored };
  const frames = stored.map((values) =>
    Float64Array.from({ length: full }, (_, i) => {
      const pixel = Math.floor(i / 3);
      const [row, column] = [Math.floor(pixel / columns), pixel % columns];
      const pair = 4 * (row * pairs + (column >> 1));
      return values[pair + (i % 3 === 0 ? column & 1 : 1 + (i % 3))] ?? Number.NaN;
    }),
  );
  return { rows, columns, samples, paired: true, frames };
}

/** A box somewhere inside of an image of this size, and over some of its frames. */
export function someBox(rows: number, columns: number, numberOfFrames: number): RedactionBox {
  const width = Math.max(1, Math.min(37, columns >> 1));
  const height = Math.max(1, Math.min(11, rows >> 1));
  return {
    left: Math.min(13, columns - width),
    top: Math.min(5, rows - height),
    width,
    height,
    frame: numberOfFrames > 1 ? 2 : 1,
    frames: numberOfFrames > 2 ? numberOfFrames - 2 : 1,
    source: 'ocr',
    reason: 'text',
  };
}

/** What is wrong with the result of blanking one box: pixels changed outside, or more than one value inside. */
export function faults(before: PixelValues, after: PixelValues, box: RedactionBox): string[] {
  const { columns, samples } = before;
  if (before.frames.length !== after.frames.length) return ['another number of frames'];
  const area = before.paired ? inPairs(box, columns) : box;
  const found = new Set<string>();
  for (const [index, values] of before.frames.entries()) {
    const other = after.frames[index] ?? new Float64Array();
    if (other.length !== values.length) return ['another size'];
    const blanked = index + 1 >= box.frame && index + 1 < box.frame + box.frames;
    const fill = new Map<number, number>();
    for (let i = 0; i < values.length; i++) {
      const pixel = Math.floor(i / samples);
      const component = i % samples;
      const value = other[i] as number;
      if (blanked && holds(area, Math.floor(pixel / columns), pixel % columns)) {
        if (!Object.is(fill.get(component) ?? value, value)) found.add('more than one value inside');
        fill.set(component, value);
      } else if (!Object.is(value, values[i])) found.add('changed outside');
    }
  }
  return [...found];
}

function holds({ left, top, width, height }: PixelBox, row: number, column: number): boolean {
  return column >= left && column < left + width && row >= top && row < top + height;
}

function inPairs({ left, top, width, height }: PixelBox, columns: number): PixelBox {
  const from = left - (left % 2);
  const to = Math.min(columns, left + width + ((left + width) % 2));
  return { left: from, top, width: to - from, height };
}
