import { type ByteSource, memorySource } from '../dicom/byte-source.ts';
import { decodeText } from '../dicom/character-sets.ts';
import type { Vr } from '../dicom/data-set.ts';
import { lookup } from '../dicom/dictionary.ts';
import type { Identifiers } from './identifiers.ts';
import { contextOf, type Region } from './place.ts';
import { type Found, Scanner } from './scan.ts';
import { imageSegments } from './segments.ts';
import { type Token, type Tokenized, tokenize } from './tokenize.ts';
import { isRegisteredUid } from './uids.ts';
import { brotli, compressedStreams, lettered, rawDeflate, UnpackBudget, unescaped } from './unpack.ts';

/** What was not looked into, for the report. */
export type Unsearched = 'inflates-too-far' | 'nested-too-deep' | 'value-too-long-to-unpack';

export type ContentKind = 'dicom' | 'json' | 'image' | 'bytes';

const maxNesting = 5;
/** Values up to this length are also unpacked and decoded, bytes; longer ones are searched as they stand. */
const maxWholeBytes = 64 * 1024 * 1024;
const maxJsonBytes = 256 * 1024 * 1024;
const deflatedFrames = '1.2.840.10008.1.2.8.1';
/** Up to this many text bytes an element is also read as UTF-8 and Windows-1252, whatever it declares. */
const maxTextBytes = 16 * 1024 * 1024;

/** Searches one output, whatever it holds. One object a file. */
export class ContentSearch {
  readonly unsearched = new Set<Unsearched>();
  readonly #scanner: Scanner;
  readonly #identifiers: Identifiers;
  readonly #found: Found;
  readonly #budget = new UnpackBudget();

  constructor(identifiers: Identifiers, found: Found) {
    this.#identifiers = identifiers;
    this.#found = found;
    this.#scanner = new Scanner(identifiers, found);
  }

