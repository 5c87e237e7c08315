import { widened } from '../../ocr/areas.ts';
import type { Area } from '../../ocr/picture.ts';
import { joined } from './areas.ts';
import type { FrameView } from './frame-views.ts';
import { changedTiles, type Plane } from './tiles.ts';

/** What frames are compared by. */
export interface FramePlanes {
  readonly shown: Plane;
  readonly stored: Plane;
}

export function planesOf(view: FrameView): FramePlanes {
  const { width, height } = view.shown;
  return { shown: { ...view.shown, values: view.shown.pixels }, stored: { width, height, ...view.stored } };
}

/** Where two frames differ by more than `tolerance`, with a margin; undefined where nothing of them can be compared. */
export function changedAreas(
  before: FramePlanes,
  now: FramePlanes,
  tolerance: number,
  margin: number,
): Area[] | undefined {
  const { shown, stored } = now;
  if (!isAlike(before.shown, shown) || !isAlike(before.stored, stored)) return undefined;
  const tiles = [
    ...changedTiles(before.shown, shown, tolerance),
    ...(stored.values === shown.values ? [] : changedTiles(before.stored, stored, tolerance)),
  ];
  return joined(tiles.map((tile) => widened(tile, margin, margin, shown)));
}

function isAlike(a: Plane, b: Plane): boolean {
  return (
    a.width === b.width &&
    a.height === b.height &&
    a.channels === b.channels &&
    a.values.BYTES_PER_ELEMENT === b.values.BYTES_PER_ELEMENT
  );
}
