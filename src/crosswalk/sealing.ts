import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { type IdentifierKind, type IdentifierPair, identifierKinds } from '../core/identifier-pair.ts';

const nonceBytes = 12;
const noncesAtOnce = 256;
const tagBytes = 16;
const digestBytes = 16;
/** Texts are padded to a multiple of this, so that the length of a row does not tell the length of an identifier. */
const paddedTo = 64;

/** One row as it is stored: nothing in it can be read, or looked for, without the key. */
export interface SealedPair {
  /** Keyed digests of both values: for lookups, and so that a pair has one row. */
  readonly oldDigest: Uint8Array;
  readonly newDigest: Uint8Array;
  /** Day of last use, days since 1970. */
  readonly usedDay: number;
  /** Nonce, ciphertext, tag. */
  readonly sealed: Uint8Array;
}

/** Encrypts and finds rows of one store under one key. */
export interface Sealing {
  /** Tells a right key from a wrong one, and discloses neither. */
  readonly keyCheck: Uint8Array;
  seal(pair: IdentifierPair, usedDay: number): SealedPair;
  /** The pair, or undefined where the row is not one this key sealed, or any part of it was changed. */
  open(row: SealedPair): IdentifierPair | undefined;
  oldDigest(value: string): Uint8Array;
  newDigest(value: string): Uint8Array;
}

/**
 * Keys of a store, by HKDF-SHA-256 from the key file and the store's random id: AES-256-GCM with a random nonce of 96 bits
 * for each row (NIST SP 800-38D 8.3 allows 2^32 rows for one key), HMAC-SHA-256 for the digests. A row's digests and its
 * day are authenticated with it, so that no row passes for another one.
 */
export function createSealing(key: Uint8Array, storeId: Uint8Array): Sealing {
  const derive = (label: string): Buffer =>
    Buffer.from(hkdfSync('sha256', key, storeId, `sallyport crosswalk 1 ${label}`, 32));
  const sealKey = derive('seal');
  const oldKey = derive('old');
  const newKey = derive('new');
  const digest = (digestKey: Buffer, value: string): Buffer =>
    createHmac('sha256', digestKey).update(value, 'utf8').digest().subarray(0, digestBytes);
  // Asking the system for every nonce costs as much as the encryption itself.
  let nonces = Buffer.alloc(0);
  const nextNonce = (): Buffer => {
    if (nonces.length === 0) nonces = randomBytes(nonceBytes * noncesAtOnce);
    const nonce = nonces.subarray(0, nonceBytes);
    nonces = nonces.subarray(nonceBytes);
    return nonce;
  };
  return {
    keyCheck: derive('check'),
    oldDigest: (value) => digest(oldKey, value),
    newDigest: (value) => digest(newKey, value),
    seal(pair, usedDay) {
      const oldDigest = digest(oldKey, pair.idOld);
      const newDigest = digest(newKey, pair.idNew);
      const nonce = nextNonce();
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce);
      cipher.setAAD(associatedData(oldDigest, newDigest, usedDay));
      const sealed = Buffer.concat([
        nonce,
        cipher.update(paddedText(pair)),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return { oldDigest, newDigest, usedDay, sealed };
    },
    open({ oldDigest, newDigest, usedDay, sealed }) {
      if (sealed.length < nonceBytes + tagBytes) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', sealKey, sealed.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(associatedData(oldDigest, newDigest, usedDay));
      decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
      try {
        const text = Buffer.concat([
          decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes)),
          decipher.final(),
        ]);
        return pairOf(text.toString('utf8'));
      } catch {
        // OpenSSL says no more than that it does not authenticate.
        return undefined;
      }
    },
  };
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function associatedData(oldDigest: Uint8Array, newDigest: Uint8Array, usedDay: number): Buffer {
  const day = Buffer.alloc(8);
  day.writeDoubleBE(usedDay);
  return Buffer.concat([day, oldDigest, newDigest]);
}

function paddedText({ kind, keyId, issuer, idOld, idNew }: IdentifierPair): Buffer {
  const text = Buffer.from(JSON.stringify([kind, keyId, issuer, idOld, idNew]), 'utf8');
  const padded = Buffer.alloc(Math.ceil(text.length / paddedTo) * paddedTo, ' ');
  text.copy(padded);
  return padded;
}

function pairOf(text: string): IdentifierPair | undefined {
  const fields: unknown = JSON.parse(text);
  if (!Array.isArray(fields) || !fields.every((field) => typeof field === 'string')) return undefined;
  const [kind, keyId = '', issuer = '', idOld = '', idNew = ''] = fields as string[];
  return isKind(kind) ? { kind, keyId, issuer, idOld, idNew } : undefined;
}

function isKind(text: string | undefined): text is IdentifierKind {
  return identifierKinds.some((kind) => kind === text);
}
