import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { bytesElement, uidElement } from '../dicom/edit.ts';
import { traitsOf } from '../dicom/vr.ts';
import { capAge, shiftDates } from './dates.ts';
import type { Identifiers } from './identifiers.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { withText, writtenVr } from './replacements.ts';
import type { AppliedAction } from './report.ts';
import { cleanElement } from './text/clean-element.ts';
import type { CleanContext } from './text/clean-text.ts';
import { decodedText, latin1, trimmed, valueBytes } from './text.ts';
import { isRegisteredUid } from './uid-registry.ts';

/** An element after an action that looks at its value, and the word of the report for it. */
export interface Valued {
  readonly element: DataElement;
  readonly action: AppliedAction;
}

/** Longest value of dates, UIDs and ages that is looked at, bytes; whole lists of them are shorter. */
const maxBytes = 64 * 1024;

/** A DA or DT value so many days on; undefined where some value of it is no date that can be shifted. */
export function shifted(element: DataElement, days: number): Valued | undefined {
  const vr = writtenVr(element);
  const bytes = valueBytes(element, maxBytes);
  if (bytes === undefined || (vr !== 'DA' && vr !== 'DT')) return undefined;
  if (bytes.length === 0) return { element, action: 'kept' };
  const moved = shiftDates(bytes, vr, days);
  return moved === undefined
    ? undefined
    : { element: bytesElement(element.tag, vr, moved), action: 'shifted' };
}

const time = '(?:[01]\\d|2[0-3])(?:[0-5]\\d(?:(?:[0-5]\\d|60)(?:\\.\\d{1,6})?)?)?';
const month = '(?:0[1-9]|1[0-2])';
const day = '(?:0[1-9]|[12]\\d|3[01])';
const zone = '[+-](?:0\\d|1[0-4])[0-5]\\d';
/** Dates and times as PS3.5 6.2 has them, the forms of ACR-NEMA 300, and Timezone Offset From UTC (0008,0201). */
const temporalForms: ReadonlyMap<string, RegExp> = new Map([
  ['DA', new RegExp(`^(?:\\d{4}${month}${day}|\\d{4}\\.${month}\\.${day})?$`)],
  ['TM', new RegExp(`^(?:${time}|(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,6})?)?)?$`)],
  ['DT', new RegExp(`^(?:\\d{4}(?:${month}(?:${day}(?:${time})?)?)?(?:${zone})?)?$`)],
  ['SH', new RegExp(`^(?:${zone})?$`)],
]);

/** What is looked for in dates, times and UIDs that stay. */
export interface Secrets {
  readonly identifiers: Identifiers;
  /** Retain Longitudinal Temporal Information, and how; dates without it stay only of devices. */
  readonly dates: 'full' | 'modified' | undefined;
}

/**
 * The element itself where all its values are dates or times of its VR; undefined where something else is among them: an
 * identifier as a time of day or as its fraction, a date of birth or of the study among those of devices.
 */
export function keptTemporal(element: DataElement, secrets: Secrets): Valued | undefined {
  const form = temporalForms.get(writtenVr(element));
  const bytes = valueBytes(element, maxBytes);
  if (form === undefined || bytes === undefined) return undefined;
  const values = latin1(bytes).split('\\');
  const stays = values.every((value) => form.test(trimmed(value)) && !tells(trimmed(value), secrets));
  return stays ? { element, action: 'kept' } : undefined;
}

function tells(value: string, { identifiers, dates }: Secrets): boolean {
  if (!identifiers.haveNumbers) return false;
  const point = value.indexOf('.');
  const fraction = point < 6 ? '' : (/^\d+/.exec(value.slice(point + 1))?.[0] ?? '');
  if (fraction.length >= minTelling && identifiers.isPersonal(fraction)) return true;
  const digits = value.replace(/[.:]/g, '').slice(0, 8);
  if (digits.length === 6) return /^\d+$/.test(digits) && identifiers.isPersonal(digits);
  return dates !== 'full' && digits.length === 8 && identifiers.isNumber(digits);
}

/** Fewer digits than these are in every time of day. */
const minTelling = 5;

