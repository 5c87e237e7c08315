import { compilePattern, type DevicePattern } from '../../deidentify/pixels/device-pattern.ts';
import type { DeviceComparison, DeviceTest } from '../../deidentify/pixels/pixel-policy.ts';
import { decodedText } from '../../deidentify/text.ts';
import type { DataElement, DataSet, Vr } from '../../dicom/data-set.ts';
import { effectiveVr, element, has, numbers, valueLength } from '../../dicom/values.ts';

/** Most values of one attribute that are compared one by one. */
const maxValues = 256;
/** Longest value of a binary attribute that is compared. */
const maxBytes = 8 * maxValues;
const numberVrs: readonly Vr[] = ['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV', 'AT'];

export interface TestedInstance {
  readonly dataSet: DataSet;
  /** Who sent it; undefined offline. */
  readonly callingAeTitle?: string | undefined;
}

type Comparison = Exclude<
  Extract<DeviceTest, { is: unknown }>,
  { readonly is: 'present' | 'absent' | 'empty' }
>;

/** Whether the test of a device rule holds for an instance, by the attributes of its outermost data set. */
export function holds(test: DeviceTest, instance: TestedInstance): boolean {
  if ('all' in test) return test.all.every((inner) => holds(inner, instance));
  if ('any' in test) return test.any.some((inner) => holds(inner, instance));
  if ('not' in test) return !holds(test.not, instance);
  const { dataSet } = instance;
  switch (test.is) {
    case 'present':
      return has(dataSet, tagOf(test.tag));
    case 'absent':
      return !has(dataSet, tagOf(test.tag));
    case 'empty': {
      const found = element(dataSet, tagOf(test.tag));
      if (found === undefined) return false;
      return valueLength(found) === 0 || decodedText(found, dataSet) === '';
    }
    default:
      return compares(test, valuesOf(test.tag, instance, test.wholeValue === true));
  }
}

const tagOf = (digits: string): number => Number.parseInt(digits, 16);

/** Each value, and all of them as they are written, where there are several. */
function valuesOf(tag: string, { dataSet, callingAeTitle }: TestedInstance, wholeOnly: boolean): string[] {
  if (tag === 'callingAeTitle') return callingAeTitle === undefined ? [] : [callingAeTitle.trim()];
  const found = element(dataSet, tagOf(tag));
  if (found === undefined) return [];
  const whole = decodedText(found, dataSet) ?? numbersOf(found, dataSet);
  if (whole === '') return [];
  if (wholeOnly || !whole.includes('\\')) return [whole.trim()];
  const values = whole.split('\\', maxValues).map((value) => value.trim());
  return [...values.filter((value) => value !== ''), whole.trim()];
}

/** Numbers as text; nothing of bulk data, whatever VR a sender gave it. */
function numbersOf(found: DataElement, dataSet: DataSet): string {
  if (!numberVrs.includes(effectiveVr(found)) || (valueLength(found) ?? maxBytes + 1) > maxBytes) return '';
  return numbers(dataSet, found.tag).slice(0, maxValues).join('\\');
}

function compares({ is, values, caseSensitive }: Comparison, found: readonly string[]): boolean {
  return values.some((wanted) => {
    const compare = comparison(is, wanted, caseSensitive === true);
    return found.some(compare);
  });
}

const compiled = new Map<string, DevicePattern | string>();
/** Patterns of all profiles in use are far fewer. */
const maxCompiled = 1000;

function comparison(
  is: DeviceComparison,
  wanted: string,
  caseSensitive: boolean,
): (value: string) => boolean {
  const cased = (text: string): string => (caseSensitive ? text : text.toLowerCase());
  const plain = cased(wanted);
  switch (is) {
    case 'equals':
      return (value) => cased(value) === plain || sameNumber(value, wanted);
    case 'contains':
      return (value) => cased(value).includes(plain);
    case 'startsWith':
      return (value) => cased(value).startsWith(plain);
    case 'endsWith':
      return (value) => cased(value).endsWith(plain);
    case 'less':
      return (value) => value !== '' && Number(value) < Number(wanted);
    case 'greater':
      return (value) => value !== '' && Number(value) > Number(wanted);
    case 'matches': {
      const pattern = patternOf(wanted, caseSensitive);
      // The check of profiles lets no faulty pattern through; one that comes another way matches nothing.
      return (value) => typeof pattern !== 'string' && pattern.matches(value);
    }
  }
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** 1 and 1.0, 512 and 0512. */
function sameNumber(value: string, wanted: string): boolean {
  return decimal.test(value) && decimal.test(wanted) && Number(value) === Number(wanted);
}

function patternOf(pattern: string, caseSensitive: boolean): DevicePattern | string {
  const key = `${caseSensitive ? 'C' : 'i'}${pattern}`;
  let known = compiled.get(key);
  if (known === undefined) {
    if (compiled.size >= maxCompiled) compiled.clear();
    known = compilePattern(pattern, caseSensitive);
    compiled.set(key, known);
  }
  return known;
}
