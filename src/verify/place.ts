import { isCodeTerm } from './classify.ts';
import { lettersAndDigits, plainLetters } from './fold.ts';
import type { Pattern } from './matcher.ts';

/**
 * What kind of bytes a match stands in; it decides how much a match has to tell, because in a megabyte of samples any five
 * letters stand somewhere.
 *
 * - text: words that people or programs wrote, and everything that is no value of an element;
 * - code: Code String, compared with the terms of the standard;
 * - number, time, uid: values where digits mean a number, a time or a UID;
 * - structure: tags and lengths between values, tables of code streams;
 * - binary: short values of bytes; bulk: long ones; samples: pixels and other measurements.
 */
export type Context =
  | 'text'
  | 'code'
  | 'number'
  | 'time'
  | 'uid'
  | 'structure'
  | 'binary'
  | 'bulk'
  | 'samples';

/** A run of bytes under one name. */
export interface Region {
  readonly offset: number;
  readonly length: number;
  /** Tag path, or the name of a part of the file; never a value. */
  readonly where: string;
  readonly vr: string;
  readonly context: Context;
}

const textVrs: ReadonlySet<string> = new Set('AE LO LT PN SH ST UC UR UT'.split(' '));
const sampleVrs: ReadonlySet<string> = new Set('OW OF OD OL OV'.split(' '));
const numberVrs: ReadonlySet<string> = new Set('DS IS AS'.split(' '));
const maxBinaryBytes = 4096;

/** The context of an element's value. */
export function contextOf(tag: number, vr: string, length: number): Context {
  const group = tag >>> 16;
  if (textVrs.has(vr)) return 'text';
  if (vr === 'CS') return 'code';
  if (vr === 'UI') return 'uid';
  if (numberVrs.has(vr)) return 'number';
  if (vr === 'DA' || vr === 'TM' || vr === 'DT') return 'time';
  const isWaveform = group === 0x5400 && (tag & 0xffff) >= 0x1000;
  if (group === 0x7fe0 || isWaveform || (group >>> 8 === 0x60 && (tag & 0xffff) === 0x3000)) return 'samples';
  if (sampleVrs.has(vr) && length > 256) return 'samples';
  return length <= maxBinaryBytes ? 'binary' : 'bulk';
}

const minInRun = 4;
const runBytes = 16;

/**
 * Whether a match in `bytes` at [begin, end) tells something in this context. `text` gives the region's value where the
 * answer depends on it.
 */
export function counts(
  { characters, digits, textOnly, border, owners }: Pattern<{ readonly kind: string }>,
  region: Region,
  bytes: Uint8Array,
  begin: number,
  end: number,
): boolean {
  switch (region.context) {
    case 'text':
      return true;
    case 'code':
      return !isCodeTerm(valueAround(bytes, begin, end));
    case 'number':
      // Numbers are compared as numbers, whole.
      return !digits;
    case 'time':
      return (
        !digits || owners.some(({ kind }) => kind === 'date' || kind === 'birth-date' || kind === 'time')
      );
    case 'uid':
      return characters >= 6;
    case 'structure':
      return characters >= 7 && !textOnly;
    case 'binary':
      return characters >= 5 || (characters >= minInRun && border === 'word');
    case 'bulk':
      return (characters >= 7 && !textOnly) || (characters >= minInRun && inPrintableRun(bytes, begin, end));
    case 'samples':
      return characters >= 8 && !textOnly;
  }
}

/** The value among several, folded. */
function valueAround(bytes: Uint8Array, begin: number, end: number): string {
  let from = begin;
  let to = end;
  while (from > 0 && begin - from < 64 && bytes[from - 1] !== 0x5c && (bytes[from - 1] ?? 0) >= 0x20)
    from -= 1;
  while (to < bytes.length && to - end < 64 && bytes[to] !== 0x5c && (bytes[to] ?? 0) >= 0x20) to += 1;
  return lettersAndDigits(plainLetters(Buffer.from(bytes.subarray(from, to)).toString('latin1')));
}

function inPrintableRun(bytes: Uint8Array, begin: number, end: number): boolean {
  const printable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;
  let from = begin;
  let to = end;
  while (from > 0 && to - from < runBytes && printable(bytes[from - 1] ?? 0)) from -= 1;
  while (to < bytes.length && to - from < runBytes && printable(bytes[to] ?? 0)) to += 1;
  return to - from >= runBytes;
}
