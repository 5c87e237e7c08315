import type { ReadCharacter } from './ctc.ts';
import type { Plane } from './plane.ts';
import { STEP_WIDTH } from './recognize.ts';

/** Columns of a scaled line. */
interface Span {
  readonly start: number;
  /** Past the last. */
  readonly end: number;
}

export interface LineWord extends Span {
  readonly characters: readonly ReadCharacter[];
}

interface Gap extends Span {
  /** There is no ink in it. */
  readonly bare: boolean;
}

/** A gap without ink, in heights of the letters, that separates words even where no blank was read. */
const WORD_GAP = 0.45;
/** And it must be so many times wider than those between letters usually are, */
const WIDE_GAP = 2.5;
/** and the characters beside it so many times farther apart. */
const WIDE_PITCH = 1.6;
/** Of a gap that is left at a word, in heights of the letters: soft edges of letters reach into it. */
const GAP_LEFT = 0.2;
/** By how much words overlap where there is no gap without ink between them, in heights of the letters. */
const OVERLAP = 0.3;

/**
 * Cuts a line into words: at blanks that were read, and at wide gaps without ink. Together the spans cover the whole
 * width of the plane but for the inside of the gaps, so every letter is in one of them; where no gap without ink lies
 * between two words their spans overlap. `letterHeight` is in columns.
 */
export function cutWords(
  plane: Plane,
  letterHeight: number,
  characters: readonly ReadCharacter[],
): readonly LineWord[] {
  const ink = inkOfColumns(plane);
  const groups = groupWords(ink, letterHeight, characters);
  const words: LineWord[] = [];
  let start = 0;
  groups.forEach((group, index) => {
    const last = group.at(-1);
    const following = groups[index + 1]?.[0];
    if (last === undefined || following === undefined) {
      words.push({ start, end: plane.width, characters: group });
      return;
    }
    const gap = gapBetween(ink, last, following);
    const spare = gap.bare ? Math.min((gap.end - gap.start) / 2, letterHeight * GAP_LEFT) : 0;
    const over = gap.bare ? 0 : letterHeight * OVERLAP;
    words.push({ start, end: Math.min(plane.width, gap.start + spare + over), characters: group });
    start = Math.max(0, gap.end - spare - over);
  });
  return words;
}

function groupWords(
  ink: ColumnInk,
  letterHeight: number,
  characters: readonly ReadCharacter[],
): readonly (readonly ReadCharacter[])[] {
  const usual = usualOf(ink, characters);
  const groups: ReadCharacter[][] = [];
  let previous: ReadCharacter | undefined;
  let blank = false;
  for (const character of characters) {
    if (character.character.trim() === '') {
      blank = true;
      continue;
    }
    const group = groups.at(-1);
    const apart = previous !== undefined && (blank || isApart(ink, previous, character, usual, letterHeight));
    if (group === undefined || apart) groups.push([character]);
    else group.push(character);
    previous = character;
    blank = false;
  }
  return groups;
}

function isApart(
  ink: ColumnInk,
  first: ReadCharacter,
  second: ReadCharacter,
  usual: Usual,
  letterHeight: number,
): boolean {
  if (second.position - first.position < WIDE_PITCH * usual.pitch) return false;
  const gap = gapBetween(ink, first, second);
  const width = gap.end - gap.start;
  return gap.bare && width >= WORD_GAP * letterHeight && width >= WIDE_GAP * usual.gap;
}

/** Medians over the characters of a line that have no blank between them. */
interface Usual {
  /** Steps from one character to the next. */
  readonly pitch: number;
  /** Columns without ink between two. */
  readonly gap: number;
}

function usualOf(ink: ColumnInk, characters: readonly ReadCharacter[]): Usual {
  const pitches: number[] = [];
  const gaps: number[] = [];
  characters.forEach((character, index) => {
    const next = characters[index + 1];
    if (next === undefined || character.character.trim() === '' || next.character.trim() === '') return;
    pitches.push(next.position - character.position);
    const gap = gapBetween(ink, character, next);
    gaps.push(gap.bare ? gap.end - gap.start : 0);
  });
  return { pitch: median(pitches), gap: median(gaps) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

interface ColumnInk {
  /** How much the values of each column differ: little where there is no letter. */
  readonly range: Float32Array;
  /** From here on there is ink. */
  readonly limit: number;
}

function inkOfColumns(plane: Plane): ColumnInk {
  const range = new Float32Array(plane.width);
  for (let column = 0; column < plane.width; column += 1) {
    let low = 255;
    let high = 0;
    for (let row = 0; row < plane.height; row += 1) {
      const value = plane.values[row * plane.width + column] ?? 0;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    range[column] = high - low;
  }
  const sorted = range.slice().sort();
  const low = sorted[Math.floor(sorted.length * 0.02)] ?? 0;
  const high = sorted[Math.floor(sorted.length * 0.75)] ?? 0;
  return { range, limit: low + 0.3 * (high - low) };
}

/** The widest run of columns without ink between the centres of two characters, or else the column with the least. */
function gapBetween(ink: ColumnInk, before: ReadCharacter, after: ReadCharacter): Gap {
  const first = Math.max(0, Math.floor(before.position * STEP_WIDTH));
  const last = Math.min(ink.range.length, Math.ceil(after.position * STEP_WIDTH));
  let best: Span = { start: 0, end: 0 };
  let start = -1;
  let least = first;
  for (let column = first; column <= last; column += 1) {
    const value = column < last ? (ink.range[column] ?? 0) : Number.POSITIVE_INFINITY;
    if (value < (ink.range[least] ?? 0)) least = column;
    if (value < ink.limit) {
      if (start < 0) start = column;
      continue;
    }
    if (start >= 0 && column - start > best.end - best.start) best = { start, end: column };
    start = -1;
  }
  return best.end > best.start ? { ...best, bare: true } : { start: least, end: least + 1, bare: false };
}
