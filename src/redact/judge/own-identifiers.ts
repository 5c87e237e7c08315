import { findDates } from '../../deidentify/text/dates.ts';
import { compacted } from '../../deidentify/text/fold.ts';
import { plainText } from '../../deidentify/text/plain-text.ts';
import { findApproximately, type Match } from './approximate-search.ts';
import { isSetting, wordKind } from './harmless.ts';
import type { JudgeContext } from './judge-context.ts';
import { skeleton } from './ocr-confusions.ts';
import { readAsDigits, readAsLetters } from './read-digits.ts';
import type { Row } from './rows.ts';
import { isConfident, type Verdicts } from './verdicts.ts';

/** Terms this short are in garbage as well. */
const minSureTerm = 4;

/** The object's own identifiers: as written, with errors of reading, cut off, as initials, days without years. */
export function findOwn(row: Row, context: JudgeContext, verdicts: Verdicts): void {
  const { identifiers, own, nameSkeletons } = context;
  for (const text of new Set([row.text, readAsDigits(row.text)])) {
    for (const { start, end } of identifiers.find(text)) {
      const length = compacted(text.slice(start, end)).length;
      verdicts.giveRange(
        start,
        end,
        'identifier',
        (index) => length >= minSureTerm || isConfident(row, index),
      );
    }
  }
  for (const match of approximate(row.text, context)) {
    const { start, end, length, cost } = match;
    const touched = verdicts.within(start, end).filter((index) => !isGrazed(row, index, start, end));
    // A word that means something else as it stands has to be nearer to the name than one that means nothing.
    const meant = touched.every((index) => isMeant(row.words[index]?.text ?? '', context));
    const mixed = /\d/.test(row.text.slice(start, end));
    if (meant && cost > length / (mixed ? 6 : 8)) continue;
    const sure = length >= minSureTerm && cost <= length / 6 && !(meant && cost > 0.3);
    for (const index of touched)
      verdicts.give(index, 'identifier', sure || (cost <= (length > 2 ? 0.3 : 0) && isConfident(row, index)));
  }
  row.words.forEach(({ text }, index) => {
    const word = compacted(text);
    if (
      word.length >= 2 &&
      word.length <= 4 &&
      own.initials.has(word) &&
      wordKind(text, context.harmless) !== 'annotation'
    )
      verdicts.give(index, 'identifier', false);
    if (word.length < minPrefix || !/^\p{L}+$/u.test(word)) return;
    const beginning = skeleton(word);
    if (nameSkeletons.some((name) => name.startsWith(beginning)))
      verdicts.give(index, 'identifier', word.length > minPrefix && !isMeant(text, context));
  });
  for (const match of row.text.matchAll(dayAndMonth)) {
    const [text, first = '', second = ''] = match;
    if (!own.days.has(first.padStart(2, '0') + second.padStart(2, '0'))) continue;
    const [index = -1] = verdicts.within(match.index, match.index + text.length);
    if (index > 0 && isSetting(row.words[index - 1]?.text ?? '')) continue;
    verdicts.giveRange(match.index, match.index + text.length, 'date', false);
  }
  for (const match of row.text.matchAll(dayAndMonthName)) {
    const [text, before = '', month = match[3] ?? '', , after = ''] = match;
    const [{ readings } = { readings: [] }] = findDates(plainText(`${before}${after} ${month} 2000`));
    if (readings.some((reading) => own.days.has(reading.slice(4))))
      verdicts.giveRange(match.index, match.index + text.length, 'date', false);
  }
}

/** Whether no more than one letter of a longer word is in the range: an error at its end, not a part of what was found. */
function isGrazed(row: Row, index: number, start: number, end: number): boolean {
  const word = row.words[index];
  if (word === undefined || (start >= word.start && end <= word.end)) return false;
  const inside = compacted(row.text.slice(Math.max(start, word.start), Math.min(end, word.end)));
  return inside.length <= 1 && compacted(word.text).length > 1;
}

/** With errors of reading; signs inside of words are read both as signs and as letters. */
function approximate(text: string, { own }: JudgeContext): Match[] {
  const letters = readAsLetters(text);
  const found = findApproximately(own.terms, text);
  return letters === text ? found : [...found, ...findApproximately(own.terms, letters)];
}

const minPrefix = 4;
/** "JUL 22", "22 JUL", "22JUL" */
const dayAndMonthName =
  /(?<![\p{L}\d.,])(?:(\d{1,2})[\s.-]{0,2}(\p{L}{3,10})|(\p{L}{3,10})[\s.-]{0,2}(\d{1,2}))(?![\p{L}\d]|[.,]\d)/gu;
const dayAndMonth = /(?<![\d.,/-])(\d{1,2})[./-](\d{1,2})(?![\d/,-]|\.\d)/g;

function isMeant(text: string, { harmless }: JudgeContext): boolean {
  const kind = wordKind(text, harmless);
  return kind === 'annotation' || kind === 'word' || kind === 'measure';
}
