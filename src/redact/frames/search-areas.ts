import type { Area, FoundText, Picture } from '../../ocr/picture.ts';
import type { TextEngine } from '../../ocr/text-engine.ts';
import type { FrameView } from './frame-views.ts';
import { hiddenView } from './hidden-view.ts';
import { merged } from './merge-findings.ts';

export interface FrameSearch {
  /** Read what is found; see `TextSearch`. */
  readonly read: boolean;
  /** Of what is shown only: what is hidden counts as text where it reads well. See `TextSearch`. */
  readonly quickly?: boolean;
  /** Look also for what the window hides: needless where nothing leaves but what is shown. */
  readonly hidden: boolean;
  /** Called now and then: long work is going on. */
  readonly onProgress?: () => void;
}

/** Text in areas of one frame, or in all of it: as it is shown, and as it is stored where that holds more. */
export async function searchAreas(
  view: FrameView,
  areas: readonly Area[] | undefined,
  engine: TextEngine,
  search: FrameSearch,
): Promise<readonly FoundText[]> {
  const options = { read: search.read, ...(search.onProgress && { onProgress: search.onProgress }) };
  const find = (picture: Picture, within: readonly Area[] | undefined, quickly = false) =>
    engine.find(picture, { ...options, quickly, ...(within && { areas: within }) });
  const inShown = await find(view.shown, areas, search.quickly);
  if (!search.hidden) return inShown;
  const hidden = hiddenView(view.shown, view.stored, areas, inShown);
  if (hidden === undefined) return inShown;
  const further = (await find(hidden.picture, hidden.areas)).filter(hidden.isHidden);
  return merged(inShown, search.read ? further.filter(isLegible) : further);
}

/** Spreading the values makes letters of noise; words it makes of text alone. */
const legible = { score: 0.7, confidence: 0.6, characters: 3, perSquare: 0.6 } as const;

function isLegible({ text, score, confidence, turn, width, height }: FoundText): boolean {
  const characters = text.replaceAll(' ', '').length;
  const squares = turn === 90 || turn === 270 ? height / width : width / height;
  return (
    score >= legible.score &&
    confidence >= legible.confidence &&
    characters >= legible.characters &&
    characters >= squares * legible.perSquare
  );
}
