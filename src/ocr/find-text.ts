import { widened } from './areas.ts';
import { type Detection, detectLines } from './detector/detect-lines.ts';
import { joinLines } from './detector/join-lines.ts';
import type { Line } from './detector/lines.ts';
import { lookAgain, type SeenAgain } from './detector/look-again.ts';
import { grownToInk } from './grow-to-ink.ts';
import type { Area, FoundText, Picture } from './picture.ts';
import { readLines } from './reading/read-lines.ts';
import type { Sessions } from './sessions.ts';
import type { TextSearch } from './text-engine.ts';

/**
 * Mean of both looks from which a line is text, whether it can be read or not; of what is no line by its shape, more; and
 * from which that is read with care.
 */
const sure = { line: 0.55, shape: 0.85, ifRead: 0.7 } as const;
/** What is thicker than this, in pixels, and shorter than so many times that, or very thick, looks like an organ as well. */
const organ = { thickness: 44, length: 3, most: 100 } as const;
/** So many doubtful lines are looked at again, and read, for so many pixels of the picture; the most certain first. */
const doubtful = { least: 24, pixelsEach: 20_000, most: 400 } as const;

/**
 * One search: lines that the network sees, each shown to it once more in the size it knows best. Measured, nearly all that
 * is found in both looks is text; of the rest, reading tells what is.
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
  const found = await detectLines(detection, areas);
  // Pieces of a line that runs askew lie beside and below one another.
  const pieces = found.filter(({ askew, score }) => askew && score >= sure.line).map(seenOnce);
  const lines = joinLines(found.filter(({ askew }) => !askew));
  const pixels = areas.reduce((sum, { width, height }) => sum + width * height, 0);
  const most = Math.min(doubtful.most, Math.max(doubtful.least, pixels / doubtful.pixelsEach));
  const seen: SeenAgain[] = [];
  for (const line of lines) {
    if (line.score < certainScore && seen.length >= most) break;
    seen.push(isClear(line) ? seenOnce(line) : await lookAgain(detection, line));
  }
  const certain = seen.filter(isSure);
  const likely = seen.filter((line) => !isSure(line) && meanOf(line) >= sure.ifRead);
  const unclear = seen.filter((line) => !isSure(line) && meanOf(line) < sure.ifRead);
  if (!search.read) return [...certain, ...pieces].map((line) => unread(line, picture));
  const { onProgress } = search;
  const read = (lines: readonly SeenAgain[], care: 'thorough' | 'once' | 'quick') =>
    readLines(
      sessions,
      picture,
      lines.map((line) => unread(line, picture)),
      { care, onProgress },
    );
  return [
    ...(await read(certain, search.quickly === true ? 'quick' : 'thorough')),
    ...pieces.map((line) => unread(line, picture)),
    ...(await read(likely, 'thorough')).filter(isReadable),
    ...(await read(unclear, 'once')).filter(isReadable),
  ].sort((one, other) => one.top - other.top || one.left - other.left);
}

/** Lines of the sizes that the network knows best, and sure at first sight: a second look would say the same. */
const clear = { score: 0.88, least: 14, most: 44 } as const;

function isClear({ score, thickness }: Line): boolean {
  return score >= clear.score && thickness >= clear.least && thickness <= clear.most;
}

function seenOnce(line: Line): SeenAgain {
  return { ...line, again: line.score };
}

/** From here on a first look alone is worth a second one, however many there are. */
const certainScore = 0.7;

function meanOf({ score, again }: SeenAgain): number {
  return (score + again) / 2;
}

function isSure(line: SeenAgain): boolean {
  const [thickness, length] = line.turn === 0 ? [line.height, line.width] : [line.width, line.height];
  const isLong = length >= organ.length * thickness && thickness <= organ.most;
  const isLine = thickness <= organ.thickness || isLong;
  return meanOf(line) >= (isLine ? sure.line : sure.shape);
}

/** A line with the ink it cuts off, and a little around it: its edges are known to two pixels. */
function unread(line: SeenAgain, picture: Picture): FoundText {
  const { askew, turn, left, top, width, height } = line;
  const score = meanOf(line);
  const found: FoundText = { left, top, width, height, turn, score, text: '', confidence: 0, words: [] };
  const whole = askew ? found : grownToInk(found, picture);
  const along = Math.ceil(thicknessOf(whole) * 0.15);
  const across = Math.max(1, Math.round(thicknessOf(whole) * 0.06));
  const sideways = turn === 90;
  return { ...whole, ...widened(whole, sideways ? across : along, sideways ? along : across, picture) };
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

function thicknessOf({ turn, width, height }: Area & { readonly turn: number }): number {
  return turn === 90 || turn === 270 ? width : height;
}

/** Tick marks and grids read as a few like characters; large shapes as anything, but not as many. */
function isReadable(found: FoundText): boolean {
  const characters = new Set(found.text.replaceAll(' ', '')).size;
  const least = thicknessOf(found) <= 60 ? 0.6 : characters >= 4 ? 0.7 : 0.85;
  return found.confidence >= least && characters >= 3;
}
