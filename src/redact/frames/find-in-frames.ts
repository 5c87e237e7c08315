import { around, intersects } from '../../ocr/areas.ts';
import type { Area, FoundText } from '../../ocr/picture.ts';
import type { TextEngine } from '../../ocr/text-engine.ts';
import { joined } from './areas.ts';
import { changedAreas, type FramePlanes, planesOf } from './frame-planes.ts';
import type { FrameView } from './frame-views.ts';
import { type FrameSearch, searchAreas } from './search-areas.ts';
import { copyArea, type Plane } from './tiles.ts';

/**
 * Levels by which a still part of a video may stray from what was searched and count as the same: measured, H.264 and
 * MPEG-2 of two to four megabits repaint all of a still picture with every group of frames, by up to 8 levels except at some
 * edges. Everything else, also JPEG, repeats exactly, and is held to that.
 */
const videoTolerance = 8;

/** The text of one frame. */
export interface FrameTexts {
  /** From 1. */
  readonly frame: number;
  readonly numberOfFrames: number;
  /** In stored pixels. The same list object as that of the frame before where nothing changed. */
  readonly texts: readonly FoundText[];
}

/** Around what changed, so that whole words lie inside; the height of large text. */
const margin = 48;
/** More than this share of the picture: all of it. */
const wholeShare = 0.6;

/**
 * Looks for text in every frame, in order. What does not change is searched once: later frames are held against the frame
 * as it was searched, value by value, and only where they differ is looked again, with a margin and with all text found
 * there before; what was found elsewhere is carried over. So text that is in one frame only, or moves, or fades in slowly,
 * is found, and a still costs what one frame costs. Memory: two frames, whatever their number. Throws what the views and
 * the engine throw.
 */
export async function* findInFrames(
  views: AsyncIterable<FrameView>,
  engine: TextEngine,
  search: FrameSearch,
): AsyncGenerator<FrameTexts> {
  let searched: Searched | undefined;
  for await (const view of views) {
    search.onProgress?.();
    searched = await next(view, searched, engine, search);
    yield { frame: view.frame, numberOfFrames: view.numberOfFrames, texts: searched.texts };
  }
}

/** Pixels as they were when last searched, and what was found in them. */
interface Searched extends FramePlanes {
  readonly texts: readonly FoundText[];
}

async function next(
  view: FrameView,
  before: Searched | undefined,
  engine: TextEngine,
  search: FrameSearch,
): Promise<Searched> {
  if (before !== undefined && view.isRepeated) return before;
  const planes = planesOf(view);
  const { shown, stored } = planes;
  const areas =
    before === undefined ? undefined : changes(before, planes, view.isPredicted ? videoTolerance : 0);
  if (before !== undefined && areas?.length === 0) return before;
  if (before === undefined || areas === undefined)
    return { shown, stored, texts: await searchAreas(view, undefined, engine, search) };
  const found = await searchAreas(view, areas, engine, search);
  const texts = [...before.texts.filter((text) => !areas.some((area) => intersects(area, text))), ...found];
  const kept = { shown: copyOf(before.shown), stored: copyOf(before.stored), texts };
  for (const area of areas) {
    copyArea(shown, kept.shown, area);
    copyArea(stored, kept.stored, area);
  }
  return kept;
}

/** The searched pixels are written over in part; those of a view may be in use elsewhere. */
function copyOf(plane: Plane): Plane {
  const { values } = plane;
  // `slice()` of a Buffer would be the same bytes.
  return { ...plane, values: values instanceof Uint16Array ? values.slice() : new Uint8Array(values) };
}

/** Areas to search again; undefined: the whole picture. */
function changes(before: Searched, now: FramePlanes, tolerance: number): readonly Area[] | undefined {
  const { width, height } = now.shown;
  const changed = changedAreas(before, now, tolerance, margin);
  if (changed === undefined) return undefined;
  let areas = changed;
  for (let grown = true; grown; ) {
    grown = false;
    const next = areas.map((area) => {
      const whole = before.texts.filter((text) => intersects(text, area)).reduce<Area>(around, area);
      if (whole.width !== area.width || whole.height !== area.height) grown = true;
      return whole;
    });
    areas = joined(next);
  }
  const covered = areas.reduce((sum, area) => sum + area.width * area.height, 0);
  return covered > wholeShare * width * height ? undefined : areas;
}
