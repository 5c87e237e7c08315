import type { AuditAction, AuditActor } from '../core/audit.ts';
import type { CataloguedInstance } from '../core/catalogue.ts';
import type { InstanceRecord, InstanceState } from '../core/instance.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { StudyCatalogue } from './study-catalogue.ts';

/**
 * The two ports of the spool. The embedded pair (SQLite, files) is the default; a shared pair (PostgreSQL, shared volume
 * or object store) serves many nodes. No SQL and no path type crosses, except `localPath`, because worker threads read
 * bytes by themselves. Every implementation runs the same contract tests (test/spool/backend-contract.ts).
 */
export interface Ledger {
  /**
   * True when the row is on stable storage; concurrent calls share one commit. False, and nothing written, when the
   * instance key has a row of this or a later revision: read the rows and decide anew. Rejects with
   * STORAGE_FULL or STORAGE_FAILED, as every other call does. The audit record of the arrival is of the same commit;
   * `by` left out: the calling AE title sent it.
   */
  insert(record: InstanceRecord, by?: AuditActor): Promise<boolean>;
  get(id: string): Promise<InstanceRecord | undefined>;
  /** All revisions under one instance key, oldest first. */
  findByInstanceKey(instanceKey: string): Promise<readonly InstanceRecord[]>;
  /**
   * Takes up to `limit` instances of `state` that are due at `now` (epoch ms), the longest due first (a new instance is due
   * from its arrival), and leases them for `leaseMs`: no other claim returns them before the lease ends, `apply` touches
   * them or the ledger is opened anew by its only owner.
   */
  claim(
    state: 'received' | 'prepared',
    now: number,
    limit: number,
    leaseMs: number,
  ): Promise<readonly InstanceRecord[]>;
  /**
   * All changes or none, durable when resolved; releases the leases. A change whose `from` no longer holds is left out;
   * returns the ids applied. Each change of state has its audit record in the same commit.
   */
  apply(changes: readonly InstanceChange[]): Promise<readonly string[]>;
  /** Members of a post, in the order of their ids. */
  findByPost(postId: string): Promise<readonly InstanceRecord[]>;
  /** In the order of ids, which is that of arrival; the newest first where asked for. */
  list(filter: InstanceFilter): Promise<readonly InstanceRecord[]>;
  /** Number of instances and bytes, and the arrival time of the oldest, per state. */
  counts(): Promise<Readonly<Record<InstanceState, StateCount>>>;
  /**
   * Removes rows in `delivered` or `discarded` that were last touched before the time, with an audit record each; returns how
   * many. Studies none of whose rows are left go with them, except as `unposted` says.
   */
  forget(updatedBefore: number, limit: number, unposted?: UnpostedStudies): Promise<number>;
  /** All other actions, and the trail itself. */
  readonly audit: AuditTrail;
  /** Studies, series and what was prepared of them; written with the changes of the instances. */
  readonly catalogue: StudyCatalogue;
  close(): Promise<void>;
}

/** Studies that the FHIR server has not taken outlive their rows, so that they can still be posted. */
export interface UnpostedStudies {
  /** Until they did not change since this time; epoch ms. */
  readonly before: number;
  /** So many were then forgotten though they were never taken. */
  readonly onGivenUp: (studies: number) => void;
}

export interface StateCount {
  readonly instances: number;
  readonly bytes: number;
  /** Epoch milliseconds; null when there are none. */
  readonly oldestReceivedAt: number | null;
}

/** A change of one row: applied only while the row is in one of the states `from`. Fields left out stay. */
export interface InstanceChange {
  readonly id: string;
  readonly from: readonly InstanceState[];
  /** For the audit trail, where it is not the gateway by itself or not what the new state says. */
  readonly by?: AuditActor;
  readonly action?: AuditAction;
  readonly profileRevision?: string;
  /** What is known of it by now; only together with `studyPseudonym` and `seriesPseudonym`. */
  readonly catalogue?: CataloguedInstance;
  readonly set: Partial<
    Pick<
      InstanceRecord,
      | 'state'
      | 'attempts'
      | 'dueAt'
      | 'code'
      | 'detail'
      | 'releasedCodes'
      | 'foundBoxes'
      | 'drawnBoxes'
      | 'postId'
      | 'contentDigest'
      | 'studyPseudonym'
      | 'seriesPseudonym'
      | 'updatedAt'
    >
  >;
}

export interface InstanceFilter {
  readonly states?: readonly InstanceState[];
  readonly code?: string;
  readonly callingAeTitle?: string;
  /**
   * Epoch milliseconds, both included. An id says when the first byte came: instances whose reception took longer than an
   * hour may be missing from the first hour after `receivedFrom`.
   */
  readonly receivedFrom?: number;
  readonly receivedTo?: number;
  readonly studyPseudonym?: string;
  readonly seriesPseudonym?: string;
  readonly newestFirst?: boolean;
  /** Ids after this one in the order asked for: paging. */
  readonly afterId?: string;
  readonly limit: number;
}

export interface BlobStore {
  /** A new blob under this id, not visible to anyone before `commit`. */
  create(id: string): Promise<BlobWriter>;
  /** A path this machine's threads can read for as long as the blob exists. */
  localPath(id: string): string;
  /** Size in bytes, or undefined when there is no such blob. */
  size(id: string): Promise<number | undefined>;
  /** Removes the blob; no error when it is gone already. */
  remove(id: string): Promise<void>;
  /** Ids of all committed blobs. */
  ids(): AsyncIterable<string>;
  /** Bytes free for new blobs. */
  freeBytes(): Promise<number>;
  /** Removes what an earlier process left half-written; only for the store's one gateway, before the first `create`. */
  sweepTemporary(): Promise<number>;
  close(): Promise<void>;
}

/** One writer at a time; after `commit` or `abort` nothing else may be called. */
export interface BlobWriter {
  /**
   * Takes a copy-free reference: the chunk may be reused by the caller once the returned promise settles. Calls are not
   * to overlap. Rejects with STORAGE_FULL or STORAGE_FAILED.
   */
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when bytes and name survive a power cut. When it rejects, nothing is left behind. */
  commit(): Promise<{ readonly sizeBytes: number }>;
  /** Leaves nothing behind. Never rejects. */
  abort(): Promise<void>;
}
