import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { ErrorCode } from '../core/errors.ts';
import { faultPoint } from '../core/fault-points.ts';
import type { InstanceReport } from '../core/instance-report.ts';
import type { PreparedInstance } from '../core/prepared.ts';
import { jitteredDelayMs } from '../core/retry-policy.ts';
import type { Outcome } from '../core/stage.ts';
import type { InstanceChange } from '../spool/backend.ts';
import { type Batch, Batches } from './batches.ts';
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
  /** The backend has taken the instance. May be told again after a crash. */
  readonly onReport?: (report: InstanceReport) => void;
  /** The rows are `delivered` and durable: originals may go. */
  readonly onDelivered: (instanceIds: readonly string[]) => void;
  /** The lane is done with the instance. */
  readonly onLetGo: (instanceId: string) => void;
  /** Output is no longer there: the post is to be made again and offered by `offerRecovered`, not before `dueAt`. */
  readonly onOutputLost: (lost: {
    readonly postId: string;
    readonly instanceIds: readonly string[];
    readonly attempts: number;
    readonly dueAt: number;
  }) => void;
}

const pollMs = 1000;

/**
 * outbox -> post -> delivered. Before the first attempt the members of a post are written to the ledger (`prepared` and a
 * post id), so that after a crash the same post goes out with the same key. A post of several instances that is refused,
 * or fails while others are accepted, is taken apart, so that one bad instance does not hold its series.
 */
export class DeliverLane<P> {
  readonly #parts: DeliverLaneParts<P>;
  readonly #wake = new WakeUp();
  readonly #running = new Set<Promise<void>>();
  readonly #batches: Batches<P>;
  #loop: Promise<void> | undefined;

  constructor(parts: DeliverLaneParts<P>) {
    this.#parts = parts;
    this.#batches = new Batches(parts.concurrency);
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

  /**
   * A post that was fixed before, made again; its members are `prepared` in the ledger already. `attempts`: how often it
   * has failed in this process.
   */
  offerRecovered(postId: string, entries: readonly OutboxEntry[], attempts = 0): void {
    this.#parts.outbox.keep(entries);
    this.#batches.add({ ...newBatch<P>(entries, postId, true), attempts });
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
      const { suspect } = batch;
      const task = this.#handle(batch, cut)
        // Only when stopping: the rows are as they were, the next start makes the same post again.
        .catch(() => undefined)
        .finally(() => {
          this.#running.delete(task);
          this.#batches.ended(suspect);
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
    return this.#batches.next(now, () => {
      const entries = this.#parts.outbox.take(now, false);
      return entries === undefined ? undefined : newBatch<P>(entries, randomUUID(), false);
    });
  }

  #sleepMs(): number {
    const now = this.#parts.tools.now();
    if (this.#running.size >= this.#parts.concurrency) return pollMs;
    const due = [this.#parts.outbox.nextDueMs(now), this.#batches.nextDueMs(now)];
    return Math.min(pollMs, ...due.filter((ms) => ms !== undefined));
  }

  async #handle(batch: Batch<P>, signal: AbortSignal): Promise<void> {
    try {
      this.#plan(batch);
      // Several instances share one post or none: were a second post of theirs refused, those that came with the first
      // would be posted again under other keys.
      if (batch.posts.length > 1 && batch.entries.length > 1) return this.#takeApart(batch);
      if (!batch.bound) await this.#bind(batch, signal);
      if (batch.entries.length === 0) return;
      const outcome = await this.#post(batch, signal);
      if (outcome === undefined) await this.#delivered(batch, signal);
      else if (outcome.kind === 'retry') await this.#retry(batch, outcome, signal);
      else await this.#refused(batch, outcome, signal);
    } catch (error) {
      // When stopping, the rows stay `prepared` with their post id: the next start makes the same post again.
      if (signal.aborted) return;
      const failure = failureOf(error);
      if (failure.code === 'OUTPUT_LOST') await this.#makeAgain(batch, failure.code, signal);
      else await this.#refused(batch, { ...failure, kind: 'hold' }, signal);
    }
  }

  #plan(batch: Batch<P>): void {
    if (batch.posts.length > 0) return;
    batch.posts = this.#parts.plan(batch.entries.map(({ prepared }) => prepared));
  }

