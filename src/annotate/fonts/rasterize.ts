import type { Outline, OutlinePoint } from './true-type.ts';

/** Coverage of pixels, 0 to 255, rows from the top. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly coverage: Uint8Array;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a glyph stands: pixels per font unit, and its origin in pixels, y downwards. */
export interface Placement extends Point {
  readonly scale: number;
  readonly outline: Outline;
}

/** Lines that a curve becomes: at 48 px high letters these are shorter than a pixel. */
const curveSteps = 6;

/**
 * The exact area of each pixel that the outlines cover. Signed areas are added up along each line and summed along the
 * rows; where outlines overlap, a pixel is covered at most once.
 */
export function rasterize(width: number, height: number, placements: readonly Placement[]): Mask {
  const areas = new Float64Array(width * height + width + 2);
  for (const { outline, scale, x, y } of placements) {
    const place = (point: OutlinePoint | Point): Point => ({
      x: x + point.x * scale,
      y: y - point.y * scale,
    });
    for (const contour of outline) {
      let from: Point | undefined;
      for (const point of flattened(contour)) {
        const to = place(point);
        if (from !== undefined) addLine(areas, width, height, from, to);
        from = to;
      }
    }
  }
  const coverage = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    let sum = 0;
    for (let at = row * width; at < (row + 1) * width; at++) {
      sum += areas[at] as number;
      coverage[at] = Math.round(255 * Math.min(1, Math.abs(sum)));
    }
  }
  return { width, height, coverage };
}

/** A contour as a closed line of points. Between two control points a point on the curve is left out in the font. */
function flattened(contour: readonly OutlinePoint[]): Point[] {
  if (contour.length < 2) return [];
  const whole: OutlinePoint[] = [];
  contour.forEach((point, index) => {
    const next = contour[(index + 1) % contour.length] ?? point;
    whole.push(point);
    if (!point.onCurve && !next.onCurve)
      whole.push({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2, onCurve: true });
  });
  const first = whole.findIndex(({ onCurve }) => onCurve);
  if (first < 0) return [];
  const turned = [...whole.slice(first), ...whole.slice(0, first)];
  const points: Point[] = [];
  turned.forEach((point, index) => {
    if (point.onCurve) {
      points.push(point);
      return;
    }
    const start = turned[index - 1] ?? point;
    const end = turned[(index + 1) % turned.length] ?? point;
    for (let step = 1; step < curveSteps; step++) {
      const t = step / curveSteps;
      const s = 1 - t;
      points.push({
        x: s * s * start.x + 2 * s * t * point.x + t * t * end.x,
        y: s * s * start.y + 2 * s * t * point.y + t * t * end.y,
      });
    }
  });
  const [origin] = points;
  return origin === undefined ? [] : [...points, origin];
}

/** Adds what a line covers to its right: its height in the pixel where it runs, the rest to the next one. */
function addLine(areas: Float64Array, width: number, height: number, from: Point, to: Point): void {
  if (from.y === to.y) return;
  const down = from.y < to.y;
  const [top, bottom] = down ? [from, to] : [to, from];
  const slope = (bottom.x - top.x) / (bottom.y - top.y);
  const last = Math.min(height, Math.ceil(bottom.y));
  for (let row = Math.max(0, Math.floor(top.y)); row < last; row++) {
    const upper = Math.max(row, top.y);
    const lower = Math.min(row + 1, bottom.y);
    if (lower <= upper) continue;
    const share = (down ? 1 : -1) * (lower - upper);
    const x0 = top.x + (upper - top.y) * slope;
    const x1 = top.x + (lower - top.y) * slope;
    addSpan(areas, row * width, width, Math.min(x0, x1), Math.max(x0, x1), share);
  }
}

function addSpan(
  areas: Float64Array,
  rowStart: number,
  width: number,
  low: number,
  high: number,
  share: number,
): void {
  const first = Math.floor(low);
  const end = Math.max(first + 1, Math.ceil(high));
  const length = high - low;
  for (let column = first; column < end; column++) {
    const inside = Math.min(column + 1, high) - Math.max(column, low);
    const part = length === 0 ? share : (share * inside) / length;
    if (part === 0) continue;
    const middle = length === 0 ? low : (Math.min(column + 1, high) + Math.max(column, low)) / 2;
    const covered = part * (column + 1 - middle);
    add(areas, rowStart, width, column, covered);
    add(areas, rowStart, width, column + 1, part - covered);
  }
}

function add(areas: Float64Array, rowStart: number, width: number, column: number, value: number): void {
  if (column >= width) return;
  const at = rowStart + Math.max(0, column);
  areas[at] = (areas[at] as number) + value;
}
