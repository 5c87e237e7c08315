import type { Area, Picture } from '../picture.ts';

/** A window of a picture, as the search looks at it. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Luminance. */
  readonly grey: Uint8Array;
  /** Greatest minus least of the three components; undefined where there is no colour. */
  readonly chroma: Uint8Array | undefined;
  /** The whole colour of each pixel. */
  readonly colors: Int32Array;
}

/** Components that differ by more are colour to the eye. */
const visibleChroma = 24;

export function windowOf({ pixels, channels, width }: Picture, area: Area): Window {
  const count = area.width * area.height;
  const grey = new Uint8Array(count);
  const colors = new Int32Array(count);
  let chroma: Uint8Array | undefined;
  if (channels === 1) {
    for (let y = 0, to = 0; y < area.height; y++) {
      let at = (area.top + y) * width + area.left;
      for (let x = 0; x < area.width; x++, at++, to++) {
        const value = pixels[at] as number;
        grey[to] = value;
        colors[to] = value;
      }
    }
  } else {
    chroma = new Uint8Array(count);
    let most = 0;
    for (let y = 0, to = 0; y < area.height; y++) {
      let at = 3 * ((area.top + y) * width + area.left);
      for (let x = 0; x < area.width; x++, at += 3, to++) {
        const r = pixels[at] as number;
        const g = pixels[at + 1] as number;
        const b = pixels[at + 2] as number;
        grey[to] = (77 * r + 150 * g + 29 * b) >> 8;
        colors[to] = (r << 16) | (g << 8) | b;
        const spread = (r > g ? Math.max(r, b) : Math.max(g, b)) - (r < g ? Math.min(r, b) : Math.min(g, b));
        chroma[to] = spread;
        if (spread > most) most = spread;
      }
    }
    if (most < visibleChroma) chroma = undefined;
  }
  return { left: area.left, top: area.top, width: area.width, height: area.height, grey, chroma, colors };
}

export const neither = 0;
export const bright = 1;
export const dark = 2;

/** Half the side of the square a pixel is held against: strokes of large text are not thicker. */
const reach = 10;
const leastContrast = 6;
const noiseFactor = 3;
const deviationFactor = 0.5;

/** Pixels clearly brighter or darker than what is around them: more than noise, and more than half a deviation. */
export function localClasses(grey: Uint8Array, width: number, height: number): Int32Array {
  const classes = new Int32Array(width * height);
  const noise = noiseMap(grey, width, height);
  const across = Math.ceil(width / noiseCell);
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  let rows = 0;
  const addRow = (y: number, sign: 1 | -1): void => {
    rows += sign;
    const at = y * width;
    for (let x = 0; x < width; x++) {
      const value = grey[at + x] as number;
      sums[x] = (sums[x] as number) + sign * value;
      squares[x] = (squares[x] as number) + sign * value * value;
    }
  };
  for (let y = 0; y < Math.min(reach, height); y++) addRow(y, 1);
  for (let y = 0; y < height; y++) {
    if (y + reach < height) addRow(y + reach, 1);
    if (y - reach - 1 >= 0) addRow(y - reach - 1, -1);
    let sum = 0;
    let square = 0;
    let columns = 0;
    for (let x = 0; x < Math.min(reach, width); x++) {
      sum += sums[x] as number;
      square += squares[x] as number;
      columns++;
    }
    const cells = Math.floor(y / noiseCell) * across;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      if (x + reach < width) {
        sum += sums[x + reach] as number;
        square += squares[x + reach] as number;
        columns++;
      }
      if (x - reach - 1 >= 0) {
        sum -= sums[x - reach - 1] as number;
        square -= squares[x - reach - 1] as number;
        columns--;
      }
      const area = rows * columns;
      const mean = sum / area;
      const difference = (grey[at] as number) - mean;
      if (difference < leastContrast && difference > -leastContrast) continue;
      const limit = noiseFactor * (noise[cells + ((x / noiseCell) | 0)] as number);
      if (difference < limit && difference > -limit) continue;
      const variance = square / area - mean * mean;
      if (difference * difference < deviationFactor * deviationFactor * variance) continue;
      classes[at] = difference > 0 ? bright : dark;
    }
  }
  return classes;
}

const noiseCell = 16;

/** The middle one of the differences between neighbours, for squares of 16 pixels: that of the noise, not of strokes. */
function noiseMap(grey: Uint8Array, width: number, height: number): Float64Array {
  const across = Math.ceil(width / noiseCell);
  const down = Math.ceil(height / noiseCell);
  const map = new Float64Array(across * down);
  const counts = new Uint32Array(256);
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      counts.fill(0);
      let total = 0;
      const right = Math.min((column + 1) * noiseCell, width - 1);
      for (let y = row * noiseCell; y < Math.min((row + 1) * noiseCell, height); y++) {
        for (let x = column * noiseCell, at = y * width + x; x < right; x++, at++) {
          const difference = (grey[at] as number) - (grey[at + 1] as number);
          (counts[difference < 0 ? -difference : difference] as number)++;
          total++;
        }
      }
      let middle = 0;
      for (let seen = counts[0] as number; 2 * seen < total; seen += counts[middle] as number) middle++;
      map[row * across + column] = middle;
    }
  }
  return map;
}