  /** Each instance on its own from here on. */
  #takeApart(batch: Batch<P>): void {
    for (const entry of batch.entries) this.#batches.add(newBatch<P>([entry], randomUUID(), false));
    this.#wake.poke();
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
    if (gone.length === 0) return;
    await this.#letGo(gone);
    batch.posts = [];
    if (batch.entries.length > 0) this.#plan(batch);
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
    const { tools, onDelivered, onReport } = this.#parts;
    // Before the ledger: what a crash undoes there is posted and told once more, never not at all.
    for (const { prepared } of batch.entries) if (prepared.report !== undefined) onReport?.(prepared.report);
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

  /**
   * The whole batch waits, in memory within the outbox's bound, and goes on with the post that failed. Where the fault
   * seems to be its own, its instances go on one by one; not where an answer was lost, for then it may have been taken,
   * and other posts would bring the same images under other keys.
   */
  async #retry(
    batch: Batch<P>,
    outcome: Extract<Outcome<never>, { kind: 'retry' }>,
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) return;
    if (outcome.suspect === 'divisible' && batch.entries.length > 1) {
      this.#takeApart(batch);
      return;
    }
    batch.suspect = outcome.suspect !== undefined;
    const changes = this.#postponed(batch, outcome);
    this.#batches.add(batch);
    await persist(this.#parts.tools, changes, signal);
  }

  /** The post keeps its name and members, but its output has to be made again from the received bytes. */
  async #makeAgain(batch: Batch<P>, code: ErrorCode, signal: AbortSignal): Promise<void> {
    const { tools, onOutputLost } = this.#parts;
    await persist(tools, this.#postponed(batch, { kind: 'retry', code }), signal);
    await this.#letGoOutput(batch.entries);
    const { postId, attempts, dueAt } = batch;
    onOutputLost({ postId, instanceIds: batch.entries.map(({ record }) => record.id), attempts, dueAt });
  }

  /** Counts the failure and sets the time of the next attempt; returns what the ledger is to know of it. */
  #postponed(batch: Batch<P>, outcome: Extract<Outcome<never>, { kind: 'retry' }>): InstanceChange[] {
    const { tools } = this.#parts;
    batch.attempts += 1;
    const { attempts } = batch;
    const delayMs = jitteredDelayMs(tools.retry, attempts, tools.random(), outcome.afterMs);
    const now = tools.now();
    batch.dueAt = now + delayMs;
    const { code, detail = null } = outcome;
    const set = { attempts, dueAt: batch.dueAt, code, detail, updatedAt: now };
    return batch.entries.map(({ record: { id } }) => {
      tools.emit('instance.retryScheduled', { instanceId: id, code, stage: 'deliver', attempts, delayMs });
      return { id, from: ['prepared'] as const, set };
    });
  }

  async #refused(
    batch: Batch<P>,
    outcome: Extract<Outcome<never>, { kind: 'hold' | 'fail' }>,
    signal: AbortSignal,
  ): Promise<void> {
    if (batch.entries.length > 1) {
      this.#takeApart(batch);
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
    await this.#letGoOutput(entries);
    for (const { record } of entries) this.#parts.onLetGo(record.id);
  }

  async #letGoOutput(entries: readonly OutboxEntry[]): Promise<void> {
    for (const { prepared } of entries) {
      this.#parts.outbox.release(prepared);
      if (prepared.images.kind === 'file') await rm(prepared.images.path, { force: true });
    }
  }
}

function newBatch<P>(entries: readonly OutboxEntry[], postId: string, bound: boolean): Batch<P> {
  return { postId, entries, bound, posts: [], done: 0, attempts: 0, dueAt: 0, suspect: false };
}
