import { setTimeout as delay } from 'node:timers/promises';
import type { ErrorCode } from '../core/errors.ts';
import type { Outcome } from '../core/stage.ts';
import type { Emit } from '../observe/events.ts';
import { Gate, type GateState } from './gate.ts';
import type { PostOutcome } from './outcomes.ts';
import { PostHistory, type PostVerdict } from './post-history.ts';
import type { Post } from './posts.ts';
import type { BackendSettings } from './settings.ts';

export interface DestinationDeps {
  /** `careful`: an earlier attempt of this post was cut without an answer. */
  readonly client: { post(post: Post, signal: AbortSignal, careful: boolean): Promise<PostOutcome> };
  readonly emit: Emit;
  /** In [0, 1). */
  readonly random: () => number;
  /** Milliseconds of a clock that never jumps; performance.now() where it is left out. */
  readonly steadyNow?: () => number;
  /** Resolves after the time; rejects when the signal ends it. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** For people to look at: the gate, and the last post that had an answer or failed. */
export interface DestinationState extends GateState {
  readonly last: {
    /** Null where the backend took it. */
    readonly code: ErrorCode | null;
    /** 0 where there was no answer. */
    readonly httpStatus: number;
    readonly agoMs: number;
  } | null;
}

/** A longer sleep is cut into pieces of this, within what a timer can hold. */
const maxSleepMs = 60_000;

/**
 * The one backend, as the deliver lane sees it: how many posts at a time, and whether now is a time to send at all.
 * Rests after failures in a row, after refused credentials (with an alarm) and for `Retry-After`, probes with one post,
 * and goes on by itself. A post that keeps failing alone is not held against the backend, so that it cannot stall others.
 */
export class Destination {
  readonly #deps: DestinationDeps;
  readonly #gate: Gate;
  readonly #history = new PostHistory();
  readonly #concurrency: number;
  readonly #now: () => number;
  readonly #sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Called, all of them, whenever a post ends. As many as there are callers; the lane bounds these. */
  readonly #waiting = new Set<() => void>();
  #running = 0;
  #last: { readonly code: ErrorCode | null; readonly httpStatus: number; readonly at: number } | null = null;

