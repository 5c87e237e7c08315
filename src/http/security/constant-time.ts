import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether two secrets are equal, in a time that says nothing of where they differ, nor of the length of `expected`. Both are
 * hashed first: `timingSafeEqual` wants equal lengths. The one place where secrets are compared.
 */
export function equalSecrets(given: string, expected: string): boolean {
  return equalDigests(digestOf(given), digestOf(expected));
}

/** Whether two digests of equal length are equal, in constant time. Digests of other lengths are not equal. */
export function equalDigests(given: Uint8Array, expected: Uint8Array): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** SHA-256 of a text. */
export function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
