import type { PixelBox } from '../../../src/core/redaction.ts';
import type { DeidentifyInput } from '../../../src/deidentify/deidentify.ts';
import { encapsulatedFrames } from '../../../src/render/decode/frames.ts';
import { describePixels } from '../../../src/render/pixel-description.ts';
import { limits } from '../../render/drawn.ts';
import type { PixelValues } from './compared-pixels.ts';

/** What blanking whole blocks may do to the sample of a component at a pixel. */
export type SampleState = 'kept' | 'mixed' | 'blanked';
type States = (row: number, column: number, component: number) => SampleState;

/** Whether JPEG that loses information was edited in its form. */
export function isEditedJpeg(
  input: Pick<DeidentifyInput, 'transferSyntaxUid'>,
  result: DeidentifyInput,
): boolean {
  return /\.4\.5[01]$/.test(input.transferSyntaxUid) && result.transferSyntaxUid === input.transferSyntaxUid;
}

/** The frames as they are stored. */
export function codeStreams({ dataSet }: Pick<DeidentifyInput, 'dataSet'>): Uint8Array[] {
  const pixels = describePixels(dataSet, limits);
  const frames = encapsulatedFrames(dataSet, pixels);
  return Array.from({ length: pixels.numberOfFrames }, (_, index) => new Uint8Array(frames.read(index)));
}

/** Marker, content of all segments before the first scan's data; the scan header is the last. */
export function segmentsOf(stream: Uint8Array): { readonly marker: number; readonly content: Uint8Array }[] {
  const found: { marker: number; content: Uint8Array }[] = [];
  for (let at = 2; at + 4 <= stream.length; ) {
    const marker = stream[at + 1] ?? 0;
    const end = at + 2 + (((stream[at + 2] ?? 0) << 8) | (stream[at + 3] ?? 0));
    found.push({ marker, content: stream.subarray(at + 4, end) });
    if (marker === 0xda) break;
    at = end;
  }
  return found;
}

/**
 * Says of every pixel and component what has to become of it when the blocks go that hold anything of these boxes: of
 * subsampled components also those that hold a sample beside. `mixing`: a decoder that mixes neighbouring samples of such
 * components.
 */
export function sampleStates(stream: Uint8Array, boxes: readonly PixelBox[], mixing: boolean): States {
  const frame = segmentsOf(stream).find(({ marker }) => marker === 0xc0 || marker === 0xc1)?.content;
  if (frame === undefined) throw new Error('no sequential frame');
  const factors = Array.from({ length: frame[5] ?? 0 }, (_, i) => {
    const both = frame[7 + 3 * i] ?? 0;
    return { across: both >> 4, down: both & 15 };
  });
  const most = {
    across: Math.max(...factors.map(({ across }) => across)),
    down: Math.max(...factors.map(({ down }) => down)),
  };
  const blanked = (component: number, sampleRow: number, sampleColumn: number): boolean => {
    const { across, down } = factors[component] ?? { across: 1, down: 1 };
    const wide = most.across / across;
    const high = most.down / down;
    const besideX = wide > 1 ? wide : 0;
    const besideY = high > 1 ? high : 0;
    // From the block to its pixels: the other way round than what is tested.
    const left = 8 * Math.floor(sampleColumn / 8) * wide;
    const top = 8 * Math.floor(sampleRow / 8) * high;
    return boxes.some(
      (box) =>
        box.left - besideX < left + 8 * wide &&
        box.left + box.width + besideX > left &&
        box.top - besideY < top + 8 * high &&
        box.top + box.height + besideY > top,
    );
  };
  return (row, column, component) => {
    const { across, down } = factors[component] ?? { across: 1, down: 1 };
    const x = Math.floor((column * across) / most.across);
    const y = Math.floor((row * down) / most.down);
    const sidesX = mixing && across < most.across ? [x - 1, x, x + 1] : [x];
    const sidesY = mixing && down < most.down ? [y - 1, y, y + 1] : [y];
    const all = sidesY.flatMap((sy) =>
      sidesX.map((sx) => blanked(component, Math.max(0, sy), Math.max(0, sx))),
    );
    if (all.every((one) => !one)) return 'kept';
    return all.every((one) => one) ? 'blanked' : 'mixed';
  };
}

