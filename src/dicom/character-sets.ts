import {
  ascii,
  type CodeElement,
  decoder,
  escapes,
  initialRepertoire,
  latin1,
  type Repertoire,
  registration,
  wholeDecoders,
  windows1252,
} from './character-sets-elements.ts';
import type { Vr } from './data-set.ts';
import { traitsOf } from './vr.ts';

/**
 * Text of a data set to strings: all character sets of PS3.3 C.12.1.1.2, with the code extension techniques of ISO 2022
 * (PS3.5 6.1.2.5). Nothing is refused: bytes that do not belong to the declared character set are read as Windows-1252,
 * which gives each byte a character, so that text compared with text of the same data set still matches.
 */

/** One value of a text element and where its bytes stand. */
export interface ReadValue {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What takes the place of bytes that the declared character sets do not explain. */
export const unreadable = '\ufffd';
/** The same for whole values, where decoding may go on behind a fault. */
const tolerant = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The values of a text element, not trimmed: separated at backslashes where the VR allows several (PS3.5 6.4). An empty
 * value gives one empty string.
 */
export function decodeText(bytes: Uint8Array, characterSets: readonly string[], vr: Vr): string[] {
  const { localized, multiValued } = traitsOf(vr);
  if (!localized) return split(windows1252.decode(bytes), multiValued);
  const whole = wholeDecoders[characterSets[0]?.toUpperCase() ?? ''];
  if (whole !== undefined) return split(decodeWhole(bytes, whole), multiValued);
  const repertoire = initialRepertoire(characterSets);
  if (repertoire.g0 === ascii && isPlain(bytes)) return split(latin1(bytes), multiValued);
  return decodeIso2022(bytes, repertoire, vr, multiValued, windows1252).map(({ text }) => text);
}

/**
 * As `decodeText`, but what cannot be read surely is U+FFFD, once or more, and each value comes with the range of its
 * bytes, which mean the same by themselves (PS3.5 6.1.2.5.3: every value begins with the first character set).
 */
export function readValues(bytes: Uint8Array, characterSets: readonly string[], vr: Vr): ReadValue[] {
  const { localized, multiValued } = traitsOf(vr);
  if (!localized) return decodeIso2022(bytes, { g0: ascii, g1: undefined }, vr, multiValued, nothing);
  const whole = wholeDecoders[characterSets[0]?.toUpperCase() ?? ''];
  if (whole !== undefined && !isPlain(bytes)) return readWhole(bytes, whole, multiValued);
  if (whole !== undefined)
    return decodeIso2022(bytes, { g0: ascii, g1: undefined }, vr, multiValued, nothing);
  return decodeIso2022(bytes, initialRepertoire(characterSets), vr, multiValued, nothing);
}

/** The code element of bytes nobody declared. */
const nothing: CodeElement = { bytesPerCharacter: 1, decode: (bytes) => unreadable.repeat(bytes.length) };

/** In UTF-8, GBK and GB18030 a value is found by what is before it: a backslash may be half of a character. */
function readWhole(bytes: Uint8Array, label: string, multiValued: boolean): ReadValue[] {
  const values: ReadValue[] = [];
  let start = 0;
  for (let index = 0; index <= bytes.length; index += 1) {
    if (index < bytes.length) {
      if (label !== 'utf-8' && (bytes[index] ?? 0) > 0x80) {
        // A second byte of digits means two more bytes (GB18030).
        const second = bytes[index + 1] ?? 0;
        index += label === 'gb18030' && second >= 0x30 && second <= 0x39 ? 3 : 1;
        continue;
      }
      if (!multiValued || bytes[index] !== 0x5c) continue;
    }
    const value = bytes.subarray(start, index);
    const text = (label === 'utf-8' ? tolerant : decoder(label)).decode(value);
    // ESC begins nothing in these (PS3.3 C.12.1.1.2).
    values.push({ text: text.replaceAll('\x1b', unreadable), start, end: Math.min(index, bytes.length) });
    start = index + 1;
  }
  return values;
}

function split(text: string, multiValued: boolean): string[] {
  return multiValued ? text.split('\\') : [text];
}

function decodeWhole(bytes: Uint8Array, label: string): string {
  if (isPlain(bytes)) return latin1(bytes);
  try {
    return decoder(label).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return windows1252.decode(bytes);
    throw error;
  }
}

/** ASCII without escape sequences: the same in all character sets that keep ISO-IR 6. */
function isPlain(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80 || byte === 0x1b) return false;
  return true;
}

