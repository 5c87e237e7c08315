import type { Identifiers } from './identifiers.ts';
import type { FindingKind } from './text/findings.ts';
import { findPatterns } from './text/patterns.ts';
import { findTitledNames } from './text/titled-names.ts';
import { isImagingWord } from './text/vocabulary.ts';

/** What no meaning of a public code has in it. Times of day and short numbers it may: "10 o'clock position", "IEC61217". */
const telling: ReadonlySet<FindingKind> = new Set<FindingKind>([
  'date',
  'e-mail',
  'phone',
  'location',
  'uid',
]);
/** Digits in a row that are no part of a meaning. */
const longNumber = /\d{8}/;

/** Meanings of PS3.16 that look like somebody's name, and are none. */
const innocent: ReadonlySet<string> = new Set(
  [
    'Biomedical Engineering',
    'Brand Name',
    'Chow Chow',
    'Conformality Shell',
    'Doctor canceled procedure',
    'Ethidium Bromide',
    'Fontan Fenestration',
    'Hoffer Q',
    'Kemp Harper',
    'P.R.U.',
    'Person ID',
    'Person Name',
    'Person Observer Name',
    'Rose Bengal',
    'Simplified Bernoulli',
    'Spontaneous Abortion',
    'Wood U',
  ].map((meaning) => meaning.toLowerCase()),
);

const maxVerdicts = 1024;
const maxVerdictLength = 64;
/** Verdicts on meanings, kept as long as the matcher of the subject is: a report repeats its codes. */
const verdicts = new WeakMap<Identifiers, Map<string, boolean>>();

/**
 * Whether the meaning that a sender wrote beside a public code tells of somebody: a name behind a title, a date, an
 * address, a number of a person, or nothing but words with a capital of which none is known to imaging, as "Smith John".
 * The object's own identifiers are looked for elsewhere; of the meanings in PS3.16 none is taken for a name.
 */
export function tellsOfSomebody(meaning: string, identifiers: Identifiers): boolean {
  if (meaning.length > maxVerdictLength) return judged(meaning);
  let known = verdicts.get(identifiers);
  if (known === undefined) {
    known = new Map();
    verdicts.set(identifiers, known);
  }
  let verdict = known.get(meaning);
  if (verdict === undefined) {
    verdict = judged(meaning);
    if (known.size >= maxVerdicts) known.clear();
    known.set(meaning, verdict);
  }
  return verdict;
}

function judged(meaning: string): boolean {
  if (innocent.has(meaning.toLowerCase())) return false;
  if (isLikeName(meaning) || longNumber.test(meaning)) return true;
  return findTitledNames(meaning).length > 0 || findPatterns(meaning).some(({ kind }) => telling.has(kind));
}

/** Two to five words, all with a capital, none of imaging, and no digits: how names are written. */
function isLikeName(meaning: string): boolean {
  if (/\d/.test(meaning)) return false;
  const words = meaning.match(/[\p{L}\p{M}'\u2019-]+/gu) ?? [];
  if (words.length < 2 || words.length > 5) return false;
  return words.every(
    (word) => /^\p{Lu}/u.test(word) && !word.split(/['\u2019-]/).some((part) => isImagingWord(part)),
  );
}

/** How the codes of a scheme look, where every one looks the same: anything else under its name may be anything. */
const codeForms: ReadonlyMap<string, RegExp> = new Map([
  // Codes of modalities, of sex and of states are letters.
  ['DCM', /^(?:\d{6}|[A-Z]{1,4}|[A-Z]{1,3}\d[A-Z]|\.\.\.)$/],
  ['SCT', /^\d{6,18}$/],
  ['SRT', /^[A-Z0-9]{1,2}-[A-Z0-9]{3,7}$/],
  ['SNM3', /^[A-Z0-9]{1,2}-[A-Z0-9]{3,7}$/],
  ['99SDM', /^[A-Z0-9]{1,2}-[A-Z0-9]{3,7}$/],
  ['LN', /^(?:L[A-Z])?\d{1,7}-\d$/],
  ['FMA', /^\d{1,8}$/],
  ['RADLEX', /^RP?ID\d{1,8}$/],
  ['NCIt', /^C\d{1,8}$/],
  ['UMLS', /^CL?\d{6,8}$/],
  ['MSH', /^[A-Z]\d{3,10}$/],
  ['NEU', /^\d{1,7}$/],
  ['RXNORM', /^\d{1,8}$/],
  ['SCPECG', /^[\d.:-]{1,16}$/],
  ['MDC', /^(?:\d{1,5}:\d{1,7}|\d{1,9}|MDC_[A-Z\d_]{1,58})$/],
  ['PUBCHEM_CID', /^\d{1,10}$/],
  ['ITIS_TSN', /^\d{1,8}$/],
]);
/** Longer codes of letters in the DCM scheme (PS3.16 Annex D): modalities and states. */
const longerCodes: ReadonlySet<string> = new Set(
  `ARCHIVE CAPTURE CTPROTOCOL FILMD IVOCT MEDIM NEARLINE OFFLINE ONLINE OPTBSV OPTENF PRINT RTDOSE RTIMAGE RTPLAN RTRECORD
  RTSTRUCT RTINTENT RTRAD RTSEGANN STAIN UNAVAILABLE TEXTUREMAP`.split(/\s+/),
);

/** Whether a code can be one of this public scheme. */
export function isCodeOf(scheme: string, code: string): boolean {
  if (scheme === 'UCUM') return isUnitCode(code);
  if (codeForms.get(scheme)?.test(code) ?? true) return true;
  return scheme === 'DCM' && longerCodes.has(code);
}

/** Words that annotations of units are made of beside those of imaging. */
const annotationWords: ReadonlySet<string> = new Set(
  `counts particles propcounts ratio events event beats beat pixels pixel voxels slices frames images cells lesions score
  suv suvbw suvlbm suvbsa suvibw janma james wetweight tissue grade ranking views studies unitless dimensionless`.split(
    /\s+/,
  ),
);
const maxAtomLetters = 5;
const maxInitials = 3;

/** UCUM lets anybody write between braces, and no atom is a long word. */
function isUnitCode(code: string): boolean {
  const outside = code.replace(/\{[^{}]*\}/g, ' ');
  if (/[{}]/.test(outside)) return false;
  if ((outside.match(/[A-Za-z]+/g) ?? []).some((atom) => atom.length > maxAtomLetters)) return false;
  return [...code.matchAll(/\{([^{}]*)\}/g)].every(([, annotation = '']) =>
    (annotation.match(/[\p{L}\p{M}]+/gu) ?? []).every(
      (word) => word.length <= maxInitials || annotationWords.has(word.toLowerCase()) || isImagingWord(word),
    ),
  );
}
