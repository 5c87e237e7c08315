import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { errorRow } from '../core/errors.ts';
import { faultPoint } from '../core/fault-points.ts';
import type { InstanceReport } from '../core/instance-report.ts';
import type { Growth, PreparedInstance } from '../core/prepared.ts';
import { jitteredDelayMs } from '../core/retry-policy.ts';
import type { Outcome } from '../core/stage.ts';
import type { StageName } from '../observe/events.ts';
import type { InstanceChange } from '../spool/backend.ts';
import { type Batch, type GrowingPosts, newBatch } from './batches.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import { boundChange, deliveredChange, postponedChange } from './post-changes.ts';
import type { Failures, LostPost } from './recovery.ts';
import { type Failure, failureOf, type LaneTools, persist, settleFailure } from './settle.ts';

/** What the lane itself knows of a post. */
export interface Countable {
  /** Images in it. */
  readonly images: number;
}

export interface BatchDeliveryParts<P extends Countable> {
  readonly tools: LaneTools;
  readonly outbox: Outbox;
  /** Splits a group into posts; throws POST_TOO_LARGE. */
  readonly plan: (prepared: readonly PreparedInstance[]) => readonly P[];
  /** The posts of one instance that is still being rendered, each when it is complete: those that `plan` makes of the whole. */
  readonly planGrowing: (prepared: PreparedInstance) => () => readonly P[];
  readonly destination: {
    deliver(post: P, signal: AbortSignal): Promise<Outcome<{ readonly httpStatus: number }>>;
  };
  /** The backend has taken the instance. May be told again after a crash. */
  readonly onReport?: (report: InstanceReport) => void;
  /** The rows are `delivered` and durable: originals may go. */
  readonly onDelivered: (instanceIds: readonly string[]) => void;
  /** The lane is done with the instance. */
  readonly onLetGo: (instanceId: string) => void;
  /** Output is no longer there: the post is to be made again and offered by `offerRecovered`, not before `dueAt`. */
  readonly onOutputLost: (lost: LostPost) => void;
}

/**
 * Delivers one batch as far as it goes for now: fixes it in the ledger, posts it, settles what came of it. A batch that is to
 * be taken up again goes back by `requeue`.
 */
export class BatchDelivery<P extends Countable> {
  readonly #parts: BatchDeliveryParts<P>;
  readonly #requeue: (batch: Batch<P>) => void;

  constructor(parts: BatchDeliveryParts<P>, requeue: (batch: Batch<P>) => void) {
    this.#parts = parts;
    this.#requeue = requeue;
  }

  async handle(batch: Batch<P>, signal: AbortSignal): Promise<void> {
    try {
      // Several instances share one post or none: were a second post of theirs refused, those that came with the first
      // would be posted again under other keys.
      if (batch.entries.length > 1 && batch.entries.some(({ prepared }) => growthOf(prepared) !== undefined))
        return this.#takeApart(batch);
      this.#plan(batch);
      if (batch.posts.length > 1 && batch.entries.length > 1) return this.#takeApart(batch);
      if (this.#mustWait(batch)) return this.#waitForFrames(batch);
      if (!batch.bound && batch.growing?.growth.state !== 'failed') await this.#bind(batch, signal);
      if (batch.entries.length === 0) return;
      const outcome = await this.#post(batch, signal);
      if (outcome === 'more to come') this.#waitForFrames(batch);
      else if (outcome === 'rendering failed') await this.#renderingFailed(batch, signal);
      else if (outcome === 'all accepted') await this.#delivered(batch, signal);
      else if (outcome.kind === 'retry') await this.#retry(batch, outcome, signal);
      else await this.#refused(batch, outcome, signal);
    } catch (error) {
      // When stopping, the rows stay `prepared` with their post id: the next start makes the same post again.
      if (signal.aborted) return;
      const failure = failureOf(error);
      if (failure.code === 'OUTPUT_LOST') await this.#makeAgain(batch, { ...failure, kind: 'retry' }, signal);
      else await this.#refused(batch, { ...failure, ...afterFrames(batch, failure), kind: 'hold' }, signal);
    }
  }

  #plan(batch: Batch<P>): void {
    const [first] = batch.entries;
    if (batch.growing === undefined && first !== undefined && batch.entries.length === 1) {
      const growth = growthOf(first.prepared);
      if (growth !== undefined) batch.growing = { growth, posts: this.#parts.planGrowing(first.prepared) };
    }
    if (batch.growing !== undefined) batch.posts = batch.growing.posts();
    else if (batch.posts.length === 0)
      batch.posts = this.#parts.plan(batch.entries.map(({ prepared }) => prepared));
  }

  #mustWait({ growing, posts, done }: Batch<P>): boolean {
    return growing?.growth.state === 'growing' && posts.length === done;
  }

