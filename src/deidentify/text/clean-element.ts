import { type ReadValue, readValues, unreadable } from '../../dicom/character-sets.ts';
import { encodeValue } from '../../dicom/character-sets-encode.ts';
import type { DataElement, DataSet, Vr } from '../../dicom/data-set.ts';
import { bytesElement } from '../../dicom/edit.ts';
import { effectiveVr } from '../../dicom/values.ts';
import { traitsOf } from '../../dicom/vr.ts';
import { codeWords } from '../code-words.ts';
import { isAscii, latin1, maxTextBytes, trimmed, valueBytes } from '../text.ts';
import { type CleanContext, cleanText } from './clean-text.ts';
import type { FindingKind } from './findings.ts';

/** What cleaning made of an element. */
export type CleanedElement =
  /** Nothing was found: the element stays as it was received. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'cleaned'; readonly element: DataElement; readonly findings: readonly FindingKind[] }
  /** Nothing that may stay is left, or nothing could be read: the caller takes the basic action. */
  | { readonly kind: 'nothing-left'; readonly findings: readonly FindingKind[] };

/** Most characters of one value (PS3.5 6.2); the other text VRs have no limit that matters here. */
const maxCharacters: Readonly<Partial<Record<Vr, number>>> = {
  AE: 16,
  CS: 16,
  LO: 64,
  LT: 10240,
  SH: 16,
  ST: 1024,
};

const cleanable: ReadonlySet<Vr> = new Set<Vr>(['AE', 'CS', 'LO', 'LT', 'SH', 'ST', 'UC', 'UR', 'UT']);
/** Text that is read as sentences shows where something was. */
const sentences: ReadonlySet<Vr> = new Set<Vr>(['LT', 'ST', 'UT']);
const codeForm = /^[\w.+\-/&][\w .+\-/&]{0,15}$/;

/**
 * A text element without what names somebody (PS3.15 E.3.5): decoded by the Specific Character Set in force where it
 * stands, cleaned value by value, and written back in the same character sets. Values in which nothing was found keep
 * their bytes; those that cannot be read surely or written back are emptied. `vr` is the VR by which it is to be read
 * where the element was sent as UN. Elements of other VRs are not for this function: `nothing-left`.
 */
export function cleanElement(
  element: DataElement,
  dataSet: DataSet,
  context: CleanContext,
  vr: Vr = effectiveVr(element),
): CleanedElement {
  if (!cleanable.has(vr)) return { kind: 'nothing-left', findings: [] };
  const bytes = valueBytes(element, maxTextBytes);
  if (bytes === undefined) return { kind: 'nothing-left', findings: [] };
  if (bytes.length === 0) return { kind: 'unchanged' };
  const sets = traitsOf(vr).localized ? dataSet.characterSets : [];
  const found = new Set<FindingKind>();
  const pieces: Uint8Array[] = [];
  let changed = false;
  let left = false;
  const values = readValues(bytes, sets, vr);
  for (const value of values) {
    const piece = cleanValue(value, bytes, sets, vr, context, found);
    if (piece === undefined) {
      pieces.push(bytes.subarray(value.start, value.end));
      left ||= trimmed(value.text) !== '';
      continue;
    }
    changed = true;
    left ||= piece.length > 0;
    pieces.push(piece);
  }
  // What is spread over several values is found only in the whole.
  if (values.length > 1 && left && isSpread(pieces, sets, vr, context)) {
    found.add('identifier');
    return { kind: 'nothing-left', findings: [...found] };
  }
  if (!changed) return { kind: 'unchanged' };
  if (!left) return { kind: 'nothing-left', findings: [...found] };
  return {
    kind: 'cleaned',
    element: bytesElement(element.tag, vr, unpadded(joined(pieces))),
    findings: [...found],
  };
}

