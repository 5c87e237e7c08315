import { gatewayActor } from '../core/audit.ts';
import { type InstanceRecord, statesWithBytes } from '../core/instance.ts';
import type { Emit } from '../observe/events.ts';
import type { BlobStore, Ledger } from './backend.ts';

/** Rows or blobs looked at together: bounds memory, and lets the ledger answer a whole page at once. */
const pageSize = 500;
const missingCode = 'BLOB_MISSING';

export interface SweepParts {
  readonly ledger: Ledger;
  readonly blobs: BlobStore;
  readonly keepDeliveredMs: number;
  readonly emit: Emit;
  readonly now: () => number;
}

/**
 * Mends what the end of an earlier process left, before anything new arrives: half-written files, blobs whose row was
 * never committed (their sender got no Success), blobs of instances that were delivered or discarded; and marks rows
 * whose bytes are gone or not whole as failed. May be run again at any time before the first `begin`.
 */
export async function sweepAtStart(parts: SweepParts): Promise<void> {
  const temporary = await parts.blobs.sweepTemporary();
  const blobs = await removeUnneeded(parts, true);
  if (temporary > 0 || blobs > 0) parts.emit('spool.orphansSwept', { temporary, blobs });
  await markMissing(parts);
}

/**
 * Removes blobs whose instance needs them no more; returns how many. Blobs without a row are removed only with `orphans`:
 * while the gateway runs, such a one may be on its way to its row.
 */
export async function removeUnneeded(parts: Omit<SweepParts, 'emit'>, orphans: boolean): Promise<number> {
  let removed = 0;
  const removePage = async (ids: readonly string[]) => {
    const rows = await Promise.all(ids.map((id) => parts.ledger.get(id)));
    const unneeded = ids.filter((_id, index) => {
      const row = rows[index];
      return row === undefined ? orphans : !isNeeded(row, parts);
    });
    // An orphan was never an instance: its sender got no Success.
    const known = new Set(rows.flatMap((row) => row?.id ?? []));
    await recordErasure(
      parts.ledger,
      unneeded.filter((id) => known.has(id)),
    );
    for (const id of unneeded) await parts.blobs.remove(id);
    removed += unneeded.length;
  };
  let page: string[] = [];
  for await (const id of parts.blobs.ids()) {
    page.push(id);
    if (page.length < pageSize) continue;
    await removePage(page);
    page = [];
  }
  await removePage(page);
  return removed;
}

/** Before the bytes go: a crash between the two leaves a record too many, never a removal without one. */
export async function recordErasure(ledger: Ledger, ids: readonly string[]): Promise<void> {
  await ledger.audit.append(
    ...ids.map((id) => ({
      actor: gatewayActor,
      action: 'instance.erased' as const,
      object: { kind: 'instance' as const, id },
    })),
  );
}

function isNeeded(row: InstanceRecord, parts: { readonly keepDeliveredMs: number; now(): number }): boolean {
  if (statesWithBytes.includes(row.state)) return true;
  return row.state === 'delivered' && row.updatedAt + parts.keepDeliveredMs > parts.now();
}

async function markMissing({ ledger, blobs, emit, now }: SweepParts): Promise<void> {
  let afterId = '';
  for (;;) {
    const rows = await ledger.list({ states: statesWithBytes, afterId, limit: pageSize });
    const sizes = await Promise.all(rows.map((row) => blobs.size(row.id)));
    const damaged = rows.filter((row, index) => row.code !== missingCode && sizes[index] !== row.sizeBytes);
    const applied =
      damaged.length === 0
        ? []
        : await ledger.apply(
            damaged.map((row) => ({
              id: row.id,
              from: statesWithBytes,
              set: { state: 'failed', code: missingCode, detail: null, updatedAt: now() },
            })),
          );
    for (const instanceId of applied) emit('spool.blobMissing', { instanceId });
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    afterId = last.id;
  }
}
