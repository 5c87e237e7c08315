import { createHmac, randomBytes } from 'node:crypto';

/** Crockford's order: sorts like the number, no letter that is read as a digit. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';
const timeDigits = 10;
const randomDigits = 16;
const pattern = new RegExp(`^[${digits}]{${timeDigits + randomDigits}}$`);

/**
 * A new id: 48 bits of time (epoch milliseconds) and 80 random bits as 26 characters. Sorts by time of arrival, is safe
 * as a file name and tells nothing about the instance but when it came.
 */
export function newInstanceId(now: number): string {
  let random = '';
  for (const byte of randomBytes(randomDigits)) random += digits[byte & 31] ?? '0';
  return arrivalPrefix(now) + random;
}

/** How ids of this time (epoch milliseconds) begin: not after any of them, and after all earlier ones. */
export function arrivalPrefix(at: number): string {
  let time = '';
  for (let rest = Math.min(2 ** 48 - 1, Math.max(0, Math.floor(at))), left = timeDigits; left > 0; left--) {
    time = (digits[rest % 32] ?? '0') + time;
    rest = Math.floor(rest / 32);
  }
  return time;
}

export function isInstanceId(text: string): boolean {
  return pattern.test(text);
}

/**
 * The digest under which an instance is known: 32 hex digits of HMAC-SHA-256 over its SOP Instance UID. Padding at the
 * end (NUL, space: PS3.5 9.1) does not count.
 */
export function instanceKeyOf(secret: Uint8Array, sopInstanceUid: string): string {
  const uid = sopInstanceUid.replace(/[\0 ]+$/, '');
  return createHmac('sha256', secret).update(`sop-instance:${uid}`).digest('hex').slice(0, 32);
}
