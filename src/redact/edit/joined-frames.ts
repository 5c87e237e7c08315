import { SallyportError } from '../../core/errors.ts';
import type { ByteSource } from '../../dicom/byte-source.ts';
import type { ElementBody } from '../../dicom/data-set.ts';

/** Native frames that are made whenever they are read. */
export interface MadeFrames {
  readonly count: number;
  /** Bits of one frame; frames of one-bit pixels follow each other without padding to bytes. */
  readonly frameBits: number;
  /** The bytes of a frame, counted from 0, from its first bit on. Valid until the next call. */
  make(index: number): Uint8Array;
}

/** Values up to this size are made at once and kept, bytes; larger ones are made anew whenever a part is read. */
const keptBytes = 64 * 2 ** 20;

/** The value of native Pixel Data as one source. Memory holds what is read and whatever one frame takes. */
export function joinedFrames(frames: MadeFrames): ByteSource {
  const { count, frameBits } = frames;
  const size = Math.ceil((count * frameBits) / 8);
  let last: { readonly index: number; readonly bytes: Uint8Array } | undefined;
  const frame = (index: number): Uint8Array => {
    if (last?.index === index) return last.bytes;
    last = undefined;
    const bytes = frames.make(index);
    last = { index, bytes };
    return bytes;
  };
  return {
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size)
        throw new SallyportError('DATA_SET_TRUNCATED', { detail: `offset ${offset}` });
      const out = new Uint8Array(length);
      const start = 8 * offset;
      const end = 8 * (offset + length);
      for (let index = Math.floor(start / frameBits); index < count && index * frameBits < end; index += 1) {
        copyBits(frame(index), index * frameBits - start, frameBits, out);
      }
      return out;
    },
  };
}

/** Copies `count` bits to bit `at` of the target, which may lie before its beginning; what leaves the target is cut off. */
function copyBits(from: Uint8Array, at: number, count: number, to: Uint8Array): void {
  if (at % 8 === 0 && count % 8 === 0) {
    const first = Math.max(0, -at / 8);
    const last = Math.min(count / 8, to.length - at / 8);
    if (last > first) to.set(from.subarray(first, last), at / 8 + first);
    return;
  }
  for (let bit = Math.max(0, -at); bit < count && at + bit < 8 * to.length; bit += 1) {
    const value = ((from[bit >> 3] ?? 0) >> (bit & 7)) & 1;
    const place = at + bit;
    to[place >> 3] = (to[place >> 3] as number) | (value << (place & 7));
  }
}

/** Bytes of words of 16 bits turned as they are read: cells of 8 bits and fewer in OW of big endian (PS3.5 8.1.1). */
export function turnedWords(source: ByteSource): ByteSource {
  const size = source.size + (source.size % 2);
  return {
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size)
        throw new SallyportError('DATA_SET_TRUNCATED', { detail: `offset ${offset}` });
      const from = offset - (offset % 2);
      const to = offset + length + ((offset + length) % 2);
      const words = new Uint8Array(to - from);
      words.set(source.read(from, Math.min(to, source.size) - from));
      Buffer.from(words.buffer).swap16();
      return words.subarray(offset - from, offset - from + length);
    },
  };
}

/** The source as a value: in memory where it is small, else read when it is wanted. */
export function bodyOf(source: ByteSource): ElementBody {
  if (source.size > keptBytes) return { kind: 'source', source, offset: 0, length: source.size };
  const bytes = new Uint8Array(source.size + (source.size % 2));
  bytes.set(source.read(0, source.size));
  return { kind: 'bytes', bytes };
}
