import type { Vr } from '../dicom/data-set.ts';
import { codeWords } from './code-words.ts';
import { areTooMany, plainDates } from './date-spellings.ts';
import { findDates } from './text/dates.ts';
import { type Folded, foldText } from './text/fold.ts';
import {
  addressParts,
  addressTerms,
  birthTerms,
  eventTerms,
  idTerms,
  minInnerLength,
  phoneTerms,
  placeTerms,
} from './text/identifier-terms.ts';
import { initialsOf, nameTerms } from './text/name-terms.ts';
import { plainText } from './text/plain-text.ts';
import { type Span, type Term, TermSearch } from './text/term-search.ts';
import { isImagingWord } from './text/vocabulary.ts';

/** Finds the object's own identifiers in other text. */
export interface Identifiers {
  /** Whether a value to be kept repeats an identifier of the object. */
  occurIn(text: string, vr: Vr): boolean;
  /** Where identifiers stand in a text that is to be cleaned; short ones are found here too. Not in order, may overlap. */
  find(text: string): Span[];
  /** The same for bytes that are no text: only terms too long to be there by chance are looked for. */
  occurInBytes(bytes: Uint8Array): boolean;
  /** Whether any identifier could be the value of a number. */
  readonly haveNumbers: boolean;
  /** Whether a number is an identifier; digits inside a longer number are chance. */
  isNumber(value: string): boolean;
  /** The same for a date of birth with a year of two digits, which is less certain. */
  isShortBirth(value: string): boolean;
  /** Whether a part of a UID is an identifier or a date of birth; dates of events are left to who judges UIDs. */
  isPersonal(digits: string): boolean;
  /** Dates of birth, YYYYMMDD. */
  readonly births: ReadonlySet<string>;
  /** First letters of the parts of names. */
  readonly initials: ReadonlySet<string>;
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
  /** Telephone numbers: also looked for without the codes of country and area. */
  readonly phones?: readonly string[];
  /** Institutions, departments, addresses: as a whole, and where text is cleaned each word that is not of imaging. */
  readonly addresses?: readonly string[];
}

/** Most terms of each kind that are looked for. An object with more is no usual one: all words of it count as found. */
const maxTerms = 256;
/** Dates have many spellings each. */
const maxDateTerms = 1536;
/** In values longer than so many bytes only terms of so many characters are looked for. */
const maxShortBytes = 4096;
const minNoiseLength = 7;

/** Verdicts on short texts, kept with the matcher: the instances of a study repeat their texts. */
const maxVerdicts = 1024;
const maxVerdictLength = 64;

/**
 * A matcher for the identifiers of one object: parts of names, identifiers with and without their separators and leading
 * zeros, dates in the common spellings. Case, diacritics, alphabets and the transcriptions of umlauts do not matter.
 */
export function createIdentifiers(source: IdentifierSource): Identifiers {
  return new Matcher(source);
}

class Matcher implements Identifiers {
  readonly haveNumbers: boolean;
  readonly births: ReadonlySet<string>;
  readonly initials: ReadonlySet<string>;
  readonly size: number;
  readonly #search: TermSearch;
  readonly #tooMany: boolean;
  /** YYYYMMDD, and YYMMDD of births. */
  readonly #dates: ReadonlySet<string>;
  readonly #compactDates: ReadonlySet<string>;
  readonly #numbers: ReadonlySet<string>;
  readonly #personal: ReadonlySet<string>;
  readonly #shortBirths: ReadonlySet<string>;
  readonly #shortestNumber: number;
  readonly #byteTerms: readonly Buffer[];
  readonly #verdicts = new Map<string, boolean>();

