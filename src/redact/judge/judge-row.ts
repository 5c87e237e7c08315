import type { RedactionReason } from '../../core/redaction.ts';
import { countDigits, type FindingKind } from '../../deidentify/text/findings.ts';
import { compacted } from '../../deidentify/text/fold.ts';
import { findPatterns } from '../../deidentify/text/patterns.ts';
import { findTitledNames } from '../../deidentify/text/titled-names.ts';
import { ambiguousNames } from './annotation-words.ts';
import { betweenAndBeside } from './beside.ts';
import { isSetting, type WordKind, wordKind } from './harmless.ts';
import { findInstitutions } from './institutions.ts';
import type { JudgeContext } from './judge-context.ts';
import { type LabelKind, labelledValues } from './labels.ts';
import { misreadAnnotations } from './misread-annotations.ts';
import { findOwn } from './own-identifiers.ts';
import { readAsDigits, withLabelLetters } from './read-digits.ts';
import type { Row, RowWord } from './rows.ts';
import { isConfident, type Verdict, Verdicts } from './verdicts.ts';

/** Verdicts of the words of a row, by their index; undefined: harmless. */
export interface RowVerdicts {
  readonly verdicts: readonly (Verdict | undefined)[];
  /** A label stands there without a value: what is below it is the value. */
  readonly label?: { readonly reason: RedactionReason; readonly kind: LabelKind; readonly word: number };
}

/** Below this a word says nothing, whatever it seems to say: the least certain of its letters. */
const minConfidence = 0.5;
/** What is known, on a line that was read well, may have one letter that was not. */
const minKnown = { line: 0.72, word: 0.2 } as const;

/** Width of a character, blanks included, in heights of its line; and the least share of them that has to be read. */
const characterWidth = 0.57;
const minReadShare = 0.45;
const minExpected = 5;

/** Whether the line of a word is so long that most of what stands there was not read: "15" for a date. */
function isMissingMost(row: Row, { line, lineExtent }: RowWord): boolean {
  const expected = lineExtent.length / (lineExtent.height * characterWidth);
  if (expected < minExpected) return false;
  const read = row.words.reduce((sum, word) => sum + (word.line === line ? word.text.length + 1 : 0), -1);
  return read < expected * minReadShare;
}

function isRead({ text, confidence, lineConfidence }: RowWord, kind: WordKind | undefined): boolean {
  if (confidence >= minConfidence) return true;
  const isKnown = kind === 'annotation' || kind === 'measure' || kind === 'word';
  if (!isKnown || lineConfidence < minKnown.line || confidence < minKnown.word) return false;
  return compacted(text).length > 1;
}

const reasons: Readonly<Record<FindingKind, RedactionReason>> = {
  identifier: 'identifier',
  name: 'name',
  date: 'date',
  time: 'date',
  phone: 'contact',
  'e-mail': 'contact',
  address: 'contact',
  location: 'contact',
  number: 'number',
  uid: 'number',
  age: 'identifier',
  vocabulary: 'not-harmless',
  'character-set': 'unreadable',
};

/** Which words of a row go, and why: identifiers of the object, what looks like one, and what is not known to be harmless. */
export function judgeRow(row: Row, context: JudgeContext): RowVerdicts {
  const verdicts = new Verdicts(row);
  findOwn(row, context, verdicts);
  const kinds = row.words.map(({ text }) => wordKind(text, context.harmless));
  const { label, isLabel } = labelled(row, kinds, verdicts);
  patterns(row, kinds, isLabel, verdicts);
  strangers(row, kinds, isLabel, verdicts);
  neighbours(row, kinds, verdicts);
  findInstitutions(row, kinds, verdicts);
  row.words.forEach((word, index) => {
    if (isMissingMost(row, word)) verdicts.give(index, 'unreadable', false);
    if (!isRead(word, kinds[index])) verdicts.give(index, 'unreadable', false);
  });
  betweenAndBeside(row, kinds, verdicts);
  return { verdicts: verdicts.all(), ...(label === undefined ? {} : { label }) };
}

