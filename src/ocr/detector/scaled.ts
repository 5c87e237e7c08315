import type { Area, Picture } from '../picture.ts';

/** Interleaved red, green and blue. */
export interface ScaledPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/**
 * A piece of a picture in another size: each pixel the mean of those it covers where it is made smaller, between its
 * neighbours where it is made larger. Sides are filled up to multiples of `step` with the last pixel.
 */
export function scaledPiece(picture: Picture, area: Area, scale: number, step: number): ScaledPicture {
  const across = Math.max(1, Math.round(area.width * scale));
  const down = Math.max(1, Math.round(area.height * scale));
  const [width, height] = [upTo(across, step), upTo(down, step)];
  const pixels = new Uint8Array(3 * width * height);
  if (scale === 1) copyRows(picture, area, width, pixels);
  else mixRows(picture, area, { across, down, width }, pixels);
  fillUp(pixels, { across, down, width, height });
  return { width, height, pixels };
}

function upTo(length: number, step: number): number {
  return Math.ceil(length / step) * step;
}

function copyRows({ pixels, width, channels }: Picture, area: Area, row: number, target: Uint8Array): void {
  for (let y = 0; y < area.height; y += 1) {
    const from = ((area.top + y) * width + area.left) * channels;
    const to = y * row * 3;
    if (channels === 3) target.set(pixels.subarray(from, from + 3 * area.width), to);
    else {
      for (let x = 0, at = to; x < area.width; x += 1) {
        const value = pixels[from + x] as number;
        target[at++] = value;
        target[at++] = value;
        target[at++] = value;
      }
    }
  }
}

interface Size {
  readonly across: number;
  readonly down: number;
  readonly width: number;
}

function mixRows({ pixels, width, channels }: Picture, area: Area, size: Size, target: Uint8Array): void {
  const columns = tapsOf(area.width, size.across);
  const rows = tapsOf(area.height, size.down);
  const line = new Float32Array(area.width * channels);
  for (let y = 0; y < size.down; y += 1) {
    line.fill(0);
    for (let tap = rows.starts[y] as number; tap < (rows.starts[y + 1] as number); tap += 1) {
      const weight = rows.weights[tap] as number;
      const from = ((area.top + (rows.sources[tap] as number)) * width + area.left) * channels;
      for (let at = 0; at < line.length; at += 1)
        line[at] = (line[at] as number) + weight * (pixels[from + at] as number);
    }
    for (let x = 0; x < size.across; x += 1) {
      const to = 3 * (y * size.width + x);
      for (let channel = 0; channel < channels; channel += 1) {
        let sum = 0.5;
        for (let tap = columns.starts[x] as number; tap < (columns.starts[x + 1] as number); tap += 1)
          sum +=
            (columns.weights[tap] as number) *
            (line[(columns.sources[tap] as number) * channels + channel] as number);
        target[to + channel] = sum;
      }
      if (channels === 3) continue;
      const value = target[to] as number;
      target[to + 1] = value;
      target[to + 2] = value;
    }
  }
}

interface Taps {
  /** Of each pixel, its first tap; one more at the end. */
  readonly starts: Int32Array;
  readonly sources: Int32Array;
  readonly weights: Float32Array;
}

/** What each of `to` pixels takes of `from`: by cover where there are fewer, by distance where there are more. */
function tapsOf(from: number, to: number): Taps {
  const step = from / to;
  const reach = Math.max(1, step);
  const most = Math.ceil(reach) + 2;
  const starts = new Int32Array(to + 1);
  const sources = new Int32Array(to * most);
  const weights = new Float32Array(to * most);
  let tap = 0;
  for (let index = 0; index < to; index += 1) {
    starts[index] = tap;
    const center = (index + 0.5) * step;
    const first = Math.floor(center - (reach + 1) / 2);
    let sum = 0;
    const begin = tap;
    for (let source = first; source <= center + (reach + 1) / 2 && tap - begin < most; source += 1) {
      const weight = Math.min(1, (reach + 1) / 2 - Math.abs(source + 0.5 - center));
      if (weight <= 0) continue;
      sources[tap] = Math.min(from - 1, Math.max(0, source));
      weights[tap] = weight;
      sum += weight;
      tap += 1;
    }
    for (let at = begin; at < tap; at += 1) weights[at] = (weights[at] as number) / sum;
  }
  starts[to] = tap;
  return { starts, sources, weights };
}

function fillUp(
  pixels: Uint8Array,
  { across, down, width, height }: Size & { readonly height: number },
): void {
  for (let y = 0; y < down && across < width; y += 1) {
    const last = 3 * (y * width + across - 1);
    for (let at = last + 3; at < 3 * (y + 1) * width; at += 1) pixels[at] = pixels[at - 3] as number;
  }
  for (let y = down; y < height; y += 1)
    pixels.copyWithin(3 * y * width, 3 * (down - 1) * width, 3 * down * width);
}
