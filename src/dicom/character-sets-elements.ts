/**
 * The code elements of PS3.3 C.12.1.1.2, with their escape sequences (PS3.5 6.1.2.5 and tables C.12-2 to C.12-5).
 */

/** Decodes bytes of one code element. G0 sets see bytes below 0x80, G1 sets bytes from 0x80 on. */
export interface CodeElement {
  readonly bytesPerCharacter: 1 | 2;
  decode(bytes: Uint8Array): string;
}

/** The code elements a defined term makes active at the start of a value. */
export interface Repertoire {
  readonly g0: CodeElement;
  readonly g1: CodeElement | undefined;
}

const decoders = new Map<string, TextDecoder>();
export function decoder(label: string): TextDecoder {
  let found = decoders.get(label);
  if (found === undefined) {
    found = new TextDecoder(label, { fatal: label === 'utf-8', ignoreBOM: true });
    decoders.set(label, found);
  }
  return found;
}

export function latin1(bytes: Uint8Array): string {
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

export const ascii: CodeElement = { bytesPerCharacter: 1, decode: latin1 };
export const romaji: CodeElement = {
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

/** An escape sequence and the code element it makes active. */
export interface Escape {
  /** The bytes behind ESC. */
  readonly bytes: string;
  /** Registration numbers of the defined terms that allow it ("ISO 2022 IR 13"). */
  readonly registrations: readonly string[];
  readonly g0?: CodeElement;
  readonly g1?: CodeElement;
}

const g1Escapes: Readonly<Record<string, string>> = {
  '13': ')I',
  '100': '-A',
  '101': '-B',
  '109': '-C',
  '110': '-D',
  '144': '-L',
  '127': '-G',
  '126': '-F',
  '138': '-H',
  '148': '-M',
  '203': '-b',
  '166': '-T',
  '149': '$)C',
  '58': '$)A',
};

/** Escape sequences of PS3.3 tables C.12-3 and C.12-4. */
export const escapes: readonly Escape[] = [
  // ISO-IR 6 is the G0 set of every term but ISO-IR 13, and the one to come back to from two-byte sets.
  { bytes: '(B', registrations: [], g0: ascii },
  { bytes: '(J', registrations: ['13'], g0: romaji },
  { bytes: '$(D', registrations: ['159'], g0: jisX0212 },
  { bytes: '$B', registrations: ['87'], g0: jisX0208 },
  // JIS C 6226-1978, the edition before; seen in old files.
  { bytes: '$@', registrations: [], g0: jisX0208 },
  ...Object.entries(g1Escapes).flatMap(([number, bytes]): Escape[] => {
    const g1 = g1Sets[number];
    return g1 === undefined ? [] : [{ bytes, registrations: [number], g1 }];
  }),
];

/** Character sets that hold for whole values, without code extensions (table C.12-5). */
export const wholeDecoders: Readonly<Record<string, string>> = {
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};
/** What is read where nothing else is declared. */
export const windows1252: CodeElement = single('windows-1252');

/** The number of "ISO_IR 100", "ISO 2022 IR 100" and their common misspellings. */
export function registration(term: string): string | undefined {
  return /^ISO[ _-]?(?:2022[ _-]?)?IR[ _-]?(\d+)$/.exec(term.toUpperCase())?.[1];
}

/** By the terms themselves, of which there are few; kept so that a value costs no search. */
const repertoires = new Map<string, Repertoire>();
const maxRepertoires = 256;

/** What is active at the start of a value, and after each delimiter. */
export function initialRepertoire(characterSets: readonly string[]): Repertoire {
  const key = characterSets.length === 1 ? (characterSets[0] ?? '') : characterSets.join('\\');
  const known = repertoires.get(key);
  if (known !== undefined) return known;
  const made = newRepertoire(characterSets);
  if (repertoires.size < maxRepertoires) repertoires.set(key, made);
  return made;
}

function newRepertoire(characterSets: readonly string[]): Repertoire {
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
