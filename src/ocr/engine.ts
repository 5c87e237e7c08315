import { SallyportError } from '../core/errors.ts';
import { type Detection, detectLines } from './network/detect.ts';
import { joinLines } from './network/merge.ts';
import { lookAgain, widened } from './network/second-look.ts';
import type { FoundText, Picture } from './picture.ts';
import { readLines } from './reading/read-lines.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { findStrokes } from './strokes/find-strokes.ts';
import type { TextEngine, TextEngineSettings, TextSearch } from './text-engine.ts';

/**
 * Opens what finds and reads text: the neural detector beside the search for strokes, then the recogniser. Loaded from
 * the installed package, once a thread; costs some hundred milliseconds and 100 to 400 MB.
 *
 * @throws SallyportError TEXT_SEARCH_UNAVAILABLE
 */
export async function openTextEngine(settings: TextEngineSettings): Promise<TextEngine> {
  const sessions = await openSessions(settings);
  let closed = false;
  return {
    find: async (picture: Picture, search: TextSearch): Promise<readonly FoundText[]> => {
      if (closed) throw new SallyportError('TEXT_SEARCH_UNAVAILABLE', { detail: 'closed' });
      const found = await findLines(sessions, picture, search);
      return search.read ? readLines(sessions, picture, found, search.onProgress) : found;
    },
    close: async () => {
      closed = true;
      await sessions.close();
    },
  };
}

/** Scores from which what one of the two found counts without the second look. */
const sure = { network: 0.6, strokes: 0.6 } as const;
const secondLookPixels = { perPixel: 0.6, least: 300_000 } as const;

async function findLines(
  sessions: Sessions,
  picture: Picture,
  search: TextSearch,
): Promise<readonly FoundText[]> {
  const areas = search.areas ?? [{ left: 0, top: 0, width: picture.width, height: picture.height }];
  const detection: Detection = { sessions, picture, onProgress: search.onProgress };
  const lines = await detectLines(detection, areas);
  const strokes = findStrokes(picture, areas);
  search.onProgress?.();
  const unread = { text: '', confidence: 0, words: [] };
  const candidates = joinLines<FoundText>([
    ...lines.map((line): FoundText => ({ ...line, by: 'network', ...unread })),
    ...strokes,
  ]);
  const pixels = areas.reduce((sum, { width, height }) => sum + width * height, 0);
  const allowed = Math.max(secondLookPixels.least, pixels * secondLookPixels.perPixel);
  const confirmed = await lookAgain(detection, candidates, allowed);
  return joinLines(
    confirmed
      .filter(({ candidate, score }) => score > 0 || candidate.score >= sure[candidate.by])
      .map(({ candidate, area, score }) => ({
        ...candidate,
        ...area,
        score: Math.max(score, candidate.score),
      })),
  ).map((found) => ({ ...found, ...withMargin(found, picture) }));
}

/** The network's areas are tight; ink at the ends of a line is what it misses first. */
function withMargin(found: FoundText, picture: Picture) {
  const sideways = found.turn === 90 || found.turn === 270;
  const thickness = sideways ? found.width : found.height;
  const along = Math.ceil(thickness * 0.15);
  const across = Math.max(1, Math.round(thickness * 0.06));
  return widened(found, sideways ? across : along, sideways ? along : across, picture);
}
