import { countDigits } from '../../deidentify/text/findings.ts';
import { compacted } from '../../deidentify/text/fold.ts';
import { isImagingWord, isUnit } from '../../deidentify/text/vocabulary.ts';
import { ambiguousNames, annotationWords, eponyms } from './annotation-words.ts';
import { skeleton } from './ocr-confusions.ts';
import { isRunTogether } from './run-together.ts';

/** What a word is when nobody it could name is known. */
export type WordKind =
  /** An annotation that is what it is wherever it stands, or nothing but signs. */
  | 'annotation'
  /** A number of up to four digits, a ratio, a size, with or without its unit. */
  | 'measure'
  /** A word of the vocabulary of imaging, which may be a name beside a name. */
  | 'word'
  /** A year, or a number that begins with zeros: harmless only behind the name of a setting. */
  | 'year'
  /** Hours and minutes: harmless only behind the name of a setting. */
  | 'clock'
  | 'strange';

const edges = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}%\u00b0]+$/gu;
const number = String.raw`[-+]?(?:\d{1,4}(?:[.,]\d{1,4})?|[.,]\d{1,4})`;
const unitLetters = String.raw`[a-z\u00b5\u03bc%\u00b0/\u00b2\u00b3^23-]{0,8}`;
const measure = new RegExp(String.raw`^[<>~=\u2264\u2265]?${number}(${unitLetters})$`, 'u');
/** "12/45", "512x512", "0.5x0.5x1.25mm", "400-1500", "1:2" */
const several = new RegExp(String.raw`^${number}(?:[x*\u00d7/:-]${number}){1,3}(${unitLetters})$`, 'u');
const clock = /^\d{1,2}[:.h]\d{2}(?:[:.m]\d{2}(?:[.,]\d{1,3})?)?s?$/;
/** Probes, kernels, vertebrae, leads: C5-2, 4C, 9L-D, L12-3v, ML6-15-D, 3Sc-RS, Br40f, T2w, L4/5. */
const code =
  /^(?:[a-z]\d{1,2}(?:[-/]\d{1,2})?[a-z]?(?:-[a-z]{1,2})?|[a-z]{2,3}\d{1,2}(?:[-/]\d{1,2})?(?:-[a-z]{1,2})?|[a-z]{2}\d{2}[a-z]|\d{1,2}[a-z]{1,2}(?:-[a-z]{1,2})?|[a-z]\d{3}[a-z]?)$/;
/** Weeks and days of a pregnancy. */
const weeks = /^\d{1,2}w(?:ks?)?\d?d?$/;
/** A word right before its number: "TIS0.8", "W2000", "Gn50", "D12.0cm". */
const valued = new RegExp(String.raw`^(\p{L}{1,12})(${number})(${unitLetters})$`, 'u');
/** Age and sex: 045Y, 45y, M45, 63F. */
const ageOrSex = /^(?:\d{2,3}[ymfjwa]|\d{1,3}y[mf]|[mfw]\d{2,3}|\d{1,3}(?:yr|yrs|yo|j|ans|jahre|years))$/;

const knownSkeletons: ReadonlySet<string> = new Set(
  [...annotationWords].filter(({ length }) => length >= 4).map(skeleton),
);

/** "400-1500" is a range of frequencies, "7731-2204" a number of somebody. */
const maxRangeDigits = 7;
const maxValueDigits = 8;
/** "013-4471": nothing that is measured begins with zeros. */
const telephone = /^0\d+[-/]\d{3,}$/;

/** What one word is; `harmless` are the profile's own words, folded. */
export function wordKind(text: string, harmless: ReadonlySet<string>): WordKind {
  const bare = text.replace(edges, '').toLowerCase();
  if (bare === '' || !/[\p{L}\p{N}]/u.test(bare)) return 'annotation';
  const folded = compacted(bare);
  if (harmless.has(folded)) return 'annotation';
  if (ageOrSex.test(folded) || eponyms.has(folded)) return 'strange';
  if (/\d/.test(bare)) return numeric(bare, folded, harmless);
  if (annotationWords.has(folded)) return ambiguousNames.has(folded) ? 'word' : 'annotation';
  const parts = bare.split(/[^\p{L}\p{M}\p{N}]+/u).filter((part) => part !== '');
  if (parts.length > 1) {
    const kinds = parts.map((part) => wordKind(part, harmless));
    return kinds.includes('strange') ? 'strange' : kinds.includes('word') ? 'word' : 'annotation';
  }
  if (folded.length > 2 && isImagingWord(folded)) return 'word';
  if (isRunTogether(bare)) return 'word';
  return folded.length >= 4 && knownSkeletons.has(skeleton(folded)) ? 'word' : 'strange';
}

