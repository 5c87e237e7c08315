import type { ErrorCode } from '../core/errors.ts';
import type { InstanceOrigin } from '../core/instance.ts';

/** What receiving needs of the spool. `Spool` (spool.ts) implements it. */
export interface Intake {
  /**
   * Opens room for one instance. `head` is everything that stands before the data set in the blob: preamble, DICM and
   * File Meta Information. Rejects with STORAGE_FULL, STORAGE_FAILED or SHUTTING_DOWN.
   */
  begin(origin: InstanceOrigin, head: Uint8Array): Promise<IncomingInstance>;
  /** False while free space is below the reserve; cheap, from a value refreshed in the background. */
  hasRoom(): boolean;
}

/** One instance on its way in. Calls do not overlap; after `commit` or `abort` nothing else is called. */
export interface IncomingInstance {
  readonly id: string;
  /** The chunk may be reused once the promise settles. Rejects with STORAGE_FAILED or STORAGE_FULL. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Resolves when bytes, name and ledger row survive a power cut: only now may C-STORE say Success. `duplicate`: the same
   * SOP Instance UID with the same content is here or was delivered already; nothing new was kept. `held`: kept, but a
   * person must decide (same UID, other content).
   */
  commit(): Promise<{
    readonly kind: 'stored' | 'duplicate' | 'held';
    readonly id: string;
    readonly code?: ErrorCode;
  }>;
  /** Leaves nothing behind. Never rejects. */
  abort(): Promise<void>;
}
