import type { RedactionReason } from '../../core/redaction.ts';
import type { FindingKind } from '../../deidentify/text/findings.ts';
import { compacted } from '../../deidentify/text/fold.ts';
import { findPatterns } from '../../deidentify/text/patterns.ts';
import { findTitledNames } from '../../deidentify/text/titled-names.ts';
import { ambiguousNames, institutionWords, weakInstitutionWords } from './annotation-words.ts';
import { findApproximately } from './approximate-search.ts';
import { isSetting, type WordKind, wordKind } from './harmless.ts';
import type { JudgeContext } from './judge-context.ts';
import { type LabelKind, labelledValues } from './labels.ts';
import { skeleton } from './ocr-confusions.ts';
import { readAsDigits } from './read-digits.ts';
import type { Row } from './rows.ts';

/** What was found out about one word. */
export interface Verdict {
  readonly reason: RedactionReason;
  /** Whether it says so by itself, whatever else may have been misread: what a second look holds an instance for. */
  readonly sure: boolean;
}

/** Verdicts of the words of a row, by their index; undefined: harmless. */
export interface RowVerdicts {
  readonly verdicts: readonly (Verdict | undefined)[];
  /** A label stands there without a value: what is below it is the value. */
  readonly label?: { readonly reason: RedactionReason; readonly kind: LabelKind; readonly word: number };
}

/** Below this a word says nothing, whatever it seems to say. */
const minConfidence = 0.5;
/** From here on a pattern is no chance. */
const minSureConfidence = 0.75;
/** Terms this short are in garbage as well. */
const minSureTerm = 4;

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
  ownIdentifiers(row, context, verdicts);
  const kinds = row.words.map(({ text }) => wordKind(text, context.harmless));
  const label = labelled(row, kinds, verdicts);
  patterns(row, kinds, verdicts);
  strangers(row, kinds, verdicts);
  neighbours(row, kinds, verdicts);
  institutions(row, kinds, verdicts);
  row.words.forEach(({ confidence }, index) => {
    if (confidence < minConfidence) verdicts.give(index, 'unreadable', false);
  });
  return { verdicts: verdicts.all(), ...(label === undefined ? {} : { label }) };
}

/** Verdicts as they come up: the first one stands, but a sure one wins over one that is not. */
class Verdicts {
  readonly #row: Row;
  readonly #given: (Verdict | undefined)[];

  constructor(row: Row) {
    this.#row = row;
    this.#given = row.words.map(() => undefined);
  }

  has(index: number): boolean {
    return this.#given[index] !== undefined;
  }

  give(index: number, reason: RedactionReason, sure: boolean): void {
    const known = this.#given[index];
    if (known === undefined || (sure && !known.sure)) this.#given[index] = { reason, sure };
  }

  /** To every word that a range of the row's text touches. */
  giveRange(
    start: number,
    end: number,
    reason: RedactionReason,
    sure: boolean | ((index: number) => boolean),
  ): void {
    for (const index of this.within(start, end))
      this.give(index, reason, typeof sure === 'boolean' ? sure : sure(index));
  }

  within(start: number, end: number): number[] {
    const found: number[] = [];
    this.#row.words.forEach((word, index) => {
      if (word.start < end && word.end > start) found.push(index);
    });
    return found;
  }

  all(): readonly (Verdict | undefined)[] {
    return this.#given;
  }
}

