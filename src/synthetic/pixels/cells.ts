import { seededRandom } from '../random.ts';
import { hasPairedChroma, type PixelSpec, samplesOf } from './pixel-spec.ts';

/**
 * Stored values as the cells of native pixel data, little endian: shifted to the high bit, the other bits as asked
 * (PS3.5 8.1.1). One-bit values are not packed here but stand in a byte each.
 */
export function cellBytes(stored: Float64Array, spec: PixelSpec): Uint8Array {
  if (spec.sampleKind === 'float') return new Uint8Array(Float32Array.from(stored).buffer);
  if (spec.sampleKind === 'double') return new Uint8Array(Float64Array.from(stored).buffer);
  const { bitsAllocated, bitsStored, highBit } = spec;
  const bytes = bitsAllocated === 1 ? 1 : bitsAllocated / 8;
  const out = new Uint8Array(stored.length * bytes);
  const shift = 2 ** (highBit + 1 - bitsStored);
  const top = 2 ** (highBit + 1);
  const all = 2 ** bitsAllocated;
  const random = seededRandom(`unused ${spec.name}`);
  for (let i = 0; i < stored.length; i++) {
    const bits = modulo(stored[i] ?? 0, 2 ** bitsStored);
    let cell = bits * shift;
    if (spec.unusedBits === 'garbage') {
      cell += Math.floor(random() * shift) + Math.floor(random() * (all / top)) * top;
    }
    for (let byte = 0; byte < bytes; byte++) out[i * bytes + byte] = Math.floor(cell / 256 ** byte) % 256;
  }
  return out;
}

/** Samples of a frame as planes, where the specification wants them so; `cell` is the size of one in bytes. */
export function arranged(bytes: Uint8Array, spec: PixelSpec, cell: number): Uint8Array {
  if (spec.planar === 0 || samplesOf(spec) === 1 || hasPairedChroma(spec)) return bytes;
  const pixels = spec.rows * spec.columns;
  const out = new Uint8Array(bytes.length);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let sample = 0; sample < 3; sample++) {
      const from = (pixel * 3 + sample) * cell;
      out.set(bytes.subarray(from, from + cell), (sample * pixels + pixel) * cell);
    }
  }
  return out;
}

/** One-bit pixels, a byte each, packed from the least significant bit on (PS3.5 8.1.1); frames follow without a gap. */
export function packBits(cells: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(cells.length / 8));
  for (const [index, cell] of cells.entries())
    out[index >> 3] = (out[index >> 3] ?? 0) | ((cell & 1) << (index & 7));
  return out;
}

/** Bytes of one cell in native form; 1 for one-bit pixels before they are packed. */
export function cellSize(spec: PixelSpec): number {
  if (spec.sampleKind !== 'integer') return spec.sampleKind === 'float' ? 4 : 8;
  return spec.bitsAllocated === 1 ? 1 : spec.bitsAllocated / 8;
}

export function modulo(value: number, range: number): number {
  return ((value % range) + range) % range;
}
