import type { Area, FoundText, FoundWord, Turn } from '../../ocr/picture.ts';
import { withPlainSigns } from './plain-signs.ts';

/** A word of a row, and where it stands in the row's text. */
export interface RowWord {
  readonly text: string;
  readonly confidence: number;
  /** Of the whole found text it is part of. */
  readonly lineConfidence: number;
  /** Of its area, along and across, pixels. */
  readonly lineExtent: { readonly length: number; readonly height: number };
  readonly area: Area;
  /** Index of the found text it is part of. */
  readonly line: number;
  /** Range of UTF-16 units in the text of the row. */
  readonly start: number;
  readonly end: number;
}

/** What stands on one line of the image: found texts beside one another, read as one. */
export interface Row {
  readonly text: string;
  readonly words: readonly RowWord[];
  readonly turn: Turn;
  readonly area: Area;
}

/** Gaps between found texts, in heights of the text: below the first they are one word, below the second one row. */
const joinedGap = 0.3;
const blankGap = 1.5;
const rowGap = 5;
/** Longest row that is read as one, characters. */
const maxRowLength = 1000;

/** Start and end along the reading direction and across it. */
export interface Extent {
  readonly from: number;
  readonly to: number;
  readonly top: number;
  readonly bottom: number;
}

/** An area as its text is read: `from` where it begins, `top` above it. Negative where the axes are turned. */
export function extentOf({ left, top, width, height }: Area, turn: Turn): Extent {
  switch (turn) {
    case 0:
      return { from: left, to: left + width, top, bottom: top + height };
    case 180:
      return { from: -left - width, to: -left, top: -top - height, bottom: -top };
    // Reads from bottom to top, its upper side to the left.
    case 90:
      return { from: -top - height, to: -top, top: left, bottom: left + width };
    case 270:
      return { from: top, to: top + height, top: -left - width, bottom: -left };
    default:
      return unreachable(turn);
  }
}

/** The area that has this extent. */
export function areaOf({ from, to, top, bottom }: Extent, turn: Turn): Area {
  switch (turn) {
    case 0:
      return { left: from, top, width: to - from, height: bottom - top };
    case 180:
      return { left: -to, top: -bottom, width: to - from, height: bottom - top };
    case 90:
      return { left: top, top: -to, width: bottom - top, height: to - from };
    case 270:
      return { left: -bottom, top: from, width: bottom - top, height: to - from };
    default:
      return unreachable(turn);
  }
}

interface Piece {
  readonly text: FoundText;
  readonly line: number;
  readonly extent: Extent;
}

/** The found texts that could be read, put together to rows in reading order. */
export function rowsOf(texts: readonly FoundText[]): Row[] {
  const rows: Row[] = [];
  for (const turn of [0, 90, 180, 270] as const) {
    const pieces = texts
      .map((text, line): Piece => ({ text, line, extent: extentOf(text, text.turn) }))
      .filter(({ text }) => text.turn === turn && text.text.trim() !== '')
      .sort((a, b) => a.extent.from - b.extent.from);
    const open: Piece[][] = [];
    for (const piece of pieces) {
      const row = open.find((pieces) => continues(pieces, piece));
      if (row === undefined) open.push([piece]);
      else row.push(piece);
    }
    for (const pieces of open) rows.push(rowOf(pieces, turn));
  }
  return rows;
}

function continues(row: readonly Piece[], next: Piece): boolean {
  const last = row.at(-1)?.extent;
  if (last === undefined) return false;
  const { extent } = next;
  const height = Math.min(last.bottom - last.top, extent.bottom - extent.top);
  const overlap = Math.min(last.bottom, extent.bottom) - Math.max(last.top, extent.top);
  if (overlap < height * 0.5) return false;
  // The same place found twice is no continuation.
  if (extent.from < last.to - (last.to - last.from) * 0.5) return false;
  const length = row.reduce((sum, { text }) => sum + text.text.length + 1, 0);
  return extent.from - last.to <= height * rowGap && length + next.text.text.length <= maxRowLength;
}

function rowOf(pieces: readonly Piece[], turn: Turn): Row {
  let text = '';
  const words: RowWord[] = [];
  let before: Extent | undefined;
  for (const { text: found, line, extent } of pieces) {
    if (before !== undefined) {
      const height = Math.min(before.bottom - before.top, extent.bottom - extent.top);
      const gap = extent.from - before.to;
      if (gap > height * joinedGap) text += gap > height * blankGap ? '   ' : ' ';
    }
    wordsOf(found).forEach((word, index) => {
      if (index > 0) text += ' ';
      const start = text.length;
      const plain = withPlainSigns(word.text);
      text += plain;
      const { left, top, width, height } = word;
      words.push({
        text: plain,
        confidence: word.confidence,
        lineConfidence: found.confidence,
        lineExtent: { length: extent.to - extent.from, height: extent.bottom - extent.top },
        area: { left, top, width, height },
        line,
        start,
        end: text.length,
      });
    });
    before = extent;
  }
  const extents = pieces.map(({ extent }) => extent);
  const area = areaOf(
    {
      from: Math.min(...extents.map(({ from }) => from)),
      to: Math.max(...extents.map(({ to }) => to)),
      top: Math.min(...extents.map(({ top }) => top)),
      bottom: Math.max(...extents.map(({ bottom }) => bottom)),
    },
    turn,
  );
  return { text, words, turn, area };
}

/** Words of a found text; where it has none, each of them stands for the whole line. */
function wordsOf(found: FoundText): FoundWord[] {
  const words = found.words.filter(({ text }) => text.trim() !== '');
  const told = words.map(({ text }) => text).join('');
  // Words that do not hold all that was read would let a part of it go by unseen.
  if (words.length > 0 && compact(told) === compact(found.text)) return words;
  const { left, top, width, height, confidence } = found;
  return found.text
    .trim()
    .split(/\s+/)
    .map((text) => ({ text, confidence, left, top, width, height }));
}

function compact(text: string): string {
  return text.replace(/\s+/g, '');
}

function unreachable(turn: never): never {
  throw new TypeError(`no such turn: ${String(turn)}`);
}
