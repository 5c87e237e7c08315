import { type ErrorCode, SallyportError } from '../../core/errors.ts';
import type { ByteSource } from '../../dicom/byte-source.ts';
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { element, firstNumber, numbers, valueLength } from '../../dicom/values.ts';
import { textAt } from '../text.ts';
import type { FrameLayout } from './codestreams.ts';

/** Native pixel data up to this size is rewritten in memory, bytes; larger is cleared whenever a part of it is read. */
const rewrittenBytes = 32 * 1024 * 1024;
/** Pixel data is looked through in pieces of this many bytes; a multiple of every word size. */
const windowBytes = 1024 * 1024;

type Cleared =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly element: DataElement }
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly detail: string };

const unchanged: Cleared = { kind: 'unchanged' };

/** Layout of a stored value inside its cell (PS3.5 8.1.1). */
interface Cell {
  readonly bytes: 1 | 2;
  readonly stored: number;
  readonly high: number;
  readonly signed: boolean;
  readonly littleEndian: boolean;
  /** Raw words that stand for "no pixel" and may use any bit. */
  readonly padding: ReadonlySet<number>;
}

/**
 * Native pixel data without what hides beside the stored values: bits above High Bit and below the stored ones, and
 * bytes behind the last frame. Values as decoded do not change: a negative value keeps its sign extension, a declared
 * padding value stays. `embedded` says that an overlay plane declares its bits to be there.
 */
export function clearUnusedBits(dataSet: DataSet, pixels: DataElement, embedded: boolean): Cleared {
  const { body } = pixels;
  if (body.kind !== 'source' && body.kind !== 'bytes') return unchanged;
  const length = body.kind === 'source' ? body.length : body.bytes.length;
  const read = (offset: number, size: number): Uint8Array =>
    body.kind === 'source'
      ? body.source.read(body.offset + offset, size)
      : body.bytes.subarray(offset, offset + size);
  const kept = keptLength(dataSet, length, read);
  if (kept === undefined)
    return { kind: 'held', code: 'PIXEL_DATA_INVALID', detail: 'rows, columns, frames' };
  const cell = cellOf(dataSet);
  if (cell === undefined) {
    if (!usesAllBits(dataSet))
      return { kind: 'held', code: 'DEIDENTIFICATION_FAILED', detail: 'unused bits in cells of this size' };
    if (embedded)
      return { kind: 'held', code: 'DEIDENTIFICATION_FAILED', detail: 'overlay in packed pixels' };
    return kept === length ? unchanged : shortened(pixels, kept, read);
  }
  const mask = wordMask(cell);
  const full = cell.bytes === 1 ? 0xff : 0xffff;
  if (mask === full || !anyUnused(kept, read, cell, mask, embedded)) {
    return kept === length ? unchanged : shortened(pixels, kept, read);
  }
  const clear = (bytes: Uint8Array): void =>
    eachWord(bytes, cell, (word) => cleared(word, cell, mask, embedded));
  if (kept > rewrittenBytes) {
    const source = clearingSource(kept, read, cell.bytes, clear);
    return {
      kind: 'changed',
      element: { ...pixels, body: { kind: 'source', source, offset: 0, length: kept } },
    };
  }
  const bytes = copy(kept, read);
  clear(bytes);
  return { kind: 'changed', element: { ...pixels, body: { kind: 'bytes', bytes } } };
}

/** The value with its words cleared as they are read; always copies of whole words, cut to what was asked for. */
function clearingSource(
  size: number,
  read: Read,
  wordBytes: number,
  clear: (bytes: Uint8Array) => void,
): ByteSource {
  return {
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size)
        throw new SallyportError('DATA_SET_TRUNCATED', { detail: `offset ${offset}` });
      const from = offset - (offset % wordBytes);
      const to = Math.min(size, Math.ceil((offset + length) / wordBytes) * wordBytes);
      const words = new Uint8Array(read(from, to - from));
      clear(words);
      return words.subarray(offset - from, offset - from + length);
    },
  };
}

