import type { RedactionReason } from '../../core/redaction.ts';
import type { FoundText } from '../../ocr/picture.ts';
import { type JudgedArea, withoutDuplicates } from './boxes.ts';
import { wordKind } from './harmless.ts';
import type { JudgeContext } from './judge-context.ts';
import { belongs, judgeRow, type RowVerdicts } from './judge-row.ts';
import { areaOf, type Extent, extentOf, type Row, rowsOf } from './rows.ts';
import { isExplained } from './same-ink.ts';
import type { Verdict } from './verdicts.ts';

interface JudgedRow extends RowVerdicts {
  readonly row: Row;
}

/** How far below a label its value may begin, in heights of the label. */
const belowGap = 1.6;
/** How far the box of a word reaches into the blank beside it, in heights of the line. */
const reach = 0.35;

/**
 * What is to be blanked of the texts found in one picture. `all`: every one of them, as a whole. `identifying`: the words
 * that repeat an identifier of the object, also misread, cut or run together; what looks like an identifier of anybody; what
 * could not be read; and whatever is not known to be harmless. Boxes are whole pixels, from the top, without duplicates.
 */
export function judgeTexts(
  texts: readonly FoundText[],
  context: JudgeContext,
  mode: 'all' | 'identifying',
): JudgedArea[] {
  const judged: JudgedArea[] = [];
  const rows = judgedRows(texts, context);
  const read = new Map<number, (Verdict | undefined)[]>();
  for (const { row, verdicts } of rows) {
    row.words.forEach(({ line }, index) => {
      read.set(line, [...(read.get(line) ?? []), verdicts[index]]);
    });
  }
  const harmless = texts.filter((_, line) => read.get(line)?.every((verdict) => verdict === undefined));
  texts.forEach((text, line) => {
    if (read.has(line)) return;
    if (mode === 'all') judged.push({ area: text, reason: 'text' });
    else if (!isExplained(text, harmless)) judged.push({ area: text, reason: 'unreadable' });
  });
  for (const { row, verdicts } of rows) {
    const lines = new Map<number, number[]>();
    row.words.forEach(({ line }, index) => {
      lines.set(line, [...(lines.get(line) ?? []), index]);
    });
    for (const [line, words] of lines) {
      const text = texts[line];
      if (text === undefined) continue;
      if (mode === 'all')
        judged.push({ area: text, reason: gravest(words.map((index) => verdicts[index])) ?? 'text' });
      // What a worse reading makes of a harmless line is its errors; what names somebody stays what it is.
      else if (!words.some((index) => names(verdicts[index])) && isExplained(text, harmless)) continue;
      else judged.push(...wordBoxes(text, row, words, verdicts));
    }
  }
  return withoutDuplicates(judged);
}

/** Rows with their verdicts; a value below its label is judged with it. */
export function judgedRows(texts: readonly FoundText[], context: JudgeContext): JudgedRow[] {
  const rows = rowsOf(texts).map((row) => ({ row, ...judgeRow(row, context) }));
  for (const { row, label } of rows) {
    const word = row.words[label?.word ?? 0];
    if (label === undefined || word === undefined) continue;
    const above = extentOf(word.area, row.turn);
    for (const [index, other] of rows.entries()) {
      if (
        other.row === row ||
        other.row.turn !== row.turn ||
        !isBelow(above, extentOf(other.row.area, row.turn))
      )
        continue;
      const verdicts = other.verdicts.map((known, at): Verdict | undefined => {
        const text = other.row.words[at]?.text ?? '';
        if (
          known !== undefined ||
          !belongs(text, wordKind(text, context.harmless), label.kind, label.reason, true)
        )
          return known;
        return { reason: label.reason, sure: false };
      });
      rows[index] = { ...other, verdicts };
    }
  }
  return rows;
}

function isBelow(label: Extent, other: Extent): boolean {
  const height = label.bottom - label.top;
  const gap = other.top - label.bottom;
  const overlaps = other.from < label.to + height && other.to > label.from - height;
  return overlaps && gap > -height * 0.5 && gap < height * belowGap;
}

/** One box for each run of words that go; to the end of the line where nothing that stays follows. */
function wordBoxes(
  text: FoundText,
  row: Row,
  words: readonly number[],
  verdicts: readonly (Verdict | undefined)[],
): JudgedArea[] {
  const line = extentOf(text, text.turn);
  const height = line.bottom - line.top;
  const boxes: JudgedArea[] = [];
  const extents = words.map((index) => extentOf(row.words[index]?.area ?? text, text.turn));
  let from = 0;
  while (from < words.length) {
    let to = from;
    while (to < words.length && verdicts[words[to] as number] !== undefined) to += 1;
    if (to === from) {
      from += 1;
      continue;
    }
    const run = extents.slice(from, to);
    const start = Math.min(...run.map((extent) => extent.from));
    const end = Math.max(...run.map((extent) => extent.to));
    // Halfway into the blanks beside it: where a word ends is not known to the pixel.
    const before =
      from === 0 ? line.from : Math.max(start - height * reach, middle(extents[from - 1]?.to, start));
    const after =
      to === words.length ? line.to : Math.min(end + height * reach, middle(extents[to]?.from, end));
    const extent = {
      from: Math.min(start, before),
      to: Math.max(end, after),
      top: Math.min(line.top, ...run.map(({ top }) => top)),
      bottom: Math.max(line.bottom, ...run.map(({ bottom }) => bottom)),
    };
    const reason = gravest(words.slice(from, to).map((index) => verdicts[index])) ?? 'not-harmless';
    boxes.push({ area: areaOf(extent, text.turn), reason });
    from = to;
  }
  return boxes;
}

/** Whether a verdict is more than that a word is not known. */
function names(verdict: Verdict | undefined): boolean {
  return verdict !== undefined && (verdict.sure || verdict.reason === 'identifier');
}

function middle(one: number | undefined, other: number): number {
  return one === undefined ? other : (one + other) / 2;
}

const gravity: readonly RedactionReason[] = [
  'identifier',
  'name',
  'number',
  'date',
  'contact',
  'not-harmless',
  'unreadable',
];

function gravest(verdicts: readonly (Verdict | undefined)[]): RedactionReason | undefined {
  return gravity.find((reason) => verdicts.some((verdict) => verdict?.reason === reason));
}
