import type { Encoding } from './data-set.ts';

/** What a look at the first bytes of an encoded data set found of the UIDs that were asked for. */
export type UidScan =
  | { readonly kind: 'found'; readonly uids: ReadonlyMap<number, string> }
  | { readonly kind: 'more' }
  | { readonly kind: 'not-dicom' };

const GROUP_IDENTIFYING = 0x0008;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const UNDEFINED_LENGTH = 0xffffffff;
/** Sequences of undefined length within one another that are looked through; real ones reach four or five. */
const MAX_DEPTH = 16;
const UN = vrNumber('UN');

const MORE: UidScan = { kind: 'more' };
const NOT_DICOM: UidScan = { kind: 'not-dicom' };

/** VRs whose explicit form has two reserved bytes and a 32-bit length (PS3.5 7.1.2), as two ASCII bytes. */
const longVrs: ReadonlySet<number> = new Set(
  ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'].map(vrNumber),
);
const shortVrs: ReadonlySet<number> = new Set(
  'AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US'.split(' ').map(vrNumber),
);

function vrNumber(vr: string): number {
  return (vr.charCodeAt(0) << 8) | vr.charCodeAt(1);
}

/** Where reading stands; one object per scan. */
interface ScanCursor {
  readonly view: DataView;
  explicitVr: boolean;
  littleEndian: boolean;
  position: number;
  tag: number;
  /** As two ASCII bytes; 0 where the encoding has none. */
  vr: number;
  length: number;
}

/**
 * Looks for the values of top-level elements of VR UI, `wanted` in ascending order of tags, from the start of a data set
 * without group 0002. `complete` says that no more bytes will come. Ends at the last one found, or at the first element
 * behind all of them: the map then lacks what is absent. A data set must start in group 0008. Never throws.
 */
export function scanUids(
  bytes: Uint8Array,
  { explicitVr, littleEndian }: Encoding,
  wanted: readonly number[],
  complete: boolean,
): UidScan {
  const cursor: ScanCursor = {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    explicitVr,
    littleEndian,
    position: 0,
    tag: 0,
    vr: 0,
    length: 0,
  };
  const short = complete ? NOT_DICOM : MORE;
  const last = wanted.at(-1) ?? 0;
  const uids = new Map<number, string>();
  let first = true;
  while (cursor.position < bytes.length || !complete) {
    const step = readHeader(cursor);
    if (step === 'short') return short;
    if (step === 'bad') return NOT_DICOM;
    if (first && cursor.tag >>> 16 !== GROUP_IDENTIFYING) return NOT_DICOM;
    first = false;
    if (cursor.tag > last) break;
    if (cursor.length === UNDEFINED_LENGTH) {
      const skipped = skipSequence(cursor, 0);
      if (skipped === 'short') return short;
      if (skipped === 'bad') return NOT_DICOM;
      continue;
    }
    const end = cursor.position + cursor.length;
    if (end > bytes.length) return short;
    if (wanted.includes(cursor.tag)) uids.set(cursor.tag, uidAt(bytes, cursor.position, end));
    cursor.position = end;
    if (uids.size === wanted.length) break;
  }
  return first ? short : { kind: 'found', uids };
}

type Step = 'ok' | 'short' | 'bad';

/** Reads tag, VR and length at the position and moves behind them. */
function readHeader(cursor: ScanCursor): Step {
  const { view, littleEndian, position } = cursor;
  if (position + 8 > view.byteLength) return 'short';
  cursor.tag = view.getUint16(position, littleEndian) * 0x10000 + view.getUint16(position + 2, littleEndian);
  const isDelimiter = cursor.tag === ITEM || cursor.tag === ITEM_END || cursor.tag === SEQUENCE_END;
  cursor.vr = 0;
  if (!cursor.explicitVr || isDelimiter) {
    cursor.length = view.getUint32(position + 4, littleEndian);
    cursor.position = position + 8;
    return 'ok';
  }
  const vr = view.getUint16(position + 4, false);
  cursor.vr = vr;
  if (shortVrs.has(vr)) {
    cursor.length = view.getUint16(position + 6, littleEndian);
    cursor.position = position + 8;
    return 'ok';
  }
  if (!longVrs.has(vr)) return 'bad';
  if (position + 12 > view.byteLength) return 'short';
  cursor.length = view.getUint32(position + 8, littleEndian);
  cursor.position = position + 12;
  return 'ok';
}

/** Moves behind the sequence of undefined length whose header was just read. */
function skipSequence(cursor: ScanCursor, depth: number): Step {
  if (depth >= MAX_DEPTH) return 'bad';
  const { explicitVr, littleEndian } = cursor;
  // What is of unknown VR and undefined length is implicit VR little endian inside (PS3.5 6.2.2).
  if (cursor.vr === UN) Object.assign(cursor, { explicitVr: false, littleEndian: true });
  const step = skipItems(cursor, depth);
  Object.assign(cursor, { explicitVr, littleEndian });
  return step;
}

function skipItems(cursor: ScanCursor, depth: number): Step {
  let inItem = false;
  for (;;) {
    const step = readHeader(cursor);
    if (step !== 'ok') return step;
    if (cursor.tag === SEQUENCE_END) return 'ok';
    if (cursor.tag === ITEM_END) inItem = false;
    else if (cursor.tag === ITEM && cursor.length === UNDEFINED_LENGTH) inItem = true;
    else if (cursor.length !== UNDEFINED_LENGTH) {
      if (!inItem && cursor.tag !== ITEM) return 'bad';
      if (cursor.position + cursor.length > cursor.view.byteLength) return 'short';
      cursor.position += cursor.length;
    } else {
      const nested = skipSequence(cursor, depth + 1);
      if (nested !== 'ok') return nested;
    }
  }
}

function uidAt(bytes: Uint8Array, start: number, end: number): string {
  let stop = end;
  // Padding is one NUL; senders also pad with blanks.
  while (stop > start && (bytes[stop - 1] === 0 || bytes[stop - 1] === 0x20)) stop--;
  let text = '';
  for (let index = start; index < stop && text.length < 256; index++) {
    text += String.fromCharCode(bytes[index] ?? 0);
  }
  return text;
}
