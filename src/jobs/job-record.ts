import { type AuditActorKind, auditActorKinds } from '../core/audit.ts';
import { type ErrorCode, isErrorCode } from '../core/errors.ts';
import { isFileId } from '../files/file-record.ts';

export const jobStates = ['running', 'completed', 'cancelled', 'failed'] as const;
export type JobState = (typeof jobStates)[number];

/** A job over a folder, as it is told of and as it is written down. */
export interface JobRecord {
  readonly id: string;
  readonly state: JobState;
  readonly owner: { readonly kind: AuditActorKind; readonly name: string };
  /** Why it failed as a whole. */
  readonly code: ErrorCode | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Found so far. */
  readonly files: number;
  readonly done: number;
  /** Of those done, with an output. */
  readonly redacted: number;
  /** Of those done, without. */
  readonly failed: number;
  readonly failures: Readonly<Partial<Record<ErrorCode, number>>>;
  /** Where it writes: only in the record on disk, to clear up after a job that was cut off. */
  readonly outputPath: string;
}

/** A record as it was written; undefined for anything else. */
export function parseJobRecord(text: string): JobRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const row = value as Record<string, unknown>;
  const owner = (row.owner ?? {}) as Record<string, unknown>;
  const state = jobStates.find((word) => word === row.state);
  const kind = auditActorKinds.find((word) => word === owner.kind);
  if (state === undefined || kind === undefined || typeof row.id !== 'string' || !isFileId(row.id))
    return undefined;
  const failures: Partial<Record<ErrorCode, number>> = {};
  for (const [code, files] of Object.entries((row.failures ?? {}) as Record<string, unknown>))
    if (isErrorCode(code)) failures[code] = count(files);
  return {
    id: row.id,
    state,
    owner: { kind, name: String(owner.name) },
    code: typeof row.code === 'string' && isErrorCode(row.code) ? row.code : null,
    startedAt: count(row.startedAt),
    endedAt: row.endedAt === null ? null : count(row.endedAt),
    files: count(row.files),
    done: count(row.done),
    redacted: count(row.redacted),
    failed: count(row.failed),
    failures,
    outputPath: String(row.outputPath ?? ''),
  };
}

function count(value: unknown): number {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : 0;
}

/** What one file more changes; `code`: why it has no output, undefined where it has. */
export function counted(
  { done, redacted, failed, failures }: JobRecord,
  code: ErrorCode | undefined,
): Partial<JobRecord> {
  if (code === undefined) return { done: done + 1, redacted: redacted + 1 };
  return { done: done + 1, failed: failed + 1, failures: { ...failures, [code]: (failures[code] ?? 0) + 1 } };
}