  constructor(settings: Pick<BackendSettings, 'concurrency' | 'retry' | 'breaker'>, deps: DestinationDeps) {
    const { concurrency, retry, breaker } = settings;
    this.#deps = deps;
    this.#concurrency = concurrency;
    this.#now = deps.steadyNow ?? (() => performance.now());
    this.#sleep = deps.sleep ?? ((ms, signal) => delay(ms, undefined, { signal }));
    this.#gate = new Gate({
      failures: breaker.failures,
      failing: { initialMs: breaker.openMs, maxMs: Math.max(breaker.openMs, retry.maxMs) },
      unauthorized: retry,
    });
  }

  /** True when a post may be tried now, if only as a probe. */
  ready(): boolean {
    const { kind } = this.#gate.admission(this.#now());
    return kind === 'open' || kind === 'probe';
  }

  /** How it stands now; changes nothing. */
  state(): DestinationState {
    const now = this.#now();
    const last = this.#last;
    return {
      ...this.#gate.state(now),
      last: last === null ? null : { code: last.code, httpStatus: last.httpStatus, agoMs: now - last.at },
    };
  }

  /** Resolves when `ready` holds. Rejects with the signal's reason. */
  async whenReady(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const admission = this.#gate.admission(this.#now());
      if (admission.kind === 'open' || admission.kind === 'probe') return;
      if (admission.kind === 'wait')
        await this.#sleep(Math.min(maxSleepMs, Math.ceil(admission.forMs)), signal);
      else await this.#nextEnd(signal);
    }
  }

  /**
   * One attempt, as soon as a connection is free. While the destination rests the answer is a retry after the time that
   * is left, without any traffic; while a probe is under way the post waits for its end (no longer than one post may
   * take). After the signal: a retry with SHUTTING_DOWN, which says nothing about the post.
   */
  async deliver(post: Post, signal: AbortSignal): Promise<Outcome<{ readonly httpStatus: number }>> {
    for (;;) {
      if (signal.aborted) return { kind: 'retry', code: 'SHUTTING_DOWN' };
      const admission = this.#gate.admission(this.#now());
      if (admission.kind === 'wait') {
        return { kind: 'retry', code: admission.code, afterMs: Math.ceil(admission.forMs) };
      }
      if (admission.kind !== 'probing' && this.#running < this.#concurrency) return this.#send(post, signal);
      try {
        await this.#nextEnd(signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  async #send(post: Post, signal: AbortSignal): Promise<Outcome<{ readonly httpStatus: number }>> {
    const startedAt = this.#now();
    const probe = this.#gate.begin();
    this.#running += 1;
    // What is thrown is a fault of ours and must not be held against the backend.
    let outcome: PostOutcome = { kind: 'aborted' };
    let verdict: PostVerdict;
    try {
      outcome = await this.#deps.client.post(post, signal, this.#history.wasCut(post.idempotencyKey));
    } finally {
      this.#running -= 1;
      verdict = this.#history.settle(post.idempotencyKey, outcome);
      this.#settle(verdict.counts ? outcome : { kind: 'aborted' }, probe);
      for (const wake of [...this.#waiting]) wake();
    }
    this.#report(post, outcome, Math.round(this.#now() - startedAt));
    return this.#stageOutcome(outcome, verdict);
  }

  #settle(outcome: PostOutcome, probe: boolean): void {
    const change = this.#gate.settle(outcome, probe, this.#now(), this.#deps.random());
    if (change?.kind === 'paused') {
      this.#deps.emit('destination.paused', { code: change.code, probeInMs: Math.round(change.probeInMs) });
    } else if (change?.kind === 'resumed') {
      this.#deps.emit('destination.resumed', { afterMs: Math.round(change.afterMs) });
    }
  }

  #report(post: Post, outcome: PostOutcome, durationMs: number): void {
    if (outcome.kind === 'aborted') return;
    const postId = post.idempotencyKey;
    const { httpStatus } = outcome;
    const code = outcome.kind === 'delivered' ? null : outcome.code;
    this.#last = { code, httpStatus, at: this.#now() };
    if (outcome.kind === 'delivered') {
      const { images, sizeBytes: bytes } = post;
      this.#deps.emit('delivery.posted', { postId, images, bytes, httpStatus, durationMs });
    } else {
      this.#deps.emit('delivery.failed', { postId, code: outcome.code, httpStatus, durationMs });
    }
  }

  #stageOutcome(outcome: PostOutcome, { suspect }: PostVerdict): Outcome<{ readonly httpStatus: number }> {
    if (outcome.kind === 'aborted') return { kind: 'retry', code: 'SHUTTING_DOWN' };
    const { httpStatus } = outcome;
    if (outcome.kind === 'delivered') return { kind: 'advance', output: { httpStatus } };
    if (outcome.kind === 'hold') return { kind: 'hold', code: outcome.code, detail: String(httpStatus) };
    const fault = outcome.kind === 'retry' ? outcome.detail : undefined;
    const detail = httpStatus === 0 ? fault : String(httpStatus);
    const admission = this.#gate.admission(this.#now());
    const restMs = admission.kind === 'wait' ? Math.ceil(admission.forMs) : 0;
    const afterMs = Math.max(restMs, outcome.kind === 'retry' ? (outcome.afterMs ?? 0) : 0);
    return {
      kind: 'retry',
      code: outcome.code,
      ...(detail === undefined ? {} : { detail }),
      ...(afterMs > 0 ? { afterMs } : {}),
      ...(suspect === undefined ? {} : { suspect }),
    };
  }

  #nextEnd(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(wake);
        reject(signal.reason);
      };
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
