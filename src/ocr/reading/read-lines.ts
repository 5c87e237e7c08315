import type { FoundText, Picture, Turn } from '../picture.ts';
import type { Sessions } from '../sessions.ts';
import { readCharacters } from './characters.ts';
import { decodeSteps, type ReadCharacter } from './ctc.ts';
import { foundWords } from './found-words.ts';
import { likelierTurn } from './likelier-turn.ts';
import { type Attempt, type PreparedLine, prepareLine, type Squeeze } from './prepare.ts';
import { recognizePlanes } from './recognize.ts';

/** A reading from here on is kept. Of lines read narrowly at first, one in eight is below and holds half of the errors. */
const SURE = 0.93;
/** Below it even after a second reading, other turns are tried. */
const DOUBTFUL = 0.85;
/** Lines taller than wide by this factor are first read as turned. */
const TALL = 1.4;
/**
 * Columns, of the recogniser's height, that are spent on second and third readings in one picture; some two seconds of
 * one processor. What is found beyond keeps its first reading.
 */
const MOST_AGAIN = 16_384;

export interface ReadSettings {
  /** `once`: one reading of each, for what is hardly text. `quick`: that one narrower, where little depends on it. */
  readonly care?: 'thorough' | 'once' | 'quick';
  readonly onProgress?: (() => void) | undefined;
}

interface Reading {
  readonly attempt: Attempt;
  readonly prepared: PreparedLine;
  readonly characters: readonly ReadCharacter[];
  /** 0 to 1; what readings of one line are compared by. */
  readonly quality: number;
}

/** Of one picture. */
interface Reader {
  readonly sessions: Sessions;
  readonly picture: Picture;
  readonly lines: readonly FoundText[];
  readonly characters: readonly string[];
  readonly onProgress: (() => void) | undefined;
  /** The best reading of each line so far. */
  readonly best: Map<number, Reading>;
}

const charactersOfFiles = new Map<string, readonly string[]>();

/**
 * Reads lines that were found in a picture: their text, which way it is turned, and the words with their areas in pixels
 * of the picture. A word's area is as high as the crop of its line and ends inside the gaps beside it, so that it holds
 * all ink of the word. Everything that was found is given back, in the same order; what cannot be read (a script other
 * than Latin and Chinese, faint letters) keeps its area, with the little that was read and a low confidence. Letters with
 * diacritics are mostly read as the plain letter.
 *
 * @throws SallyportError TEXT_SEARCH_UNAVAILABLE when the recogniser fails.
 */
export async function readLines(
  sessions: Sessions,
  picture: Picture,
  lines: readonly FoundText[],
  { care = 'thorough', onProgress }: ReadSettings = {},
): Promise<FoundText[]> {
  const characters =
    charactersOfFiles.get(sessions.charactersPath) ?? readCharacters(sessions.charactersPath);
  charactersOfFiles.set(sessions.charactersPath, characters);
  const reader: Reader = { sessions, picture, lines, characters, onProgress, best: new Map() };

  await attempt(reader, await firstAttempts(reader, care === 'quick' ? 0.5 : 0.65));
  let left = await attemptWithin(reader, care === 'thorough' ? MOST_AGAIN : 0, (line) =>
    secondAttempts(reader, line),
  );
  left = await attemptWithin(reader, left, (line) => lastAttempts(reader, line));
  return lines.map((line, index) => withReading(line, reader.best.get(index)));
}

async function firstAttempts(reader: Reader, squeeze: Squeeze): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  for (const [line, found] of reader.lines.entries()) {
    const turn = isTall(found)
      ? await likelierTurn(reader.sessions, reader.picture, found)
      : uprightTurn(found);
    attempts.push({ line, turn, squeeze });
  }
  return attempts;
}

/** Wider, which costs more and reads what is small; of tall areas the other turns too. */
function secondAttempts(reader: Reader, line: number): readonly Attempt[] {
  const found = reader.lines[line];
  const before = reader.best.get(line);
  if (found === undefined || (before !== undefined && before.quality >= SURE)) return [];
  const turn = before?.attempt.turn ?? found.turn;
  const attempts: Attempt[] = [{ line, turn, squeeze: 0.9 }];
  if (isTall(found)) {
    attempts.push({ line, turn: opposite(turn), squeeze: 0.65 });
    attempts.push({ line, turn: 0, squeeze: 0.9, stacked: true });
  }
  return attempts;
}

