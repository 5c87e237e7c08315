import { isDelimiter, readValues } from './character-sets.ts';
import {
  ascii,
  type CodeElement,
  decoder,
  type Escape,
  escapes,
  initialRepertoire,
  registration,
  romaji,
  wholeDecoders,
} from './character-sets-elements.ts';
import type { Vr } from './data-set.ts';
import { traitsOf } from './vr.ts';

/** The bytes of each character of a code element; made when it is first written in. */
type Table = ReadonlyMap<string, readonly number[]>;

const tables = new Map<CodeElement | string, Table>();

/**
 * One value as bytes of the character sets that Specific Character Set declares (PS3.3 C.12.1.1.2), with the escape
 * sequences PS3.5 6.1.2.5 wants: first character set at the start, after each delimiter and at the end. Undefined where
 * a character cannot be written, or where what is written would not be read again as it was meant.
 */
export function encodeValue(text: string, characterSets: readonly string[], vr: Vr): Uint8Array | undefined {
  const bytes = encoded(text, characterSets, vr);
  if (bytes === undefined) return undefined;
  const read = readValues(bytes, characterSets, vr);
  return read.length === 1 && read[0]?.text === text ? bytes : undefined;
}

function encoded(text: string, characterSets: readonly string[], vr: Vr): Uint8Array | undefined {
  const { localized } = traitsOf(vr);
  const whole = localized ? wholeDecoders[characterSets[0]?.toUpperCase() ?? ''] : undefined;
  if (whole === 'utf-8') return new TextEncoder().encode(text);
  if (whole !== undefined) return encodeGuobiao(text, whole);
  const repertoire = localized ? initialRepertoire(characterSets.slice(0, 1)) : { g0: ascii, g1: undefined };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole ASCII range is meant
  if (repertoire.g0 === ascii && /^[\0-\x1a\x1c-\x7f]*$/.test(text))
    return Uint8Array.from(Buffer.from(text, 'latin1'));
  return new Writer(repertoire.g0, repertoire.g1, alternatives(characterSets), vr).write(text);
}

/** Escape sequences that the terms allow. Those without code extensions ("ISO_IR 100") allow none. */
function alternatives(characterSets: readonly string[]): Escape[] {
  const extended = characterSets.filter(
    (term) => term === '' || /2022/.test(term) || characterSets.length > 1,
  );
  const numbers = new Set(extended.map((term) => registration(term) ?? ''));
  return escapes.filter(({ registrations }) => registrations.some((number) => numbers.has(number)));
}

class Writer {
  readonly #bytes: number[] = [];
  readonly #initialG0: CodeElement;
  readonly #initialG1: CodeElement | undefined;
  readonly #escapes: readonly Escape[];
  readonly #vr: Vr;
  #g0: CodeElement;
  #g1: CodeElement | undefined;

  constructor(g0: CodeElement, g1: CodeElement | undefined, allowed: readonly Escape[], vr: Vr) {
    this.#initialG0 = g0;
    // The upper half of another value begins behind its escape sequence only, whatever readers guess.
    this.#initialG1 = g1;
    this.#g0 = g0;
    this.#g1 = g1;
    this.#escapes = allowed;
    this.#vr = vr;
  }

  write(text: string): Uint8Array | undefined {
    for (const character of text) {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x20 || isDelimiter(code, this.#vr, true)) {
        this.#toInitialG0();
        this.#bytes.push(code);
        if (isDelimiter(code, this.#vr, true)) this.#g1 = this.#initialG1;
      } else if (!this.#one(character)) return undefined;
    }
    this.#toInitialG0();
    return Uint8Array.from(this.#bytes);
  }

  #one(character: string): boolean {
    const code = character.charCodeAt(0);
    if (code < 0x7f && this.#isLatin(character)) {
      this.#toInitialG0();
      this.#bytes.push(code);
      return true;
    }
    if (this.#put(this.#g1, character, 0x80) || this.#put(this.#g0, character, 0)) return true;
    for (const { bytes, g0, g1 } of this.#escapes) {
      const set = g1 ?? g0;
      if (set === undefined || !tableOf(set, g1 !== undefined).has(character)) continue;
      this.#escape(bytes);
      if (g0 !== undefined) this.#g0 = g0;
      if (g1 !== undefined) this.#g1 = g1;
      return this.#put(set, character, g1 === undefined ? 0 : 0x80);
    }
    return false;
  }

  #isLatin(character: string): boolean {
    return this.#initialG0 === ascii || (character !== '\\' && character !== '~');
  }

  #put(set: CodeElement | undefined, character: string, upper: number): boolean {
    if (set === undefined || set === ascii) return false;
    const bytes = tableOf(set, upper !== 0).get(character);
    if (bytes === undefined) return false;
    this.#bytes.push(...bytes);
    return true;
  }

  #toInitialG0(): void {
    if (this.#g0 === this.#initialG0) return;
    this.#escape(this.#initialG0 === ascii ? '(B' : '(J');
    this.#g0 = this.#initialG0;
  }

  #escape(sequence: string): void {
    this.#bytes.push(0x1b, ...Buffer.from(sequence, 'latin1'));
  }
}

/** Every character of a code element; `upper` where its bytes have the high bit set. */
function tableOf(set: CodeElement, upper: boolean): Table {
  const known = tables.get(set);
  if (known !== undefined) return known;
  const table = new Map<string, readonly number[]>();
  const high = upper ? 0x80 : 0;
  const add = (bytes: readonly number[]): void => {
    const character = set.decode(Uint8Array.from(bytes));
    if (!character.includes('\ufffd') && [...character].length === 1 && !table.has(character))
      table.set(character, bytes);
  };
  if (set.bytesPerCharacter === 2) {
    for (let row = 0x21; row <= 0x7e; row += 1)
      for (let cell = 0x21; cell <= 0x7e; cell += 1) add([row | high, cell | high]);
  } else if (set === romaji) for (const byte of [0x5c, 0x7e]) add([byte]);
  else for (let byte = 0xa0; byte <= 0xff; byte += 1) add([byte]);
  tables.set(set, table);
  return table;
}

/** GBK, and the two-byte and four-byte characters of GB18030. */
function encodeGuobiao(text: string, label: string): Uint8Array | undefined {
  const bytes: number[] = [];
  const table = guobiaoTable(label);
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) {
      bytes.push(code);
      continue;
    }
    const known = table.get(character);
    if (known !== undefined) bytes.push(...known);
    else if (label === 'gb18030' && code >= 0x10000) bytes.push(...fourBytes(code - 0x10000 + 189000));
    else return undefined;
  }
  return Uint8Array.from(bytes);
}

function fourBytes(index: number): number[] {
  return [
    0x81 + Math.floor(index / 12600),
    0x30 + (Math.floor(index / 1260) % 10),
    0x81 + (Math.floor(index / 10) % 126),
    0x30 + (index % 10),
  ];
}

function guobiaoTable(label: string): Table {
  const known = tables.get(label);
  if (known !== undefined) return known;
  const table = new Map<string, readonly number[]>();
  const add = (bytes: readonly number[]): void => {
    const character = decoder(label).decode(Uint8Array.from(bytes));
    if (!character.includes('\ufffd') && [...character].length === 1 && !table.has(character))
      table.set(character, bytes);
  };
  for (let first = 0x81; first <= 0xfe; first += 1)
    for (let second = 0x40; second <= 0xfe; second += 1) if (second !== 0x7f) add([first, second]);
  // Four bytes of the Basic Multilingual Plane.
  if (label === 'gb18030') for (let index = 0; index < 39420; index += 1) add(fourBytes(index));
  tables.set(label, table);
  return table;
}
