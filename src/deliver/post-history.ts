import type { PostOutcome } from './outcomes.ts';

/** Failures of one post that are held against the backend; further ones may well be the fault of the post. */
const maxCounted = 3;
/** Posts remembered at one time. The lanes have fewer on their way; what is beyond is forgotten, oldest first. */
const maxPosts = 4096;
/** Codes of a fault before anything of the post was sent: these say nothing about the post. */
const connectFaults: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

interface Failing {
  failures: number;
  /** There was no complete answer at least once: the backend may have taken it. */
  unanswered: boolean;
  /** The connection was cut at least once. */
  cut: boolean;
  /** Posts the backend had answered for good at the first failure. */
  readonly answeredBefore: number;
}

/** What is known of a post that has failed. */
export interface PostVerdict {
  /** As in core/stage.ts: others were answered for good while this one kept failing. */
  readonly suspect: 'whole' | 'divisible' | undefined;
  /** The failure is to be held against the backend. */
  readonly counts: boolean;
}

/**
 * Tells a post that always fails from a backend that fails: a proxy that cuts every connection on a body of a certain size,
 * a backend that breaks on one image. Such a post must not open the circuit breaker and stall the others.
 */
export class PostHistory {
  readonly #failing = new Map<string, Failing>();
  /** Posts that failed since the last good answer; two are enough to know that there are several. */
  readonly #row = new Set<string>();
  #answered = 0;

  /** True where an earlier attempt of the post was cut without an answer. */
  wasCut(key: string): boolean {
    return this.#failing.get(key)?.cut === true;
  }

  /** To be called with the outcome of every attempt. */
  settle(key: string, outcome: PostOutcome): PostVerdict {
    if (outcome.kind === 'aborted') return { suspect: undefined, counts: false };
    if (outcome.kind === 'delivered' || outcome.kind === 'hold') {
      this.#answered += 1;
      this.#failing.delete(key);
      this.#row.clear();
      return { suspect: undefined, counts: true };
    }
    if (this.#row.size < 2) this.#row.add(key);
    if (!mayBeThePost(outcome)) return { suspect: undefined, counts: true };
    const failing = this.#failing.get(key) ?? {
      failures: 0,
      unanswered: false,
      cut: false,
      answeredBefore: this.#answered,
    };
    failing.failures += 1;
    failing.unanswered ||= outcome.httpStatus === 0;
    failing.cut ||= outcome.code === 'BACKEND_UNREACHABLE';
    this.#remember(key, failing);
    const often = failing.failures > maxCounted;
    const othersPass = this.#answered > failing.answeredBefore;
    const alone = this.#row.size === 1 && this.#row.has(key);
    const suspect = failing.unanswered ? 'whole' : 'divisible';
    return {
      suspect: often && othersPass ? suspect : undefined,
      counts: !often || !(othersPass || alone),
    };
  }

  #remember(key: string, failing: Failing): void {
    this.#failing.delete(key);
    this.#failing.set(key, failing);
    const [oldest] = this.#failing.keys();
    if (this.#failing.size > maxPosts && oldest !== undefined) this.#failing.delete(oldest);
  }
}

/** False for what the backend said of itself (429, `Retry-After`), of our credentials, and for faults of connecting. */
function mayBeThePost(outcome: Extract<PostOutcome, { kind: 'retry' | 'paused' }>): boolean {
  if (outcome.kind === 'paused' || outcome.afterMs !== undefined) return false;
  if (outcome.httpStatus !== 0) return outcome.httpStatus >= 500;
  return outcome.detail === undefined || !connectFaults.has(outcome.detail);
}
