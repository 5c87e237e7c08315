import type { Component } from './components.ts';
import { type Glyph, middleOf, scoreOf } from './row-score.ts';

/** Components in a line, in order. */
export interface GlyphRow {
  readonly glyphs: readonly Component[];
  /** `column`: below one another. */
  readonly direction: 'row' | 'column';
  /** 0 to 1: how much like text. */
  readonly score: number;
}

/** Side of the squares by which neighbours are looked up, pixels. */
const cell = 32;
/** More in one square is texture, not text; it bounds the work. */
const mostInCell = 80;
const sizeRatio = 0.58;
const widestGap = 1.3;
const leastGlyphs = 3;

/**
 * Rows, or columns, of components of like height that follow each other closely; those with a score of at least
 * `leastScore`. `isExact`: the components are of one exact value. Linear in their number.
 */
export function glyphRows(
  components: readonly Component[],
  direction: 'row' | 'column',
  isExact: boolean,
  leastScore: number,
): GlyphRow[] {
  const glyphs = components.map((component) => asGlyph(component, direction));
  const grid = gridOf(glyphs);
  const parent = Int32Array.from(glyphs, (_, index) => index);
  for (const [index, glyph] of glyphs.entries()) {
    const next = nextOf(glyph, index, glyphs, grid);
    if (next >= 0) parent[rootOf(parent, next)] = rootOf(parent, index);
  }
  const rows = new Map<number, Glyph[]>();
  for (const [index, glyph] of glyphs.entries()) {
    const root = rootOf(parent, index);
    const row = rows.get(root);
    if (row === undefined) rows.set(root, [glyph]);
    else row.push(glyph);
  }
  return [...rows.values()].flatMap(levelRows).flatMap((row) => {
    if (row.length < leastGlyphs) return [];
    row.sort((a, b) => a.start - b.start);
    const score = scoreOf(row, direction, isExact);
    return score < leastScore ? [] : [{ glyphs: row.map(({ component }) => component), direction, score }];
  });
}

/** Texture links line after line: what is taller than this many characters is cut into level rows. */
const mostHeight = 1.9;
/** Of rows cut out of such a chain, the longest. */
const mostCut = 6;

/** Of a chain of neighbours that wanders up or down, the rows that stand level. */
function levelRows(chain: readonly Glyph[]): Glyph[][] {
  const size = middleOf(chain.map((glyph) => glyph.size));
  const top = chain.reduce((least, glyph) => Math.min(least, glyph.top), Number.POSITIVE_INFINITY);
  const bottom = chain.reduce((most, glyph) => Math.max(most, glyph.bottom), 0);
  if (bottom - top <= mostHeight * size) return [[...chain]];
  let rest = [...chain].sort((a, b) => a.bottom - b.bottom);
  const rows: Glyph[][] = [];
  while (rows.length < mostCut && rest.length >= leastGlyphs) {
    const band = fullestBand(rest, 0.45 * size);
    const within = rest.filter(({ bottom }) => bottom >= band && bottom <= band + 0.45 * size);
    if (within.length < leastGlyphs) break;
    rest = rest.filter((glyph) => !within.includes(glyph));
    rows.push(...cutAtGaps(within, (widestGap + 0.7) * size));
  }
  return rows;
}

/** Where a band of that height holds most feet; `glyphs` in the order of their feet. */
function fullestBand(glyphs: readonly Glyph[], height: number): number {
  let best = 0;
  let bestCount = 0;
  let end = 0;
  for (const [index, { bottom }] of glyphs.entries()) {
    while (end < glyphs.length && (glyphs[end] as Glyph).bottom <= bottom + height) end++;
    if (end - index <= bestCount) continue;
    bestCount = end - index;
    best = bottom;
  }
  return best;
}

function cutAtGaps(glyphs: readonly Glyph[], widest: number): Glyph[][] {
  const sorted = [...glyphs].sort((a, b) => a.start - b.start);
  const rows: Glyph[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const glyph of sorted) {
    const row = rows.at(-1);
    if (row === undefined || glyph.start - end > widest) rows.push([glyph]);
    else row.push(glyph);
    end = Math.max(end, glyph.end);
  }
  return rows;
}

function asGlyph(component: Component, direction: 'row' | 'column'): Glyph {
  const { left, top, width, height } = component;
  return direction === 'row'
    ? { component, start: left, end: left + width, top, bottom: top + height, size: height }
    : { component, start: top, end: top + height, top: left, bottom: left + width, size: width };
}

type Grid = ReadonlyMap<number, readonly number[]>;
const gridWidth = 65_536;

function gridOf(glyphs: readonly Glyph[]): Grid {
  const grid = new Map<number, number[]>();
  for (const [index, { start, top, bottom }] of glyphs.entries()) {
    const at = Math.floor((top + bottom) / 2 / cell) * gridWidth + Math.floor(start / cell);
    const list = grid.get(at);
    if (list === undefined) grid.set(at, [index]);
    else if (list.length <= mostInCell) list.push(index);
  }
  return grid;
}

/** The nearest component that may follow; -1 where there is none. */
function nextOf(glyph: Glyph, index: number, glyphs: readonly Glyph[], grid: Grid): number {
  const reach = widestGap * glyph.size + 2;
  const middle = (glyph.top + glyph.bottom) / 2;
  let best = -1;
  let bestGap = Number.POSITIVE_INFINITY;
  const lastColumn = Math.floor((glyph.end + reach) / cell);
  const firstRow = Math.floor((middle - glyph.size) / cell);
  const lastRow = Math.floor((middle + glyph.size) / cell);
  for (let row = Math.max(0, firstRow); row <= lastRow; row++) {
    for (let column = Math.floor(glyph.start / cell); column <= lastColumn; column++) {
      const list = grid.get(row * gridWidth + column);
      if (list === undefined || list.length > mostInCell) continue;
      for (const other of list) {
        const candidate = glyphs[other] as Glyph;
        if (other === index || candidate.start <= glyph.start) continue;
        const gap = candidate.start - glyph.end;
        if (gap >= bestGap || gap > reach || gap < -0.4 * glyph.size || !isAlike(glyph, candidate)) continue;
        best = other;
        bestGap = gap;
      }
    }
  }
  return best;
}

/** Of like height on one base line or under one line; letters with and without ascenders. */
function isAlike(a: Glyph, b: Glyph): boolean {
  const large = Math.max(a.size, b.size);
  if (Math.min(a.size, b.size) < sizeRatio * large - 0.5) return false;
  const slack = 0.2 * large + 0.6;
  const base = Math.abs(a.bottom - b.bottom);
  const cap = Math.abs(a.top - b.top);
  return base <= slack || cap <= slack;
}

function rootOf(parent: Int32Array, index: number): number {
  let root = index;
  while (parent[root] !== root) {
    parent[root] = parent[parent[root] as number] as number;
    root = parent[root] as number;
  }
  return root;
}
