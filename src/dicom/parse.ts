import { SallyportError } from '../core/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { parseCharacterSets } from './character-set-names.ts';
import { Cursor, tagAt, u16, u32 } from './cursor.ts';
import type { DataElement, DataSet, ElementBody, Encoding, Vr } from './data-set.ts';
import { formatTag, lookup } from './dictionary.ts';
import { readHeader, undefinedLength } from './element-header.ts';
import { hiddenItemsEncoding, startsWithItem } from './hidden-sequence.ts';
import { defaultReadLimits, type ReadLimits } from './limits.ts';
import { inheritCharacterSets, resolveAmbiguousVrs } from './resolve.ts';
import { itemDelimitationTag, itemTag, sequenceDelimitationTag, tags } from './tags.ts';

const deepestDepth = 256;
const noCharacterSets: readonly string[] = [];

/**
 * The element walk of PS3.5 7: reads headers, skips values, descends into sequences. One parser reads one source once;
 * time grows with the number of elements, memory too, neither with the length of values.
 */
export class Parser {
  readonly #cursor: Cursor;
  readonly #limits: ReadLimits;
  #position = 0;
  #count = 0;
  #depth = 0;
  /** Elements of VR "US or SS" without an explicit VR: only the whole data set can decide. */
  readonly #ambiguous = new Set<DataElement>();
  /** Set when Specific Character Set stood behind a sequence that inherits it. */
  #lateCharacterSet = false;

  constructor(source: ByteSource, limits: ReadLimits = defaultReadLimits) {
    this.#cursor = new Cursor(source);
    this.#limits = limits;
  }

