import { codeWords } from '../code-words.ts';
import { compacted } from './fold.ts';
import type { Term } from './term-search.ts';
import { isImagingWord } from './vocabulary.ts';

const minIdCharacters = 4;
/** Digits inside an identifier that are looked for by themselves ("778899" of "MRN-778899"). */
const minDigits = 6;
/** Digits at the end of a telephone number that tell it without its area. */
const localDigits = 7;
/** From this length on a number also counts inside a longer one. */
export const minInnerLength = 5;

/** An identifier with and without leading zeros, and the long numbers in it. */
export function idTerms(id: string): Term[] {
  const compact = compacted(id);
  const terms: Term[] = [];
  for (const text of new Set([compact, compact.replace(/^0+/, '')])) {
    if (text.length < minIdCharacters || /^0+$/.test(text)) continue;
    terms.push({ text, kind: text.length >= minInnerLength ? 'anywhere' : 'number', soft: false });
  }
  for (const run of compact.match(/[1-9]\d*/g) ?? [])
    if (run.length >= minDigits) terms.push({ text: run, kind: 'anywhere', soft: false });
  return terms;
}

/** A telephone number, whole and without the codes of country and area. */
export function phoneTerms(phone: string): Term[] {
  const digits = compacted(phone).replace(/\D/g, '');
  const local = digits.slice(-localDigits);
  return [...idTerms(phone), ...(local.length === localDigits ? idTerms(local) : [])];
}

/** The name or number of a station, a device, a place, as a whole. */
export function placeTerms(place: string): Term[] {
  const text = compacted(place);
  if (codeWords.has(text.toUpperCase())) return [];
  if (text.length >= minInnerLength) return [{ text, kind: 'anywhere', soft: false }];
  // "CT01": found where text is cleaned, since it says less than a name does.
  return text.length >= 3 && /\d/.test(text) && /\p{L}/u.test(text)
    ? [{ text, kind: 'bordered', soft: true }]
    : [];
}

/** Streets with their numbers and towns with their postcodes, parts of an address that are found wherever they stand. */
export function addressParts(address: string): Term[] {
  return address
    .split(/[,;^=\r\n]+/)
    .map(compacted)
    .filter((text) => text.length >= minAddressPart && /\d/.test(text) && /\p{L}{3}/u.test(text))
    .map((text): Term => ({ text, kind: 'anywhere', soft: false }));
}
const minAddressPart = 8;

/** The words of an institution or an address that are not of imaging; found where text is cleaned. */
export function addressTerms(address: string): Term[] {
  return address
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => /\p{L}{3}/u.test(word) && !isImagingWord(word))
    .map((word): Term => ({ text: compacted(word), kind: 'word', soft: true }));
}

/** A date taken apart; four, two and two digits. */
export type PlainDate = readonly [year: string, month: string, day: string];

/** Digits of a date of birth in every order; separators between them do not matter. */
export function birthTerms([year, month, day]: PlainDate): Term[] {
  const bare = (digits: string): string => String(Number(digits));
  const short = year.slice(2);
  const forms = new Set([`${year}${month}${day}`, `${short}${month}${day}`]);
  for (const written of [year, short]) {
    for (const [d, m] of [
      [day, month],
      [bare(day), month],
      [day, bare(month)],
      [bare(day), bare(month)],
    ] as const) {
      forms.add(`${d}${m}${written}`).add(`${m}${d}${written}`);
      if (written === year) forms.add(`${written}${m}${d}`);
    }
  }
  return [...forms]
    .filter(({ length }) => length >= minDigits)
    .map((text): Term => ({ text, kind: 'number', soft: false }));
}

/** A date of an event with the year in full; a time of day may follow. */
export function eventTerms([year, month, day]: PlainDate): Term[] {
  return [
    { text: `${year}${month}${day}`, kind: 'beginning', soft: false },
    { text: `${day}${month}${year}`, kind: 'bordered', soft: false },
    { text: `${month}${day}${year}`, kind: 'bordered', soft: false },
  ];
}
