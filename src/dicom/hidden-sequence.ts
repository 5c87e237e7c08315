import { type Cursor, tagAt } from './cursor.ts';
import type { Encoding } from './data-set.ts';
import { lookup } from './dictionary.ts';
import { explicitVrBigEndian, explicitVrLittleEndian, implicitVrLittleEndian } from './encodings.ts';
import { itemTag } from './tags.ts';
import { vrOfBytes } from './vr.ts';

/** True when the value at `offset`, of 4 bytes at least, begins like a sequence in either byte order. */
export function startsWithItem(cursor: Cursor, offset: number): boolean {
  const index = cursor.at(offset, 4);
  return tagAt(cursor.bytes, index, true) === itemTag || tagAt(cursor.bytes, index, false) === itemTag;
}

/**
 * How the items at `offset` of a sequence with VR UN are encoded: implicit VR little endian (PS3.5 6.2.2 note 2), but some
 * writers kept the encoding around it. Looks at the first element of the first item.
 */
export function hiddenItemsEncoding(cursor: Cursor, offset: number, around: Encoding): Encoding {
  const available = Math.min(16, cursor.size - offset);
  if (available < 4) return implicitVrLittleEndian;
  const index = cursor.at(offset, available);
  const { bytes } = cursor;
  const littleEndian = tagAt(bytes, index, false) >>> 16 !== 0xfffe;
  const traits = available < 14 ? undefined : vrOfBytes(bytes[index + 12] ?? 0, bytes[index + 13] ?? 0);
  if (traits !== undefined) {
    const known = lookup(tagAt(bytes, index + 8, littleEndian))?.vr;
    // Read as implicit the letters would be a length of 16 KB or more, which such a first element does not have.
    if (known === undefined || known.includes(traits.vr) || traits.vr === 'UN') {
      return littleEndian ? explicitVrLittleEndian : explicitVrBigEndian;
    }
  }
  return littleEndian || !around.littleEndian ? implicitVrLittleEndian : around;
}