function cellOf(dataSet: DataSet): Cell | undefined {
  const allocated = firstNumber(dataSet, 0x00280100);
  const stored = firstNumber(dataSet, 0x00280101) ?? allocated;
  if ((allocated !== 8 && allocated !== 16) || stored === undefined || stored < 1 || stored > allocated)
    return undefined;
  const high = firstNumber(dataSet, 0x00280102) ?? stored - 1;
  if (high < stored - 1 || high >= allocated) return undefined;
  const padding = [...numbers(dataSet, 0x00280120).slice(0, 1), ...numbers(dataSet, 0x00280121).slice(0, 1)];
  return {
    bytes: allocated === 8 ? 1 : 2,
    stored,
    high,
    signed: firstNumber(dataSet, 0x00280103) === 1,
    littleEndian: dataSet.encoding.littleEndian,
    padding: new Set(padding.map((value) => value & (allocated === 8 ? 0xff : 0xffff))),
  };
}

function wordMask({ stored, high }: Cell): number {
  return (((1 << stored) - 1) << (high + 1 - stored)) & 0xffff;
}

/** The word without its unused bits; the word itself where they say nothing. */
function cleared(word: number, cell: Cell, mask: number, embedded: boolean): number {
  const value = word & mask;
  if (value === word || cell.padding.has(word)) return word;
  if (!cell.signed || ((value >>> cell.high) & 1) === 0) return value;
  const above = (cell.bytes === 1 ? 0xff : 0xffff) & ~((1 << (cell.high + 1)) - 1);
  // Not every writer extends the sign; unless a plane is declared there, both forms are left alone.
  return !embedded && (word & above) === 0 ? value : value | above;
}

type Read = (offset: number, size: number) => Uint8Array;

/** Whether any word would change. Words are first joined by OR, which settles the usual case at memory speed. */
function anyUnused(length: number, read: Read, cell: Cell, mask: number, embedded: boolean): boolean {
  for (let offset = 0; offset < length; offset += windowBytes) {
    const size = Math.min(windowBytes, length - offset);
    const bytes = read(offset, size);
    if ((joined(bytes) & doubled(mask, cell)) === 0) continue;
    let found = false;
    eachWord(bytes, cell, (word) => {
      if (cleared(word, cell, mask, embedded) !== word) found = true;
      return word;
    });
    if (found) return true;
  }
  return false;
}

/**
 * OR over all 32-bit words; the bytes before the first and behind the last whole one are shifted in. The mask is the same in
 * each cell of a word, so it does not matter with which cell a word begins.
 */
function joined(bytes: Uint8Array): number {
  const head = Math.min(bytes.length, (4 - (bytes.byteOffset & 3)) & 3);
  // An odd address would split the cells of 16 bits. Not `slice`, which leaves a Buffer where it is.
  if ((head & 1) === 1) return joined(new Uint8Array(bytes));
  const whole = head + ((bytes.length - head) & ~3);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + head, (whole - head) >>> 2);
  let all = 0;
  for (let index = 0; index < head; index += 1) all |= (bytes[index] ?? 0) << (index * 8);
  // Not for-of: the iterator costs ten times the work, half a millisecond for 0.5 MB.
  for (let index = 0; index < words.length; index += 1) all |= words[index] ?? 0;
  for (let index = whole; index < bytes.length; index += 1)
    all |= (bytes[index] ?? 0) << (((index - head) & 3) * 8);
  return all;
}

/** The unused bits of all cells of a 32-bit word as this machine (little endian) reads it. */
function doubled(mask: number, cell: Cell): number {
  if (cell.bytes === 1) {
    const unused = ~mask & 0xff;
    return unused | (unused << 8) | (unused << 16) | (unused << 24);
  }
  const unused = ~mask & 0xffff;
  const ordered = cell.littleEndian ? unused : ((unused & 0xff) << 8) | (unused >>> 8);
  return ordered | (ordered << 16);
}

/** Replaces every word in place where the result differs. */
function eachWord(bytes: Uint8Array, cell: Cell, change: (word: number) => number): void {
  if (cell.bytes === 1) {
    for (let index = 0; index < bytes.length; index += 1) {
      const word = bytes[index] ?? 0;
      const next = change(word);
      if (next !== word) bytes[index] = next;
    }
    return;
  }
  const low = cell.littleEndian ? 0 : 1;
  for (let index = 0; index + 1 < bytes.length; index += 2) {
    const word = (bytes[index + low] ?? 0) | ((bytes[index + 1 - low] ?? 0) << 8);
    const next = change(word);
    if (next === word) continue;
    bytes[index + low] = next & 0xff;
    bytes[index + 1 - low] = next >>> 8;
  }
}

