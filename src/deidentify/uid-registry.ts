import { registeredUidRows } from './generated/registered-uids.ts';

/** What PS3.6 Annex A registers a UID as. */
export type RegisteredKind = string;

const kinds = new Map<string, RegisteredKind>();
for (const line of registeredUidRows.trim().split('\n')) {
  const [uid = '', kind = ''] = line.split(' ');
  kinds.set(uid, kind);
}

// PS3.6 Table A-3: context groups are numbered below one arc; four digits cannot hold an identifier.
const contextGroup = /^1\.2\.840\.10008\.6\.1\.[1-9][0-9]{0,3}$/;

/**
 * True when the value is registered in PS3.6 Annex A. Decided by exact match, never by the prefix 1.2.840.10008: faulty
 * devices make instance UIDs under it.
 */
export function isRegisteredUid(uid: string): boolean {
  return kinds.has(uid) || contextGroup.test(uid);
}

/** The kind a UID is registered as ('sop-class', 'transfer-syntax', 'frame-of-reference', ...), or undefined. */
export function registeredKind(uid: string): RegisteredKind | undefined {
  return kinds.get(uid);
}

const uidInText = /(?<![\d.])[012](?:\.\d+){4,}/g;

/** Whether a text has a UID in it, which leads to the object as well as one in its own attribute; public ones do not. */
export function namesUid(text: string): boolean {
  if (text.length < minUid || !text.includes('.')) return false;
  return (text.replaceAll('\0', '').match(uidInText) ?? []).some(
    (uid) => uid.length >= minUid && !isRegisteredUid(uid),
  );
}
/** Shorter ones are versions of software. */
const minUid = 14;
