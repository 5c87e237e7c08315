import type { Area, Picture } from '../../ocr/picture.ts';
import type { Plane } from './tiles.ts';

/** Side of the squares that are judged, pixels. */
const cellSize = 16;
/** Levels that must lie between two pixels for the shown picture to tell them apart for certain. */
const visibleStep = 10;
/** A block with so many levels between its darkest and brightest pixel shows what is in it. */
const visibleRange = 24;
/** JPEG codes blocks of this side: around a visible edge, it leaves ripples that are no text. */
const blockSize = 8;
const reach = 2;
/** Differences above so many times those between neighbours are no noise. */
const noiseFactor = 4;
/** One character of 8 pixels has more. */
const leastEdges = 20;
const maxDifference = 1023;

/** Squares in which stored values differ by more than noise where the picture as shown does not. */
export function hiddenCells(shown: Picture, stored: Plane, within: readonly Area[] | undefined): Area[] {
  const { width, height } = shown;
  const counts = new Uint32Array(maxDifference + 1);
  const found: Area[] = [];
  for (const area of within ?? [{ left: 0, top: 0, width, height }]) {
    const firstTop = area.top - (area.top % cellSize);
    const firstLeft = area.left - (area.left % cellSize);
    for (let top = firstTop; top < area.top + area.height; top += cellSize) {
      for (let left = firstLeft; left < area.left + area.width; left += cellSize) {
        const cell = {
          left,
          top,
          width: Math.min(cellSize, width - left),
          height: Math.min(cellSize, height - top),
        };
        if (hides(shown, stored, cell, counts)) found.push(cell);
      }
    }
  }
  return found;
}

function hides(shown: Picture, stored: Plane, cell: Area, counts: Uint32Array): boolean {
  if (isFlat(stored, cell)) return false;
  const least = Math.max(1, noiseFactor * noiseOf(stored, cell, counts));
  let edges = 0;
  for (let top = cell.top; top < cell.top + cell.height; top += blockSize) {
    for (let left = cell.left; left < cell.left + cell.width; left += blockSize) {
      const right = Math.min(left + blockSize, cell.left + cell.width);
      const bottom = Math.min(top + blockSize, cell.top + cell.height);
      const block = { left, top, width: right - left, height: bottom - top };
      if (rangeOf(shown, block) < visibleRange) edges += hiddenEdges(shown, stored, block, least);
      if (edges >= leastEdges) return true;
    }
  }
  return false;
}

function isFlat({ values, width, channels }: Plane, { left, top, width: wide, height }: Area): boolean {
  const first = (top * width + left) * channels;
  for (let y = 0; y < height; y++) {
    const row = first + y * width * channels;
    for (let i = 0; i < wide * channels; i++)
      if (values[row + i] !== values[first + (i % channels)]) return false;
  }
  return true;
}

/** The middle one of the differences between neighbours in a row. */
function noiseOf({ values, width, channels }: Plane, cell: Area, counts: Uint32Array): number {
  counts.fill(0);
  let total = 0;
  for (let y = cell.top; y < cell.top + cell.height; y++) {
    let at = (y * width + cell.left) * channels;
    for (let i = channels; i < cell.width * channels; i++, at++) {
      const difference = Math.abs((values[at + channels] as number) - (values[at] as number));
      (counts[Math.min(difference, maxDifference)] as number)++;
      total++;
    }
  }
  let seen = 0;
  for (let difference = 0; difference < maxDifference; difference++) {
    seen += counts[difference] as number;
    if (2 * seen > total) return difference;
  }
  return maxDifference;
}

function rangeOf({ pixels, width, channels }: Picture, block: Area): number {
  let most = 0;
  for (let channel = 0; channel < channels; channel++) {
    let low = 255;
    let high = 0;
    for (let y = block.top; y < block.top + block.height; y++) {
      let at = (y * width + block.left) * channels + channel;
      for (let x = 0; x < block.width; x++, at += channels) {
        const value = pixels[at] as number;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    most = Math.max(most, high - low);
  }
  return most;
}

function hiddenEdges(shown: Picture, stored: Plane, block: Area, least: number): number {
  const { width, height } = shown;
  let edges = 0;
  for (let y = block.top; y < block.top + block.height; y++) {
    for (let x = block.left; x < block.left + block.width; x++) {
      const at = y * width + x;
      if (x + reach < width && isHidden(shown, stored, at, at + reach, least)) edges++;
      if (y + reach < height && isHidden(shown, stored, at, at + reach * width, least)) edges++;
    }
  }
  return edges;
}

function isHidden(shown: Picture, stored: Plane, one: number, other: number, least: number): boolean {
  let most = 0;
  for (let c = 0; c < stored.channels; c++) {
    const a = stored.values[one * stored.channels + c] as number;
    const b = stored.values[other * stored.channels + c] as number;
    most = Math.max(most, Math.abs(a - b));
  }
  if (most < least) return false;
  for (let c = 0; c < shown.channels; c++) {
    const a = shown.pixels[one * shown.channels + c] as number;
    const b = shown.pixels[other * shown.channels + c] as number;
    if (Math.abs(a - b) >= visibleStep) return false;
  }
  return true;
}
