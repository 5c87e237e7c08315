import { inflateRawSync, constants as zlib } from 'node:zlib';
import { transferSyntax } from './uids.ts';

/** What the first bytes of an encoded data set tell. A UID is undefined when the data set does not carry it. */
export type Head =
  | {
      readonly kind: 'head';
      readonly sopClassUid: string | undefined;
      readonly sopInstanceUid: string | undefined;
    }
  | { readonly kind: 'more' }
  | { readonly kind: 'not-dicom' };

const GROUP_IDENTIFYING = 0x0008;
const SOP_CLASS_UID = 0x00080016;
const SOP_INSTANCE_UID = 0x00080018;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const UNDEFINED_LENGTH = 0xffffffff;
/** Language Code Sequence (0008,0006) may stand before the UIDs; its items hold no deeper sequence in practice. */
const MAX_DEPTH = 4;
/** Compressed bytes looked at: enough for any head, and at 1032:1 an upper bound of 4 MB for what a bomb inflates to. */
const DEFLATED_WINDOW = 4096;

const MORE: Head = { kind: 'more' };
const NOT_DICOM: Head = { kind: 'not-dicom' };

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

/**
 * Reads SOP Class UID (0008,0016) and SOP Instance UID (0008,0018) from the first bytes of an encoded data set, without
 * group 0002. `complete` says that no more bytes will come. A data set of C-STORE must carry both in group 0008, so bytes
 * that start elsewhere are `not-dicom`; a group 0008 without them is a head with undefined UIDs. Never throws.
 */
export function peekHead(bytes: Uint8Array, transferSyntaxUid: string, complete: boolean): Head {
  const syntax = transferSyntax(transferSyntaxUid);
  if (syntax === undefined) return NOT_DICOM;
  if (!syntax.deflated) return scan(bytes, syntax.explicitVr, syntax.littleEndian, complete);
  let inflated: Uint8Array;
  try {
    // SYNC_FLUSH lets a stream that is cut here give what it has.
    inflated = inflateRawSync(bytes.subarray(0, DEFLATED_WINDOW), { finishFlush: zlib.Z_SYNC_FLUSH });
  } catch {
    return NOT_DICOM;
  }
  const whole = complete && bytes.length <= DEFLATED_WINDOW;
  const head = scan(inflated, syntax.explicitVr, syntax.littleEndian, whole);
  return head.kind === 'more' && bytes.length >= DEFLATED_WINDOW ? NOT_DICOM : head;
}

/** Where reading stands; one object per head. */
interface Cursor {
  readonly view: DataView;
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  position: number;
  tag: number;
  length: number;
}

function scan(bytes: Uint8Array, explicitVr: boolean, littleEndian: boolean, complete: boolean): Head {
  const cursor: Cursor = {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    explicitVr,
    littleEndian,
    position: 0,
    tag: 0,
    length: 0,
  };
  const short = complete ? NOT_DICOM : MORE;
  let sopClassUid: string | undefined;
  let sopInstanceUid: string | undefined;
  let first = true;
  while (cursor.position < bytes.length || !complete) {
    const step = readHeader(cursor);
    if (step === 'short') return short;
    if (step === 'bad') return NOT_DICOM;
    if (first && cursor.tag >>> 16 !== GROUP_IDENTIFYING) return NOT_DICOM;
    first = false;
    if (cursor.tag > SOP_INSTANCE_UID) break;
    if (cursor.length === UNDEFINED_LENGTH) {
      const skipped = skipSequence(cursor, 0);
      if (skipped === 'short') return short;
      if (skipped === 'bad') return NOT_DICOM;
      continue;
    }
    const end = cursor.position + cursor.length;
    if (end > bytes.length) return short;
    if (cursor.tag === SOP_CLASS_UID) sopClassUid = uidAt(bytes, cursor.position, end);
    else if (cursor.tag === SOP_INSTANCE_UID) sopInstanceUid = uidAt(bytes, cursor.position, end);
    cursor.position = end;
    if (sopInstanceUid !== undefined && sopClassUid !== undefined) break;
  }
  return first ? short : { kind: 'head', sopClassUid, sopInstanceUid };
}

type Step = 'ok' | 'short' | 'bad';

/** Reads tag, VR and length at the position and moves behind them. */
function readHeader(cursor: Cursor): Step {
  const { view, littleEndian, position } = cursor;
  if (position + 8 > view.byteLength) return 'short';
  cursor.tag = view.getUint16(position, littleEndian) * 0x10000 + view.getUint16(position + 2, littleEndian);
  const isDelimiter = cursor.tag === ITEM || cursor.tag === ITEM_END || cursor.tag === SEQUENCE_END;
  if (!cursor.explicitVr || isDelimiter) {
    cursor.length = view.getUint32(position + 4, littleEndian);
    cursor.position = position + 8;
    return 'ok';
  }
  const vr = view.getUint16(position + 4, false);
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
function skipSequence(cursor: Cursor, depth: number): Step {
  if (depth >= MAX_DEPTH) return 'bad';
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
