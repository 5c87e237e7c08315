import { countDigits } from '../../deidentify/text/findings.ts';
import { compacted } from '../../deidentify/text/fold.ts';
import type { WordKind } from './harmless.ts';
import type { Row } from './rows.ts';
import type { Verdicts } from './verdicts.ts';

/** Words that are parts of names: de Boer, von Berg, Al Said. */
const particles: ReadonlySet<string> = new Set(
  'de da do dos das del della di du la le les lo von vom van der den ten ter zu zum y e und and of af av al el bin ben st san santa mac mc o d'.split(
    ' ',
  ),
);

/**
 * What belongs to words that go, though it says nothing by itself: signs beside them, since letters are read as such as
 * well; particles before a name; words between two that go; short numbers beside long ones, as in those of telephones.
 */
export function betweenAndBeside(row: Row, kinds: readonly WordKind[], verdicts: Verdicts): void {
  const isNear = (index: number, other: number): boolean =>
    verdicts.has(other) && row.words[other]?.line === row.words[index]?.line;
  row.words.forEach((_, index) => {
    if (isDayAndMonth(row, index, verdicts))
      for (const at of [index, index + 1]) verdicts.give(at, 'date', false);
  });
  row.words.forEach(({ text }, index) => {
    if (verdicts.has(index)) return;
    const reason = verdicts.reasonOf(index + 1) ?? verdicts.reasonOf(index - 1) ?? 'not-harmless';
    const before = isNear(index, index - 1);
    const behind = isNear(index, index + 1);
    const folded = compacted(text);
    const next = row.words[index + 1]?.text ?? '';
    const isLetters = /^\P{N}+$/u.test(text);
    const goes =
      (folded === '' && before && kinds[index - 1] === 'strange') ||
      (initials.test(text) &&
        [index - 1, index + 1].some((other) => isNear(index, other) && isNameLike(row, other))) ||
      (/^[[(]?[mfw][\])]?$/i.test(text) &&
        [index - 1, index + 1].some(
          (other) => isNear(index, other) && verdicts.reasonOf(other) !== 'not-harmless' && isAge(row, other),
        )) ||
      (/^\d{4,6}:\d{2}$/.test(text) && verdicts.reasonOf(index - 1) === 'date') ||
      (isLetters && before && behind && isNameLike(row, index - 1) && isNameLike(row, index + 1)) ||
      (behind && particles.has(folded) && /^\p{L}{3,}/u.test(next)) ||
      (bareNumber.test(text) && isInLongNumber(row, index, verdicts)) ||
      (countDigits(text) >= 4 && [index - 1, index + 1].some((at) => isNear(index, at) && isLong(row, at))) ||
      (shortNumber.test(text) && !before && behind && isFirstBeforeWord(row, index));
    if (goes) verdicts.give(index, reason, false);
  });
}

const bareNumber = /^[(+]*\d+[)-]*$/;

/** Whether numbers side by side, up to this one, hold a long one that goes: "+44 1632 967431". */
function isInLongNumber(row: Row, index: number, verdicts: Verdicts): boolean {
  return [-1, 1].some((step) => {
    for (let other = index + step; bareNumber.test(row.words[other]?.text ?? ''); other += step) {
      if (row.words[other]?.line !== row.words[index]?.line) return false;
      if (verdicts.has(other) && isLong(row, other)) return true;
    }
    return false;
  });
}

const shortNumber = /^\d{1,4}[A-Za-z]?,?$/;

/** The first word of a line, before a word that goes: what was read of "47 Lantern Lane", of "06 NOV 1960". */
function isFirstBeforeWord(row: Row, index: number): boolean {
  return isFirst(row, index) && /\p{L}{2}/u.test(row.words[index + 1]?.text ?? '');
}

function isFirst(row: Row, index: number): boolean {
  return row.words[index - 1]?.line !== row.words[index]?.line;
}

/** A line of day, month and year whose month was misread: "19 0CT 2025". */
function isDayAndMonth(row: Row, index: number, verdicts: Verdicts): boolean {
  const [day, month, year] = [0, 1, 2].map((step) => row.words[index + step]);
  return (
    /^[0-3]?\d\.?$/.test(day?.text ?? '') &&
    /^.{3,9}$/u.test(month?.text ?? '') &&
    /\p{L}{2}/u.test(month?.text ?? '') &&
    /^\d{4}$/.test(year?.text ?? '') &&
    verdicts.reasonOf(index + 2) === 'date' &&
    isFirst(row, index) &&
    year?.line === day?.line
  );
}

/** Also as they are misread: the Cyrillic "\u042e." as "0." */
const initials = /^(?:[\p{L}\d]\.){1,3}$/u;

function isAge(row: Row, index: number): boolean {
  return /^(?:\d{1,3}y(?:[mf]|rs?|o)?|y|yrs?|yo)$/.test(compacted(row.words[index]?.text ?? ''));
}

function isNameLike(row: Row, index: number): boolean {
  return /\p{L}{2}/u.test(row.words[index]?.text ?? '');
}

/** A number of people, not of a setting: six digits and signs. */
function isLong(row: Row, index: number): boolean {
  const text = row.words[index]?.text ?? '';
  return !/\p{L}/u.test(text) && countDigits(text) >= 6;
}
