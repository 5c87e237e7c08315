import type { InstanceChange, Ledger } from './backend.ts';
import { recordErasure, removeUnneeded, type SweepParts } from './sweep.ts';

/** Removals that wait at most; what comes beyond is found by a look over all blobs once they are done. */
const maxWaiting = 10_000;
/** Rows forgotten in one transaction. */
const forgetBatch = 500;
/** Removals recorded in one transaction, before the first of them. */
const eraseBatch = 64;

export interface RetentionOptions extends SweepParts {
  /** How long the received bytes of a delivered instance stay; 0 removes them at once. */
  readonly keepDeliveredMs: number;
  /** How long delivered and discarded rows stay; while they do, a repeated instance is known as a duplicate. */
  readonly forgetAfterMs: number;
  /**
   * How long after its last change a study stays that the FHIR server has not taken; `forgetAfterMs` where that is longer.
   * Left out: studies are posted nowhere.
   */
  readonly keepUnpostedMs?: number;
  /** Pause between two looks over all blobs and rows. */
  readonly intervalMs: number;
}

export const retentionDefaults = {
  keepDeliveredMs: 0,
  forgetAfterMs: 30 * 24 * 3_600_000,
  intervalMs: 600_000,
} as const;

/**
 * Removes what has done its work. A blob goes right after its instance was delivered; rows go after weeks, in small
 * batches, so that no transaction keeps receiving waiting. Everything may be repeated: a crash between a row's change and
 * its blob's removal is mended by the sweep at start and by each round here.
 */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #waiting: string[] = [];
  #removing: Promise<void> | undefined;
  #round: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #overflowed = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.round().catch(() => undefined), this.#options.intervalMs);
    this.#timer.unref();
  }

  /** Finishes the removal at work; what still waits is swept at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#removing;
    await this.#round?.catch(() => undefined);
  }

  /** To be told of instances whose row says delivered. Returns at once; one blob is removed at a time, beside other work. */
  delivered(ids: readonly string[]): void {
    if (this.#options.keepDeliveredMs > 0 || this.#stopped) return;
    const room = Math.max(0, maxWaiting - this.#waiting.length);
    this.#waiting.push(...ids.slice(0, room));
    if (ids.length > room) this.#overflowed = true;
    this.#removing ??= this.#remove().finally(() => {
      this.#removing = undefined;
    });
  }

  /** Resolves when nothing waits to be removed. */
  async settled(): Promise<void> {
    while (this.#removing !== undefined) await this.#removing;
  }

  /**
   * One look over all blobs and old rows. Rejects with STORAGE_FAILED; the next round tries again. Not to be run before
   * `Spool.start` has resolved.
   */
  round(): Promise<void> {
    this.#round ??= this.#runRound().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async #runRound(): Promise<void> {
    const { ledger, now, forgetAfterMs, keepUnpostedMs, emit } = this.#options;
    const onGivenUp = (studies: number): void => emit('fhir.givenUp', { code: 'FHIR_GIVEN_UP', studies });
    await removeUnneeded(this.#options, false);
    while (!this.#stopped) {
      const unposted =
        keepUnpostedMs === undefined
          ? undefined
          : { before: now() - Math.max(keepUnpostedMs, forgetAfterMs), onGivenUp };
      const forgotten = await ledger.forget(now() - forgetAfterMs, forgetBatch, unposted);
      if (forgotten < forgetBatch) return;
    }
  }

  async #remove(): Promise<void> {
    while (!this.#stopped) {
      const ids = this.#waiting.splice(0, eraseBatch);
      if (ids.length === 0) {
        if (!this.#overflowed) return;
        this.#overflowed = false;
        await this.round().catch(() => undefined);
        continue;
      }
      // What cannot be recorded or removed now is found again by the next round.
      await this.#erase(ids).catch(() => undefined);
    }
  }

  async #erase(ids: readonly string[]): Promise<void> {
    const { ledger, blobs } = this.#options;
    await recordErasure(ledger, ids);
    for (const id of ids) await blobs.remove(id).catch(() => undefined);
  }
}

/** The same ledger, which tells retention of each instance that a change made delivered. */
export function watchedByRetention(ledger: Ledger, retention: Pick<Retention, 'delivered'>): Ledger {
  return {
    insert: (record, by) => ledger.insert(record, by),
    get: (id) => ledger.get(id),
    findByInstanceKey: (key) => ledger.findByInstanceKey(key),
    claim: (state, now, limit, leaseMs) => ledger.claim(state, now, limit, leaseMs),
    async apply(changes: readonly InstanceChange[]) {
      const applied = await ledger.apply(changes);
      const delivered = new Set(changes.filter((c) => c.set.state === 'delivered').map((c) => c.id));
      const ids = applied.filter((id) => delivered.has(id));
      if (ids.length > 0) retention.delivered(ids);
      return applied;
    },
    findByPost: (postId) => ledger.findByPost(postId),
    list: (filter) => ledger.list(filter),
    counts: () => ledger.counts(),
    forget: (before, limit, unposted) => ledger.forget(before, limit, unposted),
    audit: ledger.audit,
    catalogue: ledger.catalogue,
    close: () => ledger.close(),
  };
}
