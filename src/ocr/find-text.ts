import { grownToInk } from './grow-to-ink.ts';
import { type Detection, detectLines } from './network/detect.ts';
import type { Line } from './network/lines.ts';
import { isSameLine, joinLines, overlap } from './network/merge.ts';
import { lookAgain, widened } from './network/second-look.ts';
import type { Area, FoundText, Picture } from './picture.ts';
import { readLines } from './reading/read-lines.ts';
import type { Sessions } from './sessions.ts';
import { findStrokes } from './strokes/find-strokes.ts';
import type { TextSearch } from './text-engine.ts';

/** Pixels the second look may show to the network, for each pixel of the picture, and at least. */
const secondLookPixels = { perPixel: 0.45, least: 220_000, negative: 0.4 } as const;
/** So many doubtful candidates are read, for so many pixels of the picture; the most certain first. */
const doubtfulRead = { least: 8, pixelsEach: 40_000, most: 200 } as const;

/**
 * One search: what the network sees, together with rows of strokes, which find the small and the faint; shown to the
 * network again; what it does not find again must be readable. Measured, of candidates that the network confirms 19 in 20
 * are text; of others 1 in 40, and reading tells them apart.
 */
export async function findText(
  sessions: Sessions,
  picture: Picture,
  search: TextSearch,
): Promise<readonly FoundText[]> {
  const areas = (search.areas ?? [{ left: 0, top: 0, width: picture.width, height: picture.height }])
    .map((area) => inside(area, picture))
    .filter(({ width, height }) => width > 0 && height > 0);
  const detection: Detection = { sessions, picture, onProgress: search.onProgress };
  const lines = await detectLines(detection, areas);
  const strokes = findStrokes(picture, areas);
  search.onProgress?.();
  const candidates = candidatesOf(lines, strokes);

  const pixels = areas.reduce((sum, { width, height }) => sum + width * height, 0);
  const allowed = Math.max(secondLookPixels.least, pixels * secondLookPixels.perPixel);
  const first = await lookAgain(detection, candidates, { pixels: allowed, negative: false });
  const again = first.doubtful.filter((one) => isStrong(one, picture));
  const second = await lookAgain(detection, again, {
    pixels: allowed * secondLookPixels.negative,
    negative: true,
  });
  const confirmed = joinLines([
    ...[...first.confirmed, ...second.confirmed].map((one): FoundText => ({ ...one, by: 'network' })),
    ...second.doubtful.filter(isCertain),
    ...[...first.further, ...second.further].filter(isLineShaped).map(unread),
  ]);
  const most = Math.min(doubtfulRead.most, Math.max(doubtfulRead.least, pixels / doubtfulRead.pixelsEach));
  const doubtful = second.doubtful.filter((one) => !isCertain(one)).slice(0, Math.round(most));
  if (!search.read) return withMargins(confirmed, picture);
  const read = await readLines(sessions, picture, withMargins(confirmed, picture), search.onProgress);
  const tried = await readLines(sessions, picture, withMargins(doubtful, picture), search.onProgress, {
    once: true,
  });
  return [...read.filter((found) => !isObject(found, picture)), ...tried.filter(isReadable)].sort(
    (one, other) => one.top - other.top || one.left - other.left,
  );
}

/**
 * Strokes are many where there is texture, and their lines are less certain: they come last where time is short, and do not
 * change what the network found.
 */
function candidatesOf(lines: readonly Line[], strokes: readonly FoundText[]): readonly FoundText[] {
  const seen = joinLines(lines.map(unread).filter(isPlausible));
  const further = joinLines(strokes.filter(isPlausible)).filter(
    (line) => !seen.some((other) => isSameLine(line, other) && coveredShare(line, other) >= 0.9),
  );
  return [...seen, ...further];
}

