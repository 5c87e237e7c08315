import { randomUUID } from 'node:crypto';
import { BatchDelivery, type BatchDeliveryParts, type Countable } from './batch-delivery.ts';
import { type Batch, Batches, newBatch } from './batches.ts';
import type { OutboxEntry } from './outbox.ts';
import type { Failures } from './recovery.ts';
import { WakeUp } from './wake-up.ts';

export interface DeliverLaneParts<P extends Countable> extends BatchDeliveryParts<P> {
  /** Posts at one time. */
  readonly concurrency: number;
  readonly destination: BatchDeliveryParts<P>['destination'] & {
    /** Resolves when a post may be tried; at once while the destination is well. */
    whenReady(signal: AbortSignal): Promise<void>;
  };
}

const pollMs = 1000;

/**
 * outbox -> post -> delivered. Before the first attempt the members of a post are written to the ledger (`prepared` and a
 * post id), so that after a crash the same post goes out with the same key. A post of several instances that is refused,
 * or fails while others are accepted, is taken apart, so that one bad instance does not hold its series. Posts of an
 * instance that is still being rendered go out as they become complete, in order, without keeping others waiting.
 */
export class DeliverLane<P extends Countable> {
  readonly #parts: DeliverLaneParts<P>;
  readonly #wake = new WakeUp();
  readonly #running = new Set<Promise<void>>();
  readonly #batches: Batches<P>;
  readonly #delivery: BatchDelivery<P>;
  #loop: Promise<void> | undefined;

  constructor(parts: DeliverLaneParts<P>) {
    this.#parts = parts;
    this.#batches = new Batches(parts.concurrency);
    this.#delivery = new BatchDelivery(parts, (batch) => {
      this.#batches.add(batch);
      this.#wake.poke();
    });
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

  /** A post that was fixed before, made again; its members are `prepared` in the ledger already. */
  offerRecovered(postId: string, entries: readonly OutboxEntry[], failures: Failures): void {
    this.#parts.outbox.keep(entries);
    this.#batches.add({
      ...newBatch<P>(entries, postId, true),
      attempts: failures.attempts,
      threads: failures.threads,
    });
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
      const task = this.#delivery
        .handle(batch, cut)
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
}