  constructor(source: IdentifierSource) {
    const names = new Terms();
    for (const name of source.names) for (const term of nameTerms(name)) if (isWorth(term)) names.add(term);
    const ids = new Terms();
    for (const id of source.ids) for (const term of idTerms(id)) ids.add(term);
    // Where names are not known, numbers stand for them.
    for (const name of source.names)
      for (const [digits] of name.matchAll(longDigits)) for (const term of idTerms(digits)) ids.add(term);
    for (const phone of source.phones ?? []) for (const term of phoneTerms(phone)) ids.add(term);
    const places = new Terms();
    for (const place of source.places ?? []) for (const term of placeTerms(place)) places.add(term);
    for (const address of source.addresses ?? [])
      for (const term of [...placeTerms(address), ...addressParts(address), ...addressTerms(address)])
        places.add(term);
    const births = plainDates(source.dates);
    this.births = new Set(births.map((date) => date.join('')));
    const events = plainDates(source.eventDates ?? []);
    const dates = new Terms(maxDateTerms);
    for (const birth of births) for (const term of birthTerms(birth)) dates.add(term);
    for (const event of events) for (const term of eventTerms(event)) dates.add(term);
    const all = [names, ids, places, dates];
    this.#tooMany =
      all.some(({ overflown }) => overflown) ||
      areTooMany(source.dates) ||
      areTooMany(source.eventDates ?? []);
    const terms = all.flatMap((kind) => [...kind.terms.values()]);
    this.#search = new TermSearch(terms);
    this.size = terms.length;
    this.initials = new Set(source.names.slice(0, maxTerms).flatMap(initialsOf));
    const compactDates = [...births, ...events].map((date) => date.join(''));
    this.#compactDates = new Set(compactDates);
    this.#dates = new Set([...compactDates, ...births.map((date) => date.join('').slice(2))]);
    const numbers = new Set(
      [...ids.terms.values()]
        .filter(({ text, kind }) => kind === 'anywhere' && /^\d+$/.test(text))
        .map(({ text }) => canonicalNumber(text))
        // "00001" is no more of an identifier than 1.
        .filter((number) => number.length >= minInnerLength),
    );
    for (const [year, month, day] of births) {
      numbers.add(canonicalNumber(`${day}${month}${year}`)).add(canonicalNumber(`${month}${day}${year}`));
    }
    for (const birth of this.births) numbers.add(birth);
    this.#personal = new Set(numbers);
    for (const date of compactDates) numbers.add(date);
    this.#numbers = numbers;
    this.#shortBirths = new Set(
      births.flatMap(([year, month, day]) => [
        `${year.slice(2)}${month}${day}`,
        `${day}${month}${year.slice(2)}`,
        `${month}${day}${year.slice(2)}`,
      ]),
    );
    this.haveNumbers = numbers.size > 0 || this.#tooMany;
    this.#shortestNumber = Math.min(...[...numbers].map(({ length }) => length));
    this.#byteTerms = terms
      .filter(
        ({ text, kind, soft }) =>
          !soft &&
          text.length >= minInnerLength &&
          kind !== 'bordered' &&
          kind !== 'number' &&
          isAsciiTerm(text),
      )
      .map(({ text }) => text)
      .concat(compactDates)
      .map((text) => Buffer.from(text, 'latin1'));
  }

  occurIn(text: string, vr: Vr): boolean {
    if (text === '') return false;
    if (text.length > maxVerdictLength) return this.#judge(text, vr);
    const key = vr === 'CS' ? `c${text}` : `t${text}`;
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = this.#judge(text, vr);
    if (this.#verdicts.size >= maxVerdicts) this.#verdicts.clear();
    this.#verdicts.set(key, verdict);
    return verdict;
  }

  #judge(text: string, vr: Vr): boolean {
    const told = vr === 'CS' ? withoutCodeWords(text) : text;
    if (told === '') return false;
    if (this.#tooMany) return true;
    return this.#search.occursIn(foldText(told)) || this.#foundDates(told).length > 0;
  }

  find(text: string): Span[] {
    if (this.#tooMany) return [{ start: 0, end: text.length }];
    const folded: Folded = foldText(text);
    return [...this.#search.find(folded), ...this.#foundDates(text)];
  }

  /** Dates with separators or names of months; those of digits alone are terms. */
  #foundDates(text: string): Span[] {
    if (this.#dates.size === 0 || !/\d/.test(text)) return [];
    return findDates(plainText(text)).filter(({ readings }) =>
      readings.some((reading) => this.#dates.has(reading)),
    );
  }

  occurInBytes(bytes: Uint8Array): boolean {
    // Five letters are in a megabyte of noise every now and then, seven are not.
    const least = bytes.length > maxShortBytes ? minNoiseLength : minInnerLength;
    const plain = lowered(bytes);
    if (this.#tooMany && bytes.length <= maxShortBytes && anyWord.test(plain.toString('latin1'))) return true;
    return this.#byteTerms.some((term) => term.length >= least && plain.includes(term));
  }

  isNumber(value: string): boolean {
    if (this.#tooMany && anyWord.test(value)) return true;
    if (value.length < this.#shortestNumber && !/e/i.test(value)) return false;
    const canonical = canonicalNumber(value);
    if (this.#numbers.has(canonical)) return true;
    // A date with a time of day behind it.
    return /^\d{12,17}$/.test(canonical) && this.#compactDates.has(canonical.slice(0, 8));
  }

  isShortBirth(value: string): boolean {
    return value.length === 6 && this.#shortBirths.has(value);
  }

  isPersonal(digits: string): boolean {
    if (this.#personal.has(canonicalNumber(digits))) return true;
    if (digits.length <= minEmbedded) return false;
    for (const number of this.#personal)
      if (number.length >= minEmbedded && digits.includes(number)) return true;
    return false;
  }
}

/** Numbers long enough to be somebody's, and runs of letters and digits long enough to be looked for. */
const longDigits = /[0-9]{5,}/g;
const anyWord = /[a-z0-9]{5}/;
/** From this length on a number is found inside a longer part of a UID as well. */
const minEmbedded = 7;

/** A bounded set of terms. */
class Terms {
  readonly terms = new Map<string, Term>();
  overflown = false;
  readonly #most: number;

  constructor(most: number = maxTerms) {
    this.#most = most;
  }

  add(term: Term): void {
    const known = this.terms.get(term.text);
    if (known === undefined && this.terms.size >= this.#most) this.overflown = true;
    else if (known === undefined || (known.soft && !term.soft)) this.terms.set(term.text, term);
  }
}

/** Names of two letters are found only where they mean nothing else. */
function isWorth({ text, soft }: Term): boolean {
  return !soft || !isImagingWord(text);
}

function isAsciiTerm(text: string): boolean {
  return /^[a-z0-9]+$/.test(text);
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
