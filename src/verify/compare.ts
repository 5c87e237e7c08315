import { isEmptyWord, isFreeText, type Kind, kindOf } from './classify.ts';
import { isPlaceholderDate } from './dates.ts';
import { lettersAndDigits, plainLetters } from './fold.ts';
import type { Identifiers } from './identifiers.ts';
import type { TextValue } from './values.ts';

/** An attribute whose value is the original's. `kind` undefined: text that only describes. */
export interface Unchanged {
  readonly path: string;
  readonly kind: Kind | undefined;
}

const minKeptText = 3;

/**
 * Compares an output with its own original, attribute by attribute: finds what is too short or too common to be looked
 * for everywhere (a Patient ID "7", a time without fraction, an age) and text that went out unchanged; all dates with
 * `withDates`: where dates were shifted, one may by chance be another one of the patient's.
 */
export function unchangedValues(
  original: readonly TextValue[],
  output: readonly TextValue[],
  identifiers: readonly Identifiers[],
  withDates: boolean,
): Unchanged[] {
  const byPath = new Map<string, Set<string>>();
  const freeText = new Set<string>();
  for (const { path, vr, values } of original) {
    let known = byPath.get(path);
    if (known === undefined) {
      known = new Set();
      byPath.set(path, known);
    }
    for (const value of values) {
      known.add(value);
      if (isFreeText(vr)) freeText.add(value);
    }
  }
  const unchanged = new Map<string, Unchanged>();
  for (const { tag, path, vr, values } of output) {
    if (isOfTheDeidentifier(tag)) continue;
    const kind = kindOf(tag, vr);
    for (const value of values) {
      const word = lettersAndDigits(plainLetters(value));
      if (isEmptyWord(word) || /^0+[dwmy]?$/.test(word)) continue;
      if (kind === undefined) {
        if (isFreeText(vr) && word.length >= minKeptText && freeText.has(value))
          unchanged.set(path, { path, kind });
      } else if (
        byPath.get(path)?.has(value) === true &&
        (isLeftToUs(value, kind, identifiers) || (withDates && kind === 'date' && !isPlaceholderDate(value)))
      ) {
        unchanged.set(path, { path, kind });
      }
    }
  }
  return [...unchanged.values()];
}

/** De-identification Method and its codes, and the character set. */
function isOfTheDeidentifier(tag: number): boolean {
  return tag === 0x00120063 || tag === 0x00120064 || tag === 0x00080005 || tag >>> 16 === 0x0002;
}

/** Whether the search through all bytes has no pattern for the value. */
function isLeftToUs(value: string, kind: Kind, identifiers: readonly Identifiers[]): boolean {
  if (kind === 'characteristic') return true;
  if (kind === 'time') return !/^0+$|^120*$/.test(value.replace(/\D/g, ''));
  if ((kind === 'date' || kind === 'birth-date') && isPlaceholderDate(value)) return false;
  return !identifiers.some((group) => group.has(value, kind)) && !(kind === 'uid' && value.length < 3);
}
