import type { Area, Picture, Turn } from '../picture.ts';

/** One channel of pixels, rows from the top; values from 0 to 255, not rounded. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** The part of an area that lies inside a picture; whole pixels. Width or height is 0 where none does. */
export function clipArea(area: Area, picture: { readonly width: number; readonly height: number }): Area {
  const left = Math.min(picture.width, Math.max(0, Math.floor(area.left)));
  const top = Math.min(picture.height, Math.max(0, Math.floor(area.top)));
  const right = Math.min(picture.width, Math.max(left, Math.ceil(area.left + area.width)));
  const bottom = Math.min(picture.height, Math.max(top, Math.ceil(area.top + area.height)));
  return { left, top, width: right - left, height: bottom - top };
}

/**
 * Cuts an area out of a picture as one channel. Of a colour picture it is the mixture of red, green and blue that
 * differs most inside the area: red letters on blue of the same lightness stay visible.
 */
export function cropPlane(picture: Picture, area: Area): Plane {
  const { left, top, width, height } = clipArea(area, picture);
  const values = new Float32Array(width * height);
  if (picture.channels === 1) {
    for (let row = 0; row < height; row += 1) {
      const start = (top + row) * picture.width + left;
      values.set(picture.pixels.subarray(start, start + width), row * width);
    }
    return { width, height, values };
  }
  const [red, green, blue] = mixture(picture, { left, top, width, height });
  for (let row = 0; row < height; row += 1) {
    let from = ((top + row) * picture.width + left) * 3;
    for (let column = 0; column < width; column += 1, from += 3) {
      values[row * width + column] =
        red * (picture.pixels[from] ?? 0) +
        green * (picture.pixels[from + 1] ?? 0) +
        blue * (picture.pixels[from + 2] ?? 0);
    }
  }
  return stretch({ width, height, values }, 0);
}

/** Weights of red, green and blue along which the pixels of the area vary most (their first principal component). */
function mixture(picture: Picture, area: Area): readonly [number, number, number] {
  const sums = [0, 0, 0];
  const products = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  const count = Math.max(1, area.width * area.height);
  for (let row = 0; row < area.height; row += 1) {
    let from = ((area.top + row) * picture.width + area.left) * 3;
    for (let column = 0; column < area.width; column += 1, from += 3) {
      for (let a = 0; a < 3; a += 1) {
        const value = picture.pixels[from + a] ?? 0;
        sums[a] = (sums[a] ?? 0) + value;
        for (let b = 0; b < 3; b += 1) {
          products[a * 3 + b] = (products[a * 3 + b] ?? 0) + value * (picture.pixels[from + b] ?? 0);
        }
      }
    }
  }
  const spread = products.map(
    (product, index) =>
      product / count - ((sums[Math.floor(index / 3)] ?? 0) / count) * ((sums[index % 3] ?? 0) / count),
  );
  let axis: [number, number, number] = [0.299, 0.587, 0.114];
  // Started from lightness: twenty steps of the power method suffice, and a grey picture stays as it is.
  for (let step = 0; step < 20; step += 1) {
    const next = [0, 3, 6].map((at) =>
      [0, 1, 2].reduce((sum, b) => sum + (spread[at + b] ?? 0) * (axis[b] ?? 0), 0),
    );
    const length = Math.hypot(...next);
    if (length < 1e-6) break;
    axis = [(next[0] ?? 0) / length, (next[1] ?? 0) / length, (next[2] ?? 0) / length];
  }
  return axis;
}

/** Turned clockwise. */
export function turnPlane(plane: Plane, turn: Turn): Plane {
  if (turn === 0) return plane;
  const { width, height, values } = plane;
  const turned = new Float32Array(values.length);
  if (turn === 180) {
    for (let at = 0; at < values.length; at += 1) turned[values.length - 1 - at] = values[at] ?? 0;
    return { width, height, values: turned };
  }
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const to = turn === 90 ? column * height + (height - 1 - row) : (width - 1 - column) * height + row;
      turned[to] = values[row * width + column] ?? 0;
    }
  }
  return { width: height, height: width, values: turned };
}

