import { inflateRawSync } from 'node:zlib';
import { type ByteSource, memorySource } from '../dicom/byte-source.ts';
import { formatTag, lookup } from '../dicom/dictionary.ts';

/** A value, or one fragment of encapsulated pixels, where it stands in the bytes. */
export interface Token {
  readonly tag: number;
  /** "(0008,1140)/(0008,1155)": sequences around it, items not told apart. */
  readonly path: string;
  /** As written; the dictionary's for implicit VR, UN where it has none. */
  readonly vr: string;
  readonly offset: number;
  readonly length: number;
  readonly isFragment: boolean;
  readonly littleEndian: boolean;
  /** Specific Character Set that holds here. */
  readonly characterSets: readonly string[];
}

/** One run of bytes with its tokens in order of offset, none inside another. */
export interface TokenizedPart {
  readonly source: ByteSource;
  readonly tokens: readonly Token[];
  /** Where the data set begins and where the tokenizer could go no further. */
  readonly begin: number;
  readonly end: number;
  /** The data set of a deflated file, inflated. */
  readonly inflated: boolean;
}

/** A file as this folder's own tokenizer sees it. */
export interface Tokenized {
  readonly parts: readonly TokenizedPart[];
  /** False where the bytes stop making sense before their end; the rest is searched as it stands. */
  readonly complete: boolean;
  readonly transferSyntaxUid: string;
}

interface Syntax {
  readonly explicit: boolean;
  readonly little: boolean;
}

const implicitLittle: Syntax = { explicit: false, little: true };
const explicitLittle: Syntax = { explicit: true, little: true };
const explicitBig: Syntax = { explicit: true, little: false };
const longForms: ReadonlySet<string> = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));
const undefinedLength = 0xffffffff;
const item = 0xfffee000;
const itemEnd = 0xfffee00d;
const sequenceEnd = 0xfffee0dd;
const maxDepth = 128;
const maxTokens = 2_000_000;
const maxInflatedBytes = 512 * 1024 * 1024;
const deflatedSyntaxes: ReadonlySet<string> = new Set([
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.4.95',
  '1.2.840.10008.1.2.4.205',
]);

/**
 * Cuts a file into values without the reader of src/dicom, so that a mistake there hides nothing here. Never throws for
 * what the bytes say: where they stop making sense it stops, and says so. Undefined when they do not begin like DICOM.
 */
export function tokenize(source: ByteSource): Tokenized | undefined {
  const start = startOf(source);
  if (start === undefined) return undefined;
  const walker = new Walker(source);
  let begin = start.offset;
  let transferSyntaxUid = '';
  if (walker.u16(begin, true) === 0x0002) {
    begin = walker.meta(begin);
    transferSyntaxUid = walker.transferSyntaxUid;
  } else if (!start.prefixed && !looksLikeFirst(walker, begin)) return undefined;
  if (deflatedSyntaxes.has(transferSyntaxUid)) {
    const bytes = inflated(source, begin);
    const outer = { source, tokens: walker.tokens, begin, end: begin, inflated: false };
    if (bytes === undefined) return { parts: [outer], complete: false, transferSyntaxUid };
    const inner = new Walker(memorySource(bytes));
    const end = inner.elements(0, bytes.length, explicitLittle, [], '', 0);
    const part = { source: inner.source, tokens: inner.tokens, begin: 0, end, inflated: true };
    return { parts: [{ ...outer, end: source.size }, part], complete: !inner.broken, transferSyntaxUid };
  }
  const end = walker.elements(begin, source.size, syntaxAt(walker, begin, transferSyntaxUid), [], '', 0);
  const part = { source, tokens: walker.tokens, begin, end, inflated: false };
  return { parts: [part], complete: !walker.broken, transferSyntaxUid };
}

function startOf(source: ByteSource): { offset: number; prefixed: boolean } | undefined {
  if (source.size < 8) return undefined;
  for (const offset of [128, 0]) {
    if (source.size < offset + 12) continue;
    if (latin1(source.read(offset, 4)) === 'DICM') return { offset: offset + 4, prefixed: true };
  }
  return { offset: 0, prefixed: false };
}

