import { setTimeout as delay } from 'node:timers/promises';
import { boundedBoxes, maxFoundBoxes } from '../core/box-lists.ts';
import { asSallyportError, type ErrorCode, errorRow, SallyportError } from '../core/errors.ts';
import type { IdentifierPair, PairRecorder } from '../core/identifier-pair.ts';
import type { InstanceRecord } from '../core/instance.ts';
import { jitteredDelayMs, type RetryPolicy } from '../core/retry-policy.ts';
import type { Outcome } from '../core/stage.ts';
import type { Emit, StageName } from '../observe/events.ts';
import type { InstanceChange, Ledger } from '../spool/backend.ts';

/** What lanes need of the world, given by the gateway. */
export interface LaneTools {
  readonly ledger: Ledger;
  readonly emit: Emit;
  readonly now: () => number;
  /** [0, 1) */
  readonly random: () => number;
  readonly retry: RetryPolicy;
}

export type Failure = Exclude<Outcome<never>, { kind: 'advance' }>;

/** An exception of a stage as an outcome: what the registry says of its code; what nobody foresaw is held. */
export function failureOf(thrown: unknown): Failure {
  const { code, detail, disposition } = asSallyportError(thrown);
  const details = detail === undefined ? {} : { detail };
  if (disposition === 'retry' || code === 'SHUTTING_DOWN') return { kind: 'retry', code, ...details };
  return { kind: 'hold', code, ...details };
}

/** The one place where an outcome other than advance becomes a change of the ledger, with its event. */
export function settleFailure(
  tools: LaneTools,
  stage: StageName,
  record: InstanceRecord,
  outcome: Failure,
): InstanceChange {
  const now = tools.now();
  const about = { instanceId: record.id, code: outcome.code, stage };
  const set = { code: outcome.code, detail: outcome.detail ?? null, updatedAt: now };
  switch (outcome.kind) {
    case 'retry': {
      const attempts = record.attempts + 1;
      const delayMs = jitteredDelayMs(tools.retry, attempts, tools.random(), outcome.afterMs);
      tools.emit('instance.retryScheduled', { ...about, attempts, delayMs });
      return {
        id: record.id,
        from: ['received', 'prepared'],
        set: { ...set, attempts, dueAt: now + delayMs },
      };
    }
    case 'hold':
      tools.emit('instance.held', about);
      return {
        id: record.id,
        from: ['received', 'prepared'],
        set: {
          ...set,
          state: 'held',
          postId: null,
          ...outcome.place,
          foundBoxes:
            outcome.boxes === undefined || outcome.boxes.length === 0
              ? null
              : boundedBoxes(outcome.boxes, maxFoundBoxes),
        },
      };
    case 'fail':
      tools.emit('instance.failed', about);
      return {
        id: record.id,
        from: ['received', 'prepared'],
        set: { ...set, state: 'failed', postId: null },
      };
    default:
      return outcome satisfies never;
  }
}

const ledgerRetryMs = 1000;
const crosswalkRetryMs = 1000;

/**
 * Applies changes, and keeps trying while the ledger fails (a full disk, mostly): a verdict is never dropped. Rejects
 * only when the signal aborts; the instance then resumes at the next start.
 */
export async function persist(
  tools: LaneTools,
  changes: readonly InstanceChange[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  for (;;) {
    try {
      return await tools.ledger.apply(changes);
    } catch (error) {
      tools.emit('gateway.failed', { code: asSallyportError(error).code });
      if (signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, ledgerRetryMs));
    }
  }
}

/**
 * Records the pairs of an instance, and keeps trying while the crosswalk fails: nothing is delivered whose pseudonyms it
 * does not name, and a full disk is no fault of the instance. Throws SHUTTING_DOWN when the signal aborts.
 */
export async function recordPairs(
  tools: LaneTools,
  crosswalk: PairRecorder,
  pairs: readonly IdentifierPair[],
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      return await crosswalk.record(pairs);
    } catch (cause) {
      tools.emit('gateway.failed', { code: asSallyportError(cause).code });
      if (!signal.aborted) await delay(crosswalkRetryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw new SallyportError('SHUTTING_DOWN', { cause });
    }
  }
}

/** True where a second attempt in a new thread is worth it before a person is asked. */
export function deservesSecondAttempt(code: ErrorCode, record: InstanceRecord): boolean {
  return (
    (code === 'WORKER_CRASHED' || code === 'RENDER_TIMEOUT') &&
    record.attempts === 0 &&
    errorRow(code).disposition === 'hold'
  );
}
