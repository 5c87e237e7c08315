import type { Area, FoundWord, Turn } from '../picture.ts';
import type { ReadCharacter } from './ctc.ts';
import { areaInPicture, clipArea } from './plane.ts';
import type { PreparedLine } from './prepare.ts';
import { STEP_WIDTH } from './recognize.ts';
import { type StackedLetter, stackedWords } from './stacked.ts';
import { cutWords } from './words.ts';

/** The words of a line with their areas in pixels of the picture, in the order they are read. */
export function foundWords(
  prepared: PreparedLine,
  turn: Turn,
  characters: readonly ReadCharacter[],
): readonly FoundWord[] {
  if (prepared.letters !== undefined) return wordsOfStack(prepared.crop, prepared.letters, characters);
  const { crop, plane } = prepared;
  const sideways = turn === 90 || turn === 270;
  const length = sideways ? crop.height : crop.width;
  const height = sideways ? crop.width : crop.height;
  const scale = length / plane.width;
  return cutWords(plane, prepared.letterHeight, characters).map((word) => {
    // A pixel more: letters are blurred by scaling, and a pixel may hold the end of one and the beginning of a gap.
    const left = Math.max(0, Math.floor(word.start * scale) - 1);
    const right = Math.min(length, Math.ceil(word.end * scale) + 1);
    return asWord(areaInPicture({ left, top: 0, width: right - left, height }, crop, turn), word.characters);
  });
}

function asWord(area: Area, characters: readonly ReadCharacter[]): FoundWord {
  return {
    ...area,
    text: characters.map(({ character }) => ordinary(character)).join(''),
    confidence: characters.reduce((least, { confidence }) => Math.min(least, confidence), 1),
  };
}

/** Full-width forms as the ordinary ones: nothing is told apart by them. */
function ordinary(character: string): string {
  return /^[\uff01-\uff5e]$/.test(character) ? character.normalize('NFKC') : character;
}

function wordsOfStack(
  crop: Area,
  letters: readonly StackedLetter[],
  characters: readonly ReadCharacter[],
): readonly FoundWord[] {
  const read = characters.filter(({ character }) => character.trim() !== '');
  const groups = stackedWords(letters);
  return groups.flatMap((group, index) => {
    const first = group[0];
    const last = group.at(-1);
    if (first === undefined || last === undefined) return [];
    const from = index === 0 ? 0 : middle(groups[index - 1]?.at(-1), first);
    const to = index === groups.length - 1 ? Number.POSITIVE_INFINITY : middle(last, groups[index + 1]?.[0]);
    const own = read.filter(({ position }) => position * STEP_WIDTH >= from && position * STEP_WIDTH < to);
    if (own.length === 0) return [];
    const area = {
      left: crop.left,
      top: crop.top + first.top - 1,
      width: crop.width,
      height: last.bottom - first.top + 2,
    };
    return [asWord(within(area, crop), own)];
  });
}

function middle(before: StackedLetter | undefined, after: StackedLetter | undefined): number {
  return ((before?.end ?? 0) + (after?.start ?? 0)) / 2;
}

function within(area: Area, crop: Area): Area {
  const relative = { ...area, left: area.left - crop.left, top: area.top - crop.top };
  const clipped = clipArea(relative, crop);
  return { ...clipped, left: clipped.left + crop.left, top: clipped.top + crop.top };
}