  /** The data set in [offset, end of the source). */
  parseDataSet(offset: number, encoding: Encoding): DataSet {
    this.#position = offset;
    const dataSet = this.#parseElements(this.#cursor.size, false, encoding, noCharacterSets);
    if (this.#lateCharacterSet) inheritCharacterSets(dataSet);
    if (this.#ambiguous.size === 0) return dataSet;
    return resolveAmbiguousVrs(dataSet, this.#cursor.source, this.#ambiguous);
  }

  /**
   * Group 0002 from `offset` on; `next` is where it ends. A deflated data set may begin with any bytes, so there the
   * group length decides where the group ends, as long as it falls between two elements.
   */
  parseMeta(
    offset: number,
    encoding: Encoding,
    isDeflated: (meta: readonly DataElement[]) => boolean,
  ): { dataSet: DataSet; next: number } {
    const elements: DataElement[] = [];
    let groupEnd = -1;
    this.#position = offset;
    while (this.#cursor.size - this.#position >= 8) {
      if (this.#position === groupEnd && isDeflated(elements)) break;
      const index = this.#cursor.at(this.#position, 8);
      if (u16(this.#cursor.bytes, index, encoding.littleEndian) !== 0x0002) break;
      const element = this.#parseElement(this.#cursor.size, encoding, noCharacterSets);
      const previous = elements.at(-1);
      if (
        previous !== undefined &&
        element.tag <= previous.tag &&
        elements.some((e) => e.tag === element.tag)
      ) {
        throw this.#malformed(`${formatTag(element.tag)} twice`);
      }
      elements.push(element);
      if (element.tag === tags.FileMetaInformationGroupLength && element.body.kind === 'source') {
        if (element.body.length === 4) {
          const value = this.#cursor.copy(element.body.offset, 4);
          groupEnd = this.#position + u32(value, 0, encoding.littleEndian);
        }
      }
    }
    return { dataSet: { encoding, elements, characterSets: noCharacterSets }, next: this.#position };
  }

  #malformed(detail: string): SallyportError {
    return new SallyportError('DATA_SET_MALFORMED', { detail });
  }

  /** What to say of a range that leaves [.., end): the bytes are missing, or a length contradicts its container. */
  #overrun(tag: number, needed: number): SallyportError {
    const code = needed > this.#cursor.size ? 'DATA_SET_TRUNCATED' : 'DATA_SET_MALFORMED';
    return new SallyportError(code, { detail: `${formatTag(tag)} at offset ${this.#position}` });
  }

  #tally(): void {
    this.#count += 1;
    if (this.#count > this.#limits.maxElements) {
      throw new SallyportError('DATA_SET_TOO_COMPLEX', {
        detail: `more than ${this.#limits.maxElements} elements`,
      });
    }
  }

  /** Elements up to `end`, or up to the item delimiter when `delimited`. */
  #parseElements(end: number, delimited: boolean, encoding: Encoding, inherited: readonly string[]): DataSet {
    const elements: DataElement[] = [];
    let characterSets = inherited;
    let last = -1;
    let ordered = true;
    let sequences = false;
    const top = this.#depth === 0;
    while (this.#position < end) {
      if (end - this.#position < 8) {
        if (top && this.#cursor.isZero(this.#position, end)) break;
        throw this.#overrun(0, this.#position + 8);
      }
      const index = this.#cursor.at(this.#position, 8);
      const tag = tagAt(this.#cursor.bytes, index, encoding.littleEndian);
      if (tag >>> 16 === 0xfffe) {
        if (this.#endsItem(tag, end, delimited))
          return this.#finish(encoding, elements, characterSets, ordered);
        throw this.#malformed(`${formatTag(tag)} out of place at offset ${this.#position}`);
      }
      // Files padded to a block size with zeros: tolerated where nothing but zeros follows.
      if (tag === 0 && top && this.#cursor.isZero(this.#position, end)) break;
      const element = this.#parseElement(end, encoding, characterSets);
      if (tag <= last) ordered = false;
      if (tag === last) throw this.#malformed(`${formatTag(tag)} twice`);
      last = tag;
      elements.push(element);
      if (element.body.kind === 'items') sequences = true;
      if (tag === tags.SpecificCharacterSet && element.body.kind === 'source') {
        characterSets = parseCharacterSets(this.#shortValue(element.body.offset, element.body.length));
        if (sequences) this.#lateCharacterSet = true;
      }
    }
    // At a defined length the end is known without a delimiter; at the end of the source it may be cut off.
    if (delimited && end === this.#cursor.size) throw this.#overrun(itemDelimitationTag, end + 8);
    return this.#finish(encoding, elements, characterSets, ordered);
  }

  /** Whether a delimiter ends the item whose elements are being read; moves behind what belongs to the item. */
  #endsItem(tag: number, end: number, delimited: boolean): boolean {
    const last = this.#depth > 0 && this.#position + 8 === end;
    if (tag === itemDelimitationTag && (delimited || last)) {
      this.#position += 8;
      return true;
    }
    // An item delimiter left out: the sequence delimiter ends both, and the sequence reads it.
    return tag === sequenceDelimitationTag && delimited;
  }

  #finish(
    encoding: Encoding,
    elements: readonly DataElement[],
    characterSets: readonly string[],
    ordered: boolean,
  ): DataSet {
    if (!ordered) {
      const seen = new Set<number>();
      for (const { tag } of elements) {
        // Which of two would be believed differs from reader to reader: what is checked might not be what is seen.
        if (seen.has(tag)) throw this.#malformed(`${formatTag(tag)} twice`);
        seen.add(tag);
      }
    }
    return { encoding, elements, characterSets };
  }

  #shortValue(offset: number, length: number): Uint8Array {
    if (length > 1024) throw this.#malformed(`value of ${length} bytes where a few are expected`);
    return this.#cursor.copy(offset, length);
  }

  /** One element at the position; leaves the position behind it. */
  #parseElement(end: number, encoding: Encoding, characterSets: readonly string[]): DataElement {
    this.#tally();
    const { tag, vr, length, headerBytes, implicit } = readHeader(
      this.#cursor,
      this.#position,
      end,
      encoding,
    );
    this.#position += headerBytes;
    const body =
      length === undefinedLength
        ? this.#undefinedBody(tag, vr, implicit, end, encoding, characterSets)
        : this.#definedBody(tag, vr, length, end, encoding, characterSets);
    if (body.kind === 'items') return { tag, vr: 'SQ', body };
    const element: DataElement = { tag, vr, body };
    if (implicit && vr === 'US' && lookup(tag)?.vr === 'US or SS') this.#ambiguous.add(element);
    return element;
  }

  #undefinedBody(
    tag: number,
    vr: Vr,
    implicit: boolean,
    end: number,
    encoding: Encoding,
    characterSets: readonly string[],
  ): ElementBody {
    if (vr === 'OB' || vr === 'OW' || tag === tags.PixelData) return this.#parseFragments(tag, end, encoding);
    if (vr === 'UN') {
      const items = encoding.explicitVr
        ? hiddenItemsEncoding(this.#cursor, this.#position, encoding)
        : encoding;
      return { kind: 'items', items: this.#parseItems(end, true, items, characterSets) };
    }
    if (vr !== 'SQ' && !implicit) throw this.#malformed(`${formatTag(tag)} of VR ${vr} and undefined length`);
    return { kind: 'items', items: this.#parseItems(end, true, encoding, characterSets) };
  }

  #definedBody(
    tag: number,
    vr: Vr,
    length: number,
    end: number,
    encoding: Encoding,
    characterSets: readonly string[],
  ): ElementBody {
    const offset = this.#position;
    const valueEnd = offset + length;
    if (valueEnd > end) throw this.#overrun(tag, valueEnd);
    if (vr === 'SQ')
      return { kind: 'items', items: this.#parseItems(valueEnd, false, encoding, characterSets) };
    const opaque =
      vr === 'UN' ? tag >>> 16 !== 0x7fe0 : (vr === 'OB' || vr === 'OW') && lookup(tag)?.vr === 'SQ';
    if (opaque && length >= 8 && startsWithItem(this.#cursor, offset)) {
      const items = this.#tryItems(valueEnd, encoding, characterSets);
      if (items !== undefined) return { kind: 'items', items };
    }
    this.#position = valueEnd;
    return { kind: 'source', source: this.#cursor.source, offset, length };
  }

  /**
   * A sequence hidden in an element of VR UN and defined length: what it holds must not escape notice. Undefined when the
   * value is not wholly a sequence. Every byte is tried once at most, because a failed try is skipped by its length.
   */
  #tryItems(
    valueEnd: number,
    encoding: Encoding,
    characterSets: readonly string[],
  ): readonly DataSet[] | undefined {
    const depth = this.#depth;
    try {
      return this.#parseItems(
        valueEnd,
        false,
        hiddenItemsEncoding(this.#cursor, this.#position, encoding),
        characterSets,
      );
    } catch (error) {
      if (!(error instanceof SallyportError)) throw error;
      if (error.code !== 'DATA_SET_MALFORMED' && error.code !== 'DATA_SET_TRUNCATED') throw error;
      this.#depth = depth;
      return undefined;
    }
  }

  /** Items up to `limit`, or up to the sequence delimiter when `delimited`. */
  #parseItems(
    limit: number,
    delimited: boolean,
    encoding: Encoding,
    characterSets: readonly string[],
  ): readonly DataSet[] {
    const items: DataSet[] = [];
    this.#depth += 1;
    if (this.#depth > Math.min(deepestDepth, this.#limits.maxDepth)) {
      throw new SallyportError('DATA_SET_TOO_DEEP', { detail: `more than ${this.#limits.maxDepth}` });
    }
    while (this.#position < limit) {
      if (limit - this.#position < 8) throw this.#overrun(itemTag, this.#position + 8);
      const index = this.#cursor.at(this.#position, 8);
      const tag = tagAt(this.#cursor.bytes, index, encoding.littleEndian);
      const length = u32(this.#cursor.bytes, index + 4, encoding.littleEndian);
      if (tag === sequenceDelimitationTag && (delimited || this.#position + 8 === limit)) {
        this.#position += 8;
        this.#depth -= 1;
        return items;
      }
      if (tag !== itemTag) throw this.#malformed(`${formatTag(tag)} among items at offset ${this.#position}`);
      this.#tally();
      this.#position += 8;
      const open = length === undefinedLength;
      if (!open && this.#position + length > limit) throw this.#overrun(itemTag, this.#position + length);
      items.push(this.#parseElements(open ? limit : this.#position + length, open, encoding, characterSets));
    }
    if (delimited && limit === this.#cursor.size) throw this.#overrun(sequenceDelimitationTag, limit + 8);
    this.#depth -= 1;
    return items;
  }

  /** Encapsulated pixel data: PS3.5 A.4. */
  #parseFragments(tag: number, end: number, encoding: Encoding): ElementBody {
    const ranges: { offset: number; length: number }[] = [];
    for (;;) {
      if (end - this.#position < 8) throw this.#overrun(tag, this.#position + 8);
      const index = this.#cursor.at(this.#position, 8);
      const itemOrEnd = tagAt(this.#cursor.bytes, index, encoding.littleEndian);
      const length = u32(this.#cursor.bytes, index + 4, encoding.littleEndian);
      this.#position += 8;
      if (itemOrEnd === sequenceDelimitationTag) break;
      if (itemOrEnd !== itemTag || length === undefinedLength) {
        throw this.#malformed(`${formatTag(itemOrEnd)} among fragments at offset ${this.#position - 8}`);
      }
      this.#tally();
      if (this.#position + length > end) throw this.#overrun(tag, this.#position + length);
      ranges.push({ offset: this.#position, length });
      this.#position += length;
    }
    const [offsetTable = { offset: this.#position - 8, length: 0 }, ...fragments] = ranges;
    return { kind: 'fragments', source: this.#cursor.source, offsetTable, fragments };
  }
}
