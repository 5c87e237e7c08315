import { errorRow, isErrorCode, SallyportError } from '../core/errors.ts';
import type { InstanceRecord, InstanceState } from '../core/instance.ts';
import type { BlobStore, Ledger } from './backend.ts';
import { FileBlobStore } from './blobs-files.ts';
import { SqliteLedger } from './ledger-sqlite.ts';

/** What a person does with an instance, inside a gateway or beside it. */
export interface OperationParts {
  readonly ledger: Ledger;
  readonly blobs: BlobStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const waitingForPerson: readonly InstanceState[] = ['held', 'failed'];

/**
 * Sends a held or failed instance through the whole path again: state received, attempts 0, due now. It gets a new post:
 * the old one was refused as it was, and the backend may repeat its refusal for the same idempotency key. Rejects with
 * INSTANCE_UNKNOWN, STATE_CONFLICT or BLOB_MISSING.
 */
export async function retry(parts: OperationParts, id: string): Promise<void> {
  const record = await find(parts, id);
  await sendAgain(parts, record, waitingForPerson, record.releasedCodes);
}

/**
 * Accepts the reason an instance is held for: the code joins `releasedCodes`, so that it never holds this instance again,
 * and the instance goes on as by `retry`. Rejects with INSTANCE_UNKNOWN, STATE_CONFLICT, NOT_RELEASABLE or BLOB_MISSING.
 */
export async function release(parts: OperationParts, id: string): Promise<void> {
  const record = await find(parts, id);
  if (record.state !== 'held') throw new SallyportError('STATE_CONFLICT', { detail: record.state });
  const { code } = record;
  if (code === null || !isErrorCode(code) || errorRow(code).releasable !== true) {
    throw new SallyportError('NOT_RELEASABLE', code === null ? {} : { detail: code });
  }
  await sendAgain(parts, record, ['held'], [...new Set([...record.releasedCodes, code])]);
}

/**
 * Gives up a held or failed instance: its row says discarded, its bytes are removed. Rejects with INSTANCE_UNKNOWN or
 * STATE_CONFLICT. A crash between the two is mended by the sweep at the next start and by retention.
 */
export async function discard(parts: OperationParts, id: string): Promise<void> {
  const record = await find(parts, id);
  const set = { state: 'discarded', updatedAt: parts.now() } as const;
  const applied = await parts.ledger.apply([{ id, from: waitingForPerson, set }]);
  if (applied.length === 0) throw new SallyportError('STATE_CONFLICT', { detail: record.state });
  await parts.blobs.remove(id);
}

async function find({ ledger }: OperationParts, id: string): Promise<InstanceRecord> {
  const record = await ledger.get(id);
  if (record === undefined) throw new SallyportError('INSTANCE_UNKNOWN');
  return record;
}

async function sendAgain(
  { ledger, blobs, now }: OperationParts,
  record: InstanceRecord,
  from: readonly InstanceState[],
  releasedCodes: readonly string[],
): Promise<void> {
  if (!from.includes(record.state)) throw new SallyportError('STATE_CONFLICT', { detail: record.state });
  if ((await blobs.size(record.id)) !== record.sizeBytes) throw new SallyportError('BLOB_MISSING');
  const at = now();
  const applied = await ledger.apply([
    {
      id: record.id,
      from,
      set: {
        state: 'received',
        attempts: 0,
        dueAt: at,
        code: null,
        detail: null,
        postId: null,
        releasedCodes,
        updatedAt: at,
      },
    },
  ]);
  if (applied.length === 0) throw new SallyportError('STATE_CONFLICT');
}

export interface OpenedForOperations extends OperationParts {
  close(): Promise<void>;
}

/**
 * Opens a storage folder beside its gateway, running or not, without taking the gateway's lock; a running gateway sees
 * changes at its next claim. Rejects with STORAGE_UNUSABLE, also where there is no storage folder yet.
 */
export async function openForOperations(dir: string): Promise<OpenedForOperations> {
  const ledger = await SqliteLedger.open(dir, { thread: false, create: false });
  const blobs = new FileBlobStore(dir);
  return {
    ledger,
    blobs,
    now: Date.now,
    async close() {
      await ledger.close();
      await blobs.close();
    },
  };
}
