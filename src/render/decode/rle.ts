import { invalid } from './code-stream.ts';

const headerBytes = 64;
/** PS3.5 G.5: the header has room for as many offsets. */
const maxSegments = 15;
/** Runs from this length on are faster filled than written byte by byte (measured). */
const fillFrom = 24;

/**
 * Decodes one RLE frame (PS3.5 Annex G) into interleaved little-endian samples. `pixels` is the number of pixels,
 * `cellBytes` the bytes of one sample. What follows the last byte that a segment needs is padding. Throws
 * PIXEL_DATA_INVALID where the segments are not as many as described, lie outside the frame or end early.
 */
export function decodeRle(
  encoded: Uint8Array,
  pixels: number,
  samplesPerPixel: number,
  cellBytes: number,
): Uint8Array {
  const segments = samplesPerPixel * cellBytes;
  if (encoded.length < headerBytes) throw invalid('RLE header');
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  if (segments > maxSegments || view.getUint32(0, true) !== segments) throw invalid('RLE segment count');
  const out = new Uint8Array(pixels * segments);
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < segments ? view.getUint32(8 + 4 * segment, true) : encoded.length;
    if (start < headerBytes || end < start || end > encoded.length) throw invalid('RLE segment offset');
    // G.2: segments run from the most significant byte of the first sample to the least significant of the last.
    const sample = Math.floor(segment / cellBytes);
    const first = sample * cellBytes + cellBytes - 1 - (segment % cellBytes);
    decodeSegment(encoded, start, end, out, first, segments);
  }
  return out;
}

/** G.3.2: a control byte, then bytes as they are, or one byte to be repeated. Writes every `stride`-th byte. */
function decodeSegment(
  encoded: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  first: number,
  stride: number,
): void {
  const { length } = out;
  let at = start;
  let to = first;
  while (to < length) {
    if (at + 1 >= end) throw invalid('RLE segment ends early');
    const control = encoded[at++] as number;
    if (control < 128) {
      if (at + control + 1 > end) throw invalid('RLE segment ends early');
      const stop = Math.min(to + (control + 1) * stride, length);
      for (; to < stop; to += stride) out[to] = encoded[at++] as number;
    } else if (control > 128) {
      const value = encoded[at++] as number;
      const stop = Math.min(to + (257 - control) * stride, length);
      if (stride === 1 && stop - to >= fillFrom) {
        out.fill(value, to, stop);
        to = stop;
      } else for (; to < stop; to += stride) out[to] = value;
    }
  }
}