  /** Searches the whole file. `tokenized` where the caller has it already. */
  file(source: ByteSource, tokenized: Tokenized | undefined = tokenize(source)): ContentKind {
    const kind = this.#content(source, '', 0, tokenized);
    if (this.#budget.exhausted) this.unsearched.add('inflates-too-far');
    return kind;
  }

  /** A text that is no part of a file: its name. */
  text(text: string, where: string): void {
    this.#scanner.text(text, { where, vr: '', context: 'text' });
  }

  #content(source: ByteSource, prefix: string, depth: number, tokenized: Tokenized | undefined): ContentKind {
    if (tokenized !== undefined) {
      for (const part of tokenized.parts) this.#dicom(part, prefix, depth, tokenized.transferSyntaxUid);
      return 'dicom';
    }
    const bytes = source.size <= maxJsonBytes ? buffer(source.read(0, source.size)) : undefined;
    const segments = bytes === undefined ? undefined : imageSegments(bytes);
    if (bytes !== undefined && segments !== undefined) {
      this.#image(bytes, prefix, depth);
      return 'image';
    }
    if (bytes !== undefined && this.#json(bytes, prefix, depth)) return 'json';
    const context = bytes !== undefined && isMostlyText(bytes) ? 'text' : 'bulk';
    const region: Region = { offset: 0, length: source.size, where: prefix || 'bytes', vr: '', context };
    this.#scanner.source(source, [region], () => region);
    if (bytes === undefined) this.unsearched.add('value-too-long-to-unpack');
    else this.#inside(bytes, region, depth);
    return 'bytes';
  }

  #dicom(part: Tokenized['parts'][number], prefix: string, depth: number, transferSyntaxUid: string): void {
    const { source, tokens } = part;
    const regions: Region[] = tokens.map((token) => ({
      offset: token.offset,
      length: token.length,
      where: `${prefix}${token.path}`,
      vr: token.vr,
      context: contextOf(token.tag, knownVr(token), token.length),
    }));
    const between = (offset: number): Region => gap(part, prefix, offset);
    const [coarse, fine] = [regions, this.#withSegments(source, tokens, regions, depth)];
    this.#scanner.source(source, fine, between);
    tokens.forEach((token, index) => {
      const region = coarse[index];
      if (region === undefined || token.length === 0) return;
      if (token.length > maxWholeBytes) {
        this.unsearched.add('value-too-long-to-unpack');
        return;
      }
      this.#value(source, token, region, depth, transferSyntaxUid);
    });
    this.#outside(part, prefix, depth);
  }

  /** The regions with those of compressed frames cut into their segments. */
  #withSegments(
    source: ByteSource,
    tokens: readonly Token[],
    regions: readonly Region[],
    depth: number,
  ): Region[] {
    return regions.flatMap((region, index) => {
      if (tokens[index]?.isFragment !== true || region.length < 4 || region.length > maxWholeBytes)
        return [region];
      const bytes = source.read(region.offset, region.length);
      const segments = imageSegments(bytes);
      if (segments === undefined) return [{ ...region, context: 'bulk' as const }];
      for (const { isBrotli, offset, length, name } of segments) {
        if (!isBrotli) continue;
        const packed = new Uint8Array(bytes.subarray(offset + 4, offset + length));
        const unpacked = brotli(packed, this.#budget);
        if (unpacked !== undefined) this.#nested(unpacked, `${region.where} ${name}`, depth);
      }
      return segments.map(({ offset, length, name, context }) => ({
        ...region,
        offset: region.offset + offset,
        length,
        context,
        where: `${region.where} ${name}`,
      }));
    });
  }

  /** What raw bytes do not show: text in its character set, numbers, packed content. */
  #value(source: ByteSource, token: Token, region: Region, depth: number, transferSyntaxUid: string): void {
    const { context } = region;
    if (context === 'samples') {
      if (token.length < 64) return;
      const bytes = buffer(source.read(token.offset, token.length));
      if (token.isFragment && transferSyntaxUid === deflatedFrames) {
        const pixels = rawDeflate(bytes, this.#budget);
        if (pixels !== undefined) this.#bytes(pixels, { ...region, offset: 0, length: pixels.length });
      }
      for (const { form, bytes: unpacked } of compressedStreams(bytes, context, this.#budget))
        this.#nested(unpacked, `${region.where} ${form}`, depth);
      return;
    }
    const bytes = buffer(source.read(token.offset, token.length));
    if (context === 'number') this.#numbers(bytes.toString('latin1').split('\\'), region);
    else if (context === 'binary') this.#numbers(binaryNumbers(bytes, token), region);
    else if (
      context === 'uid' &&
      bytes
        .toString('latin1')
        .split('\\')
        .every((uid) => isRegisteredUid(uid.replace(/[\0 ]+$/, '')))
    )
      return;
    if (context === 'text' || context === 'code') this.#text(bytes, token, region);
    if (context === 'text' || context === 'binary' || context === 'bulk') this.#inside(bytes, region, depth);
  }

  #text(bytes: Buffer, { vr, characterSets }: Token, region: Region): void {
    if (bytes.length > maxTextBytes) {
      this.unsearched.add('value-too-long-to-unpack');
      return;
    }
    if (!bytes.some((byte) => byte >= 0x80 || byte === 0x1b)) return;
    const readings = new Set([
      decodeText(bytes, characterSets, vr === 'PN' ? 'PN' : (vr as Vr)).join('\\'),
      bytes.toString('utf8'),
      bytes.toString('latin1'),
    ]);
    for (const reading of readings) this.#scanner.text(reading, region);
  }

  #numbers(values: readonly string[], region: Region): void {
    const { numbers } = this.#identifiers;
    if (numbers.size === 0) return;
    for (const value of values) {
      const number = Number(value.replace(/[\0 ]+/g, '') || 'x');
      const owner = Number.isSafeInteger(number) ? numbers.get(String(Math.abs(number))) : undefined;
      if (owner !== undefined) this.#found([owner], region);
    }
  }

  /** Packed and escaped content of one value. */
  #inside(bytes: Buffer, region: Region, depth: number): void {
    if (bytes.length < 8) return;
    for (const { form, bytes: unpacked } of compressedStreams(bytes, region.context, this.#budget))
      this.#nested(unpacked, `${region.where} ${form}`, depth);
    const text = bytes.toString('latin1');
    if (region.context === 'bulk' && !isMostlyText(bytes)) return;
    for (const { form, bytes: unpacked } of lettered(text))
      this.#nested(unpacked, `${region.where} ${form}`, depth);
    const plain = unescaped(bytes.toString('utf8'));
    if (plain !== undefined) this.#scanner.text(plain, { ...region, where: `${region.where} escaped` });
  }

  /** Content that was packed: searched like a file of its own. */
  #nested(bytes: Buffer, where: string, depth: number): void {
    if (depth >= maxNesting) {
      this.unsearched.add('nested-too-deep');
      return;
    }
    if (bytes.length < 256) {
      const region: Region = {
        offset: 0,
        length: bytes.length,
        where,
        vr: '',
        context: isMostlyText(bytes) ? 'text' : 'binary',
      };
      this.#bytes(bytes, region);
      if (region.context === 'text') this.#inside(bytes, region, depth + 1);
      return;
    }
    const source = memorySource(bytes);
    const isDicom = bytes.toString('latin1', 128, 132) === 'DICM';
    this.#content(source, `${where} `, depth + 1, isDicom ? tokenize(source) : undefined);
  }

  #bytes(bytes: Buffer, region: Region): void {
    this.#scanner.source(memorySource(bytes), [region], () => region);
    if (region.context === 'text' && bytes.some((byte) => byte >= 0x80))
      this.#scanner.text(bytes.toString('utf8'), region);
  }

