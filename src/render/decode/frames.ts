import { SallyportError } from '../../core/errors.ts';
import type { DataSet, FragmentsBody } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { numbers } from '../../dicom/values.ts';
import { frameBytes, type PixelDescription } from '../pixel-description.ts';
import { startsCodeStream } from './code-stream.ts';

/** Encoded bytes of single frames, read one at a time: memory holds one frame, however many there are. */
export interface Frames {
  /** The bytes of a frame, counted from 0. Valid until the next call. */
  read(index: number): Uint8Array;
}

interface Range {
  readonly offset: number;
  readonly length: number;
}

/** A code stream larger than its samples by more than this is not one frame; room for profiles and comments. */
const maxEncodedSlackBytes = 4 * 2 ** 20;

function invalid(detail: string): SallyportError {
  return new SallyportError('PIXEL_DATA_INVALID', { detail });
}

/**
 * Access to the frames of native pixel data (PS3.5 8.1.1). Throws PIXEL_DATA_INVALID where the value is shorter than
 * described, or longer by a frame or more: pixels nobody described must not be passed over in silence. Words of big
 * endian that hold several cells come with their bytes in the order of the cells.
 */
export function nativeFrames(pixels: PixelDescription, littleEndian: boolean): Frames {
  const { body } = pixels.element;
  if (body.kind !== 'source' && body.kind !== 'bytes') throw invalid('native pixel data expected');
  const length = body.kind === 'source' ? body.length : body.bytes.length;
  const { numberOfFrames, bitsAllocated } = pixels;
  const stored = (at: number, count: number): Uint8Array =>
    body.kind === 'source' ? body.source.read(body.offset + at, count) : body.bytes.subarray(at, at + count);
  // PS3.5 8.1.1: OW of a big-endian data set holds cells of 8 bits and fewer in words, the first in the low byte.
  const inWords = !littleEndian && pixels.element.vr === 'OW' && bitsAllocated <= 8;
  const read = inWords ? wordReader(stored, length) : stored;
  if (bitsAllocated === 1) return packedFrames(pixels, length, read);
  const perFrame = frameBytes(pixels);
  if (length < perFrame * numberOfFrames) throw invalid('pixel data shorter than described');
  if (length >= perFrame * (numberOfFrames + 1) && length > padded(perFrame * numberOfFrames)) {
    throw invalid('pixel data longer than described');
  }
  return { read: (index) => read(index * perFrame, perFrame) };
}

/** Reads bytes of big-endian words in the order of the cells; a frame may begin and end inside a word. */
function wordReader(
  stored: (at: number, count: number) => Uint8Array,
  length: number,
): (at: number, count: number) => Uint8Array {
  return (at, count) => {
    const start = at - (at % 2);
    const words = new Uint8Array(stored(start, Math.min(length, padded(at + count)) - start));
    for (let i = 0; i + 1 < words.length; i += 2) {
      const low = words[i + 1] as number;
      words[i + 1] = words[i] as number;
      words[i] = low;
    }
    return words.subarray(at - start, at - start + count);
  };
}

/** Length of a value with the byte that makes it even: of a single pixel it is as long as another frame. */
function padded(length: number): number {
  return length + (length % 2);
}

/** One bit per pixel: frames follow each other without padding to bytes (PS3.5 8.1.1). */
function packedFrames(
  pixels: PixelDescription,
  length: number,
  read: (at: number, count: number) => Uint8Array,
): Frames {
  const bits = pixels.rows * pixels.columns * pixels.samplesPerPixel;
  const perFrame = frameBytes(pixels);
  const described = Math.ceil((bits * pixels.numberOfFrames) / 8);
  if (length < described) throw invalid('pixel data shorter than described');
  if (length >= Math.ceil((bits * (pixels.numberOfFrames + 1)) / 8) + 1 && length > padded(described)) {
    throw invalid('pixel data longer than described');
  }
  return {
    read(index) {
      const start = index * bits;
      const shift = start % 8;
      const at = Math.floor(start / 8);
      const bytes = read(at, Math.ceil((start + bits) / 8) - at);
      if (shift === 0) return bytes;
      const out = new Uint8Array(perFrame);
      for (let i = 0; i < perFrame; i++) {
        out[i] = ((bytes[i] ?? 0) >> shift) | (((bytes[i + 1] ?? 0) << (8 - shift)) & 0xff);
      }
      return out;
    },
  };
}

/**
 * Access to the frames of encapsulated pixel data (PS3.5 A.4): one fragment per frame, else by the marks that begin a code
 * stream where they are as many as the frames, else by the extended or the basic offset table. A table that contradicts
 * the fragments is not used. Throws PIXEL_DATA_INVALID where fragments and number of frames cannot be brought together.
 */
