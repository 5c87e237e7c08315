import type { DataElement, DataSet, Vr } from '../dicom/data-set.ts';
import { bytesElement, emptyElement, textElement } from '../dicom/edit.ts';
import { dummyValue } from './dummies.ts';
import type { Identifiers } from './identifiers.ts';
import type { AppliedAction } from './report.ts';
import type { RuleName } from './rule-book.ts';
import { decodedText, latin1, trimmed, valueBytes, valueHead } from './text.ts';

/** Why a value that the rules would keep must not stay, and what stands in its place. */
export interface TextFault {
  readonly rule: RuleName;
  readonly action: AppliedAction;
  readonly replacement: DataElement | undefined;
}

const iccProfileTag = 0x00282000;

/** DS and IS (PS3.5 6.2), with the padding of either side. */
const numberText = /^[ \0]*(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)?[ \0]*$/;
const ageText = /^\s*\d{1,3}[DWMY]\s*$/;
const codeText = /^[\w .+\-/&\\]*$/;

/**
 * Looks at the content of an element that the rules keep: it must be what its VR says, since a number that is no number
 * was never looked for, and it must not repeat an identifier of the object. Undefined when it may stay.
 */
export function faultOfText(
  element: DataElement,
  dataSet: DataSet,
  identifiers: Identifiers,
): TextFault | undefined {
  switch (element.vr) {
    case 'DS':
    case 'IS':
      return faultOfNumbers(element, identifiers);
    case 'CS':
      return faultOfCodes(element, dataSet, identifiers);
    case 'AS':
      return ageText.test(decodedText(element, dataSet) ?? '') || isEmpty(element)
        ? undefined
        : notItsVr(element);
    case 'LO':
    case 'SH':
    case 'UC':
    case 'LT':
    case 'ST':
    case 'UT':
      return faultOfWords(element, dataSet, identifiers);
    case 'OB':
      return element.tag === iccProfileTag ? faultOfBinary(element, identifiers) : undefined;
    default:
      return undefined;
  }
}

function notItsVr(element: DataElement): TextFault {
  return {
    rule: 'value-representation',
    action: 'emptied',
    replacement: emptyElement(element.tag, element.vr),
  };
}

function isEmpty(element: DataElement): boolean {
  return valueBytes(element)?.length === 0;
}

function faultOfNumbers(element: DataElement, identifiers: Identifiers): TextFault | undefined {
  const bytes = valueBytes(element);
  if (bytes === undefined) return notItsVr(element);
  const text = latin1(bytes);
  const values = text.includes('\\') ? text.split('\\') : [text];
  for (const value of values) if (!numberText.test(value)) return notItsVr(element);
  if (!identifiers.haveNumbers) return undefined;
  return values.some((value) => identifiers.isNumber(trimmed(value))) ? found(emptied(element)) : undefined;
}

/** Of codes only the values that give something away are emptied: the others say what the object is. */
function faultOfCodes(
  element: DataElement,
  dataSet: DataSet,
  identifiers: Identifiers,
): TextFault | undefined {
  const text = decodedText(element, dataSet);
  if (text === undefined || !codeText.test(text)) return notItsVr(element);
  if (!identifiers.occurIn(text, 'CS')) return undefined;
  const left = text
    .split('\\')
    .map((value) => (identifiers.occurIn(value, 'CS') ? '' : value))
    .join('\\');
  // What is spread over several values is found only in the whole.
  if (identifiers.occurIn(left, 'CS') || left.replaceAll('\\', '') === '') return found(emptied(element));
  return found(textElement(dataSet, element.tag, 'CS', left));
}

function faultOfWords(
  element: DataElement,
  dataSet: DataSet,
  identifiers: Identifiers,
): TextFault | undefined {
  const text = decodedText(element, dataSet);
  if (text === undefined) return notItsVr(element);
  if (!identifiers.occurIn(text, element.vr)) return undefined;
  // Many of these are Type 1: a dummy is legal everywhere.
  const dummy = dummyValue(element.tag, element.vr, valueHead(element));
  if (dummy === undefined) return found(emptied(element));
  return { ...found(bytesElement(element.tag, element.vr, dummy)), action: 'replaced' };
}

function faultOfBinary(element: DataElement, identifiers: Identifiers): TextFault | undefined {
  const bytes = valueBytes(element);
  if (bytes !== undefined && !identifiers.occurIn(latin1(bytes).replaceAll('\0', ''), 'UT')) return undefined;
  return {
    rule: bytes === undefined ? 'value-representation' : 'identifier-found',
    action: 'removed',
    replacement: undefined,
  };
}

function found(replacement: DataElement): TextFault {
  return { rule: 'identifier-found', action: 'emptied', replacement };
}

function emptied({ tag, vr }: { readonly tag: number; readonly vr: Vr }): DataElement {
  return emptyElement(tag, vr);
}