/** Group 0008 (or a little above) at the start, and a length that fits. */
function looksLikeFirst(walker: Walker, offset: number): boolean {
  const group = Math.min(walker.u16(offset, true), walker.u16(offset, false));
  return (
    group >= 0x0004 &&
    group <= 0x0010 &&
    (isVr(walker.letters(offset + 4)) || walker.u32(offset + 4, true) < walker.source.size)
  );
}

function syntaxAt(walker: Walker, offset: number, transferSyntaxUid: string): Syntax {
  const seen = isVr(walker.letters(offset + 4));
  if (!seen) return implicitLittle;
  if (transferSyntaxUid === '1.2.840.10008.1.2.2') return explicitBig;
  return walker.u16(offset, true) > walker.u16(offset, false) && transferSyntaxUid === ''
    ? explicitBig
    : explicitLittle;
}

function inflated(source: ByteSource, offset: number): Uint8Array | undefined {
  if (source.size - offset > maxInflatedBytes) return undefined;
  try {
    return inflateRawSync(source.read(offset, source.size - offset), {
      maxOutputLength: maxInflatedBytes,
      // What follows the stream, or a stream cut short, is no reason not to look at what there is.
      finishFlush: 2,
    });
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function isVr(letters: string): boolean {
  return /^[A-Z]{2}$/.test(letters);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

class Walker {
  readonly source: ByteSource;
  readonly tokens: Token[] = [];
  broken = false;
  transferSyntaxUid = '';

  constructor(source: ByteSource) {
    this.source = source;
  }

  u16(offset: number, little: boolean): number {
    if (offset + 2 > this.source.size) return 0;
    const bytes = this.source.read(offset, 2);
    const [a = 0, b = 0] = bytes;
    return little ? a | (b << 8) : (a << 8) | b;
  }

  u32(offset: number, little: boolean): number {
    const [first, second] = [this.u16(offset, little), this.u16(offset + 2, little)];
    return ((little ? second : first) * 0x10000 + (little ? first : second)) >>> 0;
  }

  letters(offset: number): string {
    return offset + 2 > this.source.size ? '' : latin1(this.source.read(offset, 2));
  }

  tag(offset: number, little: boolean): number {
    return (this.u16(offset, little) * 0x10000 + this.u16(offset + 2, little)) >>> 0;
  }

  /** Group 0002, as far as it goes; returns where the data set begins. */
  meta(begin: number): number {
    let offset = begin;
    const explicit = isVr(this.letters(begin + 4));
    while (offset + 8 <= this.source.size && this.u16(offset, true) === 0x0002) {
      const next = this.element(offset, this.source.size, { explicit, little: true }, [], '', 0);
      if (next === undefined) break;
      const last = this.tokens.at(-1);
      if (last?.tag === 0x00020010)
        this.transferSyntaxUid = latin1(this.source.read(last.offset, Math.min(last.length, 64))).replace(
          /[\0\s]+$/,
          '',
        );
      offset = next;
    }
    return offset;
  }

  /** Elements up to `end`, an item's or a sequence's delimiter; returns the offset behind them. */
  elements(
    begin: number,
    end: number,
    syntax: Syntax,
    outer: readonly string[],
    path: string,
    depth: number,
  ): number {
    let offset = begin;
    let characterSets = outer;
    while (offset + 8 <= end && !this.broken) {
      const tag = this.tag(offset, syntax.little);
      if (tag === itemEnd) return offset + 8;
      if (tag === sequenceEnd) return offset;
      const next = this.element(offset, end, syntax, characterSets, path, depth);
      if (next === undefined) {
        this.broken = true;
        return offset;
      }
      const last = this.tokens.at(-1);
      if (tag === 0x00080005 && last?.tag === tag && last.length < 1024) {
        characterSets = latin1(this.source.read(last.offset, last.length))
          .split('\\')
          .map((term) => term.replace(/[\0 ]+$/, '').trim());
      }
      offset = next;
    }
    if (offset < end) this.broken = true;
    return offset;
  }

  /** One element; undefined where the bytes are none. */
  element(
    offset: number,
    end: number,
    syntax: Syntax,
    characterSets: readonly string[],
    path: string,
    depth: number,
  ): number | undefined {
    const { little } = syntax;
    const tag = this.tag(offset, little);
    if (tag >>> 16 === 0xfffe || this.tokens.length >= maxTokens) return undefined;
    let vr = dictionaryVr(tag);
    let header = 8;
    let length = this.u32(offset + 4, little);
    if (syntax.explicit) {
      vr = this.letters(offset + 4);
      if (!isVr(vr)) return undefined;
      if (longForms.has(vr)) {
        header = 12;
        length = this.u32(offset + 8, little);
      } else length = this.u16(offset + 6, little);
    }
    const value = offset + header;
    const own = `${path}${formatTag(tag)}`;
    if (length === undefinedLength) {
      const fragments = vr === 'OB' || vr === 'OW' || tag >>> 16 === 0x7fe0;
      if (fragments) return this.fragments(value, { tag, path: own, vr, little, characterSets });
      const inside = vr === 'UN' ? implicitLittle : syntax;
      return this.items(value, end, true, inside, characterSets, own, depth + 1);
    }
    if (value + length > end) return undefined;
    const isSequence = vr === 'SQ' || (vr === 'UN' && length >= 8 && this.tag(value, true) === item);
    if (isSequence) {
      const inside = vr === 'UN' ? this.hidden(value) : syntax;
      const [kept, broken] = [this.tokens.length, this.broken];
      const next = this.items(value, value + length, false, inside, characterSets, own, depth + 1);
      if (next === value + length && !this.broken) return next;
      // No sequence after all: its bytes are searched as one value.
      this.tokens.length = kept;
      this.broken = broken;
    }
    this.tokens.push({
      tag,
      path: own,
      vr,
      offset: value,
      length,
      isFragment: false,
      littleEndian: little,
      characterSets,
    });
    return value + length;
  }

  hidden(offset: number): Syntax {
    return isVr(this.letters(offset + 12)) ? explicitLittle : implicitLittle;
  }

  items(
    begin: number,
    end: number,
    delimited: boolean,
    syntax: Syntax,
    characterSets: readonly string[],
    path: string,
    depth: number,
  ): number | undefined {
    let offset = begin;
    if (depth > maxDepth) return undefined;
    while (offset + 8 <= end) {
      const tag = this.tag(offset, syntax.little);
      const length = this.u32(offset + 4, syntax.little);
      if (tag === sequenceEnd && delimited) return offset + 8;
      if (tag !== item) return undefined;
      const itemBegin = offset + 8;
      const itemEndAt = length === undefinedLength ? end : itemBegin + length;
      if (itemEndAt > end) return undefined;
      offset = this.elements(itemBegin, itemEndAt, syntax, characterSets, `${path}/`, depth);
      if (this.broken) return undefined;
    }
    return offset === end && !delimited ? offset : undefined;
  }

  fragments(
    begin: number,
    of: { tag: number; path: string; vr: string; little: boolean; characterSets: readonly string[] },
  ): number | undefined {
    let offset = begin;
    while (offset + 8 <= this.source.size) {
      const tag = this.tag(offset, of.little);
      const length = this.u32(offset + 4, of.little);
      if (tag === sequenceEnd) return offset + 8;
      if (tag !== item || offset + 8 + length > this.source.size) return undefined;
      const { little: littleEndian, ...rest } = of;
      this.tokens.push({ ...rest, littleEndian, offset: offset + 8, length, isFragment: true });
      offset += 8 + length;
    }
    return undefined;
  }
}

function dictionaryVr(tag: number): string {
  const vr = lookup(tag)?.vr ?? 'UN';
  return vr.includes(' ') ? 'OW' : vr;
}