  /** The batch comes back when its next post is complete, or none will come. */
  #waitForFrames(batch: Batch<P>): void {
    const { growing, done } = batch;
    if (growing === undefined) return;
    const look = (): void => {
      if (growing.growth.state === 'growing' && !hasMore(growing, done)) {
        growing.growth.onChange(look);
        return;
      }
      this.#requeue(batch);
    };
    look();
  }

  /** Each instance on its own from here on. */
  #takeApart(batch: Batch<P>): void {
    for (const entry of batch.entries) this.#requeue(newBatch<P>([entry], randomUUID(), false));
  }

  /** Fixes the members of the post. A row that a person discarded meanwhile drops out. */
  async #bind(batch: Batch<P>, signal: AbortSignal): Promise<void> {
    const { tools } = this.#parts;
    const applied = new Set(
      await persist(
        tools,
        batch.entries.map((entry) => boundChange(entry, batch.postId, tools.now())),
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

  /** Posts what is there and was not accepted yet. */
  async #post(
    batch: Batch<P>,
    signal: AbortSignal,
  ): Promise<Failure | 'all accepted' | 'more to come' | 'rendering failed'> {
    for (;;) {
      if (batch.growing?.growth.state === 'failed') return 'rendering failed';
      this.#plan(batch);
      const post = batch.posts[batch.done];
      if (post === undefined) return this.#mustWait(batch) ? 'more to come' : 'all accepted';
      const outcome = await this.#parts.destination.deliver(post, signal);
      if (outcome.kind !== 'advance') return outcome;
      batch.done += 1;
      faultPoint('post.accepted');
    }
  }

  /**
   * What the backend has accepted stays there, told by its missing frames. A row without a post goes back to be prepared
   * again; a post keeps its name, and repeats what was accepted under the same keys.
   */
  async #renderingFailed(batch: Batch<P>, signal: AbortSignal): Promise<void> {
    const failure = batch.growing?.growth.failure;
    // Stopping: the next start makes the same post again.
    if (failure === undefined || failure.code === 'SHUTTING_DOWN') return;
    const said = { ...failure, ...afterFrames(batch, failure) };
    if (said.kind === 'retry' && batch.bound) {
      if (errorRow(said.code).disposition !== 'retry') batch.threads += 1;
      await this.#makeAgain(batch, said, signal);
    } else await this.#settle('prepare', batch.entries, said, signal);
  }

  async #delivered(batch: Batch<P>, signal: AbortSignal): Promise<void> {
    const { tools, onDelivered, onReport } = this.#parts;
    // Before the ledger: what a crash undoes there is posted and told once more, never not at all.
    for (const { prepared } of batch.entries) if (prepared.report !== undefined) onReport?.(prepared.report);
    const now = tools.now();
    await persist(
      tools,
      batch.entries.map((entry) => deliveredChange(entry, now)),
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
    this.#requeue(batch);
    await persist(this.#parts.tools, changes, signal);
  }

  /** The post keeps its name and members, but its output has to be made again from the received bytes. */
  async #makeAgain(
    batch: Batch<P>,
    outcome: Extract<Failure, { kind: 'retry' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { tools, onOutputLost } = this.#parts;
    await persist(tools, this.#postponed(batch, outcome), signal);
    await this.#letGoOutput(batch.entries);
    const { postId, dueAt } = batch;
    onOutputLost({
      postId,
      instanceIds: batch.entries.map(({ record }) => record.id),
      dueAt,
      ...counts(batch),
    });
  }

  /** Counts the failure and sets the time of the next attempt; returns what the ledger is to know of it. */
  #postponed(batch: Batch<P>, outcome: Extract<Failure, { kind: 'retry' }>): InstanceChange[] {
    const { tools } = this.#parts;
    batch.attempts += 1;
    const { attempts } = batch;
    const delayMs = jitteredDelayMs(tools.retry, attempts, tools.random(), outcome.afterMs);
    const now = tools.now();
    batch.dueAt = now + delayMs;
    const { code } = outcome;
    return batch.entries.map(({ record }) => {
      tools.emit('instance.retryScheduled', {
        instanceId: record.id,
        code,
        stage: 'deliver',
        attempts,
        delayMs,
      });
      return postponedChange(record, outcome, { attempts, dueAt: batch.dueAt, now });
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
    await this.#settle('deliver', batch.entries, outcome, signal);
  }

  async #settle(
    stage: StageName,
    entries: readonly OutboxEntry[],
    outcome: Failure,
    signal: AbortSignal,
  ): Promise<void> {
    const { tools } = this.#parts;
    await persist(
      tools,
      entries.map(({ record }) => settleFailure(tools, stage, record, outcome)),
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
      const { images } = prepared;
      if (images.kind === 'growing') images.growth.abandon();
      if (images.kind !== 'memory') await rm(images.path, { force: true });
    }
  }
}

function growthOf({ images }: PreparedInstance): Growth | undefined {
  return images.kind === 'growing' ? images.growth : undefined;
}

function counts({ attempts, threads }: Failures): Failures {
  return { attempts, threads };
}

/** True also where planning fails: that is found out when the batch is taken up. */
function hasMore<P>(growing: GrowingPosts<P>, done: number): boolean {
  try {
    return growing.posts().length > done;
  } catch {
    return true;
  }
}

/** Says in the detail that some frames are at the backend. */
function afterFrames<P extends Countable>(
  { posts, done }: Batch<P>,
  { detail }: Failure,
): { readonly detail?: string } {
  const frames = posts.slice(0, done).reduce((sum, { images }) => sum + images, 0);
  if (frames === 0) return {};
  return {
    detail: [...(detail === undefined ? [] : [detail]), `after ${frames} delivered frames`].join(', '),
  };
}
