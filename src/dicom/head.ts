import { inflateRawSync, constants as zlib } from 'node:zlib';
import { scanUids, type UidScan } from './uid-scan.ts';
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

/** Of a data set, Study Instance UID; undefined when the data set does not carry it. */
export type StudyHead =
  | { readonly kind: 'study'; readonly studyInstanceUid: string | undefined }
  | { readonly kind: 'more' }
  | { readonly kind: 'not-dicom' };

const SOP_CLASS_UID = 0x00080016;
const SOP_INSTANCE_UID = 0x00080018;
const STUDY_INSTANCE_UID = 0x0020000d;
/** Compressed bytes looked at: enough for any head, and at 1032:1 an upper bound of 4 MB for what a bomb inflates to. */
const DEFLATED_WINDOW = 4096;
/** For what stands further behind, inflated bytes are bounded too. */
const DEFLATED_STUDY_WINDOW = 64 * 1024;
const INFLATED_STUDY_WINDOW = 4 * 1024 * 1024;

/**
 * Reads SOP Class UID (0008,0016) and SOP Instance UID (0008,0018) from the first bytes of an encoded data set, without
 * group 0002. `complete` says that no more bytes will come. A data set of C-STORE must carry both in group 0008, so bytes
 * that start elsewhere are `not-dicom`; a group 0008 without them is a head with undefined UIDs. Never throws.
 */
export function peekHead(bytes: Uint8Array, transferSyntaxUid: string, complete: boolean): Head {
  const window = { deflatedBytes: DEFLATED_WINDOW, inflatedBytes: DEFLATED_WINDOW * 1100 };
  const scan = peek(bytes, transferSyntaxUid, complete, [SOP_CLASS_UID, SOP_INSTANCE_UID], window);
  if (scan.kind !== 'found') return scan;
  const { uids } = scan;
  return { kind: 'head', sopClassUid: uids.get(SOP_CLASS_UID), sopInstanceUid: uids.get(SOP_INSTANCE_UID) };
}

/**
 * Reads Study Instance UID (0020,000D) as `peekHead` reads the others. It stands behind the patient's and the equipment's
 * attributes, so `more` is usual for the first few kilobytes; how many bytes it may take is the caller's to bound.
 */
export function peekStudy(bytes: Uint8Array, transferSyntaxUid: string, complete: boolean): StudyHead {
  const window = { deflatedBytes: DEFLATED_STUDY_WINDOW, inflatedBytes: INFLATED_STUDY_WINDOW };
  const scan = peek(bytes, transferSyntaxUid, complete, [STUDY_INSTANCE_UID], window);
  if (scan.kind !== 'found') return scan;
  return { kind: 'study', studyInstanceUid: scan.uids.get(STUDY_INSTANCE_UID) };
}

function peek(
  bytes: Uint8Array,
  transferSyntaxUid: string,
  complete: boolean,
  wanted: readonly number[],
  { deflatedBytes, inflatedBytes }: { readonly deflatedBytes: number; readonly inflatedBytes: number },
): UidScan {
  const syntax = transferSyntax(transferSyntaxUid);
  if (syntax === undefined) return { kind: 'not-dicom' };
  if (!syntax.deflated) return scanUids(bytes, syntax, wanted, complete);
  let inflated: Uint8Array;
  try {
    // SYNC_FLUSH lets a stream that is cut here give what it has.
    inflated = inflateRawSync(bytes.subarray(0, deflatedBytes), {
      finishFlush: zlib.Z_SYNC_FLUSH,
      maxOutputLength: inflatedBytes,
    });
  } catch {
    return { kind: 'not-dicom' };
  }
  const whole = complete && bytes.length <= deflatedBytes;
  const scan = scanUids(inflated, syntax, wanted, whole);
  return scan.kind === 'more' && bytes.length >= deflatedBytes ? { kind: 'not-dicom' } : scan;
}
