import type { ErrorCode } from '../core/errors.ts';
import type { InstanceRecord, InstanceState } from '../core/instance.ts';

/** What is done about content that differs from what is here under the same SOP Instance UID. */
export type DuplicateContentPolicy = 'hold' | 'revision';

export type ArrivalDecision =
  | { readonly kind: 'duplicate'; readonly of: InstanceRecord }
  | { readonly kind: 'store'; readonly revision: number; readonly heldFor: ErrorCode | null };

/** A row in one of these stands for content that is wanted: on its way, delivered, or waiting for a person. */
const standing: ReadonlySet<InstanceState> = new Set(['received', 'prepared', 'delivered', 'held']);

/**
 * Decides what becomes of an arrival under a key that is known.
 *
 * Same content as a standing row: a duplicate, nothing to do. Same content as a failed or discarded one only: stored and
 * processed, because whoever sends it again wants it, and neither row will ever deliver it; a person discards it again if
 * it was unwanted, which is better than a Success for an image that goes nowhere. Other content while a row stands: by
 * the policy, also if a person discarded this very content before, so that a discard is not undone by sending again.
 */
export async function decideArrival(
  rows: readonly InstanceRecord[],
  sameContent: (row: InstanceRecord) => Promise<boolean>,
  policy: DuplicateContentPolicy,
): Promise<ArrivalDecision> {
  const standingRows = rows.filter((row) => standing.has(row.state));
  for (const row of standingRows) if (await sameContent(row)) return { kind: 'duplicate', of: row };
  return {
    kind: 'store',
    revision: Math.max(0, ...rows.map((row) => row.revision)) + 1,
    heldFor: standingRows.length > 0 && policy === 'hold' ? 'DUPLICATE_CONTENT_DIFFERS' : null,
  };
}
