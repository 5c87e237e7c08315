import type { Area, Turn } from '../picture.ts';
import type { Chances } from './chances.ts';
import { type Region, regionsOf } from './regions.ts';

/** What the network takes for a line of text, or a part of one that runs askew. In pixels of the picture. */
export interface Line extends Area {
  /** 0, or 90 for what is higher than wide: which way it reads, only reading tells. */
  readonly turn: Turn;
  /** Mean chance of its core. */
  readonly score: number;
  /** Height (of one on its side: width) by its core alone, without accents and what else was added, pixels. */
  readonly thickness: number;
  /** A part of a line that runs askew: nothing that could be read. */
  readonly askew: boolean;
}

/** The core is half as high as the line, and in the middle of it: the network was trained to that. */
const aroundCore = 0.5;
/** Chance from which a cell is in a core. */
const leastChance = 0.4;
/** Cores of fewer cells are specks. */
const leastCells = 3;
/** Chance from which a cell is ink. */
const leastInk = 0.5;
/** How far ink of a line may lie outside of what its core tells, in heights of the line. */
const inkReach = {
  along: 0.9,
  across: 0.15,
} as const;
/** The same of a piece of a line that runs askew: its neighbours hold the rest. */
const askewReach = 0.2;

/** Lines of a piece of a picture. */
export function linesOf(chances: Chances): readonly Line[] {
  const { core, columns, rows } = chances;
  return linesIn({ cells: core, left: 0, top: 0, columns, rows }, leastChance, chances);
}

/** A rectangle of the chances of cores. */
interface Cutout {
  readonly cells: Float32Array;
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

/** Regions that are no lines come apart at a higher chance: into a line and the edge of a bone that touches it. */
function linesIn(cutout: Cutout, threshold: number, chances: Chances): readonly Line[] {
  const { labels, regions } = regionsOf(cutout.cells, cutout.columns, cutout.rows, threshold);
  return regions
    .filter(({ cells }) => cells >= leastCells)
    .flatMap((region) => {
      if (isAskew(region))
        return (
          levelParts(region, labels, cutout, threshold, chances) ?? slices(region, labels, cutout, chances)
        );
      if (threshold + chanceStep <= mostChance && fillOf(region) < leastFill) {
        const parts = linesIn(cutOut(region, labels, cutout), threshold + chanceStep, chances);
        if (parts.length > 0) return parts;
      }
      const { left, top } = cutout;
      const core = {
        left: region.left + left,
        top: region.top + top,
        right: region.right + left,
        bottom: region.bottom + top,
        // Cells above a higher chance are more certain by that alone.
        score: region.score - (threshold - leastChance) * partDiscount,
      };
      return [lineOf(core, region.cells, chances, false)];
    });
}

/** Lines side by side at different heights, where they touch, make one region that only seems to run askew. */
function levelParts(
  region: Region,
  labels: Int32Array,
  cutout: Cutout,
  threshold: number,
  chances: Chances,
): readonly Line[] | undefined {
  if (threshold + chanceStep > mostChance) return undefined;
  const parts = linesIn(cutOut(region, labels, cutout), threshold + chanceStep, chances);
  const lengths = parts.reduce((sum, { width, height }) => sum + Math.max(width, height), 0);
  const length = Math.max(
    (region.right - region.left) * chances.cellWidth,
    (region.bottom - region.top) * chances.cellHeight,
  );
  const isLevel = parts.length <= mostLevelParts && parts.every(({ askew }) => !askew);
  return isLevel && lengths >= length ? parts : undefined;
}

/** More than these are letters of a line that does run askew. */
const mostLevelParts = 4;

const chanceStep = 0.12;
/** What is taken off the score of such a part, for each step of chance. */
const partDiscount = 0.1;
const mostChance = 0.9;
/** Share of its rectangle that the core of a line fills. */
const leastFill = 0.7;

function fillOf({ left, top, right, bottom, cells }: Region): number {
  return cells / ((right - left) * (bottom - top));
}

function cutOut({ label, left, top, right, bottom }: Region, labels: Int32Array, from: Cutout): Cutout {
  const columns = right - left;
  const rows = bottom - top;
  const cells = new Float32Array(columns * rows);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const at = (top + y) * from.columns + left + x;
      if (labels[at] === label) cells[y * columns + x] = from.cells[at] as number;
    }
  }
  return { cells, left: from.left + left, top: from.top + top, columns, rows };
}

/** Lines that are neither level nor upright would be lost in the rectangle around them. */
function isAskew({ angle, along, across, left, right, top, bottom, cells }: Region): boolean {
  if (along < 4 * Math.max(0.6, across)) return false;
  const off = Math.abs(angle);
  const tilt = Math.min(off, Math.PI / 2 - off);
  const thickness = cells / Math.max(right - left, bottom - top);
  return tilt * Math.max(right - left, bottom - top) > 0.8 * thickness + 1;
}

interface Core {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly score: number;
}

