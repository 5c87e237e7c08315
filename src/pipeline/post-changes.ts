import type { InstanceRecord } from '../core/instance.ts';
import type { InstanceChange } from '../spool/backend.ts';
import type { OutboxEntry } from './outbox.ts';
import type { Failure } from './settle.ts';

/** The instance travels in this post. */
export function boundChange({ record, prepared }: OutboxEntry, postId: string, now: number): InstanceChange {
  return {
    id: record.id,
    from: ['received', 'prepared'],
    profileRevision: prepared.profileRevision,
    set: {
      state: 'prepared',
      postId,
      attempts: 0,
      code: null,
      detail: null,
      contentDigest: prepared.contentDigest,
      studyPseudonym: prepared.studyInstanceUid,
      seriesPseudonym: prepared.seriesInstanceUid,
      updatedAt: now,
    },
  };
}

/** Its post failed and is due again later. */
export function postponedChange(
  record: InstanceRecord,
  { code, detail }: Failure,
  { attempts, dueAt, now }: { readonly attempts: number; readonly dueAt: number; readonly now: number },
): InstanceChange {
  return {
    id: record.id,
    from: ['prepared'],
    set: { attempts, dueAt, code, detail: detail ?? null, updatedAt: now },
  };
}

/** The backend has taken all of it. */
export function deliveredChange({ record, prepared }: OutboxEntry, now: number): InstanceChange {
  return {
    id: record.id,
    from: ['prepared'],
    profileRevision: prepared.profileRevision,
    set: { state: 'delivered', attempts: 0, code: null, detail: null, updatedAt: now },
  };
}
