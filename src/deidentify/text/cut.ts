import type { Span } from './term-search.ts';

/** The text with what was found cut out, and the separators and brackets that are left over. */
export function without(text: string, found: readonly Span[], mark: string): string {
  const pieces: string[] = [];
  let index = 0;
  for (const { start, end } of merged(text, found)) {
    pieces.push(text.slice(index, start));
    index = end;
  }
  pieces.push(text.slice(index));
  if (!pieces.some((piece) => /[\p{L}\p{N}]/u.test(mark === '' ? piece : piece.replaceAll(mark, ''))))
    return '';
  return mark === '' ? dropped(pieces) : marked(pieces, mark);
}

function dropped(pieces: readonly string[]): string {
  let result = '';
  let lineBroken = false;
  pieces.forEach((piece, position) => {
    const from = position === 0 ? 0 : firstNot(piece, leftOverAhead);
    const to = position === pieces.length - 1 ? piece.length : lastNot(piece, leftOverBehind, from);
    lineBroken ||= position > 0 && /[\r\n]/.test(piece.slice(0, from));
    const kept = piece.slice(from, to);
    if (kept !== '') {
      result += result === '' ? kept : `${lineBroken ? '\n' : ' '}${kept}`;
      lineBroken = false;
    }
    lineBroken ||= to < piece.length && /[\r\n]/.test(piece.slice(to));
  });
  return result;
}

/** The mark between the pieces, once where nothing but separators stand between two. */
function marked(pieces: readonly string[], mark: string): string {
  let result = '';
  pieces.forEach((piece, position) => {
    const last = position === pieces.length - 1;
    if (position > 0 && !last && !/[\p{L}\p{N}]/u.test(piece)) {
      if (/[\r\n]/.test(piece)) result += `\n${mark}`;
      return;
    }
    result += position > 0 && /^[\p{L}\p{N}([{]/u.test(piece) ? ` ${piece}` : piece;
    if (!last) result += piece === '' || /[\s([{]$/.test(piece) ? mark : ` ${mark}`;
  });
  return result;
}

const leftOverBehind = ' \t\r\n\f,;:-_/^=#*+|&@([{<\'"';
const leftOverAhead = ' \t\r\n\f,;:.-_/^=#*+|&@)]}>\'"';

function firstNot(text: string, characters: string): number {
  let index = 0;
  while (index < text.length && characters.includes(text.charAt(index))) index += 1;
  return index;
}

function lastNot(text: string, characters: string, from: number): number {
  let index = text.length;
  while (index > from && characters.includes(text.charAt(index - 1))) index -= 1;
  return index;
}

/** In order, those that touch or have only separators between them made one. */
function merged(text: string, found: readonly Span[]): { start: number; end: number }[] {
  const sorted = [...found].sort((a, b) => a.start - b.start || b.end - a.end);
  const spans: { start: number; end: number }[] = [];
  for (const { start, end } of sorted) {
    const last = spans.at(-1);
    if (last !== undefined && (start <= last.end || /^[ \t,;:.^=_/-]*$/.test(text.slice(last.end, start))))
      last.end = Math.max(last.end, end);
    else spans.push({ start, end });
  }
  return spans;
}
