import { SallyportError } from '../core/errors.ts';
import { createPseudonyms, type Pseudonyms } from './pseudonyms.ts';

/** The keys of a gateway: the active one, and those of releases and projects that go on under an earlier one. */
export interface KeyRing {
  readonly active: Pseudonyms;
  /** All key ids, the active one first. */
  readonly keyIds: readonly string[];
  /** Pseudonyms by the key of this id; '' means the active one. Throws KEY_UNKNOWN. */
  byId(keyId: string): Pseudonyms;
}

/**
 * A key ring from the secrets, the active one first. Throws SECRET_UNUSABLE where there is none, one is too short or
 * appears twice (two files that should differ are copies), or where two happen to have the same key id.
 */
export function createKeyRing(secrets: readonly Uint8Array[]): KeyRing {
  const all = secrets.map(createPseudonyms);
  const [active] = all;
  if (active === undefined) throw new SallyportError('SECRET_UNUSABLE');
  const keys = new Map(all.map((pseudonyms) => [pseudonyms.keyId, pseudonyms]));
  if (keys.size < all.length) {
    throw new SallyportError('SECRET_UNUSABLE', { detail: 'two keys of the ring are the same' });
  }
  return {
    active,
    keyIds: [...keys.keys()],
    byId(keyId) {
      const found = keyId === '' ? active : keys.get(keyId);
      if (found === undefined) throw new SallyportError('KEY_UNKNOWN');
      return found;
    },
  };
}
