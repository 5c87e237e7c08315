import type { Stripper, StripResult } from './fragments.ts';

const headerBytes = 64;
const maxSegments = 15;

/**
 * RLE (PS3.5 Annex G): nothing may stand in the unused offsets of the header, between the segments or behind the last
 * byte a decoder needs. Segments are of `pixels` bytes each when decoded. Lengths are bound to the header, so nothing is
 * taken out: such a frame is stuck. Fill of zeros and of -128, which decoders pass over, is no text.
 */
export function rleStripper(pixels: number): Stripper {
  return { begins: () => true, strip: (bytes) => strip(bytes, pixels) };
}

function strip(bytes: Uint8Array, pixels: number): StripResult {
  if (bytes.length < headerBytes) return { kind: 'unreadable' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  if (count < 1 || count > maxSegments) return { kind: 'unreadable' };
  const offsets = Array.from({ length: count }, (_, index) => view.getUint32(4 + 4 * index, true));
  if (!isFill(bytes, 4 + 4 * count, headerBytes) || !isFill(bytes, headerBytes, offsets[0] ?? 0))
    return { kind: 'stuck' };
  for (const [index, start] of offsets.entries()) {
    const end = offsets[index + 1] ?? bytes.length;
    if (start < headerBytes || end < start || end > bytes.length) return { kind: 'unreadable' };
    const used = endOfSegment(bytes, start, end, pixels);
    if (used === undefined) return { kind: 'unreadable' };
    if (!isFill(bytes, used, end)) return { kind: 'stuck' };
  }
  return { kind: 'whole' };
}

/** Where a decoder stops that wants so many bytes; undefined where the segment ends before. */
function endOfSegment(bytes: Uint8Array, start: number, end: number, pixels: number): number | undefined {
  let at = start;
  let decoded = 0;
  while (decoded < pixels) {
    if (at >= end) return undefined;
    const control = bytes[at] ?? 0;
    if (control < 128) {
      at += control + 2;
      decoded += control + 1;
    } else if (control > 128) {
      at += 2;
      decoded += 257 - control;
    } else at += 1;
  }
  return at <= end ? at : undefined;
}

function isFill(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at] !== 0 && bytes[at] !== 0x80) return false;
  return true;
}