/** What follows "Name:", "Dr", "MRN" and the like. The label itself stays. */
function labelled(
  row: Row,
  kinds: readonly WordKind[],
  verdicts: Verdicts,
): { readonly label: RowVerdicts['label']; readonly isLabel: (index: number) => boolean } {
  const { values, bare, spans } = labelledValues(withLabelLetters(row.text));
  const isLabel = (index: number): boolean => {
    const word = row.words[index];
    return word !== undefined && spans.some(({ start, end }) => word.start >= start && word.end <= end);
  };
  for (const { reason, kind, start, end, marked } of values) {
    const words = verdicts.within(start, end);
    for (const index of words) {
      const text = row.words[index]?.text ?? '';
      if (!belongs(text, kinds[index] ?? 'strange', kind, reason, marked)) {
        // A value without a colon before it ends with the first word that is something else.
        if (!marked) break;
        continue;
      }
      verdicts.give(
        index,
        reason,
        isConfident(row, index) && kinds[index] === 'strange' && compacted(text).length >= minSureTerm,
      );
    }
  }
  const [last] = bare.slice(-1);
  if (last === undefined) return { label: undefined, isLabel };
  const [word = 0] = verdicts.within(last.start, last.start + 1);
  return { label: { reason: last.reason, kind: last.kind, word }, isLabel };
}

/** Whether a word behind a label is the value, or a part of it. */
export function belongs(
  text: string,
  kind: WordKind,
  label: LabelKind,
  reason: RedactionReason,
  marked: boolean,
): boolean {
  const folded = compacted(text);
  if (folded === '') return !marked;
  switch (label) {
    case 'sure':
      if (marked) return true;
      return reason === 'number' ? /\d/.test(folded) : kind !== 'annotation' && !/^\d/.test(folded);
    case 'title':
      if (/^\d/.test(folded) || kind === 'annotation' || kind === 'measure') return false;
      return kind !== 'word' || ambiguousNames.has(folded);
    case 'weak':
      return /\d/.test(folded) || kind === 'strange';
    default:
      return unreachable(label);
  }
}

