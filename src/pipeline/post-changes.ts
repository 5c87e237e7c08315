import type { CataloguedInstance } from '../core/catalogue.ts';
import type { InstanceRecord } from '../core/instance.ts';
import { imageCount, type PreparedInstance } from '../core/prepared.ts';
import type { InstanceChange } from '../spool/backend.ts';
import type { OutboxEntry } from './outbox.ts';
import type { Failure } from './settle.ts';

/** The instance travels in this post. */
export function boundChange({ record, prepared }: OutboxEntry, postId: string, now: number): InstanceChange {
  return {
    id: record.id,
    from: ['received', 'prepared'],
    profileRevision: prepared.profileRevision,
    catalogue: cataloguedOf(prepared),
    set: {
      state: 'prepared',
      postId,
      attempts: 0,
      code: null,
      detail: null,
      contentDigest: prepared.contentDigest,
      ...placeOf(prepared),
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
  // Bound by an earlier process, perhaps under another profile or key: what left is what counts.
  const again = record.state === 'prepared';
  return {
    id: record.id,
    from: ['prepared'],
    profileRevision: prepared.profileRevision,
    ...(again ? { catalogue: cataloguedOf(prepared) } : {}),
    set: {
      state: 'delivered',
      attempts: 0,
      code: null,
      detail: null,
      ...(again ? placeOf(prepared) : {}),
      updatedAt: now,
    },
  };
}

function placeOf(
  prepared: PreparedInstance,
): Pick<InstanceChange['set'], 'studyPseudonym' | 'seriesPseudonym'> {
  return { studyPseudonym: prepared.studyInstanceUid, seriesPseudonym: prepared.seriesInstanceUid };
}

function cataloguedOf({ catalogue, images }: PreparedInstance): CataloguedInstance {
  return { ...catalogue, frames: imageCount(images) };
}
