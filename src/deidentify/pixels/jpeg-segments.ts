import { latin1 } from '../text.ts';
import { isEncoderName } from './encoder-names.ts';
import type { Stripper, StripResult } from './fragments.ts';
import { KeptRanges } from './kept-ranges.ts';

/**
 * JPEG (ISO/IEC 10918-1) and JPEG-LS (ISO/IEC 14495-1): comments and application segments go, but for an encoder's name and what a
 * decoder needs: JFIF (or LJIF) without thumbnail, Adobe (colour transform), and HP's colour transform of JPEG-LS. EXIF, XMP, IPTC,
 * Photoshop and ICC text are in the others.
 */
export const jpegStripper: Stripper = {
  begins: (head) => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff,
  strip,
};

const startOfScan = 0xda;
const endOfImage = 0xd9;

function strip(bytes: Uint8Array): StripResult {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return { kind: 'unreadable' };
  const kept = new KeptRanges();
  let position = 2;
  while (position < bytes.length) {
    if (bytes[position] !== 0xff) return { kind: 'unreadable' };
    const start = position;
    while (bytes[position] === 0xff) position += 1;
    const marker = bytes[position] ?? 0;
    position += 1;
    if (marker === endOfImage) return kept.finish(bytes, position);
    if (isAlone(marker)) continue;
    const length = ((bytes[position] ?? 0) << 8) | (bytes[position + 1] ?? 0);
    const end = position + length;
    if (length < 2 || end > bytes.length) return { kind: 'unreadable' };
    const content = bytes.subarray(position + 2, end);
    if (isTable(marker)) {
      if (!isWhole(marker, content)) return { kind: 'stuck' };
    } else if (!isNeeded(marker, content)) kept.drop(start, end);
    position = marker === startOfScan ? nextMarker(bytes, end) : end;
  }
  // Without End Of Image nothing can stand behind it.
  return kept.finish(bytes, bytes.length);
}

/** Markers without a segment: TEM, RSTn, SOI. */
function isAlone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

/** Markers of segments that a decoder may need (T.81 table B.1, T.87): frames, scans, tables, restart interval, LSE. */
function isTable(marker: number): boolean {
  return (
    (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8) ||
    (marker >= 0xda && marker <= 0xdf) ||
    (marker >= 0xf7 && marker <= 0xf8)
  );
}

/** Whether a segment ends where its content says: what stands behind that is read by no decoder. */
function isWhole(marker: number, content: Uint8Array): boolean {
  const at = (index: number): number => content[index] ?? 0;
  const { length } = content;
  switch (marker) {
    case 0xc4: {
      let end = 0;
      while (end < length)
        end += 17 + content.subarray(end + 1, end + 17).reduce((sum, count) => sum + count, 0);
      return end === length;
    }
    case 0xcc:
      // Class 0 or 1 and destination 0 to 3, each with one value (T.81 B.2.4.3).
      return (
        length % 2 === 0 &&
        length <= 16 &&
        content.every((byte, index) => index % 2 === 1 || (byte & 0xec) === 0)
      );
    case 0xda:
      return length === 4 + 2 * at(0);
    case 0xdb: {
      let end = 0;
      while (end < length) end += at(end) < 0x10 ? 65 : 129;
      return end === length;
    }
    case 0xdc:
    case 0xdd:
      // JPEG-LS has restart intervals of up to four bytes (T.87 C.2.5).
      return length >= 2 && length <= 4;
    case 0xdf:
      return length === 1;
    case 0xf8:
      // Coding parameters, or a mapping table; a table holds no more than its bytes.
      return at(0) === 1 ? length === 11 : at(0) <= 4;
    default:
      return length === 6 + 3 * at(5);
  }
}

function isNeeded(marker: number, content: Uint8Array): boolean {
  if (marker === 0xfe) return isEncoderName(latin1(content));
  // Application segments; reserved markers and extensions mean nothing to a decoder.
  if (marker < 0xe0 || marker > 0xef) return false;
  const name = latin1(content.subarray(0, 5));
  if (marker === 0xe0) {
    return (name === 'JFIF\0' && content.length === 14) || (name === 'LJIF\0' && content.length === 13);
  }
  if (marker === 0xee) return name === 'Adobe' && content.length === 12;
  return marker === 0xe8 && name.startsWith('mrfx') && content.length === 5;
}

/** Where the entropy-coded data that begins at `from` ends: at a marker that is neither stuffing nor RSTn. */
function nextMarker(bytes: Uint8Array, from: number): number {
  let position = from;
  for (;;) {
    position = bytes.indexOf(0xff, position);
    if (position < 0 || position + 1 >= bytes.length) return bytes.length;
    const next = bytes[position + 1] ?? 0;
    if (next >= 0xc0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return position;
    position += next === 0xff ? 1 : 2;
  }
}