  /** Preamble and what follows the last element: long enough to hide something packed. */
  #outside(part: Tokenized['parts'][number], prefix: string, depth: number): void {
    const { source, begin, end } = part;
    for (const [from, to] of [
      [0, part.inflated ? 0 : Math.min(128, begin)],
      [end, source.size],
    ] as const) {
      if (to - from < 8 || to - from > maxWholeBytes) continue;
      const bytes = buffer(source.read(from, to - from));
      if (bytes.every((byte) => byte === 0)) continue;
      const region = gap(part, prefix, from);
      this.#inside(bytes, region, depth);
      this.#scanner.text(bytes.toString('utf8'), region);
    }
  }

  #image(bytes: Buffer, prefix: string, depth: number): void {
    const segments = imageSegments(bytes) ?? [];
    const regions = segments.map(({ offset, length, name, context }) => ({
      offset,
      length,
      where: `${prefix}${name}`,
      vr: '',
      context,
    }));
    const between = (offset: number): Region => ({
      offset,
      length: 0,
      where: `${prefix}between segments`,
      vr: '',
      context: 'structure',
    });
    this.#scanner.source(memorySource(bytes), regions, between);
    segments.forEach((segment, index) => {
      const region = regions[index];
      if (region === undefined || segment.context !== 'binary') return;
      const content = Buffer.from(bytes.subarray(segment.offset, segment.offset + segment.length));
      this.#inside(content, region, depth);
      const unpacked = segment.isBrotli ? brotli(content.subarray(4), this.#budget) : undefined;
      if (unpacked !== undefined) this.#nested(unpacked, region.where, depth);
    });
  }

  /** JSON: every key and string by its place, then the bytes. False when it is none. */
  #json(bytes: Buffer, prefix: string, depth: number): boolean {
    const first = bytes.toString('latin1', 0, 64).trimStart()[0];
    if (first !== '{' && first !== '[') return false;
    let root: unknown;
    try {
      root = JSON.parse(bytes.toString('utf8'));
    } catch (error) {
      // Lines of JSON, or none: searched as text.
      if (error instanceof SyntaxError) return false;
      throw error;
    }
    this.#jsonValue(root, `${prefix}JSON`, depth);
    const region: Region = {
      offset: 0,
      length: bytes.length,
      where: `${prefix}JSON`,
      vr: '',
      context: 'text',
    };
    // Then the bytes: what a parser drops (a key twice, say) is in none of its values.
    this.#scanner.source(memorySource(bytes), [region], () => region);
    return true;
  }

  #jsonValue(value: unknown, where: string, depth: number): void {
    if (typeof value === 'string') {
      const region: Region = { offset: 0, length: value.length, where, vr: '', context: 'text' };
      // A frame in base64 is no text.
      if (value.length < 4096) this.#scanner.text(value, region);
      this.#inside(Buffer.from(value, 'utf8'), region, depth);
    } else if (typeof value === 'number') {
      this.#numbers([String(value)], { offset: 0, length: 0, where, vr: '', context: 'number' });
    } else if (Array.isArray(value)) {
      for (const element of value) this.#jsonValue(element, where, depth);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        this.#scanner.text(key, { where: `${where} key`, vr: '', context: 'text' });
        this.#jsonValue(inner, `${where}/${isPlainKey(key) ? key : '(key)'}`, depth);
      }
    }
  }
}

/** A key that a program wrote: DICOM tags and words in camel case. Another one could be a value. */
function isPlainKey(key: string): boolean {
  return /^(?:[0-9A-Fa-f]{8}|[a-z]{1,24}(?:[A-Z][a-zA-Z0-9]{0,40})?)$/.test(key);
}

/** What stands in no value. */
function gap(
  { tokens, begin, end, inflated }: Tokenized['parts'][number],
  prefix: string,
  offset: number,
): Region {
  const at = (where: string, context: Region['context']): Region => ({
    offset,
    length: 0,
    where: `${prefix}${where}`,
    vr: '',
    context,
  });
  if (!inflated && offset < Math.min(128, begin)) return at('preamble', 'text');
  if (offset >= end) return at(tokens.length === 0 ? 'bytes' : 'after the last element', 'text');
  return at('between elements', 'structure');
}

function knownVr({ tag, vr }: Token): string {
  if (vr !== 'UN') return vr;
  const known = lookup(tag)?.vr;
  return known === undefined || known === 'SQ' || known.includes(' ') ? vr : known;
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isMostlyText(bytes: Uint8Array): boolean {
  let other = 0;
  const length = Math.min(bytes.length, 4096);
  for (let index = 0; index < length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === 0x7f || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12)) other += 1;
  }
  return other <= length / 20;
}

/** Whole numbers of a short binary value. */
function binaryNumbers(bytes: Buffer, { vr, littleEndian }: Token): string[] {
  const size =
    vr === 'UL' || vr === 'SL' || vr === 'FL' ? 4 : vr === 'UV' || vr === 'SV' || vr === 'FD' ? 8 : 0;
  if (size === 0 || bytes.length > 64) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers: string[] = [];
  for (let at = 0; at + size <= bytes.length; at += size) {
    if (vr === 'UL' || vr === 'SL') numbers.push(String(view.getUint32(at, littleEndian)));
    else if (vr === 'FL') numbers.push(String(view.getFloat32(at, littleEndian)));
    else if (vr === 'FD') numbers.push(String(view.getFloat64(at, littleEndian)));
    else numbers.push(String(view.getBigUint64(at, littleEndian)));
  }
  return numbers;
}
