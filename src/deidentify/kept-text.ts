import type { DataElement, DataSet, Vr } from '../dicom/data-set.ts';
import { bytesElement, emptyElement, textElement } from '../dicom/edit.ts';
import { dummyValue } from './dummies.ts';
import type { Identifiers } from './identifiers.ts';
import { faultOfBytes } from './kept-bytes.ts';
import { closedTerms } from './supplement.ts';
import { decodedText, isAscii, latin1, plainText, trimmed, valueBytes, valueHead } from './text.ts';
import { namesUid } from './uid-registry.ts';
import type { ValueFault } from './value-fault.ts';

/** DS and IS (PS3.5 6.2), with the padding of either side. */
const numberText = /^[ \0]*(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)?[ \0]*$/;
const ageText = /^\s*\d{1,3}[DWMY]\s*$/;
/** CS (PS3.5 6.2) with signs and small letters that are common though not allowed, at most 16 characters a value. */
const codeValue = /^ *[\w.+\-/&][\w .+\-/&]{0,15} *$|^ *$/;

/**
 * Looks at the content of an element that the rules keep: it must be what its VR says, since a number that is no number
 * was never looked for, and it must not repeat an identifier of the object. Undefined when it may stay.
 */
export function faultOfText(
  element: DataElement,
  dataSet: DataSet,
  identifiers: Identifiers,
): ValueFault | undefined {
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
    case 'AE':
    case 'LO':
    case 'SH':
    case 'UC':
    case 'LT':
    case 'ST':
    case 'UR':
    case 'UT':
      return faultOfWords(element, dataSet, identifiers);
    default:
      return faultOfBytes(element, dataSet, identifiers);
  }
}

function notItsVr(element: DataElement): ValueFault {
  return {
    rule: 'value-representation',
    action: 'emptied',
    replacement: emptyElement(element.tag, element.vr),
  };
}

function isEmpty(element: DataElement): boolean {
  return valueBytes(element)?.length === 0;
}

function faultOfNumbers(element: DataElement, identifiers: Identifiers): ValueFault | undefined {
  const text = plainText(element) ?? longText(element);
  if (text === undefined) return notItsVr(element);
  const values = text.includes('\\') ? text.split('\\') : [text];
  for (const value of values) if (!numberText.test(value)) return notItsVr(element);
  if (!identifiers.haveNumbers) return undefined;
  return values.some((value) => isTelling(trimmed(value), identifiers)) || isSpread(values, identifiers)
    ? found(emptied(element))
    : undefined;
}

/** A number that is an identifier, or is one before its decimal point. */
function isTelling(value: string, identifiers: Identifiers): boolean {
  if (value.length < 4) return false;
  if (identifiers.isNumber(value) || identifiers.isShortBirth(value)) return true;
  const point = value.indexOf('.');
  return point >= minWhole && !/e/i.test(value) && identifiers.isNumber(value.slice(0, point));
}

/** Fewer digits before a decimal point are quantities. */
const minWhole = 6;
/** Most values over which an identifier is likely to be spread; longer lists are measurements. */
const maxSpread = 8;

/** Whether whole numbers, one behind the other, are an identifier. */
function isSpread(values: readonly string[], identifiers: Identifiers): boolean {
  if (values.length < 2 || values.length > maxSpread) return false;
  const digits = values.map(trimmed);
  if (!digits.every((value) => /^\d+$/.test(value))) return false;
  // Year, month and day.
  const dated =
    values.length === 3 && identifiers.isNumber(digits.map((value) => value.padStart(2, '0')).join(''));
  return dated || identifiers.isNumber(digits.join(''));
}

function longText(element: DataElement): string | undefined {
  const bytes = valueBytes(element);
  return bytes === undefined ? undefined : latin1(bytes);
}

/** Of codes only the values that give something away are emptied: the others say what the object is. */
function faultOfCodes(
  element: DataElement,
  dataSet: DataSet,
  identifiers: Identifiers,
): ValueFault | undefined {
  const text = decodedText(element, dataSet);
  if (text === undefined) return notItsVr(element);
  const closed = closedTerms.get(element.tag);
  if (closed !== undefined) return notOfTerms(element, dataSet, text, closed);
  // Most codes are one value, and as they should be.
  if (codeValue.test(text) && !identifiers.occurIn(text, 'CS') && !namesUid(text)) return undefined;
  if (namesUid(text)) return notItsVr(element);
  const values = text.split('\\');
  const codes = values.map((value) => (codeValue.test(value) ? value : ''));
  const wellFormed = codes.join('\\');
  if (wellFormed !== text && codes.every((value) => value === '')) return notItsVr(element);
  if (!identifiers.occurIn(wellFormed, 'CS')) {
    if (wellFormed === text) return undefined;
    const { tag, vr } = element;
    return { ...notItsVr(element), replacement: textElement(dataSet, tag, vr, wellFormed) };
  }
  const left = wellFormed
    .split('\\')
    .map((value) => (identifiers.occurIn(value, 'CS') ? '' : value))
    .join('\\');
  // What is spread over several values is found only in the whole.
  if (identifiers.occurIn(left, 'CS') || left.replaceAll('\\', '') === '') return found(emptied(element));
  return found(textElement(dataSet, element.tag, 'CS', left));
}

/** A closed vocabulary has no other terms, and its own tell of nobody. */
function notOfTerms(
  element: DataElement,
  dataSet: DataSet,
  text: string,
  { terms, otherwise }: { readonly terms: ReadonlySet<string>; readonly otherwise: string },
): ValueFault | undefined {
  if (text.split('\\').every((value) => trimmed(value) === '' || terms.has(trimmed(value)))) return undefined;
  const replacement = textElement(dataSet, element.tag, element.vr, otherwise);
  return { rule: 'value-representation', action: 'replaced', replacement };
}

function faultOfWords(
  element: DataElement,
  dataSet: DataSet,
  identifiers: Identifiers,
): ValueFault | undefined {
  const text = decodedText(element, dataSet);
  const bytes = valueBytes(element);
  if (text === undefined || bytes === undefined) return notItsVr(element);
  const closed = closedTerms.get(element.tag);
  const foreign = closed === undefined ? undefined : notOfTerms(element, dataSet, text, closed);
  if (foreign !== undefined || (closed !== undefined && text === '')) return foreign;
  // A name in another script, or in a character set that was not declared, would not be recognised.
  const readable = isAscii(bytes);
  if (readable && !identifiers.occurIn(text, element.vr) && !namesUid(text)) return undefined;
  // Many of these are Type 1: a dummy is legal everywhere.
  const dummy = dummyValue(element.tag, element.vr, valueHead(element));
  const rule = readable ? 'identifier-found' : 'value-representation';
  if (dummy === undefined) return { ...found(emptied(element)), rule };
  return { rule, action: 'replaced', replacement: bytesElement(element.tag, element.vr, dummy) };
}

function found(replacement: DataElement): ValueFault {
  return { rule: 'identifier-found', action: 'emptied', replacement };
}

function emptied({ tag, vr }: { readonly tag: number; readonly vr: Vr }): DataElement {
  return emptyElement(tag, vr);
}