/** An area of a turned crop back in pixels of the picture. `crop` is where the crop was taken. */
export function areaInPicture(area: Area, crop: Area, turn: Turn): Area {
  const { left, top, width, height } = area;
  if (turn === 90) {
    return {
      left: crop.left + top,
      top: crop.top + crop.height - left - width,
      width: height,
      height: width,
    };
  }
  if (turn === 180) {
    const across = crop.left + crop.width - left - width;
    return { left: across, top: crop.top + crop.height - top - height, width, height };
  }
  if (turn === 270) {
    return {
      left: crop.left + crop.width - top - height,
      top: crop.top + left,
      width: height,
      height: width,
    };
  }
  return { left: crop.left + left, top: crop.top + top, width, height };
}

/** Rows from `top` on, so many. */
export function cutRows(plane: Plane, top: number, height: number): Plane {
  const { width, values } = plane;
  return { width, height, values: values.subarray(top * width, (top + height) * width) };
}

/** Spreads the values over 0 to 255; `share` of them at either end may leave that range and are clipped. */
export function stretch(plane: Plane, share: number): Plane {
  const [low, high] = valueRange(plane, share);
  const factor = high - low < 1e-3 ? 0 : 255 / (high - low);
  const values = plane.values.map((value) => Math.min(255, Math.max(0, (value - low) * factor)));
  return { width: plane.width, height: plane.height, values };
}

const LEVELS = 1024;

/** Lowest and highest value without `share` of the pixels at either end. */
export function valueRange(plane: Plane, share: number): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of plane.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > low)) return [Math.min(low, high), high];
  const step = (high - low) / (LEVELS - 1);
  const counts = new Uint32Array(LEVELS);
  for (const value of plane.values) {
    const level = Math.round((value - low) / step);
    counts[level] = (counts[level] ?? 0) + 1;
  }
  const skip = Math.floor(plane.values.length * share);
  return [low + step * levelAfter(counts, skip, 1), low + step * levelAfter(counts, skip, -1)];
}

function levelAfter(counts: Uint32Array, skip: number, direction: 1 | -1): number {
  let level = direction === 1 ? 0 : LEVELS - 1;
  let passed = counts[level] ?? 0;
  while (passed <= skip && level + direction >= 0 && level + direction < LEVELS) {
    level += direction;
    passed += counts[level] ?? 0;
  }
  return level;
}

/** Scaled by a cubic filter (Catmull-Rom), widened where it is made smaller so that no stroke is skipped. */
export function scalePlane(plane: Plane, width: number, height: number): Plane {
  if (plane.width < 1 || plane.height < 1) return { width, height, values: new Float32Array(width * height) };
  const across = taps(plane.width, width);
  const narrow = new Float32Array(width * plane.height);
  for (let row = 0; row < plane.height; row += 1) {
    const start = row * plane.width;
    for (let column = 0; column < width; column += 1) {
      let sum = 0;
      for (let k = 0; k < across.size; k += 1) {
        const at = column * across.size + k;
        sum += (across.weights[at] ?? 0) * (plane.values[start + (across.indices[at] ?? 0)] ?? 0);
      }
      narrow[row * width + column] = sum;
    }
  }
  const down = taps(plane.height, height);
  const values = new Float32Array(width * height);
  for (let row = 0; row < height; row += 1) {
    for (let k = 0; k < down.size; k += 1) {
      const weight = down.weights[row * down.size + k] ?? 0;
      if (weight === 0) continue;
      const from = (down.indices[row * down.size + k] ?? 0) * width;
      for (let column = 0; column < width; column += 1) {
        const at = row * width + column;
        values[at] = (values[at] ?? 0) + weight * (narrow[from + column] ?? 0);
      }
    }
  }
  for (let at = 0; at < values.length; at += 1) values[at] = Math.min(255, Math.max(0, values[at] ?? 0));
  return { width, height, values };
}

function taps(from: number, to: number) {
  const step = from / to;
  const spread = Math.max(1, step);
  const size = Math.ceil(spread * 4) + 1;
  const weights = new Float32Array(to * size);
  const indices = new Int32Array(to * size);
  for (let index = 0; index < to; index += 1) {
    const centre = (index + 0.5) * step - 0.5;
    const first = Math.ceil(centre - 2 * spread);
    let sum = 0;
    for (let k = 0; k < size; k += 1) {
      const weight = catmullRom(Math.abs(first + k - centre) / spread);
      weights[index * size + k] = weight;
      indices[index * size + k] = Math.min(from - 1, Math.max(0, first + k));
      sum += weight;
    }
    for (let k = 0; k < size; k += 1) {
      const at = index * size + k;
      weights[at] = (weights[at] ?? 0) / sum;
    }
  }
  return { size, weights, indices };
}

function catmullRom(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}
