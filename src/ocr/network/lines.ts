import type { Area, Turn } from '../picture.ts';
import { type Component, components } from './components.ts';
import { areaOfPicture, type Patch, patchSize } from './patch.ts';

/** What the detector takes for a line of text. */
export interface Line extends Area {
  readonly turn: Turn;
  readonly score: number;
}

export interface LineSettings {
  /** Probability from which a pixel belongs to the core of a line. */
  readonly pixelThreshold: number;
  /** Mean probability from which a core is one of a line. */
  readonly lineThreshold: number;
  /** By how much the core, which is smaller than the line on all sides, is grown: times area over circumference. */
  readonly growth: number;
}

/** Cores narrower than this on the canvas are specks. */
const leastSide = 3;

/** Lines of one patch of a canvas whose probability map is given, in pixels of the picture. */
export function linesOfPatch(
  map: Float32Array,
  mapWidth: number,
  patch: Patch,
  settings: LineSettings,
): readonly Line[] {
  const { width, height } = patchSize(patch);
  const window = { left: patch.x, top: patch.y, right: patch.x + width, bottom: patch.y + height };
  return components(map, mapWidth, window, settings.pixelThreshold)
    .filter((core) => core.score >= settings.lineThreshold && leastSideOf(core) >= leastSide)
    .map((core) => toLine(core, patch, settings));
}

function leastSideOf(core: Component): number {
  return Math.min(core.right - core.left, core.bottom - core.top);
}

function toLine(core: Component, patch: Patch, settings: LineSettings): Line {
  const width = core.right - core.left;
  const height = core.bottom - core.top;
  const by = (width * height * settings.growth) / (2 * (width + height));
  const area = areaOfPicture(patch, {
    left: core.left - by,
    top: core.top - by,
    right: core.right + by,
    bottom: core.bottom + by,
  });
  return { ...area, turn: turnOf(patch, width, height), score: core.score };
}

/** A core far higher than wide is a line on its side; which way it reads, only reading tells. */
function turnOf(patch: Patch, width: number, height: number): Turn {
  const sideways = height > 1.5 * width;
  const turns: readonly Turn[] = [0, 90, 180, 270];
  return turns[(turns.indexOf(patch.turn) + (sideways ? 1 : 0)) % 4] ?? 0;
}
