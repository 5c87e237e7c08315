import type { Area, Picture } from '../picture.ts';
import type { Sessions } from '../sessions.ts';
import { type Activity, activeAreas, activityOf, cellSide } from './activity.ts';
import { type Canvas, canvasTensor } from './canvas.ts';
import { type Line, type LineSettings, linesOfPatch } from './lines.ts';
import { type Piece, packed } from './packing.ts';
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
/** Pictures with more to see than this are also looked at reduced: large characters come apart otherwise. */
const leastReduced = 120_000;
const reduced = 0.4;
const leastScale = 1.3;
/** Pixels of the network for each pixel of the picture, and at least: bounds the time. */
const budget = { perPixel: 1.15, least: 550_000 } as const;

/**
 * Lines of text in areas of a picture: everything with any contrast at the size it has; everything with thin strokes
 * enlarged, as far as the time allows; large pictures once more reduced, for large characters.
 */
export async function detectLines(detection: Detection, areas: readonly Area[]): Promise<readonly Line[]> {
  const { picture } = detection;
  const activities = areas.map((area) => activityOf(picture, area));
  const isActive = (activity: Activity, cell: number) => (activity.range[cell] ?? 0) >= leastRange;
  const active = select(activities, isActive);
  const pixels = sizeOf(areas);
  const allowed = Math.max(budget.least, pixels * budget.perPixel);
  const closer = enlargedAreas(activities, allowed, sizeOf(active));
  const beside = select(
    activities,
    (activity, cell) => isActive(activity, cell) && !closer.areas.some((area) => holds(area, activity, cell)),
  );
  return linesOfCanvases(
    detection,
    [
      ...(sizeOf(active) >= leastReduced ? packed(piecesOf(picture, active, reduced)) : []),
      ...packed(piecesOf(picture, beside, 1)),
      ...packed(piecesOf(picture, closer.areas, closer.scale)),
    ],
    firstLook,
  );
}

interface Closer {
  readonly areas: readonly Area[];
  readonly scale: number;
}

/** What is enlarged is not looked at in its own size too: measured, that finds nothing more. */
function enlargedAreas(activities: readonly Activity[], allowed: number, active: number): Closer {
  for (const least of ridgeSteps) {
    const areas = select(activities, (activity, cell) => (activity.ridge[cell] ?? 0) >= least);
    const pixels = areas.reduce((sum, { width, height }) => sum + (width + 4) * (height + 4), 0);
    if (pixels === 0) break;
    const left = allowed - Math.max(0, active - pixels);
    const scale = Math.min(mostScale, Math.floor(Math.sqrt((left * 0.85) / pixels) * 10) / 10);
    const last = least === ridgeSteps.at(-1);
    if (scale >= 2 || (last && scale >= leastScale)) return { areas, scale };
  }
  return { areas: [], scale: 1 };
}

function sizeOf(areas: readonly Area[]): number {
  return areas.reduce((sum, { width, height }) => sum + width * height, 0);
}

function holds(area: Area, activity: Activity, cell: number): boolean {
  const left = activity.area.left + (cell % activity.columns) * cellSide;
  const top = activity.area.top + Math.floor(cell / activity.columns) * cellSide;
  return (
    left >= area.left && top >= area.top && left < area.left + area.width && top < area.top + area.height
  );
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
