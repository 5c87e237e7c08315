import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { valueLength } from '../../dicom/values.ts';
import { traitsOf } from '../../dicom/vr.ts';
import type { Identifiers } from '../identifiers.ts';
import { faultOfBytes } from '../kept-bytes.ts';
import { faultOfText } from '../kept-text.ts';
import { latin1, valueBytes } from '../text.ts';
import type { ValueFault } from '../value-fault.ts';
import type { KeptPrivate } from './judge.ts';

/**
 * Looks at the value of a private element that the judge lets stay: it must be what its VR says, have no more values than
 * the table allows, and repeat no identifier of the object. Undefined when it may stay; every fault removes it, as no
 * reader needs a private element.
 */
export function faultOfPrivate(
  element: DataElement,
  { vr, maxValues }: KeptPrivate,
  dataSet: DataSet,
  identifiers: Identifiers,
): ValueFault | undefined {
  const read: DataElement = element.vr === vr ? element : { ...element, vr };
  if (!hasItsValues(read, maxValues)) {
    return { rule: 'value-representation', action: 'removed', replacement: undefined };
  }
  // Numbers are read from the data set, where the element may have no VR to read it by.
  const fault =
    traitsOf(vr).kind === 'text'
      ? faultOfText(read, dataSet, identifiers)
      : faultOfBytes(read, { ...dataSet, elements: [read] }, identifiers, maxValues);
  return fault === undefined ? undefined : { rule: fault.rule, action: 'removed', replacement: undefined };
}

function hasItsValues(element: DataElement, maxValues: number): boolean {
  const length = valueLength(element);
  if (length === undefined) return false;
  const { kind, wordBytes, multiValued } = traitsOf(element.vr);
  if (kind === 'text') {
    if (!multiValued || maxValues === Number.POSITIVE_INFINITY) return true;
    const bytes = valueBytes(element);
    return bytes !== undefined && latin1(bytes).split('\\').length <= maxValues;
  }
  const size = kind === 'tag' ? 4 : wordBytes;
  return length % size === 0 && length <= maxValues * size;
}