function lineOf(core: Core, cells: number, chances: Chances, askew: boolean, thickness?: number): Line {
  const [width, height] = [core.right - core.left, core.bottom - core.top];
  const upright = height > 1.5 * width;
  const thick = thickness ?? Math.max(1, cells / (upright ? height : width));
  const by = aroundCore * thick + 0.5;
  const grown = grownToInk(
    { left: core.left - by, top: core.top - by, right: core.right + by, bottom: core.bottom + by },
    reachOf(2 * thick, upright, askew),
    chances,
  );
  const tall = 2 * thick * (upright ? chances.cellWidth : chances.cellHeight);
  return { ...areaOf(grown, chances), turn: upright ? 90 : 0, score: core.score, thickness: tall, askew };
}

function reachOf(height: number, upright: boolean, askew: boolean): { x: number; y: number } {
  if (askew) return { x: height * askewReach, y: height * askewReach };
  const [along, across] = [height * inkReach.along, height * inkReach.across];
  return upright ? { x: across, y: along } : { x: along, y: across };
}

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The rectangle with the ink that begins in it, as far as that reaches. */
function grownToInk(
  line: Rectangle,
  reach: { x: number; y: number },
  { ink, columns, rows }: Chances,
): Rectangle {
  const most = {
    left: Math.max(0, Math.floor(line.left - reach.x)),
    top: Math.max(0, Math.floor(line.top - reach.y)),
    right: Math.min(columns, Math.ceil(line.right + reach.x)),
    bottom: Math.min(rows, Math.ceil(line.bottom + reach.y)),
  };
  const width = most.right - most.left;
  const seen = new Uint8Array(Math.max(0, width * (most.bottom - most.top)));
  const open: number[] = [];
  const visit = (x: number, y: number): void => {
    const at = (y - most.top) * width + x - most.left;
    if (seen[at] === 1 || (ink[y * columns + x] as number) < leastInk) return;
    seen[at] = 1;
    open.push(at);
  };
  for (
    let y = Math.max(most.top, Math.floor(line.top));
    y < Math.min(most.bottom, Math.ceil(line.bottom));
    y += 1
  )
    for (
      let x = Math.max(most.left, Math.floor(line.left));
      x < Math.min(most.right, Math.ceil(line.right));
      x += 1
    )
      visit(x, y);
  let { left, top, right, bottom } = line;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const x = most.left + (at % width);
    const y = most.top + Math.floor(at / width);
    if (x < left) left = x;
    if (x + 1 > right) right = x + 1;
    if (y < top) top = y;
    if (y + 1 > bottom) bottom = y + 1;
    for (let ny = Math.max(most.top, y - 1); ny <= Math.min(most.bottom - 1, y + 1); ny += 1)
      for (let nx = Math.max(most.left, x - 1); nx <= Math.min(most.right - 1, x + 1); nx += 1) visit(nx, ny);
  }
  return { left, top, right, bottom };
}

/** A line that runs askew in pieces, each a rectangle about as wide as it is high. */
function slices(region: Region, labels: Int32Array, cutout: Cutout, chances: Chances): readonly Line[] {
  const { columns } = cutout;
  const isFlat = region.right - region.left >= region.bottom - region.top;
  const length = isFlat ? region.right - region.left : region.bottom - region.top;
  const thick = Math.max(
    1,
    (region.cells / length) * Math.cos(isFlat ? region.angle : Math.PI / 2 - Math.abs(region.angle)),
  );
  const step = Math.max(2, Math.round(1.5 * thick));
  const lines: Line[] = [];
  for (let from = 0; from < length; from += step) {
    let core: Rectangle | undefined;
    const [x0, x1, y0, y1] = isFlat
      ? [region.left + from, Math.min(region.right, region.left + from + step), region.top, region.bottom]
      : [region.left, region.right, region.top + from, Math.min(region.bottom, region.top + from + step)];
    for (let y = y0; y < y1; y += 1) {
      for (let x = x0; x < x1; x += 1) {
        if (labels[y * columns + x] !== region.label) continue;
        const [left, top] = [cutout.left + x, cutout.top + y];
        core = {
          left: Math.min(core?.left ?? left, left),
          top: Math.min(core?.top ?? top, top),
          right: Math.max(core?.right ?? 0, left + 1),
          bottom: Math.max(core?.bottom ?? 0, top + 1),
        };
      }
    }
    if (core !== undefined) lines.push(lineOf({ ...core, score: region.score }, 0, chances, true, thick));
  }
  return lines;
}

function areaOf({ left, top, right, bottom }: Rectangle, { area, cellWidth, cellHeight }: Chances): Area {
  const from = {
    left: Math.max(area.left, Math.floor(area.left + left * cellWidth)),
    top: Math.max(area.top, Math.floor(area.top + top * cellHeight)),
  };
  return {
    ...from,
    width: Math.min(area.left + area.width, Math.ceil(area.left + right * cellWidth)) - from.left,
    height: Math.min(area.top + area.height, Math.ceil(area.top + bottom * cellHeight)) - from.top,
  };
}
