import type { Component } from './components.ts';

/** A component along and across the direction of a line. */
export interface Glyph {
  readonly component: Component;
  readonly start: number;
  readonly end: number;
  readonly top: number;
  readonly bottom: number;
  readonly size: number;
}

/** Less than this many sizes long: no line. */
const leastLength = 1.3;
/** More bars than this share: ticks of a scale, columns of a hatch. */
const mostBars = 0.8;
const mostCounted = 20;

/**
 * 0 to 1: how much a row of components is like text. A logistic model of what sets characters apart: many of even height on
 * a straight line, hard edges, strokes thin for their height, more than one stretch of ink per row of pixels. Its weights
 * were fitted to drawn text on synthetic textures and on anatomy.
 */
export function scoreOf(row: readonly Glyph[], direction: 'row' | 'column', isExact: boolean): number {
  const size = middleOf(row.map((glyph) => glyph.size));
  const first = row[0] as Glyph;
  const last = row[row.length - 1] as Glyph;
  if (last.end - first.start < leastLength * size) return 0;
  const bars = row.filter((glyph) => glyph.end - glyph.start <= 0.25 * size).length;
  if (bars > mostBars * row.length) return 0;
  const features = featuresOf(row, size, direction, isExact);
  const sum = features.reduce((total, feature, index) => total + feature * (weights[index] as number), bias);
  return 1 / (1 + Math.exp(-sum));
}

const weights = [
  0.332, -1.413, 1.39, -4.331, 13.131, 7.304, -0.361, 3.229, -2.347, -2.1, 1.587, 5.049, 0.116, 0.295, 0.95,
  0.533, -1.169,
];
const bias = -18.141;

/** In the order of the weights; `size`: the middle height. */
export function featuresOf(
  row: readonly Glyph[],
  size: number,
  direction: 'row' | 'column',
  isExact: boolean,
): number[] {
  const count = row.length;
  const sharpness = row.map(({ component }) => component.sharpness);
  const levels = row.map(({ component: { amount, edges } }) => amount / Math.max(1, edges));
  const thickness = row.map(({ component: { count, runs } }) => count / runs / size);
  const level = meanOf(levels);
  return [
    Math.min(mostCounted, count),
    1 / count,
    row.filter((glyph) => Math.abs(glyph.size - size) <= 0.12 * size + 0.5).length / count,
    Math.min(
      unevenness(row, ({ bottom }) => bottom),
      unevenness(row, ({ top }) => top),
    ) / size,
    meanOf(sharpness),
    deviationOf(sharpness),
    meanOf(row.map(({ component: { runs, height } }) => runs / height)),
    meanOf(row.map(({ component: { count: pixels, width, height } }) => pixels / (width * height))),
    meanOf(thickness),
    deviationOf(thickness),
    Math.log(1 + level),
    deviationOf(levels) / (1 + level),
    meanOf(row.map((glyph) => (glyph.end - glyph.start) / size)),
    Math.min(40, size) / 10,
    meanOf(row.map(({ component: { contrast, amount } }) => Math.abs(contrast) / Math.max(1, amount))),
    isExact ? 1 : 0,
    direction === 'column' ? 1 : 0,
  ];
}

/** Steeper lines than this are no rows. */
const steepest = 0.03;

/** How far most characters stray from a straight line that is all but level, pixels. */
function unevenness(row: readonly Glyph[], edgeOf: (glyph: Glyph) => number): number {
  const along = row.map(({ start, end }) => (start + end) / 2);
  const across = row.map(edgeOf);
  const middle = meanOf(along);
  const height = meanOf(across);
  let spread = 0;
  let joint = 0;
  for (const [index, x] of along.entries()) {
    spread += (x - middle) ** 2;
    joint += (x - middle) * ((across[index] as number) - height);
  }
  const slope = spread > 0 ? Math.max(-steepest, Math.min(steepest, joint / spread)) : 0;
  const rest = across.map((y, index) => Math.abs(y - height - slope * ((along[index] as number) - middle)));
  rest.sort((a, b) => a - b);
  return rest[Math.floor(0.7 * (rest.length - 1))] as number;
}

export function middleOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}