export function encapsulatedFrames(dataSet: DataSet, pixels: PixelDescription): Frames {
  const { body } = pixels.element;
  if (body.kind !== 'fragments') throw invalid('encapsulated pixel data expected');
  const { fragments, firsts } = groupFragments(dataSet, body, pixels.numberOfFrames);
  const maxEncodedBytes = 2 * frameBytes(pixels) + maxEncodedSlackBytes;
  return {
    read(index) {
      const parts = fragments.slice(firsts?.[index] ?? index, firsts?.[index + 1] ?? index + 1);
      const total = parts.reduce((sum, part) => sum + part.length, 0);
      if (total === 0) throw invalid('empty frame');
      if (total > maxEncodedBytes) throw invalid('frame much longer than its samples');
      const [only] = parts;
      if (parts.length === 1 && only !== undefined) return body.source.read(only.offset, only.length);
      const joined = new Uint8Array(total);
      let at = 0;
      for (const part of parts) {
        joined.set(body.source.read(part.offset, part.length), at);
        at += part.length;
      }
      return joined;
    },
  };
}

interface Grouping {
  readonly fragments: readonly Range[];
  /** Index of the first fragment of each frame, and the number of fragments at the end; undefined: one fragment each. */
  readonly firsts: readonly number[] | undefined;
}

function groupFragments(dataSet: DataSet, body: FragmentsBody, numberOfFrames: number): Grouping {
  const { fragments } = body;
  if (fragments.length < numberOfFrames) throw invalid('fewer fragments than frames');
  if (fragments.length === numberOfFrames) {
    return {
      fragments: withoutPadding(fragments, extended(dataSet, tags.ExtendedOffsetTableLengths)),
      firsts: undefined,
    };
  }
  const starts = fragments.flatMap((fragment, index) => (startsFrame(body, fragment) ? [index] : []));
  if (starts[0] === 0 && starts.length === numberOfFrames)
    return { fragments, firsts: [...starts, fragments.length] };
  const firsts = byTables(dataSet, body, numberOfFrames);
  if (firsts !== undefined) return { fragments, firsts };
  // An empty item is no picture that would be passed over.
  const filled = fragments.filter(({ length }) => length > 0);
  if (filled.length === numberOfFrames) return { fragments: filled, firsts: undefined };
  // Fragments of one frame need not begin with anything; but two beginnings are two frames.
  if (numberOfFrames === 1 && starts.length <= 1) return { fragments, firsts: [0, fragments.length] };
  throw invalid('fragments do not match the number of frames');
}

/** The extended table first (PS3.3 C.7.6.3.1.8), then the basic one, also in the byte order it must not have. */
function byTables(
  dataSet: DataSet,
  body: FragmentsBody,
  numberOfFrames: number,
): readonly number[] | undefined {
  const { fragments } = body;
  return (
    matchOffsets(fragments, extended(dataSet, tags.ExtendedOffsetTable), numberOfFrames) ??
    matchOffsets(fragments, basicOffsets(body, numberOfFrames, true), numberOfFrames) ??
    matchOffsets(fragments, basicOffsets(body, numberOfFrames, false), numberOfFrames)
  );
}

/** Extended Offset Table Lengths (7FE0,0002) leave out the byte that makes a fragment even; other lengths are not believed. */
function withoutPadding(fragments: readonly Range[], lengths: readonly number[]): readonly Range[] {
  if (lengths.length !== fragments.length) return fragments;
  return fragments.map((fragment, index) =>
    lengths[index] === fragment.length - 1
      ? { offset: fragment.offset, length: fragment.length - 1 }
      : fragment,
  );
}

function startsFrame(body: FragmentsBody, fragment: Range): boolean {
  return (
    fragment.length >= 2 && startsCodeStream(body.source.read(fragment.offset, Math.min(12, fragment.length)))
  );
}

/**
 * Offsets count from the first byte of the item tag of the first fragment (A.4), so that the first is 0. Some writers
 * count from elsewhere: the differences are believed then, but not where the first offset is that of a later fragment.
 */
function matchOffsets(
  fragments: readonly Range[],
  offsets: readonly number[] | undefined,
  numberOfFrames: number,
): readonly number[] | undefined {
  const [first] = fragments;
  const base = offsets?.[0];
  if (offsets?.length !== numberOfFrames || first === undefined || base === undefined) return undefined;
  const begins = (fragment: Range): number => fragment.offset - first.offset;
  if (base !== 0 && fragments.some((fragment) => begins(fragment) === base)) return undefined;
  const firsts: number[] = [];
  let index = 0;
  for (const offset of offsets) {
    let fragment = fragments[index];
    while (fragment !== undefined && begins(fragment) < offset - base) {
      index += 1;
      fragment = fragments[index];
    }
    if (fragment === undefined || begins(fragment) !== offset - base || firsts.at(-1) === index)
      return undefined;
    firsts.push(index);
  }
  return [...firsts, fragments.length];
}

/** Little endian, as every transfer syntax that encapsulates is. */
function basicOffsets(
  body: FragmentsBody,
  numberOfFrames: number,
  littleEndian: boolean,
): readonly number[] | undefined {
  const { offset, length } = body.offsetTable;
  if (length !== 4 * numberOfFrames) return undefined;
  const bytes = body.source.read(offset, length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  return Array.from({ length: numberOfFrames }, (_, i) => view.getUint32(4 * i, littleEndian));
}

/** The 64-bit numbers of (7FE0,0001) or (7FE0,0002). */
function extended(dataSet: DataSet, tag: number): readonly number[] {
  return numbers(dataSet, tag);
}
