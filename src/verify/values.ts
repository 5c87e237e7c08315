import type { ByteSource } from '../dicom/byte-source.ts';
import { decodeText } from '../dicom/character-sets.ts';
import type { Vr } from '../dicom/data-set.ts';
import { formatTag, lookup } from '../dicom/dictionary.ts';
import { readPart10 } from '../dicom/part10.ts';
import { rawBytes, valueLength, walk } from '../dicom/values.ts';
import { tokenize } from './tokenize.ts';

/** The values of one text attribute. */
export interface TextValue {
  readonly tag: number;
  readonly path: string;
  /** As sent, or the dictionary's where it was sent as UN. */
  readonly vr: string;
  /** Decoded and trimmed; none is empty. */
  readonly values: readonly string[];
}

/** Longer text values are read up to here, bytes. */
export const maxTextBytes = 1024 * 1024;

const texts: ReadonlySet<string> = new Set('AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT'.split(' '));
const localized: ReadonlySet<string> = new Set('LO LT PN SH ST UC UT'.split(' '));
const single: ReadonlySet<string> = new Set('LT ST UT UR'.split(' '));

/** All text of a file, and which of the two readers could make sense of it to its end. */
export interface FileText {
  readonly values: readonly TextValue[];
  readonly readByParser: boolean;
  readonly readByTokenizer: boolean;
}

/**
 * Every text value of a file at every depth, once as the reader of src/dicom sees it and once as this folder's own
 * tokenizer does; values that both see come once.
 */
export function textOf(source: ByteSource): FileText {
  const found = new Map<string, TextValue>();
  const add = (
    tag: number,
    path: string,
    vr: string,
    bytes: Uint8Array,
    characterSets: readonly string[],
  ): void => {
    const text = textVr(tag, vr, bytes);
    if (text === undefined) return;
    for (const values of readings(bytes, text, characterSets)) {
      if (values.length > 0) found.set(`${path} ${values.join('\\')}`, { tag, path, vr: text, values });
    }
  };
  const tokenized = tokenize(source);
  for (const part of tokenized?.parts ?? []) {
    for (const { tag, path, vr, offset, length, isFragment, characterSets } of part.tokens) {
      if (isFragment || length === 0 || !mayBeText(tag, vr, length)) continue;
      const bytes = new Uint8Array(part.source.read(offset, Math.min(length, maxTextBytes)));
      add(tag, path, vr, bytes, characterSets);
    }
  }
  let readByParser = true;
  try {
    const { meta, dataSet } = readPart10(source);
    for (const set of [meta, dataSet]) {
      for (const { element, dataSet: around, path } of walk(set)) {
        const length = valueLength(element);
        if (length === undefined || length === 0 || !mayBeText(element.tag, element.vr, length)) continue;
        if (length > maxTextBytes) continue;
        const place = [...path, element.tag].map(formatTag).join('/');
        add(element.tag, place, element.vr, rawBytes(element), around.characterSets);
      }
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    readByParser = false;
  }
  return { values: [...found.values()], readByParser, readByTokenizer: tokenized?.complete === true };
}

function mayBeText(tag: number, vr: string, length: number): boolean {
  return (
    texts.has(vr) || ((vr === 'UN' || vr === 'OB') && (length <= 4096 || texts.has(lookup(tag)?.vr ?? '')))
  );
}

/** The VR to read a value by; undefined where it is no text. */
function textVr(tag: number, vr: string, bytes: Uint8Array): string | undefined {
  if (texts.has(vr)) return vr;
  const known = lookup(tag)?.vr;
  if (known !== undefined && texts.has(known)) return known;
  return known === undefined && bytes.length >= 3 && isPrintable(bytes) ? 'LT' : undefined;
}

function isPrintable(bytes: Uint8Array): boolean {
  return bytes.every(
    (byte, index) =>
      (byte >= 0x20 && byte !== 0x7f) ||
      (byte === 0 && index === bytes.length - 1) ||
      byte === 9 ||
      byte === 10 ||
      byte === 13,
  );
}

/** By the declared character set; and as UTF-8, where the bytes are that: many writers do not declare it. */
function readings(bytes: Uint8Array, vr: string, characterSets: readonly string[]): string[][] {
  const declared = decodeText(bytes, characterSets, vr as Vr)
    .map(trimmed)
    .filter((value) => value !== '');
  if (!localized.has(vr) || !bytes.some((byte) => byte >= 0x80)) return [declared];
  const text = Buffer.from(bytes).toString('utf8');
  if (text.includes('\ufffd')) return [declared];
  const undeclared = (single.has(vr) ? [text] : text.split('\\'))
    .map(trimmed)
    .filter((value) => value !== '');
  return [declared, undeclared];
}

function trimmed(text: string): string {
  return text.replace(/^[\0\s]+|[\0\s]+$/g, '');
}
