/**
 * The words of the audit trail: who did what to what, when, and how it ended. One record per action. A record holds no
 * value of a data set: objects are named by our own ids, pseudonyms and digests, actors by configuration.
 */
export const auditActorKinds = [
  'ae',
  'user',
  'token',
  'oidc',
  'certificate',
  'command-line',
  'gateway',
] as const;
export type AuditActorKind = (typeof auditActorKinds)[number];

export interface AuditActor {
  readonly kind: AuditActorKind;
  /** AE title, user name, name of a token; made printable and cut to `maxActorName` when it is written. */
  readonly name: string;
  /** Address of the peer of the connection, where there is one. */
  readonly address?: string;
}

/** The gateway by itself, on nobody's word. */
export const gatewayActor: AuditActor = { kind: 'gateway', name: 'sallyport' };

/** Every action there is a record of, and what it means. */
export const auditActions = {
  'gateway.started': 'the gateway takes instances from now on',
  'gateway.stopped': 'the gateway ended in order',
  'instance.received': 'an instance is safe in the spool',
  'instance.duplicate': 'the same content came again; it was answered with success and not kept twice',
  'instance.prepared': 'it is de-identified, and the post it leaves in is fixed',
  'instance.delivered': 'the backend accepted it',
  'instance.held': 'it waits for a person; the code says why',
  'instance.failed': 'it cannot be processed; the code says why',
  'instance.retried': 'it goes through the whole path again',
  'instance.released': 'a person accepted the reason it was held for; it goes on',
  'instance.discarded': 'a person gave it up',
  'instance.erased': 'its received bytes are removed from the spool',
  'instance.forgotten': 'its row is removed from the ledger',
  'instance.viewed-frames': 'a person saw its de-identified frames',
  'instance.viewed-original': 'a person saw it as it was received, identified',
  'file.uploaded': 'a file was put into the file API',
  'file.anonymized': 'a file of the file API was de-identified',
  'file.viewed': 'the metadata of a file was shown',
  'file.downloaded': 'a file was handed out',
  'file.expired': 'a file was removed when its time was over',
  'file.removed': 'a file was removed on request',
  'file.erased': 'an upload that was wanted for its result alone was removed once that was settled',
  'file.processed': 'a file was de-identified or redacted and handed back in one call',
  'job.started': 'work on a folder began',
  'job.ended': 'work on a folder ended',
  'fhir.read': 'the FHIR ImagingStudy of a study was handed out',
  'fhir.posted': 'the FHIR ImagingStudy of a study was posted to a FHIR server',
  'fhir.requested': 'a study is to be posted to the FHIR server once more',
  'connection.tested': 'a DICOM connection was tried, to the gateway itself or from it to another node',
  'study.test-sent': 'a synthetic study was sent to try the way',
  'configuration.loaded':
    'a configuration is in force; the object is the SHA-256 of its printed form, secrets masked',
  'profile.loaded': 'a de-identification profile is in force',
  'key.created': 'a pseudonym key was made',
  'key.loaded': 'a pseudonym key is in use',
  'crosswalk.searched': 'pseudonyms were led back to identifiers, or the other way',
  'session.opened': 'a person logged in',
  'session.closed': 'a person logged out, or was logged out',
  'session.refused': 'credentials were refused',
  'access.refused': 'a caller that is known asked for what it has no right to',
  'token.created': 'an API token was made',
  'token.found': 'a start found an API token of whose making this trail has no record',
  'token.revoked': 'an API token was made invalid',
  'audit.read': 'records of this trail were shown',
  'audit.exported': 'records of this trail were written to a file or handed out',
  'audit.pruned':
    'the oldest records were removed when their time was over; the object names the first and last of them, the hash and time of the last, and before when all were written',
  'audit.kept':
    'told at each start: the oldest record of this trail, its time, and how long records are kept, ms',
  'audit.damaged':
    'the gateway found the ends of this trail not as it had noted them; the object says what is missing',
} as const;
export type AuditAction = keyof typeof auditActions;

