import type { Area, FoundText, FoundWord, Picture, Turn } from '../picture.ts';
import type { Sessions } from '../sessions.ts';
import { readCharacters } from './characters.ts';
import { decodeSteps, type ReadCharacter } from './ctc.ts';
import {
  areaInPicture,
  clipArea,
  cropPlane,
  invert,
  type Plane,
  scalePlane,
  stretch,
  turnPlane,
} from './plane.ts';
import { LINE_HEIGHT, recognizePlanes } from './recognize.ts';
import { cutWords } from './words.ts';

/** Around an area, in heights of its line. */
const MARGIN = 0.1;
/** Readings below are tried again in other ways. */
const SURE = 0.85;
/** Lines that are taller than wide by this factor are first tried as turned. */
const TALL = 1.5;

const ways = ['plain', 'inverted'] as const;
type Way = (typeof ways)[number];

interface Attempt {
  readonly line: number;
  readonly turn: Turn;
  readonly way: Way;
}

interface Reading {
  readonly attempt: Attempt;
  readonly crop: Area;
  /** Upright and scaled. */
  readonly plane: Plane;
  readonly characters: readonly ReadCharacter[];
  readonly confidence: number;
}

const charactersOfFiles = new Map<string, readonly string[]>();

/**
 * Reads lines that were found in a picture: their text, which way it is turned, and the words with their areas in pixels
 * of the picture. Everything that was found is given back, in the same order; what cannot be read keeps its area, with
 * the little that was read and a low confidence.
 *
 * @throws SallyportError TEXT_SEARCH_UNAVAILABLE when the recogniser fails.
 */
export async function readLines(
  sessions: Sessions,
  picture: Picture,
  lines: readonly FoundText[],
  onProgress?: () => void,
): Promise<FoundText[]> {
  let characters = charactersOfFiles.get(sessions.charactersPath);
  if (characters === undefined) {
    characters = readCharacters(sessions.charactersPath);
    charactersOfFiles.set(sessions.charactersPath, characters);
  }
  const best = new Map<number, Reading>();
  const attempt = async (attempts: readonly Attempt[]): Promise<void> => {
    const prepared = attempts.map((one) => prepare(picture, lines[one.line], one));
    const planes = prepared.map(({ plane }) => plane);
    const read = await recognizePlanes(sessions, planes, characters.length, onProgress);
    prepared.forEach(({ crop, plane }, index) => {
      const steps = read[index];
      const one = attempts[index];
      if (steps === undefined || one === undefined) return;
      const found = decodeSteps(steps, characters);
      const reading = { attempt: one, crop, plane, characters: found, confidence: meanConfidence(found) };
      if (reading.confidence > (best.get(one.line)?.confidence ?? -1)) best.set(one.line, reading);
    });
  };

  await attempt(
    lines.flatMap((line, index) => firstTurns(line).map((turn) => ({ line: index, turn, way: 'plain' }))),
  );
  const unsure = lines.flatMap((line, index) => {
    const before = best.get(index);
    if (before !== undefined && before.confidence >= SURE) return [];
    const more: Attempt[] = [{ line: index, turn: before?.attempt.turn ?? line.turn, way: 'inverted' }];
    if (before?.attempt.turn === 0) more.push({ line: index, turn: 180, way: 'plain' });
    return more;
  });
  await attempt(unsure);
  return lines.map((line, index) => withReading(line, best.get(index)));
}

function firstTurns(line: FoundText): readonly Turn[] {
  if (line.height > TALL * line.width) return [90, 270];
  return [line.turn];
}

function prepare(
  picture: Picture,
  line: FoundText | undefined,
  attempt: Attempt,
): { crop: Area; plane: Plane } {
  const area = line ?? { left: 0, top: 0, width: 0, height: 0 };
  const short = attempt.turn === 90 || attempt.turn === 270 ? area.width : area.height;
  const margin = Math.max(1, Math.round(short * MARGIN));
  const crop = clipArea(
    {
      left: area.left - margin,
      top: area.top - margin,
      width: area.width + 2 * margin,
      height: area.height + 2 * margin,
    },
    picture,
  );
  const upright = turnPlane(cropPlane(picture, crop), attempt.turn);
  const width = Math.max(1, Math.round((upright.width * LINE_HEIGHT) / Math.max(1, upright.height)));
  const plane = stretch(scalePlane(upright, width, LINE_HEIGHT), 0.002);
  return { crop, plane: attempt.way === 'inverted' ? invert(plane) : plane };
}

function meanConfidence(characters: readonly ReadCharacter[]): number {
  if (characters.length === 0) return 0;
  return characters.reduce((sum, { confidence }) => sum + confidence, 0) / characters.length;
}

function withReading(line: FoundText, reading: Reading | undefined): FoundText {
  if (reading === undefined) return line;
  const { attempt, crop, plane } = reading;
  const acrossHeight = attempt.turn === 90 || attempt.turn === 270 ? crop.width : crop.height;
  const scale = acrossHeight / plane.height;
  const words = cutWords(plane, reading.characters).map((word): FoundWord => {
    const left = Math.floor(word.start * scale);
    const right = Math.ceil(word.end * scale);
    const upright = { left, top: 0, width: right - left, height: acrossHeight };
    return {
      ...clipArea(areaInPicture(upright, crop, attempt.turn), {
        width: crop.left + crop.width,
        height: crop.top + crop.height,
      }),
      text: word.characters.map(({ character }) => character).join(''),
      confidence: Math.min(...word.characters.map(({ confidence }) => confidence)),
    };
  });
  return {
    ...line,
    turn: attempt.turn,
    text: words.map(({ text }) => text).join(' '),
    confidence: reading.confidence,
    words,
  };
}
