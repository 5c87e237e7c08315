import type { Area, Picture } from '../picture.ts';
import type { Sessions } from '../sessions.ts';
import { type Canvas, canvasTensor, toSideStep } from './canvas.ts';
import { type Line, type LineSettings, linesOfPatch } from './lines.ts';
import { joinLines } from './merge.ts';
import { type Patch, patchSize, plainTone } from './patch.ts';
import { tilesOf } from './tiles.ts';

export const lineSettings: LineSettings = { pixelThreshold: 0.3, lineThreshold: 0.5, growth: 1.6 };

/** Longest side of a canvas: bounds the memory of a run (160 MB at this size). */
const canvasSide = 832;
const overlap = 64;

/** Looks at areas of a picture as they are, tile by tile. */
export async function detectLines(
  sessions: Sessions,
  picture: Picture,
  areas: readonly Area[],
  onProgress?: () => void,
): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const area of areas) {
    for (const tile of tilesOf(area, { side: canvasSide, overlap })) {
      lines.push(...(await linesOfCanvas(sessions, picture, canvasOfTile(tile))));
      onProgress?.();
    }
  }
  return joinLines(lines);
}

function canvasOfTile(tile: Area): Canvas {
  const patch: Patch = { area: tile, scale: 1, turn: 0, x: 0, y: 0, tone: plainTone };
  const { width, height } = patchSize(patch);
  return { width: toSideStep(width), height: toSideStep(height), patches: [patch] };
}

/** Lines of all patches of a canvas, by one run of the network. */
export async function linesOfCanvas(
  sessions: Sessions,
  picture: Picture,
  canvas: Canvas,
): Promise<readonly Line[]> {
  const map = await sessions.detect(canvasTensor(picture, canvas));
  return canvas.patches.flatMap((patch) => linesOfPatch(map, canvas.width, patch, lineSettings));
}
