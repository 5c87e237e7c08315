import { decodeText } from '../dicom/character-sets.ts';
import type { DataElement, DataSet, ElementBody, FragmentsBody } from '../dicom/data-set.ts';
import { lookup } from '../dicom/dictionary.ts';
import { emptyElement } from '../dicom/edit.ts';
import { numbers, valueLength } from '../dicom/values.ts';
import { traitsOf } from '../dicom/vr.ts';
import type { Identifiers } from './identifiers.ts';
import { withoutRamps } from './ramps.ts';
import { isAscii, latin1, valueBytes } from './text.ts';
import { namesUid } from './uid-registry.ts';
import type { ValueFault } from './value-fault.ts';

/** Values are searched in pieces of this many bytes. */
const windowBytes = 1024 * 1024;
/** So much of a piece is searched again with the next one: longer than any identifier. */
const overlapBytes = 256;
/** No identifier that is looked for in bytes is shorter. */
const minBytes = 5;
/** Two letters stand in every other number. */
const minTextBytes = 4;
/** More bytes than these are not looked at as text, but searched for long identifiers all the same. */
const maxTextValue = 4096;
/** Pixel Data and what belongs to it is judged in pixels/. */
const pixelGroup = 0x7fe0;
/** Palettes and LUT Data: entries that count up or down hold digits and letters in their order. */
const lookupTables: ReadonlySet<number> = new Set([
  0x00281200, 0x00281201, 0x00281202, 0x00281203, 0x00281204, 0x00283006,
]);

/**
 * Looks at a binary value that the rules keep: numbers must not be more than `mostValues` (what PS3.6 allows), since what
 * follows the last one means nothing to a reader, and no identifier of the object may stand among the bytes. Undefined
 * when it may stay.
 */
export function faultOfBytes(
  element: DataElement,
  dataSet: DataSet,
  identifiers: Identifiers,
  mostValues = maxValues(element.tag),
): ValueFault | undefined {
  const { tag, vr } = element;
  const length = valueLength(element);
  if (length === undefined || length === 0 || tag >>> 16 === pixelGroup) return undefined;
  const { kind } = traitsOf(vr);
  const fault = (rule: ValueFault['rule']): ValueFault =>
    kind === 'binary'
      ? { rule, action: 'removed', replacement: undefined }
      : { rule, action: 'emptied', replacement: emptyElement(tag, vr) };
  if (kind !== 'binary') {
    if (length > mostValues * bytesOfOne(vr)) return fault('value-representation');
    if (isIdentifier(element, dataSet, length, identifiers)) return fault('identifier-found');
  }
  return (length >= minBytes && occurs(element.body, length, identifiers, lookupTables.has(tag))) ||
    isText(element, dataSet, length, identifiers)
    ? fault('identifier-found')
    : undefined;
}

/** Text in the place of numbers, in ASCII, UTF-8 or what the data set declares: there even a short name is no chance. */
function isText(
  element: DataElement,
  { characterSets }: DataSet,
  length: number,
  identifiers: Identifiers,
): boolean {
  if (length < minTextBytes || length > maxTextValue) return false;
  const bytes = valueBytes(element, maxTextValue);
  if (bytes === undefined || bytes.some((byte) => byte < 0x20 && byte !== 0 && (byte < 9 || byte > 13)))
    return false;
  const occurs = (text: string): boolean =>
    namesUid(text) || identifiers.occurIn(text.replaceAll('\0', '').trim(), 'LO');
  if (isAscii(bytes)) return occurs(latin1(bytes));
  const unicode = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return (
    occurs(unicode) || (characterSets.length > 0 && occurs(decodeText(bytes, characterSets, 'LT').join(' ')))
  );
}

/** Whole numbers large enough for an identifier, few enough to be one. */
function isIdentifier(
  { tag, vr }: DataElement,
  dataSet: DataSet,
  length: number,
  identifiers: Identifiers,
): boolean {
  if (!identifiers.haveNumbers || length > 64 || !largeNumbers.has(vr)) return false;
  // A float holds a whole number as well as any other.
  return numbers(dataSet, tag).some(
    (value) => Number.isInteger(value) && identifiers.isNumber(String(value)),
  );
}

const largeNumbers: ReadonlySet<string> = new Set(['UL', 'SL', 'UV', 'SV', 'FL', 'FD']);

/**
 * Whether an identifier stands among the bytes of compressed frames: behind the last sample of a scan, say, where no
 * decoder looks and where only decoding could tell.
 */
export function occursInFragments(body: FragmentsBody, identifiers: Identifiers): boolean {
  const { source } = body;
  return body.fragments.some(({ offset, length }) =>
    occurs({ kind: 'source', source, offset, length }, length, identifiers),
  );
}

function occurs(body: ElementBody, length: number, identifiers: Identifiers, isTable = false): boolean {
  if (body.kind !== 'source' && body.kind !== 'bytes') return false;
  for (let offset = 0; offset < length; offset += windowBytes) {
    const from = Math.max(0, offset - overlapBytes);
    const size = Math.min(length, offset + windowBytes) - from;
    const bytes =
      body.kind === 'source'
        ? body.source.read(body.offset + from, size)
        : body.bytes.subarray(from, from + size);
    if (identifiers.occurInBytes(isTable ? withoutRamps(bytes) : bytes)) return true;
  }
  return false;
}

function bytesOfOne(vr: DataElement['vr']): number {
  return vr === 'AT' ? 4 : traitsOf(vr).wordBytes;
}

/** The upper bound of the value multiplicity: "1" 1, "1-3" 3, "1-n" and "2-2n" none. */
function maxValues(tag: number): number {
  const [, least, , most] = /^(\d+)(-(\d*n?))?/.exec(lookup(tag)?.vm ?? '1') ?? [];
  if (most !== undefined && /n/.test(most)) return Number.POSITIVE_INFINITY;
  return Number(most ?? least ?? 1);
}
