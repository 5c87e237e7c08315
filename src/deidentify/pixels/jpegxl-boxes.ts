import { latin1 } from '../text.ts';
import type { Stripper, StripResult } from './fragments.ts';
import { KeptRanges } from './kept-ranges.ts';

/**
 * JPEG XL (ISO/IEC 18181-2): of a container, the boxes a decoder needs for the pixels stay. Exif, XML, JUMBF and
 * compressed metadata boxes go, and so do the data to restore the bytes of an original JPEG file, because its comments
 * and application segments are among them. A bare code stream has no room for metadata.
 */
export const jpegXlStripper: Stripper = {
  begins: (head) => isBare(head) || isContainer(head),
  strip,
};

/** Without the frame index (jxli), which no decoder of the pixels needs. */
const neededBoxes: ReadonlySet<string> = new Set(['JXL ', 'ftyp', 'jxll', 'jxlc', 'jxlp']);
/** Boxes of fixed content or length: anything more would be nobody's. */
const signature = '\r\n\x87\n';
const fileType = 'jxl \0\0\0\0jxl ';

function isBare(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0x0a;
}

function isContainer(bytes: Uint8Array): boolean {
  return latin1(bytes.subarray(0, 8)) === '\0\0\0\x0cJXL ';
}

function strip(bytes: Uint8Array): StripResult {
  if (isBare(bytes)) return { kind: 'whole' };
  if (!isContainer(bytes)) return { kind: 'unreadable' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept = new KeptRanges();
  let position = 0;
  while (position + 8 <= bytes.length) {
    const length = view.getUint32(position);
    const type = latin1(bytes.subarray(position + 4, position + 8));
    // A fragment of odd length has a zero behind it.
    if (length === 0 && type === '\0\0\0\0') break;
    const end = length === 0 ? bytes.length : position + length;
    if (length === 1 || end < position + 8 || end > bytes.length) return { kind: 'unreadable' };
    if (!neededBoxes.has(type)) kept.drop(position, end);
    else if (!isPlain(type, bytes.subarray(position + 8, end))) return { kind: 'stuck' };
    position = end;
  }
  return kept.finish(bytes, position);
}

/** Whether a box that stays holds no more than its type says. */
function isPlain(type: string, content: Uint8Array): boolean {
  if (type === 'JXL ') return latin1(content) === signature;
  if (type === 'ftyp') return latin1(content) === fileType;
  return type !== 'jxll' || content.length === 1;
}