function lastAttempts(reader: Reader, line: number): readonly Attempt[] {
  const found = reader.lines[line];
  const before = reader.best.get(line);
  if (found === undefined || (before !== undefined && before.quality >= DOUBTFUL)) return [];
  // A tall area may hold one upright letter; one that is neither tall nor wide may hold two or three of any turn.
  if (isTall(found)) return [{ line, turn: 0, squeeze: 0.9 }];
  const turns: readonly Turn[] = found.width > TALL * found.height ? [180] : [180, 90, 270];
  return turns.map((turn) => ({ line, turn, squeeze: 0.65 }));
}

function isTall(found: FoundText): boolean {
  return found.height > TALL * found.width;
}

/** What the detector thinks of the turn of a wide line is a guess. */
function uprightTurn(found: FoundText): Turn {
  return found.turn === 180 ? 180 : 0;
}

function opposite(turn: Turn): Turn {
  return turn === 90 ? 270 : 90;
}

/** Attempts for each line, as far as `columns` reach; gives the columns that are left. */
async function attemptWithin(
  reader: Reader,
  columns: number,
  attemptsOf: (line: number) => readonly Attempt[],
): Promise<number> {
  let left = columns;
  const attempts: Attempt[] = [];
  for (const line of reader.lines.keys()) {
    const own = attemptsOf(line);
    const cost = own.reduce((sum, one) => sum + widthOf(reader, one), 0);
    if (cost > left) continue;
    left -= cost;
    attempts.push(...own);
  }
  await attempt(reader, attempts);
  return left;
}

/** Columns an attempt will take, near enough. */
function widthOf(reader: Reader, one: Attempt): number {
  const before = reader.best.get(one.line);
  const columns =
    before === undefined ? 320 : (before.prepared.plane.width * one.squeeze) / before.attempt.squeeze;
  return Math.max(32, Math.ceil(columns));
}

async function attempt(reader: Reader, attempts: readonly Attempt[]): Promise<void> {
  const prepared = attempts.flatMap((one) => {
    const line = reader.lines[one.line];
    const own = line && prepareLine(reader.picture, line, one);
    return own === undefined ? [] : [{ attempt: one, prepared: own }];
  });
  const planes = prepared.map((one) => one.prepared.plane);
  const read = await recognizePlanes(reader.sessions, planes, reader.characters.length, reader.onProgress);
  prepared.forEach((one, index) => {
    const steps = read[index];
    if (steps === undefined) return;
    const characters = decodeSteps(steps, reader.characters);
    const reading: Reading = { ...one, characters, quality: qualityOf(characters) };
    const { line } = one.attempt;
    if (reading.quality > (reader.best.get(line)?.quality ?? -1)) reader.best.set(line, reading);
  });
}

/**
 * Mean confidence, in which characters that stray marks are read as count less than letters and digits: a line that is
 * read upside down comes out as some of both.
 */
function qualityOf(characters: readonly ReadCharacter[]): number {
  const shown = characters.filter(({ character }) => character.trim() !== '');
  if (shown.length === 0) return 0;
  return (
    shown.reduce((sum, { character, confidence }) => sum + confidence * weightOf(character), 0) / shown.length
  );
}

function weightOf(character: string): number {
  // Full-width forms are what letters wide apart come out as: turned ones of a column, one below the other.
  if (/^[\uff01-\uff5e]$/.test(character)) return 0.7;
  if (/^[\p{Script=Latin}\p{Nd}]$/u.test(character)) return 1;
  return /^[-.,:;/()^%]$/.test(character) ? 0.9 : 0.7;
}

function withReading(line: FoundText, reading: Reading | undefined): FoundText {
  if (reading === undefined) return { ...line, text: '', confidence: 0, words: [] };
  const { attempt: one, prepared, characters } = reading;
  const words = foundWords(prepared, one.turn, characters);
  const shown = characters.filter(({ character }) => character.trim() !== '');
  const confidence =
    shown.reduce((sum, character) => sum + character.confidence, 0) / Math.max(1, shown.length);
  return { ...line, turn: one.turn, text: words.map(({ text }) => text).join(' '), confidence, words };
}