/** Whether cells of a size that is not cleared here (1, 12, 32 bits) are filled by the stored bits. */
function usesAllBits(dataSet: DataSet): boolean {
  const allocated = firstNumber(dataSet, 0x00280100);
  const stored = firstNumber(dataSet, 0x00280101) ?? allocated;
  return allocated !== undefined && stored === allocated;
}

/** What the header says of one frame of samples; undefined where it does not say it. */
export function frameLayout(dataSet: DataSet): FrameLayout | undefined {
  const rows = firstNumber(dataSet, 0x00280010) ?? 0;
  const columns = firstNumber(dataSet, 0x00280011) ?? 0;
  const allocated = firstNumber(dataSet, 0x00280100) ?? 0;
  const samples = firstNumber(dataSet, 0x00280002) ?? 1;
  const pixels = rows * columns;
  if (!(pixels > 0) || !(allocated > 0) || !(samples > 0)) return undefined;
  const cell = cellOf(dataSet);
  return {
    pixels,
    bytes: Math.ceil((pixels * samples * allocated) / 8),
    hides(bytes) {
      if (cell === undefined) return !usesAllBits(dataSet);
      const mask = wordMask(cell);
      if (mask === (cell.bytes === 1 ? 0xff : 0xffff)) return false;
      return anyUnused(
        bytes.length,
        (offset, size) => bytes.subarray(offset, offset + size),
        cell,
        mask,
        false,
      );
    },
  };
}

/** Number of Frames, 1 where it is absent or empty; undefined where it is no number. */
function framesOf(dataSet: DataSet): number | undefined {
  return numbers(dataSet, 0x00280008).length === 0 ? 1 : firstNumber(dataSet, 0x00280008);
}

/** Whether Float or Double Float Pixel Data, where there is any, is as long as the header says. */
export function isWholeFloat(dataSet: DataSet): boolean {
  for (const [tag, bytes] of [
    [0x7fe00008, 4],
    [0x7fe00009, 8],
  ] as const) {
    const found = element(dataSet, tag);
    if (found === undefined) continue;
    const layout = frameLayout(dataSet);
    const samples = firstNumber(dataSet, 0x00280002) ?? 1;
    const frames = framesOf(dataSet);
    if (layout === undefined || frames === undefined) return false;
    if (valueLength(found) !== layout.pixels * samples * frames * bytes) return false;
  }
  return true;
}

/**
 * Length of the frames and their padding, where bytes that are not zero stand behind them; else the whole length.
 * Undefined where the header does not say how much of it is pixels.
 */
function keptLength(dataSet: DataSet, length: number, read: Read): number | undefined {
  const layout = frameLayout(dataSet);
  const frames = framesOf(dataSet);
  if (layout === undefined || frames === undefined || frames < 1) return length === 0 ? 0 : undefined;
  const allocated = firstNumber(dataSet, 0x00280100) ?? 0;
  const samples = firstNumber(dataSet, 0x00280002) ?? 1;
  const full = Math.ceil((layout.pixels * samples * frames * allocated) / 8);
  // 4:2:2 stores two samples a pixel, 4:2:0 one and a half; writers that store all three are known by the length.
  const subsampled = /42([02])$/.exec(textAt(dataSet, 0x00280004))?.[1];
  const reduced = Math.ceil((full * (subsampled === '2' ? 2 : 1.5)) / 3);
  const expected = subsampled === undefined || length === full + (full % 2) ? full : reduced;
  const even = expected + (expected % 2);
  if (even >= length) return length;
  for (let offset = expected; offset < length; offset += windowBytes) {
    const bytes = read(offset, Math.min(windowBytes, length - offset));
    if (bytes.some((byte) => byte !== 0)) return even;
  }
  return length;
}

function shortened(pixels: DataElement, kept: number, read: Read): Cleared {
  const { body } = pixels;
  if (body.kind === 'source')
    return { kind: 'changed', element: { ...pixels, body: { ...body, length: kept } } };
  return { kind: 'changed', element: { ...pixels, body: { kind: 'bytes', bytes: copy(kept, read) } } };
}

function copy(length: number, read: Read): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let offset = 0; offset < length; offset += windowBytes) {
    bytes.set(read(offset, Math.min(windowBytes, length - offset)), offset);
  }
  return bytes;
}