/** The new bytes of one value; undefined where it stays. */
function cleanValue(
  value: ReadValue,
  bytes: Uint8Array,
  sets: readonly string[],
  vr: Vr,
  context: CleanContext,
  found: Set<FindingKind>,
): Uint8Array | undefined {
  const raw = bytes.subarray(value.start, value.end);
  const text = trimmed(value.text);
  if (text === '') return trailing(raw) ? new Uint8Array(0) : undefined;
  if (vr === 'CS') return cleanCode(text, context, found);
  if (vr === 'UR' || vr === 'AE') {
    const { changed, findings } = cleanText(text, context);
    for (const kind of findings) found.add(kind);
    return changed ? new Uint8Array(0) : undefined;
  }
  const readable = withoutUnreadable(text);
  if (readable !== text) found.add('character-set');
  const {
    text: cleaned,
    changed,
    findings,
  } = cleanText(readable, context, sentences.has(vr) ? 'mark' : 'drop');
  for (const kind of findings) found.add(kind);
  if (!changed && readable === text) {
    if (!isHidden(raw, text, context)) return undefined;
    found.add('identifier');
    return new Uint8Array(0);
  }
  const fitting = fitted(cleaned, vr, context);
  const encoded = encodeValue(fitting, sets, vr);
  if (encoded !== undefined && !isHidden(encoded, fitting, context)) return encoded;
  found.add(encoded === undefined ? 'character-set' : 'identifier');
  return new Uint8Array(0);
}

/** A code is a term or it is not: half of one means nothing. */
function cleanCode(text: string, context: CleanContext, found: Set<FindingKind>): Uint8Array | undefined {
  if (codeWords.has(text)) return undefined;
  if (!codeForm.test(text)) {
    found.add('character-set');
    return new Uint8Array(0);
  }
  const { changed, findings } = cleanText(text, context);
  if (!changed) return undefined;
  for (const kind of findings) found.add(kind);
  return new Uint8Array(0);
}

/** Padding that is none: bytes in front of a value that decode to nothing. */
function trailing(raw: Uint8Array): boolean {
  return raw.some((byte) => byte !== 0x20 && byte !== 0);
}

/** Bytes that say one thing decoded can say another to who reads them as they are. */
function isHidden(raw: Uint8Array, text: string, { identifiers }: CleanContext): boolean {
  if (isAscii(raw)) return false;
  const unicode = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8');
  // UTF-8 that was not declared, or was declared to be something else.
  if (unicode !== text && identifiers.occurIn(unicode, 'LO')) return true;
  const plain = latin1(raw);
  return plain !== text && identifiers.occurIn(plain.replace(/[^\x20-\x7e]+/g, ' '), 'LO');
}

/** The words that hold something unreadable go whole: what is next to it may be half of a character. */
function withoutUnreadable(text: string): string {
  if (!text.includes(unreadable)) return text;
  return text
    .split(/(\s+)/)
    .map((word) => (word.includes(unreadable) ? '' : word))
    .join('')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Within the limit of the VR, cut between words; a mark that does not fit is left out. */
function fitted(text: string, vr: Vr, context: CleanContext): string {
  const most = maxCharacters[vr];
  if (most === undefined || [...text].length <= most) return text;
  const dropped =
    context.mark === '' ? text : text.replaceAll(context.mark, ' ').replace(/ {2,}/g, ' ').trim();
  const characters = [...dropped];
  if (characters.length <= most) return dropped;
  const cut = characters.slice(0, most).join('');
  return cut.replace(/\s+\S*$/, '') || cut;
}

/** Whether an identifier runs over the border of two values. */
function isSpread(
  pieces: readonly Uint8Array[],
  sets: readonly string[],
  vr: Vr,
  { identifiers }: CleanContext,
): boolean {
  const whole = readValues(joined(pieces), sets, vr)
    .map(({ text }) => trimmed(text))
    .join(vr === 'CS' ? '\\' : ' ');
  return identifiers.occurIn(whole, vr);
}

/** Without the padding of the last value, which the new length may not want. */
function unpadded(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end -= 1;
  return bytes.subarray(0, end);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, pieces.length - 1);
  const bytes = new Uint8Array(length);
  let index = 0;
  for (const [position, piece] of pieces.entries()) {
    if (position > 0) bytes[index++] = 0x5c;
    bytes.set(piece, index);
    index += piece.length;
  }
  return bytes;
}
