import type { Picture } from '../picture.ts';
import type { Tensor } from '../sessions.ts';
import { type Patch, patchSize } from './patch.ts';

/** What the network was trained with: mean and deviation of blue, green and red, in this order, for values of 0 to 1. */
const means = [0.485, 0.456, 0.406] as const;
const deviations = [0.229, 0.224, 0.225] as const;

/** Sides of the network's input are multiples of this. */
export const sideStep = 32;

export function toSideStep(length: number): number {
  return Math.ceil(length / sideStep) * sideStep;
}

/** Pieces of a picture that are looked at in one run. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly patches: readonly Patch[];
}

/** The input of the network for a canvas: 1 x 3 x height x width; what no patch covers is mid-grey. */
export function canvasTensor(picture: Picture, canvas: Canvas): Tensor {
  const size = canvas.width * canvas.height;
  const values = new Float32Array(3 * size);
  const tables = [0, 1, 2].map((channel) => normalization(channel));
  if (!coveredByOne(canvas)) {
    for (let channel = 0; channel < 3; channel += 1) {
      values.fill(tables[channel]?.[127] ?? 0, channel * size, (channel + 1) * size);
    }
  }
  for (const patch of canvas.patches) paint(picture, canvas, patch, values, tables);
  return { values, dimensions: [1, 3, canvas.height, canvas.width] };
}

function coveredByOne(canvas: Canvas): boolean {
  const [only, ...others] = canvas.patches;
  if (only === undefined || others.length > 0) return false;
  const size = patchSize(only);
  return size.width >= canvas.width && size.height >= canvas.height;
}

function normalization(channel: number): Float32Array {
  const mean = means[channel] ?? 0;
  const deviation = deviations[channel] ?? 1;
  return Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / deviation);
}

/** Where a position along a side of the patch falls between two pixels of the picture, and how near it is to the second. */
interface Steps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float32Array;
}

function steps(from: number, length: number, count: number, reversed: boolean): Steps {
  const first = new Int32Array(count);
  const second = new Int32Array(count);
  const share = new Float32Array(count);
  const last = from + length - 1;
  for (let index = 0; index < count; index += 1) {
    const position = from + ((index + 0.5) * length) / count - 0.5;
    const low = Math.floor(position);
    const at = reversed ? count - 1 - index : index;
    first[at] = Math.min(Math.max(low, from), last);
    second[at] = Math.min(Math.max(low + 1, from), last);
    share[at] = position - low;
  }
  return { first, second, share };
}

function paint(
  picture: Picture,
  canvas: Canvas,
  patch: Patch,
  values: Float32Array,
  tables: readonly Float32Array[],
): void {
  const { width, height } = patchSize(patch);
  const sideways = patch.turn === 90 || patch.turn === 270;
  // A piece turned clockwise by 90 degrees shows its columns as rows, and its last row first.
  const alongRow = sideways
    ? steps(patch.area.top, patch.area.height, width, patch.turn === 90)
    : steps(patch.area.left, patch.area.width, width, patch.turn === 180);
  const alongColumn = sideways
    ? steps(patch.area.left, patch.area.width, height, patch.turn === 270)
    : steps(patch.area.top, patch.area.height, height, patch.turn === 180);
  const { channels, pixels } = picture;
  const rowStride = picture.width * channels;
  const [strideAlongRow, strideAlongColumn] = sideways ? [rowStride, channels] : [channels, rowStride];
  const tone = toneTable(patch);
  // From a value of the picture to the network's, in the order of the planes.
  const tones = tables.map((table) => Float32Array.from(tone, (value) => table[value] ?? 0));
  const size = canvas.width * canvas.height;
  const exact = patch.scale === 1;
  // Grey pixels are read once and written to all three planes.
  const planes = channels === 1 ? [[0, 1, 2]] : [[0], [1], [2]];
  for (const targets of planes) {
    const [first = 0, ...others] = targets;
    const table = tones[first] ?? none;
    const [second, third] = others.map((channel) => tones[channel] ?? none);
    const offset = channels === 3 ? 2 - first : 0;
    for (let y = 0; y < height; y += 1) {
      const rowA = (alongColumn.first[y] ?? 0) * strideAlongColumn + offset;
      const rowB = (alongColumn.second[y] ?? 0) * strideAlongColumn + offset;
      const down = alongColumn.share[y] ?? 0;
      const target = first * size + (patch.y + y) * canvas.width + patch.x;
      for (let x = 0; x < width; x += 1) {
        const columnA = (alongRow.first[x] ?? 0) * strideAlongRow;
        let value = pixels[rowA + columnA] ?? 0;
        if (!exact) {
          const columnB = (alongRow.second[x] ?? 0) * strideAlongRow;
          const across = alongRow.share[x] ?? 0;
          const upper = value + ((pixels[rowA + columnB] ?? 0) - value) * across;
          const left = pixels[rowB + columnA] ?? 0;
          const lower = left + ((pixels[rowB + columnB] ?? 0) - left) * across;
          value = (upper + (lower - upper) * down + 0.5) | 0;
        }
        values[target + x] = table[value] ?? 0;
        if (second === undefined || third === undefined) continue;
        values[target + x + size] = second[value] ?? 0;
        values[target + x + 2 * size] = third[value] ?? 0;
      }
    }
  }
}

const none = new Float32Array(256);

function toneTable(patch: Patch): Uint8Array {
  const { low, high } = patch.tone;
  const span = high === low ? 1 : high - low;
  return Uint8Array.from({ length: 256 }, (_, value) =>
    Math.min(Math.max(Math.round(((value - low) / span) * 255), 0), 255),
  );
}
