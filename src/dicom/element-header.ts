import { SallyportError } from '../core/errors.ts';
import { type Cursor, tagAt, u16, u32 } from './cursor.ts';
import type { Encoding, Vr } from './data-set.ts';
import { formatTag, isPrivateCreator, lookup } from './dictionary.ts';
import { areCapitals, vrOfBytes } from './vr.ts';

/** The length field of elements and items whose end is marked by a delimiter (PS3.5 7.1.1). */
export const undefinedLength = 0xffffffff;

/** What stands before a value: PS3.5 7.1. */
export interface ElementHeader {
  readonly tag: number;
  readonly vr: Vr;
  /** Bytes of the value, or `undefinedLength`. */
  readonly length: number;
  /** Bytes of the header itself. */
  readonly headerBytes: 8 | 12;
  /** True when no VR was given, also where the data set is explicit otherwise. */
  readonly implicit: boolean;
}

/**
 * The header at `start` of an element in a container that ends at `end`, of which 8 bytes at least are left. Understands
 * what writers got wrong in explicit VR: letters that are no VR, headers without VR, 16-bit lengths for 32-bit VRs.
 */
export function readHeader(cursor: Cursor, start: number, end: number, encoding: Encoding): ElementHeader {
  const { explicitVr, littleEndian } = encoding;
  const index = cursor.at(start, 8);
  const { bytes } = cursor;
  const tag = tagAt(bytes, index, littleEndian);
  if (!explicitVr) {
    return {
      tag,
      vr: implicitVr(tag),
      length: u32(bytes, index + 4, littleEndian),
      headerBytes: 8,
      implicit: true,
    };
  }
  const first = bytes[index + 4] ?? 0;
  const second = bytes[index + 5] ?? 0;
  const traits = vrOfBytes(first, second);
  const short = u16(bytes, index + 6, littleEndian);
  if (traits !== undefined && !traits.longForm) {
    return { tag, vr: traits.vr, length: short, headerBytes: 8, implicit: false };
  }
  if (areCapitals(first, second)) {
    // A VR of a later edition has the long form (PS3.5 7.1.2).
    const vr = traits?.vr ?? implicitVr(tag);
    return longHeader(cursor, start, end, littleEndian, { tag, vr, short });
  }
  const vr = implicitVr(tag);
  // Two printable characters or two zeros stand for a VR; anything else is the length of an implicit header.
  if ((first === 0 && second === 0) || (isPrintable(first) && isPrintable(second))) {
    return { tag, vr, length: short, headerBytes: 8, implicit: false };
  }
  return { tag, vr, length: u32(bytes, index + 4, littleEndian), headerBytes: 8, implicit: true };
}

function longHeader(
  cursor: Cursor,
  start: number,
  end: number,
  littleEndian: boolean,
  { tag, vr, short }: { readonly tag: number; readonly vr: Vr; readonly short: number },
): ElementHeader {
  const room = end - start - 12;
  if (room >= 0) {
    const index = cursor.at(start, 12);
    const length = u32(cursor.bytes, index + 8, littleEndian);
    // Some writers give OB and UN a 16-bit length; then it stands where two reserved bytes should be zero.
    if (short === 0 || length === undefinedLength || length <= room) {
      return { tag, vr, length, headerBytes: 12, implicit: false };
    }
  } else if (short === 0) {
    const code = start + 12 > cursor.size ? 'DATA_SET_TRUNCATED' : 'DATA_SET_MALFORMED';
    throw new SallyportError(code, { detail: `${formatTag(tag)} at offset ${start}` });
  }
  return { tag, vr, length: short, headerBytes: 8, implicit: false };
}

/** The VR of an element that names none: the dictionary's, UN when it has none (PS3.5 6.2.2, 7.8.1). */
function implicitVr(tag: number): Vr {
  const vr = lookup(tag)?.vr;
  if (vr === undefined) return isPrivateCreator(tag) ? 'LO' : 'UN';
  switch (vr) {
    // Until Pixel Representation decides; see resolve.ts.
    case 'US or SS':
      return 'US';
    // Implicit VR has them all as OW (PS3.5 A.1).
    case 'OB or OW':
    case 'US or OW':
    case 'US or SS or OW':
      return 'OW';
    default:
      return vr;
  }
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}