function numeric(bare: string, folded: string, harmless: ReadonlySet<string>): WordKind {
  if (/^(?:18|19|20|21)\d\d$/.test(bare) || /^0\d{2,}$/.test(bare)) return 'year';
  const [, unit = undefined] = measure.exec(bare) ?? [];
  if (unit !== undefined && isUnitLike(unit)) return 'measure';
  if (clock.test(bare)) return 'clock';
  const [, sizeUnit = undefined] = several.exec(bare) ?? [];
  if (sizeUnit !== undefined && isUnitLike(sizeUnit))
    return /\d[/-]\d/.test(bare) && (countDigits(bare) > maxRangeDigits || telephone.test(bare))
      ? 'strange'
      : 'measure';
  if (annotationWords.has(folded)) return 'annotation';
  if (code.test(bare) || weeks.test(bare)) return 'annotation';
  const [, name = '', , valueUnit = ''] = valued.exec(bare) ?? [];
  if (name !== '' && isKnownWord(name, harmless) && isUnitLike(valueUnit)) return 'measure';
  // "Gain:45", "MI:0.8", "2.5mm/0.8s", "1.0sp"
  const parts = bare.split(/[:=;/()[\]|,+_]/u).filter((part) => part !== '');
  if (parts.length > 1 && parts.length < 12 && countDigits(bare) <= maxValueDigits && /\p{L}/u.test(bare)) {
    const kinds = parts.map((part) => wordKind(part, harmless));
    if (kinds.every((kind) => kind === 'annotation' || kind === 'measure' || kind === 'word'))
      return kinds.includes('word') ? 'word' : 'measure';
  }
  if (
    /^[a-z]/.test(bare) &&
    folded.length >= 4 &&
    /[a-z]{2}|[a-z].*[a-z]/.test(bare) &&
    isMisreadWord(folded)
  )
    return 'word';
  if (isRunTogether(bare)) return 'measure';
  return countDigits(bare) <= maxMisreadDigits &&
    misreadNumbers(bare).some((read) => isMeasure(read, harmless))
    ? 'measure'
    : 'strange';
}

const maxMisreadDigits = 4;

/** "Z00m", "Ga1n": a word with digits for letters, but none that only ends in a number. */
function isMisreadWord(folded: string): boolean {
  return !/\d{2}$/.test(folded) && /\d.*[a-z]$/.test(folded) && knownSkeletons.has(skeleton(folded));
}

const lookAlike: readonly (readonly [RegExp, string])[] = [
  [/o(?=[\d.,])|(?<=[\d.,])o/g, '0'],
  [/[li|!](?=[\d.,])|(?<=[\d.,])[li|!]/g, '1'],
  [/s(?=[\d.,])|(?<=[\d.,])s/g, '5'],
];

/** Numbers with letters for digits as they may have been: "TISO.8", "B3of", "l20kV", "4OO". */
function misreadNumbers(bare: string): string[] {
  const found: string[] = [];
  let read = bare;
  for (const [letter, digit] of lookAlike) {
    // Twice, since what was made a digit has a neighbour as well.
    const next = read.replace(letter, digit).replace(letter, digit);
    if (next !== read) found.push(next);
    read = next;
  }
  return found;
}

function isMeasure(bare: string, harmless: ReadonlySet<string>): boolean {
  if (misreadNumbers(bare).length > 1) return false;
  const [, unit = undefined] = measure.exec(bare) ?? [];
  if (unit !== undefined) return isUnitLike(unit);
  if (code.test(bare)) return true;
  const [, name = '', , valueUnit = ''] = valued.exec(bare) ?? [];
  return name !== '' && isKnownWord(name, harmless) && isUnitLike(valueUnit);
}

function isKnownWord(text: string, harmless: ReadonlySet<string>): boolean {
  const kind = wordKind(text, harmless);
  return kind === 'annotation' || kind === 'word';
}

/** Units of which a letter was not read, and the sign of degrees. */
const misreadUnits: ReadonlySet<string> = new Set(
  'mz mh kz kh mhg mmg mmh cms cm/ m/s /s mgycn mgyc gyc kp bp fp wk o cmn mn mm. c'.split(' '),
);

function isUnitLike(text: string): boolean {
  const unit = text.replace(/[\u00b5\u03bc]/g, 'u').replace(/^[-/]+|[-/.]+$/g, '');
  if (unit === '' || unit === '%' || unit === '\u00b0' || misreadUnits.has(unit)) return true;
  return unit
    .replace(/[\u00b0\u00b2\u00b3^]/g, '')
    .split(/[/-]/)
    .every(
      (part) => isUnit(part) || annotationWords.has(part) || annotationWords.has(part.replace(/[23]$/, '')),
    );
}

/** Whether the word names a setting, so that a number behind it is its value. */
export function isSetting(text: string): boolean {
  const folded = compacted(text);
  return folded !== '' && !/^\d/.test(folded) && annotationWords.has(folded) && !notSettings.has(folded);
}

const notSettings: ReadonlySet<string> = new Set([
  'id',
  'no',
  'nr',
  'date',
  'time',
  'e',
  'of',
  'm',
  'f',
  'y',
  'u',
  'und',
  'and',
  'ex',
  'exam',
]);
