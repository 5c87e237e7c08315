import type { AuditAction, AuditActor } from '../core/audit.ts';
import type { ImageExtent } from '../core/box-lists.ts';
import { countUncovered, parseDrawnBoxes } from '../core/box-lists.ts';
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
  /** How large the image in a blob is, where that can be told. */
  readonly extentOf?: (path: string) => ImageExtent | undefined;
}

export interface ReleaseOptions {
  /** Who does it, for the audit trail. */
  readonly by: AuditActor;
  /**
   * Boxes that a person drew, as they came (see `parseDrawnBoxes`): they are blanked in place of what the search for text
   * found and finds; an empty list says that nothing is to be blanked. Left out: what was drawn before, if anything, stays.
   */
  readonly boxes?: unknown;
  /** Boxes may leave uncovered what was found: the person says that it is no text. */
  readonly replaceFound?: boolean;
}

const waitingForPerson: readonly InstanceState[] = ['held', 'failed'];

/**
 * Sends a held or failed instance through the whole path again: state received, attempts 0, due now. It gets a new post:
 * the old one was refused as it was, and the backend may repeat its refusal for the same idempotency key. Rejects with
 * INSTANCE_UNKNOWN, STATE_CONFLICT or BLOB_MISSING.
 */
export async function retry(parts: OperationParts, id: string, by: AuditActor): Promise<void> {
  const record = await find(parts, id);
  await sendAgain(
    parts,
    record,
    { by, action: 'instance.retried' },
    waitingForPerson,
    record.releasedCodes,
    record.drawnBoxes,
  );
}

/**
 * Accepts the reason an instance is held for: the code joins `releasedCodes`, so that it never holds this instance again,
 * and the instance goes on as by `retry`, with the boxes a person drew. Rejects with INSTANCE_UNKNOWN, STATE_CONFLICT,
 * NOT_RELEASABLE, BOXES_INVALID, BOXES_INCOMPLETE where they leave uncovered what was found and `replaceFound` is not said, or
 * BLOB_MISSING.
 */
export async function release(
  parts: OperationParts,
  id: string,
  { by, boxes, replaceFound = false }: ReleaseOptions,
): Promise<void> {
  const record = await find(parts, id);
  if (record.state !== 'held') throw new SallyportError('STATE_CONFLICT', { detail: record.state });
  const { code } = record;
  if (code === null || !isErrorCode(code) || errorRow(code).releasable !== true) {
    throw new SallyportError('NOT_RELEASABLE', code === null ? {} : { detail: code });
  }
  const drawnBoxes =
    boxes === undefined
      ? record.drawnBoxes
      : parseDrawnBoxes(boxes, parts.extentOf?.(parts.blobs.localPath(id)));
  // Who draws the one box that was missed would else lay open all the others.
  if (boxes !== undefined && !replaceFound && record.foundBoxes !== null) {
    const uncovered = countUncovered(record.foundBoxes, drawnBoxes ?? []);
    if (uncovered > 0) throw new SallyportError('BOXES_INCOMPLETE', { detail: `${uncovered} not covered` });
  }
  await sendAgain(
    parts,
    record,
    { by, action: 'instance.released' },
    ['held'],
    [...new Set([...record.releasedCodes, code])],
    drawnBoxes,
  );
}

/**
 * Gives up a held or failed instance: its row says discarded, its bytes are removed. Rejects with INSTANCE_UNKNOWN or
 * STATE_CONFLICT. A crash between the two is mended by the sweep at the next start and by retention.
 */
export async function discard(parts: OperationParts, id: string, by: AuditActor): Promise<void> {
  const record = await find(parts, id);
  const set = { state: 'discarded', updatedAt: parts.now() } as const;
  const applied = await parts.ledger.apply([{ id, from: waitingForPerson, by, set }]);
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
  { by, action }: { readonly by: AuditActor; readonly action: AuditAction },
  from: readonly InstanceState[],
  releasedCodes: readonly string[],
  drawnBoxes: InstanceRecord['drawnBoxes'],
): Promise<void> {
  if (!from.includes(record.state)) throw new SallyportError('STATE_CONFLICT', { detail: record.state });
  if ((await blobs.size(record.id)) !== record.sizeBytes) throw new SallyportError('BLOB_MISSING');
  const at = now();
  const applied = await ledger.apply([
    {
      id: record.id,
      from,
      by,
      action,
      set: {
        state: 'received',
        attempts: 0,
        dueAt: at,
        code: null,
        detail: null,
        postId: null,
        releasedCodes,
        drawnBoxes,
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
export async function openForOperations(
  dir: string,
  extentOf?: OperationParts['extentOf'],
): Promise<OpenedForOperations> {
  const ledger = await SqliteLedger.open(dir, { thread: false, create: false });
  const blobs = new FileBlobStore(dir);
  return {
    ledger,
    blobs,
    now: Date.now,
    ...(extentOf === undefined ? {} : { extentOf }),
    async close() {
      await ledger.close();
      await blobs.close();
    },
  };
}
