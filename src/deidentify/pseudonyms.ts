import { createHmac, hkdfSync } from 'node:crypto';
import { SallyportError } from '../core/errors.ts';
import { trimmed } from './text.ts';

/** Shortest secret accepted, bytes. */
export const minSecretBytes = 32;

/** Part of every derived key: changes only when the same secret shall give other pseudonyms. */
const derivationVersion = 'sallyport pseudonyms 1';

/** Remembered replacements: a study repeats its own, a multi-frame the same references thousands of times. */
const maxRemembered = 4096;
/** Longer values are computed anew each time, so that what is remembered stays small (characters). */
const maxRememberedLength = 256;

/** Prefix of every pseudonymous Patient ID and Patient's Name. */
export const patientIdPrefix = 'SP-';

/**
 * Replacements that depend on the secret and the value alone: the same on every node, after every restart and in every
 * order, without a shared table. Another secret gives values that have nothing in common with these.
 */
export interface Pseudonyms {
  /** Names the secret without disclosing it: 8 hexadecimal digits, may be published. */
  readonly keyId: string;
  /** New UID for a UID (PS3.5 B.2: `2.25.` and a UUID as a decimal number, at most 44 characters). */
  uid(uid: string): string;
  /** New Patient ID, also used as Patient's Name: 19 ASCII characters. Both arguments decoded text, not empty the second. */
  patientId(issuer: string, patientId: string): string;
  /** New Patient ID for objects without one: the same for one study, never the same for all. */
  patientIdOfStudy(studyInstanceUid: string): string;
  /** New Accession Number: 16 ASCII characters (VR SH). */
  accessionNumber(accessionNumber: string): string;
  /** Token for an identifier that has no rule of its own (Tracking ID): 16 ASCII characters. */
  token(kind: string, value: string): string;
  /** Shift of a patient's dates in days: whole weeks, 1 to 10 years back, never zero. */
  dateShiftDays(issuer: string, patientId: string): number;
  /** The same for objects without a Patient ID: one shift for all of a study. */
  dateShiftDaysOfStudy(studyInstanceUid: string): number;
}

/**
 * Pseudonyms from a secret of at least 32 bytes. Keys for UIDs, Patient IDs, accession numbers and dates are separated
 * by HKDF-SHA-256 (RFC 5869), so that none says anything of another. Throws SECRET_UNUSABLE when the secret is shorter.
 */
export function createPseudonyms(secret: Uint8Array): Pseudonyms {
  if (secret.length < minSecretBytes) throw new SallyportError('SECRET_UNUSABLE');
  const derive = (label: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, derivationVersion, label, 32));
  const keys = {
    uid: derive('uid'),
    patient: derive('pid'),
    accession: derive('acc'),
    date: derive('date'),
    token: derive('token'),
  };
  const keyId = derive('key-id').toString('hex').slice(0, 8);
  // Two of them: a UID is any text a sender wrote, also the text that stands for a patient here.
  const rememberUid = remembering();
  const rememberPatient = remembering();
  const patientToken = (...parts: readonly string[]): string =>
    rememberPatient(JSON.stringify(parts), () => `${patientIdPrefix}${base32(mac(keys.patient, parts))}`);
  const shift = (...parts: readonly string[]): number =>
    -7 * (leastWeeks + (mac(keys.date, parts).readUInt32BE(0) % differentWeeks));
  return {
    keyId,
    uid(uid) {
      const canonical = canonicalUid(uid);
      return rememberUid(canonical, () => uuidUid(macOfText(keys.uid, canonical)));
    },
    patientId: (issuer, patientId) =>
      patientToken('patient', canonicalIdentifier(issuer), canonicalIdentifier(patientId)),
    patientIdOfStudy: (studyInstanceUid) => patientToken('study', canonicalUid(studyInstanceUid)),
    accessionNumber: (accessionNumber) =>
      base32(macOfText(keys.accession, canonicalIdentifier(accessionNumber))),
    token: (kind, value) => base32(mac(keys.token, [kind, canonicalIdentifier(value)])),
    dateShiftDays: (issuer, patientId) =>
      shift('patient', canonicalIdentifier(issuer), canonicalIdentifier(patientId)),
    dateShiftDaysOfStudy: (studyInstanceUid) => shift('study', canonicalUid(studyInstanceUid)),
  };
}

/** One year to ten years back: enough that no season or fiscal year tells it. */
const leastWeeks = 52;
const differentWeeks = 469;

/** A function's results by its argument, as many as `maxRemembered`. */
function remembering(): (name: string, make: () => string) => string {
  const remembered = new Map<string, string>();
  return (name, make) => {
    const known = remembered.get(name);
    if (known !== undefined) return known;
    const replacement = make();
    if (name.length > maxRememberedLength) return replacement;
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(name, replacement);
    return replacement;
  };
}

/**
 * An identifier as it is compared: without what pads it (PS3.5 6.2), in Unicode's composed form, because one character set
 * of DICOM can write as one character what another writes as letter and accent. Case stays: two ids may differ in it only.
 */
export function canonicalIdentifier(text: string): string {
  let canonical = text;
  for (let before = ''; canonical !== before; ) {
    before = canonical;
    canonical = trimmed(canonical).trim();
  }
  return canonical.normalize('NFC');
}

/** PS3.5 9.1: padding is not part of a UID; some writers pad with spaces, or on both sides. */
export function canonicalUid(uid: string): string {
  return trimmed(uid);
}

/** HMAC-SHA-256 over the parts, each with its length before it, so that no two lists of parts are the same message. */
function mac(key: Buffer, parts: readonly string[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part, 'utf8');
  return hmac.digest();
}

/** HMAC-SHA-256 of one text, for keys that serve nothing else. */
function macOfText(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

/** The first 16 bytes as a UUID (RFC 9562: version 8, variant 10) in the decimal form of PS3.5 B.2. */
function uuidUid(digest: Buffer): string {
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const value = (digest.readBigUInt64BE(0) << 64n) | digest.readBigUInt64BE(8);
  return `2.25.${value.toString()}`;
}

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first 80 bits in base32 (RFC 4648): 16 characters. */
function base32(digest: Buffer): string {
  let text = '';
  for (let group = 0; group < 2; group += 1) {
    let bits = BigInt(digest.readUIntBE(group * 5, 5));
    let part = '';
    for (let digit = 0; digit < 8; digit += 1) {
      part = base32Alphabet.charAt(Number(bits & 31n)) + part;
      bits >>= 5n;
    }
    text += part;
  }
  return text;
}
