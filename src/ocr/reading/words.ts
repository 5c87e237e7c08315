import type { ReadCharacter } from './ctc.ts';
import type { Plane } from './plane.ts';
import { STEP_WIDTH } from './recognize.ts';

/** Columns of a scaled line. */
export interface Span {
  readonly start: number;
  /** Past the last. */
  readonly end: number;
}

export interface LineWord extends Span {
  readonly characters: readonly ReadCharacter[];
}

/** A gap without ink, in heights of the line, that separates words even where no blank was read. */
const WORD_GAP = 0.3;
/** And it must be so many times wider than the usual pitch of the characters. */
const WIDE_PITCH = 1.6;

/**
 * Cuts a line into words: at blanks that were read, and at wide gaps without ink. Together the spans cover the whole
 * width of the plane but for the inside of the gaps, so every letter is in one of them; where no gap without ink lies
 * between two words their spans overlap.
 */
export function cutWords(plane: Plane, characters: readonly ReadCharacter[]): readonly LineWord[] {
  const groups = groupWords(plane, characters);
  const first = groups[0];
  if (first === undefined) return [];
  const words: { start: number; end: number; characters: readonly ReadCharacter[] }[] = [];
  let start = 0;
  groups.forEach((group, index) => {
    const next = groups[index + 1];
    const last = group.at(-1);
    const following = next?.[0];
    if (last === undefined) return;
    if (following === undefined) {
      words.push({ start, end: plane.width, characters: group });
      return;
    }
    const gap = widestGap(inkOf(plane), last.position * STEP_WIDTH, following.position * STEP_WIDTH);
    const spare = gap.bare ? Math.min((gap.end - gap.start) / 2, plane.height * 0.12) : plane.height * 0.2;
    words.push({ start, end: gap.bare ? gap.start + spare : gap.end + spare, characters: group });
    start = gap.bare ? gap.end - spare : gap.start - spare;
  });
  return words.map((word) => ({
    ...word,
    start: Math.max(0, word.start),
    end: Math.min(plane.width, word.end),
  }));
}

function groupWords(
  plane: Plane,
  characters: readonly ReadCharacter[],
): readonly (readonly ReadCharacter[])[] {
  const ink = inkOf(plane);
  const pitch = usualPitch(characters);
  const groups: ReadCharacter[][] = [];
  let group: ReadCharacter[] = [];
  let previous: ReadCharacter | undefined;
  for (const character of characters) {
    if (character.character === ' ' || character.character === '\u3000') {
      if (group.length > 0) groups.push(group);
      group = [];
      previous = undefined;
      continue;
    }
    if (previous !== undefined) {
      const from = previous.position * STEP_WIDTH;
      const to = character.position * STEP_WIDTH;
      const gap = widestGap(ink, from, to);
      if (gap.bare && gap.end - gap.start >= WORD_GAP * plane.height && to - from > WIDE_PITCH * pitch) {
        groups.push(group);
        group = [];
      }
    }
    group.push(character);
    previous = character;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

function usualPitch(characters: readonly ReadCharacter[]): number {
  const pitches: number[] = [];
  characters.forEach((character, index) => {
    const next = characters[index + 1];
    if (next === undefined || character.character === ' ' || next.character === ' ') return;
    pitches.push((next.position - character.position) * STEP_WIDTH);
  });
  pitches.sort((a, b) => a - b);
  return pitches[Math.floor(pitches.length / 2)] ?? 0;
}

const inkOfPlanes = new WeakMap<Plane, Float32Array>();

/** How much the values of each column differ: little where there is no letter. */
function inkOf(plane: Plane): Float32Array {
  const known = inkOfPlanes.get(plane);
  if (known !== undefined) return known;
  const ink = new Float32Array(plane.width);
  for (let column = 0; column < plane.width; column += 1) {
    let low = 255;
    let high = 0;
    for (let row = 0; row < plane.height; row += 1) {
      const value = plane.values[row * plane.width + column] ?? 0;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    ink[column] = high - low;
  }
  inkOfPlanes.set(plane, ink);
  return ink;
}

interface Gap extends Span {
  /** There is no ink in it. */
  readonly bare: boolean;
}

/** The widest run of columns without ink between two columns, or else the column with the least. */
function widestGap(ink: Float32Array, from: number, to: number): Gap {
  const first = Math.max(0, Math.floor(from));
  const last = Math.min(ink.length, Math.ceil(to));
  const limit = inkLimit(ink);
  let best: Span = { start: 0, end: 0 };
  let start = -1;
  let least = first;
  for (let column = first; column <= last; column += 1) {
    const value = column < last ? (ink[column] ?? 0) : 255;
    if (value < (ink[least] ?? 255)) least = column;
    if (value < limit) {
      if (start < 0) start = column;
      continue;
    }
    if (start >= 0 && column - start > best.end - best.start) best = { start, end: column };
    start = -1;
  }
  return best.end > best.start ? { ...best, bare: true } : { start: least, end: least + 1, bare: false };
}

/** Between the columns with much ink and those with the least. */
function inkLimit(ink: Float32Array): number {
  const sorted = ink.slice().sort();
  const low = sorted[Math.floor(sorted.length * 0.02)] ?? 0;
  const high = sorted[Math.floor(sorted.length * 0.75)] ?? 0;
  return low + 0.3 * (high - low);
}
