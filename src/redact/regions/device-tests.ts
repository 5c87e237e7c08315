import { compilePattern } from '../../deidentify/pixels/device-pattern.ts';
import type { DeviceComparison, DeviceTest } from '../../deidentify/pixels/pixel-policy.ts';
import { decodedText } from '../../deidentify/text.ts';
import type { DataElement, DataSet, Vr } from '../../dicom/data-set.ts';
import { effectiveVr, element, has, numbers, valueLength } from '../../dicom/values.ts';

/** Most values of one attribute that are compared one by one. */
const maxValues = 256;
/** Longest value of a binary attribute that is compared. */
const maxBytes = 8 * maxValues;
const numberVrs: readonly Vr[] = ['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV', 'AT'];

/** The attributes of one instance, each read once, however many rules ask for it. */
export interface TestedInstance {
  readonly dataSet: DataSet;
  /** Values of an attribute as text: each, and all of them as they are written, where there are several. */
  values(tag: string, wholeOnly: boolean): readonly string[];
}

/** `callingAeTitle`: who sent the instance; undefined offline. */
export function testedInstance(dataSet: DataSet, callingAeTitle?: string): TestedInstance {
  const each = new Map<string, readonly string[]>();
  const whole = new Map<string, readonly string[]>();
  return {
    dataSet,
    values(tag, wholeOnly) {
      const known = wholeOnly ? whole : each;
      let values = known.get(tag);
      if (values === undefined) {
        const sender = callingAeTitle === undefined ? [] : [callingAeTitle.trim()];
        values = tag === 'callingAeTitle' ? sender : valuesOf(tag, dataSet, wholeOnly);
        known.set(tag, values);
      }
      return values;
    },
  };
}

type CompiledTest = (instance: TestedInstance) => boolean;

/** Rules live as long as their profile: what is compiled goes with them. */
const compiled = new WeakMap<DeviceTest, CompiledTest>();

/** Whether the test of a device rule holds for an instance, by the attributes of its outermost data set. */
export function holds(test: DeviceTest, instance: TestedInstance): boolean {
  let known = compiled.get(test);
  if (known === undefined) {
    known = compile(test);
    compiled.set(test, known);
  }
  return known(instance);
}

function compile(test: DeviceTest): CompiledTest {
  if ('all' in test) {
    const inner = test.all.map(compile);
    return (instance) => inner.every((one) => one(instance));
  }
  if ('any' in test) {
    const inner = test.any.map(compile);
    return (instance) => inner.some((one) => one(instance));
  }
  if ('not' in test) {
    const inner = compile(test.not);
    return (instance) => !inner(instance);
  }
  switch (test.is) {
    case 'present':
      return ({ dataSet }) => has(dataSet, tagOf(test.tag));
    case 'absent':
      return ({ dataSet }) => !has(dataSet, tagOf(test.tag));
    case 'empty':
      return ({ dataSet }) => {
        const found = element(dataSet, tagOf(test.tag));
        return found !== undefined && (valueLength(found) === 0 || decodedText(found, dataSet) === '');
      };
    default: {
      const { is, tag, values, wholeValue = false, caseSensitive = false } = test;
      const wanted = values.map((value) => comparison(is, value, caseSensitive));
      return (instance) => {
        const found = instance.values(tag, wholeValue);
        return wanted.some((fits) => found.some(fits));
      };
    }
  }
}

const tagOf = (digits: string): number => Number.parseInt(digits, 16);

function valuesOf(tag: string, dataSet: DataSet, wholeOnly: boolean): string[] {
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

function comparison(
  is: DeviceComparison,
  wanted: string,
  caseSensitive: boolean,
): (value: string) => boolean {
  const cased = (text: string): string => (caseSensitive ? text : text.toLowerCase());
  const plain = cased(wanted);
  switch (is) {
    case 'equals': {
      const number = decimal.test(wanted) ? Number(wanted) : undefined;
      return (value) => cased(value) === plain || (number !== undefined && isNumber(value, number));
    }
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
      const pattern = compilePattern(wanted, caseSensitive);
      // The check of profiles lets no faulty pattern through; one that comes another way matches nothing.
      return (value) => typeof pattern !== 'string' && pattern.matches(value);
    }
  }
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** 1 and 1.0, 512 and 0512. */
function isNumber(value: string, wanted: number): boolean {
  return decimal.test(value) && Number(value) === wanted;
}