/** PS3.5 6.1.2.5.3: at these the code elements of the first value hold again. */
export function isDelimiter(byte: number, vr: Vr, multiValued: boolean): boolean {
  if (byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d) return true;
  if (byte === 0x5c) return multiValued;
  return vr === 'PN' && (byte === 0x5e || byte === 0x3d);
}

function decodeIso2022(
  bytes: Uint8Array,
  initial: Repertoire,
  vr: Vr,
  multiValued: boolean,
  undeclared: CodeElement,
): ReadValue[] {
  const values: ReadValue[] = [];
  let text = '';
  let start = 0;
  let { g0, g1 } = initial;
  let index = 0;
  while (index < bytes.length) {
    const byte = bytes[index] ?? 0;
    if (byte === 0x1b) {
      const sequence = escapes.find((row) => startsWith(bytes, index + 1, row.bytes));
      if (sequence !== undefined) {
        g0 = sequence.g0 ?? g0;
        g1 = sequence.g1 ?? g1;
        index += 1 + sequence.bytes.length;
        continue;
      }
      if (undeclared === nothing) {
        text += unreadable;
        index += 1;
        continue;
      }
    }
    // In a two-byte set a byte like 0x5C may be half of a character; control characters never are.
    if ((g0.bytesPerCharacter === 1 || byte < 0x20) && isDelimiter(byte, vr, multiValued)) {
      ({ g0, g1 } = initial);
      if (byte === 0x5c) {
        values.push({ text, start, end: index });
        text = '';
        start = index + 1;
      } else text += String.fromCharCode(byte);
      index += 1;
      continue;
    }
    const end = runEnd(bytes, index, g0.bytesPerCharacter === 1, vr, multiValued);
    const run = bytes.subarray(index, end);
    text += byte >= 0x80 ? (g1 ?? undeclared).decode(run) : g0.decode(run);
    index = end;
  }
  values.push({ text, start, end: bytes.length });
  return values;
}

/** Where the run of bytes in the same half (below 0x80, or from 0x80 on) that begins at `index` ends. */
function runEnd(bytes: Uint8Array, index: number, singleByte: boolean, vr: Vr, multiValued: boolean): number {
  const high = (bytes[index] ?? 0) >= 0x80;
  let end = index + 1;
  for (; end < bytes.length; end++) {
    const byte = bytes[end] ?? 0;
    if (byte >= 0x80 !== high || byte === 0x1b) break;
    if ((high || singleByte || byte < 0x20) && isDelimiter(byte, vr, multiValued)) break;
  }
  return end;
}

function startsWith(bytes: Uint8Array, index: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[index + i] !== text.charCodeAt(i)) return false;
  return true;
}

/**
 * Text to bytes of a data set's character set, for values this gateway writes itself (they are ASCII but for what a
 * configuration says). Characters the character set cannot hold, or only behind escape sequences, become "?".
 */
export function encodeText(text: string, characterSets: readonly string[]): Uint8Array {
  if (characterSets[0]?.toUpperCase() === 'ISO_IR 192') return new TextEncoder().encode(text);
  const last = registration(characterSets[0] ?? '') === '100' ? 0xff : 0x7e;
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0x3f;
    bytes.push(code <= last && (code <= 0x7e || code >= 0xa0) ? code : 0x3f);
  }
  return Uint8Array.from(bytes);
}
