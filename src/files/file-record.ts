import { randomBytes } from 'node:crypto';
import { type AuditActorKind, auditActorKinds } from '../core/audit.ts';
import { type ErrorCode, isErrorCode } from '../core/errors.ts';

export const fileStates = ['processing', 'completed', 'failed'] as const;
export type FileState = (typeof fileStates)[number];

/** On whose word a file is here. */
export interface FileOwner {
  readonly kind: AuditActorKind;
  readonly name: string;
}

/**
 * What is known of a file on the shelf; written beside its bytes. Numbers, registry words, configured names and a word of
 * the caller's own: nothing of the file, not even what it was called.
 */
export interface FileRecord {
  readonly id: string;
  /** `upload`: as it came, with its identifiers; `result`: de-identified, or on its way. */
  readonly kind: 'upload' | 'result';
  readonly state: FileState;
  /** Of a result, the upload it is made from. */
  readonly originalId: string | null;
  /** An upload whose id nobody was told: it goes with the work on its one result. */
  readonly hidden: boolean;
  readonly owner: FileOwner;
  /** Chooses the profile; '' for the standard one. */
  readonly callingAeTitle: string;
  readonly studyType: string;
  /** Why it failed. */
  readonly code: ErrorCode | null;
  readonly detail: string | null;
  /** Length; 0 where there are no bytes. */
  readonly bytes: number;
  /** Times its work was begun: what ends the process again and again is given up. */
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** 160 random bits: an id is hard to guess, and tells nothing. */
export function newFileId(): string {
  return randomBytes(20).toString('base64url');
}

export function isFileId(text: string): boolean {
  return /^[A-Za-z0-9_-]{27}$/.test(text);
}

/** A record as it was written; undefined for anything else. */
export function parseFileRecord(text: string): FileRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { owner, code, detail, originalId, ...row } = value as Record<string, unknown>;
  const { kind: ownerKind, name } = (owner ?? {}) as Record<string, unknown>;
  const kind = (['upload', 'result'] as const).find((word) => word === row.kind);
  const state = fileStates.find((word) => word === row.state);
  const actor = auditActorKinds.find((word) => word === ownerKind);
  if (kind === undefined || state === undefined || actor === undefined || !isId(row.id)) return undefined;
  if (originalId !== null && !isId(originalId)) return undefined;
  const numbers = [row.bytes, row.attempts, row.createdAt, row.updatedAt];
  if (!numbers.every((number) => Number.isSafeInteger(number) && Number(number) >= 0)) return undefined;
  return {
    id: row.id,
    kind,
    state,
    originalId,
    hidden: row.hidden === true,
    owner: { kind: actor, name: String(name) },
    callingAeTitle: String(row.callingAeTitle ?? ''),
    studyType: String(row.studyType ?? ''),
    code: typeof code === 'string' && isErrorCode(code) ? code : null,
    detail: typeof detail === 'string' ? detail : null,
    bytes: Number(row.bytes),
    attempts: Number(row.attempts),
    createdAt: Number(row.createdAt),
    updatedAt: Number(row.updatedAt),
  };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && isFileId(value);
}
