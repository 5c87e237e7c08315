import type { Area, FoundText, Picture } from '../picture.ts';
import { type Component, Labeller } from './components.ts';
import { bright, dark, localClasses, neither, type Window, windowOf } from './layers.ts';
import { mergedLines, type StrokeLine } from './lines.ts';
import { middleOf } from './row-score.ts';
import { type GlyphRow, glyphRows } from './rows.ts';
import { componentGrid, wholeLine } from './whole-line.ts';

/** Where text as machines write it may stand, and how tall it is. */
export interface StrokeCandidates {
  /** Lines with a margin of about half their height, in pixels of the picture; those that meet are joined. */
  readonly areas: readonly Area[];
  /** Height of the characters that occur most, pixels; 0 where nothing was found. */
  readonly typicalHeight: number;
}

/** Heights of characters, pixels. */
const limits = { least: 3, most: 72 };
/** Fewer rows like text are kept; the caller reads, so too many cost time and too few cost names. */
const leastScore = 0.25;
/** Pictures are looked through in windows of this side, which bounds memory, pixels. */
const windowSide = 1024;
/** Windows overlap: a character is whole in one of them. */
const overlap = 80;
const noKey = -1;

/**
 * Looks for burned-in text without a network: connected pixels of exactly one value or colour, and pixels clearly brighter
 * or darker than what surrounds them, of the size of characters and in rows or columns. Finds what networks are weak at:
 * characters of 6 to 12 pixels, faint text of one exact value, text over anatomy, turned text, tiny pictures. It finds too
 * much rather than too little: what it gives is to be verified by reading. `turn` is 0 for rows and 90 for columns; which way
 * up only reading can tell. Without `areas` the whole picture. Work and memory are bounded: linear in the pixels.
 */
export function findStrokes(picture: Picture, areas?: readonly Area[]): FoundText[] {
  return strokeLines(picture, areas).map(({ left, top, width, height, direction, score }) => ({
    left,
    top,
    width,
    height,
    turn: direction === 'row' ? 0 : 90,
    score,
    by: 'strokes',
    text: '',
    confidence: 0,
    words: [],
  }));
}

/** The same search for whoever decides where an enlarged or turned pass of a network pays. */
export function strokeCandidates(picture: Picture, areas?: readonly Area[]): StrokeCandidates {
  const lines = strokeLines(picture, areas);
  const sizes = lines
    .flatMap(({ glyphSize, glyphs }) => Array<number>(glyphs).fill(glyphSize))
    .sort((a, b) => a - b);
  return {
    areas: lines.map((line) => widened(line, Math.ceil(line.glyphSize / 2) + 2, picture)),
    typicalHeight: sizes[sizes.length >> 1] ?? 0,
  };
}

function widened(area: Area, margin: number, { width, height }: Picture): Area {
  const left = Math.max(0, area.left - margin);
  const top = Math.max(0, area.top - margin);
  return {
    left,
    top,
    width: Math.min(width, area.left + area.width + margin) - left,
    height: Math.min(height, area.top + area.height + margin) - top,
  };
}

function strokeLines(picture: Picture, areas: readonly Area[] | undefined): StrokeLine[] {
  const { width, height } = picture;
  const windows = (areas ?? [{ left: 0, top: 0, width, height }]).flatMap((area) => windowsOf(area, picture));
  const largest = windows.reduce((most, area) => Math.max(most, area.width * area.height), 0);
  const labeller = new Labeller(largest);
  return mergedLines(windows.flatMap((area) => linesOf(windowOf(picture, area), labeller)));
}

function windowsOf(area: Area, picture: Picture): Area[] {
  const windows: Area[] = [];
  const right = Math.min(picture.width, area.left + area.width);
  const bottom = Math.min(picture.height, area.top + area.height);
  const step = windowSide - overlap;
  for (let top = Math.max(0, area.top); top < bottom; top += step) {
    for (let left = Math.max(0, area.left); left < right; left += step) {
      const window = {
        left,
        top,
        width: Math.min(windowSide, right - left),
        height: Math.min(windowSide, bottom - top),
      };
      windows.push(window);
      if (left + window.width >= right) break;
    }
    if (Math.min(bottom, top + windowSide) >= bottom) break;
  }
  return windows;
}

/** Components of one class: those that may be characters, and all. */
interface Layer {
  readonly glyphs: readonly Component[];
  readonly parts: readonly Component[];
  readonly isExact: boolean;
}

function linesOf(window: Window, labeller: Labeller): StrokeLine[] {
  const { chroma, grey } = window;
  const layers = [
    ...exactLayers(window, labeller),
    ...localLayers(grey, window, labeller),
    ...(chroma === undefined ? [] : localLayers(chroma, window, labeller)),
  ];
  return layers.flatMap(({ glyphs, parts, isExact }) => {
    const rows = (['row', 'column'] as const).flatMap((direction) =>
      glyphRows(glyphs, direction, isExact, leastScore),
    );
    if (rows.length === 0) return [];
    const grid = componentGrid(parts);
    return rows.map((row): StrokeLine => {
      const line = lineOf(row);
      const whole = wholeLine(line, line.glyphSize, row.direction, grid);
      return { ...line, ...whole, left: whole.left + window.left, top: whole.top + window.top };
    });
  });
}

/** Text of one exact colour: only components of one colour make a line. */
function exactLayers({ width, height, grey, colors }: Window, labeller: Labeller): Layer[] {
  const groups = new Map<number, Component[]>();
  for (const component of labeller.components(colors, grey, width, height, limits, noKey)) {
    const group = groups.get(component.key);
    if (group === undefined) groups.set(component.key, [component]);
    else group.push(component);
  }
  return [...groups.values()].flatMap((parts) => {
    const glyphs = parts.filter(isGlyph);
    return glyphs.length < 3 ? [] : [{ glyphs, parts, isExact: true }];
  });
}

/** Text that is brighter, or darker, than what is around it. */
function localLayers(grey: Uint8Array, { width, height }: Window, labeller: Labeller): Layer[] {
  const classes = localClasses(grey, width, height);
  const components = labeller.components(classes, grey, width, height, { ...limits, least: 1 }, neither);
  return [bright, dark].map((key) => {
    const parts = components.filter((component) => component.key === key);
    return { parts, glyphs: parts.filter(isGlyph), isExact: false };
  });
}

/** Thin for its size, and set off from what is around it to one side of the values. */
function isGlyph({ width, height, count, runs, contrast, amount }: Component): boolean {
  const longer = Math.max(width, height);
  if (longer < limits.least + 1 || count < 4 || count < 0.06 * width * height) return false;
  if (Math.min(width, height) > 1 && count > 0.92 * width * height && longer > 3 * Math.min(width, height))
    return false;
  const thickness = count / runs;
  if (thickness > 0.75 * longer + 2 && width < 1.5 * height) return false;
  return Math.abs(contrast) >= 0.5 * amount && amount > 0;
}

function lineOf({ glyphs, direction, score }: GlyphRow): StrokeLine {
  const left = Math.min(...glyphs.map((glyph) => glyph.left));
  const top = Math.min(...glyphs.map((glyph) => glyph.top));
  const right = Math.max(...glyphs.map((glyph) => glyph.left + glyph.width));
  const bottom = Math.max(...glyphs.map((glyph) => glyph.top + glyph.height));
  return {
    left,
    top,
    width: right - left,
    height: bottom - top,
    direction,
    score,
    glyphs: glyphs.length,
    glyphSize: middleOf(glyphs.map(({ width, height }) => (direction === 'row' ? height : width))),
  };
}
