import type { Growth } from '../core/prepared.ts';
import type { OutboxEntry } from './outbox.ts';

/** The posts of an instance that is still being rendered. */
export interface GrowingPosts<P> {
  readonly growth: Growth;
  /** Those that are complete by now; never fewer than before. */
  readonly posts: () => readonly P[];
}

/** Instances that travel together, with how far they have come. */
export interface Batch<P> {
  readonly postId: string;
  entries: readonly OutboxEntry[];
  bound: boolean;
  posts: readonly P[];
  /** Set where `posts` become more. */
  growing: GrowingPosts<P> | undefined;
  /** Posts that were accepted. */
  done: number;
  attempts: number;
  /** See Failures. */
  threads: number;
  dueAt: number;
  /** Others were accepted while this one failed: the fault seems to be its own. */
  suspect: boolean;
}

export function newBatch<P>(entries: readonly OutboxEntry[], postId: string, bound: boolean): Batch<P> {
  return {
    postId,
    entries,
    bound,
    posts: [],
    growing: undefined,
    done: 0,
    attempts: 0,
    threads: 0,
    dueAt: 0,
    suspect: false,
  };
}

/** After so many failures a batch lets those go first that have not been tried yet. */
const patientAttempts = 3;
/** Every so many choices the other way round, so that a steady stream of new batches starves nobody. */
const turnEvery = 4;

/**
 * The batches that wait for another attempt, and whose turn it is. One that fails for ever cannot stand in the way: what
 * has failed often comes after what is new, and suspects never fill more than half of the places.
 */
export class Batches<P> {
  readonly #maxSuspects: number;
  #waiting: Batch<P>[] = [];
  #suspectsRunning = 0;
  #choices = 0;

  constructor(concurrency: number) {
    this.#maxSuspects = Math.max(1, Math.floor(concurrency / 2));
  }

  add(batch: Batch<P>): void {
    this.#waiting.push(batch);
  }

  /** The batch whose turn it is; `fresh` gives one that was not tried yet. To be ended with `ended`. */
  next(now: number, fresh: () => Batch<P> | undefined): Batch<P> | undefined {
    this.#choices += 1;
    const isTurned = this.#choices % turnEvery === 0;
    const batch =
      this.#take(now, (waiting) => waiting.attempts < patientAttempts && !waiting.suspect) ??
      (isTurned ? (this.#takeTried(now) ?? fresh()) : (fresh() ?? this.#takeTried(now)));
    if (batch?.suspect === true) this.#suspectsRunning += 1;
    return batch;
  }

  /** To be called once for every batch of `next`, with what it was then. */
  ended(wasSuspect: boolean): void {
    if (wasSuspect) this.#suspectsRunning -= 1;
  }

  /** Milliseconds until `next` may find one of the waiting; undefined when only an end can change that. */
  nextDueMs(now: number): number | undefined {
    const due = this.#waiting
      .filter((batch) => !batch.suspect || this.#hasPlace())
      .map(({ dueAt }) => Math.max(0, dueAt - now));
    return due.length === 0 ? undefined : due.reduce((least, ms) => Math.min(least, ms));
  }

  #takeTried(now: number): Batch<P> | undefined {
    return this.#take(now, (waiting) => !waiting.suspect || this.#hasPlace());
  }

  #hasPlace(): boolean {
    return this.#suspectsRunning < this.#maxSuspects;
  }

  #take(now: number, may: (waiting: Batch<P>) => boolean): Batch<P> | undefined {
    const index = this.#waiting.findIndex((batch) => batch.dueAt <= now && may(batch));
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0];
  }
}
