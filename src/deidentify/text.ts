import { decodeText } from '../dicom/character-sets.ts';
import type { DataElement, DataSet, Vr } from '../dicom/data-set.ts';
import { lookup } from '../dicom/dictionary.ts';
import { effectiveVr, element, rawBytes, valueLength } from '../dicom/values.ts';
import { traitsOf } from '../dicom/vr.ts';

/** Longest value that is read to be searched, bytes; a longer one is not kept. */
export const maxTextBytes = 1024 * 1024;

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
  const bytes = vr === undefined ? undefined : valueBytes(found);
  if (vr === undefined || bytes === undefined) return undefined;
  return trimmed(decodeText(bytes, dataSet.characterSets, vr).join('\\'));
}

/** Text of the attribute, trimmed; '' when absent, empty or unreadable. */
export function textAt(dataSet: DataSet, tag: number): string {
  const found = element(dataSet, tag);
  return found === undefined ? '' : (decodedText(found, dataSet) ?? '');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A short value read as UTF-8, where it is that and not ASCII; whatever Specific Character Set says. */
export function undeclaredUtf8(found: DataElement): string | undefined {
  const bytes = valueBytes(found, 1024);
  if (bytes === undefined || !bytes.some((byte) => byte >= 0x80)) return undefined;
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
