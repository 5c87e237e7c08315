import type { Area, Picture } from '../picture.ts';
import type { Sessions } from '../sessions.ts';
import { type Activity, activeAreas, activityOf } from './activity.ts';
import { type Canvas, canvasTensor } from './canvas.ts';
import { type Line, type LineSettings, linesOfPatch } from './lines.ts';
import { costOf, type Piece, packed } from './packing.ts';
import { toneOf } from './tone.ts';

/** What a search for lines needs to know. */
export interface Detection {
  readonly sessions: Sessions;
  readonly picture: Picture;
  readonly onProgress: (() => void) | undefined;
}

/** The first look takes much for a line: the second look decides. */
const firstLook: LineSettings = { pixelThreshold: 0.25, lineThreshold: 0.35, growth: 1.7 };

/** Cells with less contrast than this hold nothing a person could read. */
const leastRange = 10;
/** Strengths of thin lines from which cells are enlarged; the first that the time allows. */
const ridgeSteps = [10, 14, 18, 24, 32, 48, 64] as const;
const mostScale = 3;
const leastScale = 1.3;
/** Pixels of the network for each pixel of the picture, and at least: bounds the time. */
const budget = { perPixel: 1.6, least: 700_000 } as const;

/**
 * Lines of text in areas of a picture: everything with any contrast at the size it has; everything with thin strokes
 * enlarged, as far as the time allows; large pictures once more reduced, for large characters.
 */
export async function detectLines(detection: Detection, areas: readonly Area[]): Promise<readonly Line[]> {
  const { picture } = detection;
  const activities = areas.map((area) => activityOf(picture, area));
  const active = select(activities, (activity, cell) => (activity.range[cell] ?? 0) >= leastRange);
  const whole = active.reduce((sum, { width, height }) => sum + width * height, 0);
  const pixels = areas.reduce((sum, { width, height }) => sum + width * height, 0);
  const allowed = Math.max(budget.least, pixels * budget.perPixel);
  const passes = [
    ...(whole * 0.16 >= 20_000 ? packed(piecesOf(picture, active, 0.4)) : []),
    ...packed(piecesOf(picture, active, 1)),
  ];
  passes.push(...enlarged(picture, activities, allowed - costOf(passes)));
  return linesOfCanvases(detection, passes, firstLook);
}

function enlarged(picture: Picture, activities: readonly Activity[], allowed: number): readonly Canvas[] {
  for (const least of ridgeSteps) {
    const areas = select(activities, (activity, cell) => (activity.ridge[cell] ?? 0) >= least);
    const pixels = areas.reduce((sum, { width, height }) => sum + (width + 4) * (height + 4), 0);
    if (pixels === 0) return [];
    const scale = Math.min(mostScale, Math.floor(Math.sqrt((allowed * 0.85) / pixels) * 10) / 10);
    const last = least === ridgeSteps.at(-1);
    if (scale < 2 && !(last && scale >= leastScale)) continue;
    return packed(piecesOf(picture, areas, scale));
  }
  return [];
}

function select(
  activities: readonly Activity[],
  isActive: (activity: Activity, cell: number) => boolean,
): readonly Area[] {
  return activities.flatMap((activity) => activeAreas(activity, (cell) => isActive(activity, cell)));
}

function piecesOf(picture: Picture, areas: readonly Area[], scale: number): readonly Piece[] {
  return areas.map((area) => ({ area, scale, turn: 0, tone: toneOf(picture, area) }));
}

/** Lines of all patches of canvases, by one run of the network for each canvas. */
export async function linesOfCanvases(
  { sessions, picture, onProgress }: Detection,
  canvases: readonly Canvas[],
  settings: LineSettings,
): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const canvas of canvases) {
    const map = await sessions.detect(canvasTensor(picture, canvas));
    lines.push(...canvas.patches.flatMap((patch) => linesOfPatch(map, canvas.width, patch, settings)));
    onProgress?.();
  }
  return lines;
}