export function isAuditAction(word: string): word is AuditAction {
  return Object.hasOwn(auditActions, word);
}

export const auditObjectKinds = [
  'instance',
  'study',
  'file',
  'job',
  'profile',
  'key',
  'crosswalk',
  'session',
  'token',
  'route',
  'gateway',
  'configuration',
  'audit',
] as const;
export type AuditObjectKind = (typeof auditObjectKinds)[number];

export interface AuditObject {
  readonly kind: AuditObjectKind;
  /** An id of ours, a pseudonym, a digest, the name of a profile or token, an operationId. */
  readonly id: string;
}

/**
 * After RFC 3881 (EventOutcomeIndicator 0, 4, 8, 12): done; refused, or waiting for a person, and may be tried again; could
 * not be done; what it is about is out of use until somebody mends it.
 */
export const auditOutcomes = ['success', 'minor-failure', 'serious-failure', 'major-failure'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** What a part tells of an action. Sequence, time and hashes are the trail's. */
export interface AuditEntry {
  readonly actor: AuditActor;
  readonly action: AuditAction;
  readonly object: AuditObject;
  readonly profileRevision?: string | null;
  /** Left out: success. */
  readonly outcome?: AuditOutcome;
  /** Code of core/error-registry.ts. */
  readonly code?: string | null;
}

/** A record as it is kept. Words are plain text here: what is read back may have been tampered with. */
export interface AuditRecord {
  /** 1, 2, 3 ... without a gap. */
  readonly sequence: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly actor: { readonly kind: string; readonly name: string; readonly address: string | null };
  readonly action: string;
  readonly object: { readonly kind: string; readonly id: string };
  readonly profileRevision: string | null;
  readonly outcome: string;
  readonly code: string | null;
  /** `hash` of the record before; zeros for the first. 64 hex digits. */
  readonly previousHash: string;
  /** SHA-256 of `auditText`. */
  readonly hash: string;
}

/** Where a chain ends. */
export interface AuditHead {
  /** 0 where nothing was recorded yet. */
  readonly sequence: number;
  readonly hash: string | null;
  readonly at: string | null;
}

/** `previousHash` of the first record. */
export const noHash = '0'.repeat(64);

export const maxActorName = 64;
const maxText = 128;

/**
 * The canonical form that is hashed: JSON of these fields in this order, without blanks, UTF-8. A line of an export is
 * this text with `,"hash":"..."` before its last brace, so that whoever cuts the last 75 characters of a line and puts the
 * brace back has what was hashed.
 */
export function auditText(record: Omit<AuditRecord, 'hash'>): string {
  const { sequence, at, actor, action, object, profileRevision, outcome, code, previousHash } = record;
  return JSON.stringify({
    sequence,
    at,
    actor: { kind: actor.kind, name: actor.name, address: actor.address },
    action,
    object: { kind: object.kind, id: object.id },
    profileRevision,
    outcome,
    code,
    previousHash,
  });
}

/** One line of an export, without the line feed. */
export function auditLine(record: AuditRecord): string {
  return `${auditText(record).slice(0, -1)},"hash":"${record.hash}"}`;
}

/** The name of an actor as it is written: printable, at most `maxActorName` characters, never empty. */
export function auditName(name: string): string {
  return printable(name, maxActorName);
}

/** An id, revision, code or address as it is written. */
export function auditWord(word: string): string {
  return printable(word, maxText);
}

const plain = /^[\x21-\x7e]{1,128}$/;

function printable(text: string, max: number): string {
  // Nearly all are: four of these checks fall on every record.
  if (plain.test(text) && text.length <= max) return text;
  const clean = text
    .toWellFormed()
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|\ufffd/gu, '?')
    .trim();
  const cut = [...clean].slice(0, max).join('');
  return cut === '' ? '?' : cut;
}
