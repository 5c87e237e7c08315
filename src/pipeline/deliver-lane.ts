import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { faultPoint } from '../core/fault-points.ts';
import type { PreparedInstance } from '../core/prepared.ts';
import { jitteredDelayMs } from '../core/retry-policy.ts';
import type { Outcome } from '../core/stage.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import { failureOf, type LaneTools, persist, settleFailure } from './settle.ts';
import { WakeUp } from './wake-up.ts';

export interface DeliverLaneParts<P> {
  readonly tools: LaneTools;
  readonly outbox: Outbox;
  /** Posts at one time. */
  readonly concurrency: number;
  /** Splits a group into posts; throws POST_TOO_LARGE. */
  readonly plan: (prepared: readonly PreparedInstance[]) => readonly P[];
  readonly destination: {
    /** Resolves when a post may be tried; at once while the destination is well. */
    whenReady(signal: AbortSignal): Promise<void>;
    deliver(post: P, signal: AbortSignal): Promise<Outcome<{ readonly httpStatus: number }>>;
  };
  /** The rows are `delivered` and durable: originals may go. */
  readonly onDelivered: (instanceIds: readonly string[]) => void;
  /** The lane is done with the instance. */
  readonly onLetGo: (instanceId: string) => void;
}

/** Instances that travel together, with how far they have come. */
interface Batch<P> {
  readonly postId: string;
  entries: readonly OutboxEntry[];
  bound: boolean;
  posts: readonly P[];
  done: number;
  attempts: number;
  dueAt: number;
}

const pollMs = 1000;

/**
 * outbox -> post -> delivered. Before the first attempt the members of a post are written to the ledger (`prepared` and a
 * post id), so that after a crash the same post goes out with the same key. A refused post of several instances is taken
 * apart, so that one bad instance does not hold its series.
 */
export class DeliverLane<P> {
  readonly #parts: DeliverLaneParts<P>;
  readonly #wake = new WakeUp();
  readonly #running = new Set<Promise<void>>();
  #waiting: Batch<P>[] = [];
  #loop: Promise<void> | undefined;

  constructor(parts: DeliverLaneParts<P>) {
    this.#parts = parts;
  }

  /** `ending`: take up nothing new. `cut`: abandon the posts under way; they are repeated after the next start. */
  start(ending: AbortSignal, cut: AbortSignal): void {
    this.#loop = this.#run(ending, cut);
  }

