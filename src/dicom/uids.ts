import { storageSopClassTable } from './storage-sop-classes.ts';
import { type TransferSyntax, transferSyntaxTable } from './transfer-syntaxes.ts';

/** Verification SOP Class (C-ECHO), PS3.4 annex A. */
export const VERIFICATION_SOP_CLASS = '1.2.840.10008.1.1';
/** The one application context name, PS3.7 annex A.2.1. */
export const APPLICATION_CONTEXT_NAME = '1.2.840.10008.3.1.1.1';
export const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';

/** Longest UID, PS3.5 9.1. */
export const MAX_UID_LENGTH = 64;

const STANDARD_ROOT = '1.2.840.10008.';
/** Storage SOP Classes of the standard live under this root, those of editions yet to come too. */
const STORAGE_ROOT = '1.2.840.10008.5.1.4.1.1.';

export interface SopClass {
  readonly uid: string;
  readonly name: string;
  readonly retired: boolean;
}

const sopClasses: ReadonlyMap<string, SopClass> = new Map(
  storageSopClassTable.map(([uid, name, retired]) => [uid, { uid, name, retired }]),
);
const syntaxes: ReadonlyMap<string, TransferSyntax> = new Map(
  transferSyntaxTable.map((row) => [row.uid, row]),
);
const preference: ReadonlyMap<string, number> = new Map(
  transferSyntaxTable.map((row, rank) => [row.uid, rank]),
);

/** The storage SOP Class of the standard under this UID. */
export function storageSopClass(uid: string): SopClass | undefined {
  return sopClasses.get(uid);
}

/** True for every storage SOP Class of the standard, retired ones included. */
export function isStorageSopClass(uid: string): boolean {
  return sopClasses.has(uid);
}

/**
 * True for a UID that may name a storage SOP Class this version does not know: a private one, or one of a later edition.
 * The other services of the standard (query, print, worklist, ...) are not taken for storage.
 */
export function mayBeStorageSopClass(uid: string): boolean {
  return uid.startsWith(STORAGE_ROOT) || (!uid.startsWith(STANDARD_ROOT) && isUid(uid));
}

/** The transfer syntax under this UID, or undefined when PS3.6 has none. */
export function transferSyntax(uid: string): TransferSyntax | undefined {
  return syntaxes.get(uid);
}

/**
 * The transfer syntax to accept among those one presentation context proposes, by the order of `transferSyntaxTable`;
 * undefined when none can be stored.
 */
export function preferredTransferSyntax(proposed: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const uid of proposed) {
    const rank = syntaxes.get(uid)?.storable ? (preference.get(uid) ?? bestRank) : bestRank;
    if (rank < bestRank) {
      best = uid;
      bestRank = rank;
    }
  }
  return best;
}

/** Digits and single dots, at most 64: PS3.5 9.1, without its ban on leading zeros, which senders break. */
export function isUid(text: string): boolean {
  return text.length <= MAX_UID_LENGTH && /^[0-9]+(?:\.[0-9]+)*$/.test(text);
}