/** A part of a UID that is a date, with or without a time of day. */
const datePart = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{0,9}$/;

/**
 * Whether Retain UIDs may keep a UID: one that repeats an identifier or the date of birth of the patient may not, nor one
 * with a date in it where dates are modified, since it would give the shift away (PS3.15 E.3.9 warns of both). Dates are
 * judged by the UID alone, so that every object decides alike on one UID.
 */
export function isRetainable(uid: string, { identifiers, dates }: Secrets): boolean {
  if (!isUid(uid)) return false;
  // A date of birth with dots is a UID by its form.
  if (uid.length <= 12 && identifiers.isPersonal(uid.replaceAll('.', ''))) return false;
  for (const part of uid.split('.')) {
    if (part.length < minTelling) continue;
    if (identifiers.isPersonal(part) || (dates === 'modified' && datePart.test(part))) return false;
  }
  return true;
}

const uidForm = /^\d+(?:\.\d+)*$/;

/** Whether a value is a UID by its form (PS3.5 9.1). */
export function isUid(value: string): boolean {
  return value.length <= 64 && uidForm.test(value);
}

/** The element where all its values are UIDs (PS3.5 9.1), those replaced that may not stay; undefined for anything else. */
export function keptUids(element: DataElement, secrets: Secrets, pseudonyms: Pseudonyms): Valued | undefined {
  const bytes = valueBytes(element, maxBytes);
  if (bytes === undefined) return undefined;
  const values = latin1(bytes).split('\\').map(trimmed);
  if (!values.every((value) => value === '' || isUid(value))) return undefined;
  const retained = values.map((value) =>
    value === '' || isRegisteredUid(value) || isRetainable(value, secrets) ? value : pseudonyms.uid(value),
  );
  return retained.every((value, index) => value === values[index])
    ? { element, action: 'kept' }
    : { element: uidElement(element.tag, retained), action: 'uidReplaced' };
}

/** An age that is one, with those told by few cut off; undefined for anything else. */
export function cappedAge(element: DataElement, dataSet: DataSet): Valued | undefined {
  const text = decodedText(element, dataSet);
  const capped = text === undefined ? undefined : capAge(text);
  if (capped === undefined) return undefined;
  if (capped === text) return { element, action: 'kept' };
  return { element: withText(dataSet, element, capped), action: 'replaced' };
}

/** Keyed tokens in place of text, one for each value; undefined where the VR cannot hold them. */
export function hashed(
  element: DataElement,
  dataSet: DataSet,
  pseudonyms: Pseudonyms,
  kind: string,
): Valued | undefined {
  const vr = writtenVr(element);
  const traits = traitsOf(vr);
  if (traits.kind !== 'text' || notForTokens.has(vr)) return undefined;
  const text = decodedText(element, dataSet);
  if (text === undefined) return undefined;
  if (text === '') return { element: bytesElement(element.tag, vr, new Uint8Array(0)), action: 'kept' };
  const values = traits.multiValued ? text.split('\\') : [text];
  const tokens = values.map((value) => (trimmed(value) === '' ? '' : pseudonyms.token(kind, value)));
  return { element: withText(dataSet, element, tokens.join('\\')), action: 'pseudonymized' };
}

/** Text VRs whose values are numbers, dates or addresses: a token is no legal value of theirs. */
const notForTokens: ReadonlySet<string> = new Set(['AS', 'DA', 'DS', 'DT', 'IS', 'TM', 'UI', 'UR']);

/** Text without what names somebody; undefined where nothing is left, or nothing can be said of it. */
export function cleanedText(
  element: DataElement,
  dataSet: DataSet,
  context: CleanContext,
): Valued | undefined {
  const cleaned = cleanElement(element, dataSet, context, writtenVr(element));
  switch (cleaned.kind) {
    case 'unchanged':
      return { element, action: 'kept' };
    case 'cleaned':
      return { element: cleaned.element, action: 'cleaned' };
    case 'nothing-left':
      return undefined;
    default:
      return unreachable(cleaned);
  }
}

function unreachable(cleaned: never): never {
  throw new TypeError(`no such result: ${String(cleaned)}`);
}
