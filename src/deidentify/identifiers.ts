import type { DataSet, Vr } from '../dicom/data-set.ts';
import { codeWords } from './code-words.ts';

/** Reads an element's text, all values, decoded. */
export type TextReader = (dataSet: DataSet, tag: number) => string | undefined;

/** Finds the object's own identifiers in other text. */
export interface Identifiers {
  /** Whether a value to be kept repeats an identifier of the object. */
  occurIn(text: string, vr: Vr): boolean;
  /** Whether any identifier could be the value of a number. */
  readonly haveNumbers: boolean;
  /** Whether a number is an identifier; digits inside a longer number are chance. */
  isNumber(value: string): boolean;
  /** How many different terms are looked for. */
  readonly size: number;
}

/** What was read of one object, before anything was changed. */
export interface IdentifierSource {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  /** YYYYMMDD. */
  readonly dates: readonly string[];
}

/** Most terms of each kind that are looked for; the patient's own come first. */
const maxTerms = 256;
const minNameLetters = 3;
const minIdCharacters = 4;
/** From this length on a term also counts inside a longer word. */
const minInnerLength = 5;

const titles: ReadonlySet<string> = new Set([
  'prof',
  'phd',
  'mrs',
  'miss',
  'med',
  'none',
  'unknown',
  'anonymous',
]);

/**
 * A matcher for the identifiers of one object: parts of names, identifiers with and without their separators, dates in
 * the common spellings. Case and diacritics do not matter.
 */
export function createIdentifiers(source: IdentifierSource): Identifiers {
  const words = new Set<string>();
  for (const name of source.names) {
    for (const part of fold(name).split(/[^\p{L}\p{N}]+/u)) {
      if (words.size < maxTerms && isTelling(part)) words.add(part);
    }
  }
  const compacts = new Set<string>();
  for (const id of source.ids) {
    const compact = compacted(fold(id));
    if (compacts.size < maxTerms && compact.length >= minIdCharacters && !/^0+$/.test(compact))
      compacts.add(compact);
  }
  const dates = plainDates(source.dates).flatMap(dateSpellings);
  const wordPattern = wordsPattern(words);
  const shortIds = wordsPattern(new Set([...compacts].filter((id) => id.length < minInnerLength)));
  const longIds = [...compacts].filter((id) => id.length >= minInnerLength);
  const datePattern = dates.length === 0 ? undefined : new RegExp(dates.join('|'));
  const numbers = new Set(longIds.filter((id) => /^\d+$/.test(id)));
  for (const [year, month, day] of plainDates(source.dates)) {
    numbers.add(`${year}${month}${day}`).add(`${day}${month}${year}`).add(`${month}${day}${year}`);
  }
  return {
    haveNumbers: numbers.size > 0,
    isNumber: (value) => numbers.has(value),
    size: words.size + compacts.size + dates.length,
    occurIn(text, vr) {
      const told = vr === 'CS' ? withoutCodeWords(text) : text;
      if (told === '') return false;
      const folded = fold(told);
      if (wordPattern?.test(folded) === true) return true;
      if (shortIds?.test(folded) === true || datePattern?.test(folded) === true) return true;
      if (longIds.length === 0) return false;
      const compact = compacted(folded);
      return longIds.some((id) => compact.includes(id));
    },
  };
}

function withoutCodeWords(text: string): string {
  return text
    .split('\\')
    .filter((value) => !codeWords.has(value.trim()))
    .join('\\');
}

function isTelling(part: string): boolean {
  if (titles.has(part) || /^\p{N}+$/u.test(part)) return false;
  // Ideographs carry more than letters do: two are a name.
  return part.length >= (/^[\p{Script=Latin}\p{N}]+$/u.test(part) ? minNameLetters : 2);
}

/** Lower case without diacritics; NUL removed, so that two-byte text in binary values is found too. */
export function fold(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole ASCII range is meant
  const plain = /^[\x01-\x7f]*$/.test(text);
  return plain
    ? text.toLowerCase()
    : text
        .replaceAll('\0', '')
        .normalize('NFKD')
        .replace(/\p{M}+/gu, '')
        .toLowerCase();
}

function compacted(folded: string): string {
  return folded.replace(/[^\p{L}\p{N}]+/gu, '');
}

function wordsPattern(words: ReadonlySet<string>): RegExp | undefined {
  if (words.size === 0) return undefined;
  const inner = [...words].filter((word) => word.length >= minInnerLength);
  const whole = [...words].filter((word) => word.length < minInnerLength);
  const parts = inner.map(escaped);
  if (whole.length > 0) {
    const latin = whole.filter((word) => /^[\p{Script=Latin}\p{N}]+$/u.test(word));
    // Scripts without spaces have no word borders to hold on to.
    parts.push(...whole.filter((word) => !latin.includes(word)).map(escaped));
    if (latin.length > 0)
      parts.push(`(?<![\\p{L}\\p{N}])(?:${latin.map(escaped).join('|')})(?![\\p{L}\\p{N}])`);
  }
  return new RegExp(parts.join('|'), 'u');
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Year, month and day of the dates that are dates. */
function plainDates(dates: readonly string[]): (readonly [year: string, month: string, day: string])[] {
  return [...new Set(dates)].slice(0, maxTerms).flatMap((date) => {
    const [, year = '', month = '', day = ''] =
      /^(\d{4})(\d\d)(\d\d)$/.exec(date.replaceAll(/[.\-/]/g, '')) ?? [];
    return Number(month) >= 1 && Number(month) <= 12 ? [[year, month, day] as const] : [];
  });
}

/** Patterns for one date: year first, day first, month first, with month names; separators optional. */
function dateSpellings([year, month, day]: readonly [year: string, month: string, day: string]): string[] {
  const gap = '[^a-z0-9]{0,3}';
  const full = `(?:${year.slice(0, 2)})?${year.slice(2)}`;
  const loose = (digits: string): string => (digits.startsWith('0') ? `0?${digits.charAt(1)}` : digits);
  const name = `${months[Number(month) - 1] ?? ''}[a-z]*`;
  return [
    `(?<!\\d)${year}${gap}${loose(month)}${gap}${loose(day)}(?!\\d)`,
    `(?<!\\d)${loose(day)}${gap}${loose(month)}${gap}${full}(?!\\d)`,
    `(?<!\\d)${loose(month)}${gap}${loose(day)}${gap}${full}(?!\\d)`,
    `(?<!\\d)${loose(day)}${gap}${name}${gap}${full}(?!\\d)`,
    `${name}${gap}${loose(day)}[a-z]{0,2}${gap}${full}(?!\\d)`,
  ];
}
