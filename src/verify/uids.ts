import { registeredUids } from './generated/registered-uids.ts';

const registered: ReadonlySet<string> = new Set(registeredUids.trim().split('\n'));
const contextGroupUid = /^1\.2\.840\.10008\.6\.1\.[1-9]\d{0,3}$/;

/** Whether PS3.6 Annex A registers the UID: it names no instance. */
export function isRegisteredUid(uid: string): boolean {
  return registered.has(uid) || contextGroupUid.test(uid);
}

/** The UUID a UID below 2.25 is made of (PS3.5 B.2), as 32 hexadecimal digits. */
export function uuidOf(uid: string): string | undefined {
  const [, digits] = /^2\.25\.([1-9]\d{20,38})$/.exec(uid) ?? [];
  if (digits === undefined) return undefined;
  const hex = BigInt(digits).toString(16);
  return hex.length > 32 ? undefined : hex.padStart(32, '0');
}