/** As `faults` of compared-pixels.ts, for JPEG that was edited block by block; `boxes` are in every frame. */
export function blockFaults(
  streams: readonly Uint8Array[],
  before: PixelValues,
  after: PixelValues,
  boxes: readonly (PixelBox & { readonly frame: number; readonly frames: number })[],
): string[] {
  const { columns, samples } = before;
  const found = new Set<string>();
  if (before.frames.length !== after.frames.length) return ['another number of frames'];
  for (const [index, values] of before.frames.entries()) {
    const own = boxes.filter((box) => index + 1 >= box.frame && index + 1 < box.frame + box.frames);
    const other = after.frames[index] ?? new Float64Array();
    if (other.length !== values.length) return ['another size'];
    const state: States =
      own.length === 0 ? () => 'kept' : sampleStates(streams[index] ?? new Uint8Array(), own, true);
    const known = new Map<string, boolean>();
    const gone = (row: number, column: number): boolean => {
      const block = `${row >> 3} ${column >> 3}`;
      const found = known.get(block) ?? falseColor(before, index, after, state, row, column);
      known.set(block, found);
      return found;
    };
    const fills = own.map(() => new Map<number, number>());
    for (let i = 0; i < values.length; i++) {
      const pixel = Math.floor(i / samples);
      const component = i % samples;
      const [row, column] = [Math.floor(pixel / columns), pixel % columns];
      const becomes = state(row, column, component);
      if (becomes === 'kept' && other[i] !== values[i] && !(component === 0 && gone(row, column)))
        found.add('changed outside');
      if (becomes === 'kept' && component === 0 && own.length > 0 && other[i] === values[i]) {
        const [x, y] = [column - (column % 8), row - (row % 8)];
        if (gone(row, column) && !isFlat(other, columns, samples, y, x)) found.add('in a false color');
      }
      for (const [place, box] of own.entries()) {
        if (!holds(box, row, column)) continue;
        if (becomes !== 'blanked') found.add('a box is not covered');
        // Boxes that meet share blocks: which fill that is, others test.
        if (own.length > 1) continue;
        const value = other[i] as number;
        if ((fills[place]?.get(component) ?? value) !== value) found.add('more than one value inside');
        fills[place]?.set(component, value);
      }
    }
  }
  return [...found];
}

/** Whether chrominance of the 8 by 8 pixels around one was blanked, and was another: then the luminance goes too. */
function falseColor(
  { rows, columns, samples, frames }: PixelValues,
  frame: number,
  after: PixelValues,
  state: States,
  row: number,
  column: number,
): boolean {
  const pixels: [number, number][] = [];
  for (let y = row - (row % 8); y < Math.min(rows, row - (row % 8) + 8); y++)
    for (let x = column - (column % 8); x < Math.min(columns, column - (column % 8) + 8); x++)
      pixels.push([y, x]);
  return [1, 2].slice(0, samples - 1).some((component) => {
    const at = ([y, x]: [number, number]): number => (y * columns + x) * samples + component;
    const flat = pixels.find(([y, x]) => state(y, x, component) === 'blanked');
    if (flat === undefined) return false;
    const fill = after.frames[frame]?.[at(flat)] ?? 0;
    return pixels.some((pixel) => Math.abs((frames[frame]?.[at(pixel)] ?? 0) - fill) > 8);
  });
}

function isFlat(
  values: Float64Array,
  columns: number,
  samples: number,
  row: number,
  column: number,
): boolean {
  const first = values[(row * columns + column) * samples];
  for (let y = row; y < row + 8; y++)
    for (let x = column; x < Math.min(columns, column + 8); x++) {
      const value = values[(y * columns + x) * samples];
      if (value !== undefined && value !== first) return false;
    }
  return true;
}

function holds({ left, top, width, height }: PixelBox, row: number, column: number): boolean {
  return column >= left && column < left + width && row >= top && row < top + height;
}
