import type { Plane } from './plane.ts';

/** Columns of the composed line, and the rows of the crop they came from. */
export interface StackedLetter {
  readonly start: number;
  readonly end: number;
  readonly top: number;
  readonly bottom: number;
}

export interface StackedLine {
  readonly plane: Plane;
  readonly letters: readonly StackedLetter[];
}

interface Rows {
  readonly top: number;
  readonly bottom: number;
}

interface Ground {
  readonly value: number;
  /** What differs from it by more is ink. */
  readonly limit: number;
}

const MOST_LETTERS = 200;

/**
 * Puts letters that stand one below the other side by side; undefined where the crop does not fall into such letters.
 */
export function unstack(plane: Plane): StackedLine | undefined {
  const ground = groundOf(plane);
  const runs = joinDots(inkRows(plane, ground));
  const tallest = runs.reduce((most, { top, bottom }) => Math.max(most, bottom - top), 0);
  // Taller than the column is wide, or only one: not letters below each other.
  if (runs.length < 2 || runs.length > MOST_LETTERS || tallest > plane.width * 1.6 || tallest < 4)
    return undefined;
  const room = Math.max(1, Math.round(tallest * 0.25));
  const cells = runs.map((rows) => ({ ...rows, ...inkColumns(plane, rows, ground) }));
  const pitch = usualPitch(cells);
  // Set as close as in a line, words apart.
  const gaps = cells.map((cell, index) => {
    const next = cells[index + 1];
    if (next === undefined) return room;
    return Math.max(1, Math.round(tallest * (isApart(cell, next, pitch) ? 0.5 : 0.1)));
  });
  const width = cells.reduce((sum, cell, index) => sum + cell.right - cell.left + (gaps[index] ?? 0), room);
  const values = new Float32Array(width * (tallest + 2 * room)).fill(ground.value);
  const letters: StackedLetter[] = [];
  let start = room;
  for (const [index, cell] of cells.entries()) {
    const height = cell.bottom - cell.top;
    // Letters stand on the line below; a dash or a dot that is alone in its rows comes to its middle.
    const foot = height < tallest * 0.5 ? Math.round((tallest + height) / 2) : tallest;
    for (let row = 0; row < height; row += 1) {
      const from = (cell.top + row) * plane.width;
      const to = (room + foot - height + row) * width + start;
      values.set(plane.values.subarray(from + cell.left, from + cell.right), to);
    }
    const end = start + cell.right - cell.left;
    letters.push({ start, end, top: cell.top, bottom: cell.bottom });
    start = end + (gaps[index] ?? 0);
  }
  return { plane: { width, height: tallest + 2 * room, values }, letters };
}

/** Letters in words: those that are farther apart than most begin a new one. */
export function stackedWords(letters: readonly StackedLetter[]): readonly (readonly StackedLetter[])[] {
  const pitch = usualPitch(letters);
  const words: StackedLetter[][] = [];
  for (const letter of letters) {
    const word = words.at(-1);
    const before = word?.at(-1);
    if (word === undefined || before === undefined || isApart(before, letter, pitch)) words.push([letter]);
    else word.push(letter);
  }
  return words;
}

/** Rows from the foot of one letter to that of the next in a word; the median. */
function usualPitch(letters: readonly Rows[]): number {
  const pitches = letters.slice(1).map(({ bottom }, index) => bottom - (letters[index]?.bottom ?? 0));
  pitches.sort((a, b) => a - b);
  return pitches[Math.floor((pitches.length - 1) / 2)] ?? 0;
}

function isApart(before: Rows, after: Rows, pitch: number): boolean {
  return after.bottom - before.bottom > pitch * 1.5;
}

/** Runs of rows in which there is ink. */
function inkRows(plane: Plane, ground: Ground): readonly Rows[] {
  const runs: Rows[] = [];
  let top = -1;
  for (let row = 0; row <= plane.height; row += 1) {
    const ink =
      row < plane.height && hasInk(plane.values, row * plane.width, (row + 1) * plane.width, ground);
    if (ink && top < 0) top = row;
    if (ink || top < 0) continue;
    runs.push({ top, bottom: row });
    top = -1;
  }
  return runs;
}

function hasInk(values: Float32Array, start: number, end: number, ground: Ground): boolean {
  for (let at = start; at < end; at += 1) {
    if (Math.abs((values[at] ?? 0) - ground.value) > ground.limit) return true;
  }
  return false;
}

/** The dot of an i or of an umlaut belongs to the letter below it. */
function joinDots(runs: readonly Rows[]): readonly Rows[] {
  const tallest = runs.reduce((most, { top, bottom }) => Math.max(most, bottom - top), 0);
  const joined: Rows[] = [];
  for (const run of runs) {
    const before = joined.at(-1);
    const small = before !== undefined && before.bottom - before.top < tallest * 0.3;
    if (small && run.top - before.bottom < tallest * 0.2)
      joined[joined.length - 1] = { ...before, bottom: run.bottom };
    else joined.push(run);
  }
  return joined;
}

function inkColumns(plane: Plane, rows: Rows, ground: Ground): { left: number; right: number } {
  let left = plane.width;
  let right = 0;
  for (let row = rows.top; row < rows.bottom; row += 1) {
    for (let column = 0; column < plane.width; column += 1) {
      if (Math.abs((plane.values[row * plane.width + column] ?? 0) - ground.value) <= ground.limit) continue;
      left = Math.min(left, column);
      right = Math.max(right, column + 1);
    }
  }
  return { left: Math.max(0, left - 1), right: Math.min(plane.width, right + 1) };
}

function groundOf(plane: Plane): Ground {
  const sorted = plane.values.slice().sort();
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { value: at(0.5), limit: 0.35 * (at(0.99) - at(0.01)) };
}