/** Dates, times, numbers of people, addresses, names with titles, whoever they are of. */
function patterns(
  row: Row,
  kinds: readonly WordKind[],
  isLabel: (index: number) => boolean,
  verdicts: Verdicts,
): void {
  const digits = readAsDigits(row.text);
  for (const text of new Set([row.text, digits])) {
    for (const { kind, start, end } of findPatterns(text)) {
      // Of misread letters only what is made of digits anyway says something.
      if (text !== row.text && kind !== 'date' && kind !== 'number' && kind !== 'phone' && kind !== 'time')
        continue;
      if (kind === 'time' && isElapsed(row, verdicts.within(start, end))) continue;
      const found = text.slice(start, end);
      const many = countDigits(found) >= minSureDigits;
      const sure = kind === 'e-mail' || kind === 'phone' || ((kind === 'date' || kind === 'number') && many);
      for (const index of verdicts.within(start, end))
        if (!isLabel(index)) verdicts.give(index, reasons[kind], sure && isConfident(row, index));
    }
  }
  for (const { start, end } of findTitledNames(row.text)) {
    for (const index of verdicts.within(start, end)) {
      const text = row.words[index]?.text ?? '';
      if (isLabel(index)) continue;
      if (kinds[index] === 'strange' || ambiguousNames.has(compacted(text)))
        verdicts.give(
          index,
          'name',
          kinds[index] === 'strange' && isConfident(row, index) && compacted(text).length > 3,
        );
    }
  }
  for (const match of row.text.matchAll(looseDate))
    verdicts.giveRange(match.index, match.index + match[0].length, 'date', false);
  row.words.forEach(({ text }, index) => {
    const bare = compacted(text);
    if (/^[^\p{L}\p{N}]*\d{5,}[^\p{L}\p{N}]*$/u.test(text))
      verdicts.give(index, 'number', bare.length >= minSureDigits && isConfident(row, index));
    if (
      countDigits(text) > 3 &&
      dateLike.test(readAsDigits(text).replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    )
      verdicts.give(index, 'date', false);
    if (dayOrMonthOfYear.test(text)) verdicts.give(index, 'date', false);
    if (/^\d{2,3}$/.test(bare) && isAgeBeside(row, index)) {
      verdicts.give(index, 'identifier', false);
      verdicts.give(index + 1, 'identifier', false);
    }
  });
}

/** The form of a date, also where a digit was misread and no such day is left: 70/14/64. */
const dateLike = /^(?:[\dA-Z]{2}[./-][\dA-Z]{2}[./-](?:[\dA-Z]{2}|\d{4})|\d{4}[./-]\d{2}[./-]\d{2})$/;
/** A date of which a point was lost or read as something else: "12.03 1971", "17 05:2021". */
const looseDate = /(?<![\d.,])\d{1,2}[.,:/ -]{1,2}\d{1,2}[.,:/ -]{1,2}(?:19|20)\d{2}(?!\d|[.,]\d)/g;
/** The end of one that is cut off: "05:2021". */
const dayOrMonthOfYear = /^\D?[0-3]?\d[.:/-](?:19|20)\d{2}\D?$/;
const minSureTerm = 4;
const minSureDigits = 6;

/** "45 Y", "045 yrs" */
function isAgeBeside(row: Row, index: number): boolean {
  const next = row.words[index + 1];
  return (
    next !== undefined && /^(?:y|yo|yrs?|years?|y[mf]|jahre|ans|anos|anni|jaar)$/.test(compacted(next.text))
  );
}

/** A time behind the name of a setting: "T 0:32", "FT 1:45", "Delay 12:30". */
function isElapsed(row: Row, words: readonly number[]): boolean {
  const [first = 0] = words;
  const word = row.words[first];
  const before = row.words[first - 1]?.text ?? '';
  return words.length === 1 && isDuration(word?.text ?? '') && isSetting(before);
}

function isDuration(text: string): boolean {
  return /^0?\d:\d{2}(?:[.,]\d{1,3})?s?$/.test(text) || /^00:\d{2}:\d{2}$/.test(text);
}

/** Whatever is not known to be harmless. */
function strangers(
  row: Row,
  kinds: readonly WordKind[],
  isLabel: (index: number) => boolean,
  verdicts: Verdicts,
): void {
  const misread = misreadAnnotations(row, kinds, (index) => verdicts.has(index) || isLabel(index));
  kinds.forEach((kind, index) => {
    if (verdicts.has(index) || isLabel(index) || misread.has(index)) return;
    if (kind === 'strange') {
      const mixed = /\d/.test(row.words[index]?.text ?? '');
      verdicts.give(index, mixed ? 'number' : 'not-harmless', false);
    } else if (kind === 'year' || kind === 'clock') {
      const before = row.words[index - 1];
      const after = row.words[index + 1]?.text ?? '';
      const setting = before !== undefined && isSetting(before.text.replace(/[:=]+$/, ''));
      if (setting && (kind === 'year' || isDuration(row.words[index]?.text ?? ''))) return;
      if (kind === 'year' && isUnitWord(after)) return;
      verdicts.give(index, 'date', false);
    }
  });
}

function isUnitWord(text: string): boolean {
  return /^(?:mm|cm|m|ms|s|hz|khz|mhz|hu|mgy|gy|kv|ma|mas|ml|g|mm2|cm2|kg|counts?|cts|kcts|dpi|ua|us|v|w|mw)$/.test(
    compacted(text),
  );
}

/** Words that may be names, beside words that are strange or beside a number or an age: a name, most likely. */
function neighbours(row: Row, kinds: readonly WordKind[], verdicts: Verdicts): void {
  row.words.forEach(({ text }, index) => {
    // "BROWN, MAY": two words that may both be names, set as a name is.
    const next = row.words[index + 1]?.text ?? '';
    if (!/^\p{L}{3,}[,^]$/u.test(text) || !/^\p{L}{3,}$/u.test(next)) return;
    const pair = [index, index + 1];
    if (!pair.every((at) => kinds[at] === 'word' || ambiguousNames.has(compacted(row.words[at]?.text ?? ''))))
      return;
    if (!pair.some((at) => ambiguousNames.has(compacted(row.words[at]?.text ?? '')))) return;
    for (const at of pair) verdicts.give(at, 'name', false);
  });
  const telling = row.words.some(
    ({ text }, index) => verdicts.has(index) && (/\p{L}{2}/u.test(text) || countDigits(text) > 4),
  );
  if (!telling) return;
  row.words.forEach(({ text }, index) => {
    if (verdicts.has(index) || kinds[index] === 'measure') return;
    const beside = verdicts.has(index - 1) || verdicts.has(index + 1);
    if (ambiguousNames.has(compacted(text))) verdicts.give(index, 'name', false);
    // "HALL, M", "M HALL": an initial beside a name.
    else if (beside && /^\p{L}[.,]?$/u.test(text) && isNameBeside(row, index, verdicts))
      verdicts.give(index, 'name', false);
    // "[F]", "(M)", "M": sex beside a name or a date.
    else if (beside && /^[[(]?[mfw][\])]?$/i.test(text)) verdicts.give(index, 'identifier', false);
  });
}

function isNameBeside(row: Row, index: number, verdicts: Verdicts): boolean {
  return [index - 1, index + 1].some((other) => {
    const text = row.words[other]?.text ?? '';
    return verdicts.has(other) && /^\p{Lu}[\p{L}'.,^-]{2,}$/u.test(text);
  });
}

function unreachable(kind: never): never {
  throw new TypeError(`no such kind: ${String(kind)}`);
}
