import type { AuditEntry, AuditHead, AuditRecord } from '../core/audit.ts';

/** What a page of the trail is asked for by. Times are epoch milliseconds, both ends included. */
export interface AuditFilter {
  /** Newest first: records before this sequence number. */
  readonly before?: number;
  readonly action?: string;
  readonly objectId?: string;
  /** Name of the actor. */
  readonly actor?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
}

export interface AuditPage {
  /** The newest first. */
  readonly records: readonly AuditRecord[];
  /** `before` of the next page; null where there is nothing older. A page may be shorter than its limit and yet have a next one. */
  readonly next: number | null;
}

/** What a look at the ends of the trail found. */
export interface AuditInspection {
  /** What is missing, found at this look and put on record by it; null: nothing. A key of `auditDamages`. */
  readonly damage: string | null;
  /** When damage was last put on record, by this look or an earlier one; epoch ms. */
  readonly lastToldAt: number | null;
}

/**
 * The audit trail. Changes of instances are recorded by the ledger itself, in the transaction of the change; all else that
 * is done goes through `append`, which a caller awaits before it answers: what cannot be recorded is not done. Calls reject
 * with STORAGE_FULL, STORAGE_FAILED or SHUTTING_DOWN.
 */
export interface AuditTrail {
  /** Durable when resolved; concurrent calls share one commit. Entries of one call stand next to each other. */
  append(...entries: readonly AuditEntry[]): Promise<void>;
  /** Rejects with AUDIT_DAMAGED where the ends of the trail are not as the ledger noted them. */
  head(): Promise<AuditHead>;
  /**
   * Whether the ends of the trail are as the ledger noted them. What is missing is put on record, and the trail made so that
   * it can be gone on with: who tampers with it shall not keep images from being received.
   */
  inspect(): Promise<AuditInspection>;
  /** Newest first, for people who search. Looks at a bounded number of records a call. */
  list(filter: AuditFilter): Promise<AuditPage>;
  /** Records after a sequence number, the oldest first, at most `limit`: to follow the trail. */
  after(sequence: number, limit: number): Promise<readonly AuditRecord[]>;
  /**
   * Removes up to `limit` records from the oldest end that are older than the time (epoch ms), and records that. Returns how
   * many. The newest record always stays.
   */
  prune(before: number, limit: number): Promise<number>;
  /** How far a receiver outside has got; 0 where it has nothing. */
  position(name: string): Promise<number>;
  moveTo(name: string, sequence: number): Promise<void>;
}