  async stopped(): Promise<void> {
    this.#wake.poke();
    await this.#loop;
    await Promise.all(this.#running);
  }

  wake(): void {
    this.#wake.poke();
  }

  /** A post fixed before the last stop; its members are `prepared` in the ledger already. */
  offerRecovered(postId: string, entries: readonly OutboxEntry[]): void {
    this.#parts.outbox.keep(entries);
    this.#waiting.push(this.#batch(entries, postId, true));
    this.#wake.poke();
  }

  get busy(): number {
    return this.#running.size;
  }

  async #run(ending: AbortSignal, cut: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      // While the destination rests, groups stay in the outbox and grow, and the outbox stops the prepare lane.
      await this.#whenReady(ending);
      const batch = this.#running.size < this.#parts.concurrency ? this.#next() : undefined;
      if (batch === undefined) {
        await this.#wake.sleep(this.#sleepMs(), ending);
        continue;
      }
      const task = this.#handle(batch, cut).finally(() => {
        this.#running.delete(task);
        this.#wake.poke();
      });
      this.#running.add(task);
    }
  }

  async #whenReady(signal: AbortSignal): Promise<void> {
    try {
      await this.#parts.destination.whenReady(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #next(): Batch<P> | undefined {
    const now = this.#parts.tools.now();
    const index = this.#waiting.findIndex((batch) => batch.dueAt <= now);
    if (index >= 0) return this.#waiting.splice(index, 1)[0];
    const entries = this.#parts.outbox.take(now, false);
    return entries === undefined ? undefined : this.#batch(entries, randomUUID(), false);
  }

  #batch(entries: readonly OutboxEntry[], postId: string, bound: boolean): Batch<P> {
    return { postId, entries, bound, posts: [], done: 0, attempts: 0, dueAt: 0 };
  }

  #sleepMs(): number {
    const now = this.#parts.tools.now();
    if (this.#running.size >= this.#parts.concurrency) return pollMs;
    const due = this.#waiting.map((batch) => Math.max(0, batch.dueAt - now));
    return Math.min(pollMs, this.#parts.outbox.nextDueMs(now) ?? pollMs, ...due);
  }

  async #handle(batch: Batch<P>, signal: AbortSignal): Promise<void> {
    try {
      if (!batch.bound) await this.#bind(batch, signal);
      if (batch.entries.length === 0) return;
      if (batch.posts.length === 0)
        batch.posts = this.#parts.plan(batch.entries.map(({ prepared }) => prepared));
      const outcome = await this.#post(batch, signal);
      if (outcome === undefined) await this.#delivered(batch, signal);
      else if (outcome.kind === 'retry') await this.#retry(batch, outcome, signal);
      else await this.#refused(batch, outcome, signal);
    } catch (error) {
      // When stopping, the rows stay `prepared` with their post id: the next start makes the same post again.
      if (!signal.aborted) await this.#refused(batch, { ...failureOf(error), kind: 'hold' }, signal);
    }
  }

  /** Fixes the members of the post. A row that a person discarded meanwhile drops out. */
  async #bind(batch: Batch<P>, signal: AbortSignal): Promise<void> {
    const { tools } = this.#parts;
    const applied = new Set(
      await persist(
        tools,
        batch.entries.map(({ record, prepared }) => ({
          id: record.id,
          from: ['received', 'prepared'] as const,
          set: {
            state: 'prepared' as const,
            postId: batch.postId,
            attempts: 0,
            code: null,
            detail: null,
            contentDigest: prepared.contentDigest,
            studyPseudonym: prepared.studyInstanceUid,
            seriesPseudonym: prepared.seriesInstanceUid,
            updatedAt: tools.now(),
          },
        })),
        signal,
      ),
    );
    faultPoint('post.bound');
    const gone = batch.entries.filter(({ record }) => !applied.has(record.id));
    batch.entries = batch.entries.filter(({ record }) => applied.has(record.id));
    batch.bound = true;
    await this.#letGo(gone);
  }

  /** Posts what is left; undefined when all is accepted. */
  async #post(
    batch: Batch<P>,
    signal: AbortSignal,
  ): Promise<Exclude<Outcome<never>, { kind: 'advance' }> | undefined> {
    for (; batch.done < batch.posts.length; batch.done += 1) {
      const post = batch.posts[batch.done];
      if (post === undefined) return undefined;
      const outcome = await this.#parts.destination.deliver(post, signal);
      if (outcome.kind !== 'advance') return outcome;
      faultPoint('post.accepted');
    }
    return undefined;
  }

  async #delivered(batch: Batch<P>, signal: AbortSignal): Promise<void> {
    const { tools, onDelivered } = this.#parts;
    const now = tools.now();
    await persist(
      tools,
      batch.entries.map(({ record }) => ({
        id: record.id,
        from: ['prepared'] as const,
        set: { state: 'delivered' as const, attempts: 0, code: null, detail: null, updatedAt: now },
      })),
      signal,
    );
    faultPoint('delivery.committed');
    for (const { record } of batch.entries) {
      tools.emit('instance.delivered', {
        instanceId: record.id,
        waitedMs: Math.max(0, now - record.receivedAt),
      });
    }
    onDelivered(batch.entries.map(({ record }) => record.id));
    await this.#letGo(batch.entries);
  }

  /** The whole batch waits, in memory within the outbox's bound, and goes on with the post that failed. */
  async #retry(
    batch: Batch<P>,
    outcome: Extract<Outcome<never>, { kind: 'retry' }>,
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) return;
    const { tools } = this.#parts;
    batch.attempts += 1;
    const delayMs = jitteredDelayMs(tools.retry, batch.attempts, tools.random(), outcome.afterMs);
    const now = tools.now();
    batch.dueAt = now + delayMs;
    this.#waiting.push(batch);
    for (const { record } of batch.entries) {
      tools.emit('instance.retryScheduled', {
        instanceId: record.id,
        code: outcome.code,
        stage: 'deliver',
        attempts: batch.attempts,
        delayMs,
      });
    }
    const set = {
      attempts: batch.attempts,
      dueAt: batch.dueAt,
      code: outcome.code,
      detail: outcome.detail ?? null,
      updatedAt: now,
    };
    await persist(
      tools,
      batch.entries.map(({ record }) => ({ id: record.id, from: ['prepared'] as const, set })),
      signal,
    );
  }

  async #refused(
    batch: Batch<P>,
    outcome: Extract<Outcome<never>, { kind: 'hold' | 'fail' }>,
    signal: AbortSignal,
  ): Promise<void> {
    if (batch.entries.length > 1) {
      this.#waiting.push(...batch.entries.map((entry) => this.#batch([entry], randomUUID(), false)));
      this.#wake.poke();
      return;
    }
    await this.#hold(batch.entries, outcome, signal);
  }

  async #hold(
    entries: readonly OutboxEntry[],
    outcome: Extract<Outcome<never>, { kind: 'hold' | 'fail' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { tools } = this.#parts;
    await persist(
      tools,
      entries.map(({ record }) => settleFailure(tools, 'deliver', record, outcome)),
      signal,
    );
    await this.#letGo(entries);
  }

  async #letGo(entries: readonly OutboxEntry[]): Promise<void> {
    for (const { record, prepared } of entries) {
      this.#parts.outbox.release(prepared);
      if (prepared.images.kind === 'file') await rm(prepared.images.path, { force: true });
      this.#parts.onLetGo(record.id);
    }
  }
}
