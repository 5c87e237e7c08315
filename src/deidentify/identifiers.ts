import type { DataSet, Vr } from '../dicom/data-set.ts';
import { codeWords } from './code-words.ts';
import { dateSpellings, eventSpellings, plainDates } from './date-spellings.ts';

/** Reads an element's text, all values, decoded. */
export type TextReader = (dataSet: DataSet, tag: number) => string | undefined;

/** Finds the object's own identifiers in other text. */
export interface Identifiers {
  /** Whether a value to be kept repeats an identifier of the object. */
  occurIn(text: string, vr: Vr): boolean;
  /** The same for bytes that are no text: only terms too long to be there by chance are looked for. */
  occurInBytes(bytes: Uint8Array): boolean;
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
  /** Dates of birth, YYYYMMDD: looked for in every spelling, years of two digits included. */
  readonly dates: readonly string[];
  /** Dates of study, acquisition and the like, YYYYMMDD: looked for with the year in full. */
  readonly eventDates?: readonly string[];
  /** Names and numbers of stations, devices and places: looked for in words, never taken for the value of a number. */
  readonly places?: readonly string[];
}

/** Most terms of each kind that are looked for. An object with more is no usual one: all words of it count as found. */
const maxTerms = 256;
const minNameLetters = 3;
const minIdCharacters = 4;
/** From this length on a term also counts inside a longer word. */
const minInnerLength = 5;
/** In values longer than so many bytes only terms of so many characters are looked for. */
const maxShortBytes = 4096;
const minNoiseLength = 7;
/** Digits inside an identifier that are looked for by themselves ("778899" of "MRN-778899"). */
const minDigits = 6;

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
 * A matcher for the identifiers of one object: parts of names, identifiers with and without their separators and leading
 * zeros, dates in the common spellings. Case, diacritics and the transcriptions of umlauts do not matter.
 */
export function createIdentifiers(source: IdentifierSource): Identifiers {
  const words = new Terms();
  const phrases = new Terms();
  for (const name of source.names) {
    for (const spelling of spellings(name)) {
      for (const part of spelling.split(/[^\p{L}\p{N}]+/u)) if (isTelling(part)) words.add(part);
      for (const phrase of shortNames(spelling)) phrases.add(phrase);
    }
  }
  const ids = new Terms();
  const digits = new Terms();
  for (const id of source.ids) {
    const compact = compacted(fold(id));
    for (const form of [compact, compact.replace(/^0+/, '')])
      if (form.length >= minIdCharacters && !/^0+$/.test(form)) ids.add(form);
    for (const run of compact.match(/[1-9]\d*/g) ?? []) if (run.length >= minDigits) digits.add(run);
  }
  const places = new Terms();
  for (const place of source.places ?? []) {
    const compact = compacted(fold(place));
    if (compact.length >= minInnerLength && !codeWords.has(compact.toUpperCase())) places.add(compact);
  }
  const births = plainDates(source.dates);
  const events = plainDates(source.eventDates ?? []);
  const dates = [...births.flatMap(dateSpellings), ...events.flatMap(eventSpellings)];
  const all = [words, phrases, ids, digits, places];
  const tooMany = all.some(({ overflown }) => overflown);
  const wordPattern = wordsPattern(words.terms);
  const phrasePattern = phrases.terms.size === 0 ? undefined : new RegExp([...phrases.terms].join('|'), 'u');
  const shortIds = wordsPattern(new Set([...ids.terms].filter((id) => id.length < minInnerLength)));
  const longIds = [...ids.terms].filter((id) => id.length >= minInnerLength);
  // Long names are looked for across blanks, too: "S C H M I D T".
  const longWords = [...words.terms].filter((word) => word.length >= minNoiseLength);
  const inner = [...new Set([...longIds, ...digits.terms, ...places.terms, ...longWords])];
  const datePattern = dates.length === 0 ? undefined : new RegExp(dates.join('|'));
  const compactDates = [...births, ...events].map((date) => date.join(''));
  const numbers = new Set(
    [...longIds, ...digits.terms]
      .filter((id) => /^\d+$/.test(id))
      .map(canonicalNumber)
      // "00001" is no more of an identifier than 1.
      .filter((number) => number.length >= minInnerLength),
  );
  for (const [year, month, day] of births) numbers.add(`${day}${month}${year}`).add(`${month}${day}${year}`);
  for (const date of compactDates) numbers.add(date);
  const byteTerms = [...words.terms, ...inner, ...compactDates]
    .filter((term) => term.length >= minInnerLength)
    .map((term) => Buffer.from(term, 'latin1'));
  return {
    haveNumbers: numbers.size > 0,
    isNumber(value) {
      const canonical = canonicalNumber(value);
      if (numbers.has(canonical)) return true;
      // A date with a time of day behind it.
      return /^\d{12,17}$/.test(canonical) && compactDates.includes(canonical.slice(0, 8));
    },
    size: all.reduce((sum, { terms }) => sum + terms.size, dates.length),
    occurIn(text, vr) {
      const told = vr === 'CS' ? withoutCodeWords(text) : text;
      if (told === '') return false;
      if (tooMany) return true;
      const folded = fold(told);
      if (wordPattern?.test(folded) === true || phrasePattern?.test(folded) === true) return true;
      if (shortIds?.test(folded) === true || datePattern?.test(folded) === true) return true;
      if (inner.length === 0) return false;
      const compact = compacted(folded);
      return inner.some((id) => compact.includes(id));
    },
    occurInBytes(bytes) {
      // Five letters are in a megabyte of noise every now and then, seven are not.
      const least = bytes.length > maxShortBytes ? minNoiseLength : minInnerLength;
      const plain = lowered(bytes);
      return byteTerms.some((term) => term.length >= least && plain.includes(term));
    },
  };
}

