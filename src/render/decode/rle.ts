import { SallyportError } from '../../core/errors.ts';

const headerBytes = 64;

/**
 * Decodes one RLE frame (PS3.5 Annex G) into interleaved little-endian samples. `samples` is the number of pixels,
 * `cellBytes` the bytes of one sample. Throws PIXEL_DATA_INVALID where segments do not match or end early.
 */
export function decodeRle(
  encoded: Uint8Array,
  pixels: number,
  samplesPerPixel: number,
  cellBytes: number,
): Uint8Array {
  const expected = samplesPerPixel * cellBytes;
  if (encoded.length < headerBytes) throw invalid('RLE header');
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  if (expected > 15 || view.getUint32(0, true) !== expected) throw invalid('RLE segment count');
  const out = new Uint8Array(pixels * expected);
  for (let segment = 0; segment < expected; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const next = segment + 1 < expected ? view.getUint32(8 + 4 * segment, true) : encoded.length;
    if (start < headerBytes || next < start || next > encoded.length) throw invalid('RLE segment offset');
    // G.2: segments run from the most significant byte of the first sample to the least significant of the last.
    const sample = Math.floor(segment / cellBytes);
    const byte = cellBytes - 1 - (segment % cellBytes);
    decodeSegment(encoded.subarray(start, next), out, sample * cellBytes + byte, expected);
  }
  return out;
}

function decodeSegment(segment: Uint8Array, out: Uint8Array, first: number, stride: number): void {
  const { length } = out;
  let at = 0;
  let to = first;
  while (to < length) {
    if (at + 1 >= segment.length) throw invalid('RLE segment ends early');
    const control = segment[at++] as number;
    if (control < 128) {
      const end = at + control + 1;
      if (end > segment.length) throw invalid('RLE segment ends early');
      while (at < end && to < length) {
        out[to] = segment[at++] as number;
        to += stride;
      }
    } else if (control > 128) {
      const value = segment[at++] as number;
      for (let run = 257 - control; run > 0 && to < length; run--) {
        out[to] = value;
        to += stride;
      }
    }
  }
}

function invalid(detail: string): SallyportError {
  return new SallyportError('PIXEL_DATA_INVALID', { detail });
}
