import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { isPrivate, lookup } from '../../dicom/dictionary.ts';
import { effectiveVr, elementText, numbers, valueLength } from '../../dicom/values.ts';
import { traitsOf } from '../../dicom/vr.ts';
import type { Attributes, AttributeValue } from './tasks.ts';

/** Attributes told of one instance, at all depths. */
const maxAttributes = 1000;
/** Values of one attribute, and items of one sequence. */
const maxValues = 64;
/** Characters of one value; longer ones are cut. */
const maxCharacters = 512;
/** Sequences within sequences. */
const maxDepth = 4;
/** Longer values are not read, bytes. */
const maxBytes = 64 * 1024;

/**
 * The attributes of a data set by keyword, as plain data: texts and numbers, sequences as lists of items. Left out, and
 * counted: private ones, values that are bytes, and what goes beyond the limits.
 */
export function attributesOf(dataSet: DataSet): {
  readonly attributes: Attributes;
  readonly leftOut: number;
} {
  const budget: Budget = { left: maxAttributes, leftOut: 0 };
  return { attributes: itemOf(dataSet, budget, 1), leftOut: budget.leftOut };
}

interface Budget {
  left: number;
  leftOut: number;
}

function itemOf(dataSet: DataSet, budget: Budget, depth: number): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const found of dataSet.elements) {
    // Group lengths say nothing.
    if ((found.tag & 0xffff) === 0) continue;
    const keyword = isPrivate(found.tag) ? undefined : lookup(found.tag)?.keyword;
    // A repeating group has one keyword for all: the first one is told.
    const isTold = keyword !== undefined && keyword !== '' && !Object.hasOwn(attributes, keyword);
    const value = isTold && budget.left > 0 ? attributeValue(dataSet, found, budget, depth) : undefined;
    if (keyword === undefined || value === undefined) {
      budget.leftOut += 1;
      continue;
    }
    budget.left -= 1;
    attributes[keyword] = value;
  }
  return attributes;
}

/** Undefined for what is not told. */
function attributeValue(
  dataSet: DataSet,
  found: DataElement,
  budget: Budget,
  depth: number,
): AttributeValue | undefined {
  const { body } = found;
  if (body.kind === 'items') {
    if (depth >= maxDepth) return undefined;
    budget.leftOut += Math.max(0, body.items.length - maxValues);
    return body.items.slice(0, maxValues).map((item) => itemOf(item, budget, depth + 1));
  }
  const length = valueLength(found);
  if (length === undefined || length > maxBytes) return undefined;
  const vr = effectiveVr(found);
  const { kind } = traitsOf(vr);
  if (kind === 'text') {
    const values = elementText(dataSet, found).map((text) => text.slice(0, maxCharacters));
    return listed(vr === 'DS' || vr === 'IS' ? values.map(asNumber) : values);
  }
  if (kind === 'tag') return listed(numbers(dataSet, found.tag).map(hexadecimal));
  return kind === 'number' ? listed(numbers(dataSet, found.tag).map(plainNumber)) : undefined;
}

function listed(values: readonly (string | number)[]): AttributeValue {
  const [first] = values;
  if (first === undefined) return null;
  return values.length === 1 ? first : values.slice(0, maxValues);
}

/** As written where it is no number that JSON can carry. */
function asNumber(text: string): string | number {
  const value = Number(text);
  return text === '' || !Number.isFinite(value) ? text : value;
}

function plainNumber(value: number): string | number {
  return Number.isFinite(value) ? value : String(value);
}

function hexadecimal(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(8, '0');
}