/** Small letters, without the NULs of two-byte text. Written for speed: whole pixel data goes through here. */
function lowered(bytes: Uint8Array): Buffer {
  const plain = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    if (byte === 0) continue;
    plain[length] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    length += 1;
  }
  return plain.subarray(0, length);
}

/** A bounded set. */
class Terms {
  readonly terms = new Set<string>();
  overflown = false;

  add(term: string): void {
    if (this.terms.has(term)) return;
    if (this.terms.size < maxTerms) this.terms.add(term);
    else this.overflown = true;
  }
}

const transcriptions: readonly (readonly [RegExp, string])[] = [
  [/[\u00e4\u00e6]/g, 'ae'],
  [/[\u00f6\u00f8\u0153]/g, 'oe'],
  [/\u00fc/g, 'ue'],
  [/\u00e5/g, 'aa'],
];

/** A name as it is written without diacritics, with umlauts transcribed, and with transcriptions taken back. */
function spellings(name: string): Set<string> {
  let transcribed = name.normalize('NFC').toLowerCase();
  for (const [letter, pair] of transcriptions) transcribed = transcribed.replace(letter, pair);
  const folded = fold(name);
  return new Set([folded, fold(transcribed), folded.replace(/([aou])e/g, '$1')]);
}

/** Patterns for names whose parts are too short to be looked for one by one ("Li^Na"), in either order. */
function shortNames(name: string): string[] {
  return name.split('=').flatMap((group) => {
    const [family = '', given = ''] = group.split('^').map((part) => part.trim());
    if (family === '' || given === '' || isTelling(family) || isTelling(given)) return [];
    if (!/^\p{L}+$/u.test(family) || !/^\p{L}+$/u.test(given) || family.length + given.length < 3) return [];
    const bordered = (first: string, second: string): string =>
      `(?<![\\p{L}\\p{N}])${first}[^\\p{L}\\p{N}]*${second}(?![\\p{L}\\p{N}])`;
    return [bordered(family, given), bordered(given, family)];
  });
}

/** The same text for the same number, however it is written; digits of any length. */
function canonicalNumber(text: string): string {
  const value = Math.abs(Number(text));
  return Number.isSafeInteger(value) ? String(value) : text.replace(/^[+-]?0+/, '');
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

/** Letters that Unicode does not decompose. */
const plainLetters: Readonly<Record<string, string>> = {
  '\u00df': 'ss',
  '\u00e6': 'ae',
  '\u00f0': 'd',
  '\u00f8': 'o',
  '\u00fe': 'th',
  '\u0111': 'd',
  '\u0131': 'i',
  '\u0142': 'l',
  '\u0153': 'oe',
};

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
        .toLowerCase()
        .replace(
          /[\u00df\u00e6\u00f0\u00f8\u00fe\u0111\u0131\u0142\u0153]/g,
          (letter) => plainLetters[letter] ?? letter,
        );
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