function coveredShare(one: Area, other: Area): number {
  const across = overlap(one.left, one.width, other.left, other.width);
  const down = overlap(one.top, one.height, other.top, other.height);
  return across <= 0 || down <= 0 ? 0 : (across * down) / (one.width * one.height);
}

function unread(line: Line): FoundText {
  return { ...line, by: 'network', text: '', confidence: 0, words: [] };
}

function inside(area: Area, picture: Picture): Area {
  const left = Math.min(Math.max(0, Math.floor(area.left)), picture.width);
  const top = Math.min(Math.max(0, Math.floor(area.top)), picture.height);
  return {
    left,
    top,
    width: Math.min(picture.width, Math.ceil(area.left + area.width)) - left,
    height: Math.min(picture.height, Math.ceil(area.top + area.height)) - top,
  };
}

function thicknessOf(line: Line): number {
  return line.turn === 90 || line.turn === 270 ? line.width : line.height;
}

function isLineShaped(line: Line): boolean {
  return Math.max(line.width, line.height) >= 1.8 * Math.min(line.width, line.height);
}

/** Strokes are right where they are sure: measured, no line of text had a lower score that only they found. */
function isPlausible(candidate: FoundText): boolean {
  if (candidate.by === 'network') return candidate.score >= 0.5;
  return candidate.score >= 0.4 && isLineShaped(candidate);
}

/** Measured, what the network is this sure of at first sight, and has the form of a line, is one, even if unreadable. */
function isCertain({ by, score, width, height }: FoundText): boolean {
  const aspect = width / height;
  return (
    by === 'network' && score >= 0.9 && Math.min(width, height) <= 48 && (aspect >= 2.2 || aspect <= 0.3)
  );
}

/** Whether a candidate that was not found again is worth another look, and reading. */
function isStrong(candidate: FoundText, picture: Picture): boolean {
  if (candidate.score < (candidate.by === 'network' ? 0.7 : 0.9)) return false;
  const share = (candidate.width * candidate.height) / (picture.width * picture.height);
  return thicknessOf(candidate) <= 96 && (share <= 0.12 || thicknessOf(candidate) <= 40);
}

/** One large shape that the network takes for a character, or a large part of the picture, that nobody can read. */
function isObject(found: FoundText, picture: Picture): boolean {
  if (found.confidence >= 0.7) return false;
  const share = (found.width * found.height) / (picture.width * picture.height);
  const thickness = thicknessOf(found);
  if (thickness > 24 && explainedShare(found) < leastExplained) return true;
  return (!isLineShaped(found) && thickness > 24) || thickness > 120 || (share > 0.15 && thickness > 60);
}

/** Of the length of a line that is not small, what its characters have to make up where they are not read surely. */
const leastExplained = 0.55;

/** Share of a line's length that so many characters take up: ideographs are as wide as high, others half of it. */
function explainedShare(found: FoundText): number {
  const length = Math.max(found.width, found.height) / Math.min(found.width, found.height);
  let squares = 0;
  for (const character of found.text.replaceAll(' ', ''))
    squares += /\p{Script=Han}/u.test(character) ? 1 : 0.5;
  return squares / length;
}

/** Tick marks and grids read as a few like characters; large shapes as anything. */
function isReadable(found: FoundText): boolean {
  const least = thicknessOf(found) > 60 ? 0.85 : 0.6;
  return found.confidence >= least && new Set(found.text.replaceAll(' ', '')).size >= 3;
}

/** The areas of what was found are tight; ink at the ends of a line is what is missed first. */
function withMargins(lines: readonly FoundText[], picture: Picture): readonly FoundText[] {
  return lines.map((line) => {
    const found = grownToInk(line, picture);
    const sideways = found.turn === 90 || found.turn === 270;
    const along = Math.ceil(thicknessOf(found) * 0.15);
    const across = Math.max(1, Math.round(thicknessOf(found) * 0.06));
    return { ...found, ...widened(found, sideways ? across : along, sideways ? along : across, picture) };
  });
}
