import { SallyportError } from '../../core/errors.ts';
import { intersects } from '../../ocr/areas.ts';
import type { Area, FoundText } from '../../ocr/picture.ts';
import type { TextEngine } from '../../ocr/text-engine.ts';
import { intersection, joined } from './areas.ts';
import type { FrameTexts } from './find-in-frames.ts';
import { changedAreas, type FramePlanes, planesOf } from './frame-planes.ts';
import type { FrameView } from './frame-views.ts';
import { type FrameSearch, searchAreas } from './search-areas.ts';

/** Around what was blanked: characters that were left over stand beside it. */
const margin = 32;

/**
 * Looks for text in every frame of a result, wherever it differs from what was searched before: all else was looked at
 * there. A window made of the pixels themselves may change with them, and shows other things then: so the pictures are
 * compared, not the boxes. What repeats from frame to frame is searched once. Throws what the views and the engine throw,
 * and PIXEL_DATA_INVALID where the result has other frames.
 */
export async function* findInChanges(
  before: AsyncIterable<FrameView>,
  after: AsyncIterable<FrameView>,
  engine: TextEngine,
  search: FrameSearch,
): AsyncGenerator<FrameTexts> {
  const originals = before[Symbol.asyncIterator]();
  let last: Looked | undefined;
  try {
    for await (const view of after) {
      search.onProgress?.();
      const original = await originals.next();
      if (original.done === true) throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'other frames' });
      if (last === undefined || !view.isRepeated || !original.value.isRepeated)
        last = await look(original.value, view, last, engine, search);
      yield { frame: view.frame, numberOfFrames: view.numberOfFrames, texts: last.texts };
    }
    if ((await originals.next()).done !== true)
      throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'other frames' });
  } finally {
    await originals.return?.();
  }
}

interface Looked {
  readonly planes: FramePlanes;
  /** Where it was looked. */
  readonly areas: readonly Area[];
  readonly texts: readonly FoundText[];
}

async function look(
  original: FrameView,
  view: FrameView,
  last: Looked | undefined,
  engine: TextEngine,
  search: FrameSearch,
): Promise<Looked> {
  const planes = planesOf(view);
  const { width, height } = view.shown;
  const whole = [{ left: 0, top: 0, width, height }];
  const areas = changedAreas(planesOf(original), planes, 0, margin) ?? whole;
  const moved = last === undefined ? whole : (changedAreas(last.planes, planes, 0, margin) ?? whole);
  const unseen = last === undefined ? areas : areas.filter((area) => !isAmong(area, last.areas));
  const again = joined([
    ...unseen,
    ...areas.flatMap((area) => moved.flatMap((one) => intersection(area, one) ?? [])),
  ]);
  const kept = (last?.texts ?? []).filter(
    (text) => areas.some((area) => intersects(area, text)) && !again.some((area) => intersects(area, text)),
  );
  if (again.length > 0) {
    const found = await searchAreas(view, again, engine, search);
    return { planes, areas, texts: [...kept, ...found] };
  }
  const isSame = last !== undefined && kept.length === last.texts.length;
  return { planes, areas, texts: isSame ? last.texts : kept };
}

function isAmong(area: Area, areas: readonly Area[]): boolean {
  return areas.some(
    ({ left, top, width, height }) =>
      left === area.left && top === area.top && width === area.width && height === area.height,
  );
}
