import { codeWords } from '../code-words.ts';
import { compacted } from './fold.ts';
import { vocabularyWords } from './vocabulary-words.ts';

const builtIn: ReadonlySet<string> = new Set([
  ...vocabularyWords,
  ...[...codeWords].flatMap((term) => term.toLowerCase().split(/[ _]/)),
]);

/** Words that are joined into longer ones ("Knie" + "gelenk"); shorter ones would make words of anything. */
const minPartLetters = 4;

/** Beginnings and endings that medical words of several languages take. */
const beginnings = [
  'intra',
  'extra',
  'inter',
  'supra',
  'infra',
  'retro',
  'para',
  'peri',
  'post',
  'prae',
  'pre',
  'sub',
  'non',
  'un',
];
const endings = [
  'es',
  's',
  'en',
  'er',
  'n',
  'e',
  'ly',
  'al',
  'ed',
  'ing',
  'ische',
  'ischer',
  'isches',
  'isch',
];

/** Letters and small numbers of kernels, weightings, vertebrae, teeth and the like: B30f, T2w, C1, L5, Br40, FS, 3D. */
const shortCode = /^(?:[a-z]{1,2}\d{1,3}[a-z]{0,2}|\d{1,3}[a-z]{1,2}|[a-z])$/;

/** Whether a word is of the vocabulary of imaging: itself, inflected, or made of several words of it. */
export function isImagingWord(text: string): boolean {
  const word = compacted(text);
  return isKnown(word) || (word.length > minPartLetters && isKnown(untranscribed(word)));
}

function untranscribed(word: string): string {
  return word.replace(/([aou])e/g, '$1');
}

function isKnown(word: string): boolean {
  if (builtIn.has(word)) return true;
  if (word.length < 4) return false;
  for (const ending of endings) {
    if (
      word.length - ending.length >= minPartLetters &&
      word.endsWith(ending) &&
      builtIn.has(word.slice(0, -ending.length))
    )
      return true;
  }
  for (const beginning of beginnings) {
    if (
      word.length - beginning.length >= minPartLetters &&
      word.startsWith(beginning) &&
      builtIn.has(word.slice(beginning.length))
    )
      return true;
  }
  return word.length <= 40 && isCompound(word);
}

function isCompound(word: string): boolean {
  for (let split = minPartLetters; split <= word.length - minPartLetters; split += 1) {
    const first = word.slice(0, split);
    if (!builtIn.has(first) && !(first.endsWith('s') && builtIn.has(first.slice(0, -1)))) continue;
    const rest = word.slice(split);
    if (builtIn.has(rest) || isCompound(rest)) return true;
    if (/[esn]$/.test(rest) && rest.length > minPartLetters && builtIn.has(rest.slice(0, -1))) return true;
  }
  return false;
}

/** Whether letters and digits together may be a kernel, a weighting, a vertebra, a number with its unit. */
export function isImagingCode(text: string): boolean {
  const word = compacted(text);
  if (shortCode.test(word)) return true;
  const [, digits = '', letters = ''] = /^(\d+)([a-z]+)$/.exec(word) ?? [];
  if (digits !== '') return digits.length <= 5 && isUnit(letters);
  const [, name = '', number = ''] = /^([a-z]+)(\d{1,3})[a-z]{0,2}$/.exec(word) ?? [];
  return name !== '' && number !== '' && builtIn.has(name);
}

const units: ReadonlySet<string> = new Set(
  `mm cm m um nm ml l cc mg g kg gy cgy mgy msv sv mbq gbq kbq bq mci ci hu kv kvp kev mev ma mas ua v mv s sec secs ms us ns
  min mins h hr hrs d days wk weeks months yr hz khz mhz t tesla deg grad px pct percent mmol bpm mmhg fps x slices img images
  shots nex nsa hd`.split(/\s+/),
);

export function isUnit(text: string): boolean {
  return units.has(text.toLowerCase());
}
