import type { DecodedFrame } from './decode/decoders.ts';
import type { PixelDescription } from './pixel-description.ts';

/** Cells of one frame as they were stored: not yet masked, not yet sign-extended. */
export type Cells = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

const hostIsLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * The cells of a decoded frame in the byte order of this machine, one number each; one-bit pixels unpacked. Bytes are
 * copied only where order or alignment asks for it.
 */
export function cellsOf(frame: DecodedFrame, pixels: PixelDescription): Cells {
  const { bytes } = frame;
  const count = frame.bitsAllocated === 1 ? 0 : Math.floor(bytes.length / (frame.bitsAllocated / 8));
  switch (frame.bitsAllocated) {
    case 1:
      return unpackBits(bytes, pixels.rows * pixels.columns * pixels.samplesPerPixel);
    case 8:
      return bytes;
    case 16: {
      const own = aligned(bytes, 2, frame.littleEndian, 2);
      return new Uint16Array(own.buffer, own.byteOffset, count);
    }
    case 32: {
      // OW swaps by words of 16 bits, OF and OL by 32.
      const unit = pixels.element.vr === 'OW' ? 2 : 4;
      const own = aligned(bytes, 4, frame.littleEndian, unit);
      return pixels.sampleKind === 'float'
        ? new Float32Array(own.buffer, own.byteOffset, count)
        : new Uint32Array(own.buffer, own.byteOffset, count);
    }
    default: {
      const own = aligned(bytes, 8, frame.littleEndian, 8);
      return new Float64Array(own.buffer, own.byteOffset, count);
    }
  }
}

function aligned(bytes: Uint8Array, cellBytes: number, littleEndian: boolean, unit: 2 | 4 | 8): Uint8Array {
  if (littleEndian !== hostIsLittle) return swap(bytes, unit);
  // Not `slice`, which copies nothing where the bytes are a Buffer, as those of an inflated data set.
  return bytes.byteOffset % cellBytes === 0 ? bytes : new Uint8Array(bytes);
}

function swap(bytes: Uint8Array, unit: 2 | 4 | 8): Uint8Array {
  // Buffers of Buffer.alloc may be unaligned; those of a plain Uint8Array are not.
  const copy = new Uint8Array(Math.ceil(bytes.length / unit) * unit);
  copy.set(bytes);
  const buffer = Buffer.from(copy.buffer);
  if (unit === 2) buffer.swap16();
  else if (unit === 4) buffer.swap32();
  else buffer.swap64();
  return copy;
}

/** PS3.5 8.1.1: the first pixel stands in the least significant bit. */
function unpackBits(bytes: Uint8Array, count: number): Uint8Array {
  const out = new Uint8Array(count);
  for (let i = 0; i < count; i++) out[i] = ((bytes[i >> 3] ?? 0) >> (i & 7)) & 1;
  return out;
}

/** How stored values are cut out of cells: PS3.5 8.1.1, figure with Bits Stored and High Bit. */
export interface CellLayout {
  /** Right shift that brings the least significant stored bit to bit 0. */
  readonly shift: number;
  readonly bitsStored: number;
  readonly signed: boolean;
}

/**
 * The layout of the cells of a decoded frame. A code stream of fewer bits than stored holds its samples at bit 0, and
 * with a sign only if the stream itself is signed.
 */
export function layoutOf(frame: DecodedFrame, pixels: PixelDescription): CellLayout {
  const narrow = frame.depth < pixels.bitsStored;
  return {
    shift: frame.depth > pixels.highBit ? pixels.highBit + 1 - pixels.bitsStored : 0,
    bitsStored: narrow ? frame.depth : pixels.bitsStored,
    signed: pixels.signed && (!narrow || frame.signedStream),
  };
}
