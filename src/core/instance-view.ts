import { errorRow, isErrorCode } from './errors.ts';
import type { InstanceRecord } from './instance.ts';
import type { DrawnBox, RedactionBox } from './redaction.ts';

/** What people and programs are told of an instance: our own words and numbers, no value of a data set. */
export interface InstanceView {
  readonly id: string;
  readonly state: InstanceRecord['state'];
  readonly code: string | null;
  readonly detail: string | null;
  readonly reason: string | null;
  readonly advice: string | null;
  readonly releasable: boolean;
  readonly releasedCodes: readonly string[];
  /** Regions of the pixels that were found when it was last held. */
  readonly boxes: readonly RedactionBox[];
  readonly boxesLeftOut: number;
  /** Regions a person drew; null where nobody did. */
  readonly drawnBoxes: readonly DrawnBox[] | null;
  readonly receivedAt: string;
  readonly updatedAt: string;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly callingAeTitle: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly sizeBytes: number;
  readonly revision: number;
  readonly studyPseudonym: string | null;
  readonly seriesPseudonym: string | null;
}

/** A row of the ledger as command line and HTTP API show it. */
export function viewOf(record: InstanceRecord): InstanceView {
  const row = record.code !== null && isErrorCode(record.code) ? errorRow(record.code) : undefined;
  const waits = record.state === 'received' || record.state === 'prepared';
  return {
    id: record.id,
    state: record.state,
    code: record.code,
    detail: record.detail,
    reason: row?.message ?? null,
    advice: row?.advice ?? null,
    releasable: record.state === 'held' && row?.releasable === true,
    releasedCodes: record.releasedCodes,
    boxes: record.foundBoxes?.boxes ?? [],
    boxesLeftOut: record.foundBoxes?.leftOut ?? 0,
    drawnBoxes: record.drawnBoxes,
    receivedAt: new Date(record.receivedAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
    attempts: record.attempts,
    nextAttemptAt: waits ? new Date(record.dueAt).toISOString() : null,
    callingAeTitle: record.callingAeTitle,
    sopClassUid: record.sopClassUid,
    transferSyntaxUid: record.transferSyntaxUid,
    sizeBytes: record.sizeBytes,
    revision: record.revision,
    studyPseudonym: record.studyPseudonym,
    seriesPseudonym: record.seriesPseudonym,
  };
}
