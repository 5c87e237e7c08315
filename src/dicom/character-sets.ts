import type { Vr } from './data-set.ts';
import { traitsOf } from './vr.ts';

/**
 * Text of a data set to strings: all character sets of PS3.3 C.12.1.1.2, with the code extension techniques of ISO 2022
 * (PS3.5 6.1.2.5). Nothing is refused: bytes that do not belong to the declared character set are read as Windows-1252,
 * which gives each byte a character, so that text compared with text of the same data set still matches.
 */

/** Decodes bytes of one code element. G0 sets see bytes below 0x80, G1 sets bytes from 0x80 on. */
interface CodeElement {
  readonly bytesPerCharacter: 1 | 2;
  decode(bytes: Uint8Array): string;
}

/** The code elements a defined term makes active at the start of a value. */
interface Repertoire {
  readonly g0: CodeElement;
  readonly g1: CodeElement | undefined;
}

const decoders = new Map<string, TextDecoder>();
function decoder(label: string): TextDecoder {
  let found = decoders.get(label);
  if (found === undefined) {
    found = new TextDecoder(label, { fatal: label === 'utf-8', ignoreBOM: true });
    decoders.set(label, found);
  }
  return found;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function single(label: string): CodeElement {
  return { bytesPerCharacter: 1, decode: (bytes) => decoder(label).decode(bytes) };
}

/** JIS X 0208 and 0212 stand in EUC-JP with the high bits set, the latter behind 0x8F. */
function japanese(prefix: readonly number[]): CodeElement {
  return {
    bytesPerCharacter: 2,
    decode(bytes) {
      const euc: number[] = [];
      for (let i = 0; i + 1 < bytes.length; i += 2) {
        euc.push(...prefix, (bytes[i] ?? 0) | 0x80, (bytes[i + 1] ?? 0) | 0x80);
      }
      // Half a character at the end: kept as it is.
      const rest = bytes.length % 2 === 1 ? latin1(bytes.subarray(-1)) : '';
      return decoder('euc-jp').decode(Uint8Array.from(euc)) + rest;
    },
  };
}

const ascii: CodeElement = { bytesPerCharacter: 1, decode: latin1 };
const romaji: CodeElement = {
  bytesPerCharacter: 1,
  decode: (bytes) => latin1(bytes).replaceAll('\\', '\u00a5').replaceAll('~', '\u203e'),
};
const katakana: CodeElement = {
  bytesPerCharacter: 1,
  decode(bytes) {
    let text = '';
    for (const byte of bytes) {
      const assigned = byte >= 0xa1 && byte <= 0xdf;
      text += String.fromCharCode(assigned ? 0xff61 + byte - 0xa1 : byte);
    }
    return text;
  },
};
const latin5Letters: Readonly<Record<string, string>> = {
  '\u00d0': '\u011e',
  '\u00dd': '\u0130',
  '\u00de': '\u015e',
  '\u00f0': '\u011f',
  '\u00fd': '\u0131',
  '\u00fe': '\u015f',
};
/** The label iso-8859-9 means Windows-1254 to TextDecoder. */
const latin5: CodeElement = {
  bytesPerCharacter: 1,
  decode: (bytes) =>
    latin1(bytes).replace(/[\xd0\xdd\xde\xf0\xfd\xfe]/g, (letter) => latin5Letters[letter] ?? letter),
};
const jisX0208 = japanese([]);
const jisX0212 = japanese([0x8f]);
const ksX1001: CodeElement = { bytesPerCharacter: 2, decode: (bytes) => decoder('euc-kr').decode(bytes) };
const gb2312: CodeElement = { bytesPerCharacter: 2, decode: (bytes) => decoder('gbk').decode(bytes) };

const g1Sets: Readonly<Record<string, CodeElement>> = {
  '100': { bytesPerCharacter: 1, decode: latin1 },
  '101': single('iso-8859-2'),
  '109': single('iso-8859-3'),
  '110': single('iso-8859-4'),
  '144': single('iso-8859-5'),
  '127': single('iso-8859-6'),
  '126': single('iso-8859-7'),
  '138': single('iso-8859-8'),
  '148': latin5,
  '203': single('iso-8859-15'),
  '166': single('windows-874'),
  '13': katakana,
  '149': ksX1001,
  '58': gb2312,
};

/** Escape sequences (behind ESC) of PS3.3 tables C.12-3 and C.12-4. */
const escapes: readonly { readonly bytes: string; readonly g0?: CodeElement; readonly g1?: CodeElement }[] = [
  { bytes: '(B', g0: ascii },
  { bytes: '(J', g0: romaji },
  { bytes: '$(D', g0: jisX0212 },
  { bytes: '$B', g0: jisX0208 },
  // JIS C 6226-1978, the edition before; seen in old files.
  { bytes: '$@', g0: jisX0208 },
  { bytes: '$)C', g1: ksX1001 },
  { bytes: '$)A', g1: gb2312 },
  ...(
    [
      [')I', '13'],
      ['-A', '100'],
      ['-B', '101'],
      ['-C', '109'],
      ['-D', '110'],
      ['-L', '144'],
      ['-G', '127'],
      ['-F', '126'],
      ['-H', '138'],
      ['-M', '148'],
      ['-b', '203'],
      ['-T', '166'],
    ] as const
  ).map(([bytes, set]) => {
    const g1 = g1Sets[set];
    return g1 === undefined ? { bytes } : { bytes, g1 };
  }),
];

const wholeDecoders: Readonly<Record<string, string>> = {
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};
const windows1252: CodeElement = single('windows-1252');

/** The number of "ISO_IR 100", "ISO 2022 IR 100" and their common misspellings. */
function registration(term: string): string | undefined {
  return /^ISO[ _-]?(?:2022[ _-]?)?IR[ _-]?(\d+)$/.exec(term.toUpperCase())?.[1];
}

function initialRepertoire(characterSets: readonly string[]): Repertoire {
  const first = registration(characterSets[0] ?? '');
  const g0 = first === '13' ? romaji : ascii;
  for (const term of characterSets) {
    // A first value without upper half leaves bytes from 0x80 on undefined until an escape sequence; writers that leave
    // the sequence out mean the one they declared.
    const g1 = g1Sets[registration(term) ?? ''];
    if (g1 !== undefined) return { g0, g1 };
  }
  return { g0, g1: undefined };
}

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
  return decodeIso2022(bytes, repertoire, vr, multiValued);
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
function isDelimiter(byte: number, vr: Vr, multiValued: boolean): boolean {
  if (byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d) return true;
  if (byte === 0x5c) return multiValued;
  return vr === 'PN' && (byte === 0x5e || byte === 0x3d);
}

function decodeIso2022(bytes: Uint8Array, initial: Repertoire, vr: Vr, multiValued: boolean): string[] {
  const values: string[] = [];
  let text = '';
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
    }
    // In a two-byte set a byte like 0x5C may be half of a character; control characters never are.
    if ((g0.bytesPerCharacter === 1 || byte < 0x20) && isDelimiter(byte, vr, multiValued)) {
      ({ g0, g1 } = initial);
      index += 1;
      if (byte === 0x5c) {
        values.push(text);
        text = '';
      } else text += String.fromCharCode(byte);
      continue;
    }
    const end = runEnd(bytes, index, g0.bytesPerCharacter === 1, vr, multiValued);
    const run = bytes.subarray(index, end);
    text += byte >= 0x80 ? (g1 ?? windows1252).decode(run) : g0.decode(run);
    index = end;
  }
  values.push(text);
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
