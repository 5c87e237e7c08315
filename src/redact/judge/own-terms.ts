import { plainDates } from '../../deidentify/date-spellings.ts';
import type { IdentifierSource } from '../../deidentify/identifiers.ts';
import { compacted } from '../../deidentify/text/fold.ts';
import {
  addressTerms,
  birthTerms,
  idTerms,
  phoneTerms,
  placeTerms,
} from '../../deidentify/text/identifier-terms.ts';
import { initialsOf, nameTerms } from '../../deidentify/text/name-terms.ts';
import type { PixelTerm } from './approximate-search.ts';

/** Most terms that are looked for with errors; the exact search takes all. Patient's come first. */
const maxTerms = 320;
/** Device screens have room for so many letters of a name. */
const shortNameLengths: readonly number[] = [8, 10, 12, 16];
const minPrefix = 4;

/** What the object's own identifiers look like in its pixels. */
export interface OwnTerms {
  readonly terms: readonly PixelTerm[];
  /** Parts of names of five letters and more, whose beginnings stand where there is no room for more. */
  readonly nameParts: readonly string[];
  /** Initials together, in both orders: "jd", "dj", "jqd". */
  readonly initials: ReadonlySet<string>;
  /** Day and month of the dates, with two digits each, in both orders: "0703", "0307". */
  readonly days: ReadonlySet<string>;
}

/**
 * Names, numbers and dates of an object as devices print them: whole, in parts, the family name with an initial, cut to the
 * width of a field, dates with years of two digits.
 */
export function ownTerms(source: IdentifierSource): OwnTerms {
  const terms = new Map<string, PixelTerm>();
  const nameParts = new Set<string>();
  const initials = new Set<string>();
  const add = (text: string, kind?: PixelTerm['kind']): void => {
    if (text.length < 2 || terms.size >= maxTerms || terms.has(text)) return;
    terms.set(text, { text, kind: kind ?? kindOf(text) });
  };
  for (const name of source.names) {
    for (const { text } of nameTerms(name)) {
      add(text);
      if (text.length > minPrefix) nameParts.add(text);
    }
    for (const text of shortForms(name)) add(text);
    const letters = initialsOf(name.split('=')[0] ?? '').slice(0, 4);
    if (letters.length > 1) {
      initials.add(letters.join('')).add([...letters].reverse().join(''));
      const [family = '', ...given] = letters;
      initials
        .add([...given, family].join(''))
        .add(`${given[0] ?? ''}${family}`)
        .add(`${family}${given[0] ?? ''}`);
    }
  }
  for (const id of source.ids) for (const { text } of idTerms(id)) add(text);
  for (const phone of source.phones ?? []) for (const { text } of phoneTerms(phone)) add(text, 'number');
  const births = plainDates(source.dates);
  for (const birth of births) for (const { text } of birthTerms(birth)) add(text, 'number');
  for (const address of source.addresses ?? [])
    for (const { text } of [...placeTerms(address), ...addressTerms(address)])
      if (text.length >= minPrefix) add(text);
  for (const place of source.places ?? []) for (const { text } of placeTerms(place)) add(text);
  const days = new Set<string>();
  const events = plainDates(source.eventDates ?? []);
  for (const [year, month, day] of events) {
    const short = year.slice(2);
    for (const text of [
      `${year}${month}${day}`,
      `${day}${month}${year}`,
      `${month}${day}${year}`,
      `${day}${month}${short}`,
      `${month}${day}${short}`,
      `${short}${month}${day}`,
    ])
      add(text, 'number');
  }
  for (const [, month, day] of [...births, ...events]) days.add(`${day}${month}`).add(`${month}${day}`);
  return { terms: [...terms.values()], nameParts: [...nameParts].slice(0, maxTerms), initials, days };
}

/** "doej", "jdoe", "doejoh": what a name becomes where there is little room. */
function shortForms(name: string): string[] {
  const forms = new Set<string>();
  for (const group of name.split('=')) {
    const [family = '', given = ''] = group.split('^').map(compacted);
    if (family.length < 2 || !/^[a-z]+$/.test(family + given)) continue;
    const initial = given.charAt(0);
    if (initial !== '' && family.length >= 3) {
      forms.add(`${family}${initial}`);
      if (family.length >= 4) forms.add(`${initial}${family}`);
    }
    const whole = family + given;
    for (const length of shortNameLengths) {
      if (family.length > length) forms.add(family.slice(0, length));
      if (whole.length > length && length > family.length) forms.add(whole.slice(0, length));
    }
  }
  return [...forms];
}

function kindOf(text: string): PixelTerm['kind'] {
  const digits = text.replace(/\D/g, '').length;
  return digits * 2 >= text.length ? 'number' : 'name';
}
