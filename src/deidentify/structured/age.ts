import type { DataSet } from '../../dicom/data-set.ts';
import { sequenceElement, textElement, withElements } from '../../dicom/edit.ts';
import { firstItem, firstNumber, has, items } from '../../dicom/values.ts';
import { textAt } from '../text.ts';

const measuredValue = 0x0040a300;
const numericValue = 0x0040a30a;
const unitsTag = 0x004008ea;
/** The same number once more: floating point, numerator, denominator. */
const otherForms: readonly number[] = [0x0040a161, 0x0040a162, 0x0040a163];

/** The least age of those who are not told apart (facts: 45 CFR 164.514 counts all above 89 years as 90), by UCUM unit. */
const greatestAges: ReadonlyMap<string, number> = new Map([
  ['a', 90],
  ['mo', 1080],
  ['wk', 4696],
  ['d', 32872],
]);

/**
 * The content item with an age of 90 years where it tells a greater one. An age in a unit not known as one of time, or not
 * written as a number, is left out: an empty Measured Value Sequence says "no value" (PS3.3 C.18.1).
 */
export function cappedAge(item: DataSet): DataSet {
  const inSequence = has(item, measuredValue);
  const holder = inSequence ? firstItem(item, measuredValue) : item;
  if (holder === undefined) return item;
  const units = firstItem(holder, unitsTag);
  const cap = units === undefined ? undefined : greatestAges.get(textAt(units, 0x00080100));
  const age = firstNumber(holder, numericValue);
  const plain = items(item, measuredValue).length <= 1 && !otherForms.some((tag) => has(holder, tag));
  if (cap !== undefined && age !== undefined && age < cap && plain) return item;
  const number =
    cap === undefined || age === undefined
      ? undefined
      : textElement(holder, numericValue, 'DS', String(Math.min(age, cap)));
  const capped = withElements(
    holder,
    new Map([[numericValue, number], ...otherForms.map((tag) => [tag, undefined] as const)]),
  );
  if (!inSequence) return capped;
  return withElements(
    item,
    new Map([[measuredValue, sequenceElement(measuredValue, number === undefined ? [] : [capped])]]),
  );
}