/** The object's own identifiers: as written, with errors of reading, cut off, as initials, days without years. */
function ownIdentifiers(row: Row, context: JudgeContext, verdicts: Verdicts): void {
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
  for (const match of findApproximately(own.terms, row.text)) {
    const { start, end, length, cost } = match;
    const touched = verdicts.within(start, end);
    // A word that means something else as it stands has to be nearer to the name than one that means nothing.
    const meant = touched.every((index) => isMeant(row.words[index]?.text ?? '', context));
    if (meant && cost > length / 8) continue;
    const sure = length >= minSureTerm && cost <= length / 6 && !(meant && cost > 0.3);
    for (const index of touched)
      verdicts.give(index, 'identifier', sure || (cost <= 0.3 && isConfident(row, index)));
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
}

const minPrefix = 4;
const dayAndMonth = /(?<![\d.,/-])(\d{1,2})[./-](\d{1,2})(?![\d/,-]|\.\d)/g;

function isMeant(text: string, { harmless }: JudgeContext): boolean {
  const kind = wordKind(text, harmless);
  return kind === 'annotation' || kind === 'word' || kind === 'measure';
}

function isConfident(row: Row, index: number): boolean {
  return (row.words[index]?.confidence ?? 0) >= minSureConfidence;
}

/** What follows "Name:", "Dr", "MRN" and the like. The label itself stays. */
function labelled(row: Row, kinds: readonly WordKind[], verdicts: Verdicts): RowVerdicts['label'] {
  const { values, bare } = labelledValues(row.text);
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
  if (last === undefined) return undefined;
  const [word = 0] = verdicts.within(last.start, last.start + 1);
  return { reason: last.reason, kind: last.kind, word };
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
function patterns(row: Row, kinds: readonly WordKind[], verdicts: Verdicts): void {
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
      verdicts.giveRange(start, end, reasons[kind], (index) => sure && isConfident(row, index));
    }
  }
  for (const { start, end } of findTitledNames(row.text)) {
    for (const index of verdicts.within(start, end)) {
      const text = row.words[index]?.text ?? '';
      if (kinds[index] === 'strange' || ambiguousNames.has(compacted(text)) || /\.$/.test(text))
        verdicts.give(
          index,
          'name',
          kinds[index] === 'strange' && isConfident(row, index) && compacted(text).length > 3,
        );
    }
  }
  row.words.forEach(({ text }, index) => {
    const bare = compacted(text);
    if (/^\d{5,}$/.test(bare) && !isDecimal(text))
      verdicts.give(index, 'number', bare.length >= minSureDigits && isConfident(row, index));
    if (/^\d{2,3}$/.test(bare) && isAgeBeside(row, index)) {
      verdicts.give(index, 'identifier', false);
      verdicts.give(index + 1, 'identifier', false);
    }
  });
}

const minSureDigits = 6;

/** "45 Y", "045 yrs" */
function isAgeBeside(row: Row, index: number): boolean {
  const next = row.words[index + 1];
  return next !== undefined && /^(?:y|yo|yrs?|years?|jahre|ans|anos|anni|jaar)$/.test(compacted(next.text));
}

function isDecimal(text: string): boolean {
  return /^\D{0,2}\d{1,4}[.,]\d{1,4}\D{0,4}$/.test(text);
}

function countDigits(text: string): number {
  return text.replace(/\D/g, '').length;
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
function strangers(row: Row, kinds: readonly WordKind[], verdicts: Verdicts): void {
  kinds.forEach((kind, index) => {
    if (verdicts.has(index)) return;
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

/** Lines that name an institution or a department. */
function institutions(row: Row, kinds: readonly WordKind[], verdicts: Verdicts): void {
  const lines = new Set(row.words.map(({ line }) => line));
  for (const line of lines) {
    const words = row.words.map((word, index) => ({ ...word, index })).filter((word) => word.line === line);
    const found = words.filter(({ text }) => isInstitution(text));
    if (found.length === 0) continue;
    const strong = found.some(({ text }) => !weakInstitutionWords.has(compacted(text)));
    const strange = words.some(({ index, text }) => kinds[index] === 'strange' && /\p{L}{2}/u.test(text));
    if (!strong && !strange && found.length < 2) continue;
    for (const { index, text } of words) {
      if (kinds[index] !== 'measure' || countDigits(text) > 2)
        verdicts.give(
          index,
          'contact',
          strong && isInstitution(text) && isConfident(row, index) && words.length > 1,
        );
    }
  }
}

function isInstitution(text: string): boolean {
  const word = compacted(text);
  return (
    institutionWords.has(word) ||
    /(?:klinik|klinikum|krankenhaus|spital|hospital|praxis|sjukhus|sykehus|ziekenhuis)(?:es|s|en|um)?$/.test(
      word,
    )
  );
}

function unreachable(kind: never): never {
  throw new TypeError(`no such kind: ${String(kind)}`);
}
