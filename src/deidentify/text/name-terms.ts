import { compacted } from './fold.ts';
import { romanizations } from './romanize.ts';
import type { Term } from './term-search.ts';

const minNameLetters = 3;
/** From this length on a name also counts inside a longer word. */
const minInnerLength = 5;

/** Words of names that say nothing of whose they are: titles, particles, and what is written where there is no name. */
const commonParts: ReadonlySet<string> = new Set(
  `dr md mr ms jr sr st ii iii iv prof phd mrs miss med none unknown anonymous dipl ing msc bsc herr frau hr fr di
  de da do du la le el al di bin ben ter te
  van von der den del della dos das des les ibn abu ten ter zum zur und mac saint san santa los las`.split(
    /\s+/,
  ),
);

/** Those that are whole names of people as well. */
const givenNames: ReadonlySet<string> = new Set(
  'ben do le al el bin di da la der van von den mac san das dos los las ibn abu zum zur'.split(' '),
);

/** The terms by which a person's name is found: its parts, and parts too short for that joined in either order. */
export function nameTerms(name: string): Term[] {
  const terms: Term[] = [];
  for (const spelling of spellings(name)) {
    for (const group of spelling.split('=')) {
      for (const part of wordsOf(group)) {
        const kind = partKind(part);
        if (kind === undefined) continue;
        terms.push({ text: part, kind, soft: part.length < minNameLetters && isLatin(part) });
      }
      for (const text of particles(group)) terms.push({ text, kind: 'word', soft: true });
      terms.push(...joined(group));
    }
  }
  return terms;
}

/** First letters of the parts of a name, to recognise "J. Smith" and "Smith, J". */
export function initialsOf(name: string): string[] {
  return name
    .split('=')
    .flatMap((group) => wordsOf(group))
    .map((part) => part.charAt(0))
    .filter((letter) => /^[a-z]$/.test(letter));
}

function wordsOf(text: string): string[] {
  return text
    .replace(/[\p{M}\p{Cf}\0]/gu, '')
    .split(/[^\p{L}\p{N}\u30fc\uff70]+/u)
    .map(compacted)
    .filter((part) => part !== '');
}

function partKind(part: string): Term['kind'] | undefined {
  if (commonParts.has(part) || /^\p{N}+$/u.test(part)) return undefined;
  if (!isLatin(part)) return part.length >= 2 ? 'inner' : undefined;
  if (part.length < 2) return undefined;
  return part.length >= minInnerLength ? 'inner' : 'word';
}

/** Family, given and middle names that are particles of other names ("Smith^Ben"); prefixes and suffixes never count. */
function particles(group: string): string[] {
  return group
    .split('^')
    .slice(0, 3)
    .map(compacted)
    .filter((text) => givenNames.has(text));
}

function isLatin(part: string): boolean {
  return /^[a-z0-9]+$/.test(part) || /^[\p{Script=Latin}\p{N}]+$/u.test(part);
}

/** Components written as one ("O'Brien", "van der Meer"), and family and given name together in either order ("Li Na"). */
function joined(group: string): Term[] {
  const components = group.split('^').map(compacted);
  const terms: Term[] = [];
  const add = (text: string): void => {
    if (/^\p{N}*$/u.test(text) || commonParts.has(text)) return;
    if (!isLatin(text)) {
      if (text.length >= 2) terms.push({ text, kind: 'inner', soft: false });
    } else if (text.length >= minInnerLength) terms.push({ text, kind: 'inner', soft: false });
    else if (text.length >= minNameLetters) terms.push({ text, kind: 'bordered', soft: false });
  };
  for (const component of components) add(component);
  const [family = '', given = ''] = components;
  if (family !== '' && given !== '' && /^\p{L}+$/u.test(family + given)) {
    add(family + given);
    add(given + family);
  }
  return terms;
}

const transcriptions: readonly (readonly [RegExp, string])[] = [
  [/[\u00e4\u00e6]/g, 'ae'],
  [/[\u00f6\u00f8\u0153]/g, 'oe'],
  [/\u00fc/g, 'ue'],
  [/\u00e5/g, 'aa'],
];

/** A name with umlauts transcribed, with transcriptions taken back, and in Latin letters. */
function spellings(name: string): Set<string> {
  const small = name.normalize('NFC').toLowerCase();
  if (/^[\0-\x7f]*$/.test(small)) return new Set([small, small.replace(/([aou])e/g, '$1')]);
  let transcribed = small;
  for (const [letter, pair] of transcriptions) transcribed = transcribed.replace(letter, pair);
  return new Set([small, transcribed, small.replace(/([aou])e/g, '$1'), ...romanizations(small)]);
}
