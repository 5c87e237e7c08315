import { decodeText } from '../dicom/character-sets.ts';
import type { DataElement, DataSet, Vr } from '../dicom/data-set.ts';
import { lookup } from '../dicom/dictionary.ts';
import { effectiveVr, element, rawBytes, valueLength } from '../dicom/values.ts';
import { traitsOf } from '../dicom/vr.ts';

/** Longest value that is read to be searched, bytes; a longer one is not kept. */
export const maxTextBytes = 1024 * 1024;

/** Longer values go the long way. */
const maxPlainBytes = 256;

/** Enough of a value to compare it with a dummy. */
const headBytes = 256;

/** The encoded value; undefined for sequences, fragments and values longer than `maxBytes`. */
export function valueBytes(found: DataElement, maxBytes: number = maxTextBytes): Uint8Array | undefined {
  const length = valueLength(found);
  return length === undefined || length > maxBytes ? undefined : rawBytes(found);
}

/** The first bytes of a value of any length. */
export function valueHead({ body }: DataElement): Uint8Array {
  if (body.kind === 'source')
    return new Uint8Array(body.source.read(body.offset, Math.min(body.length, headBytes)));
  return body.kind === 'bytes' ? body.bytes.subarray(0, headBytes) : new Uint8Array(0);
}

/** VR by which a value is to be read as text: the one sent, or the dictionary's where bytes were sent. */
function textVr(found: DataElement): Vr | undefined {
  const vr = effectiveVr(found);
  if (traitsOf(vr).kind === 'text') return vr;
  const known = lookup(found.tag)?.vr;
  return known !== undefined && !known.includes(' ') && traitsOf(known as Vr).kind === 'text'
    ? (known as Vr)
    : undefined;
}

/** The element's text in Unicode, all values, separated by backslashes; undefined when too long or not text at all. */
export function decodedText(found: DataElement, dataSet: DataSet): string | undefined {
  const vr = textVr(found);
  if (vr === undefined) return undefined;
  const plain = keepsAscii(dataSet.characterSets) ? plainText(found) : undefined;
  if (plain !== undefined) return trimmed(plain);
  const bytes = valueBytes(found);
  if (bytes === undefined) return undefined;
  return trimmed(decodeText(bytes, dataSet.characterSets, vr).join('\\'));
}

/** A short value of ASCII without escape sequences, read where it stands; most values are. Undefined for any other. */
export function plainText({ body }: DataElement): string | undefined {
  let bytes: Uint8Array | undefined;
  let from = 0;
  let to = 0;
  if (body.kind === 'bytes') {
    bytes = body.bytes;
    to = bytes.length;
  } else if (body.kind === 'source') {
    bytes = body.source.bytes;
    from = body.offset;
    to = body.offset + body.length;
  }
  if (bytes === undefined || to > bytes.length || to - from > maxPlainBytes) return undefined;
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index] as number;
    if (byte >= 0x80 || byte === 0x1b) return undefined;
  }
  return asBuffer(bytes).toString('latin1', from, to);
}

/** The same bytes as a Buffer; one for all values of a file. */
function asBuffer(bytes: Uint8Array): Buffer {
  if (bytes instanceof Buffer) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** ISO-IR 13 alone has other letters in the lower half (PS3.3 table C.12-2). */
function keepsAscii([first = '']: readonly string[]): boolean {
  return !first.endsWith('13');
}

/** Text of the attribute, trimmed; '' when absent, empty or unreadable. */
export function textAt(dataSet: DataSet, tag: number): string {
  const found = element(dataSet, tag);
  return found === undefined ? '' : (decodedText(found, dataSet) ?? '');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A short value read as UTF-8, where it is that and not ASCII; whatever Specific Character Set says. */
export function undeclaredUtf8(found: DataElement): string | undefined {
  if (plainText(found) !== undefined) return undefined;
  const bytes = valueBytes(found, 1024);
  if (bytes === undefined || isAscii(bytes)) return undefined;
  try {
    return trimmed(utf8.decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Whether a value is ASCII without control characters but those that lay text out (PS3.5 6.1.3). */
export function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte >= 0x20 ? byte > 0x7e : byte !== 0 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13)
      return false;
  }
  return true;
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Without the spaces and NULs that pad values (PS3.5 6.2). In linear time, unlike a pattern with an anchor at its end. */
export function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isPadding(text.charCodeAt(from))) from += 1;
  while (to > from && isPadding(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

function isPadding(code: number): boolean {
  return code === 0x20 || code === 0;
}
