import type { ErrorCode } from '../core/errors.ts';
import { jitteredDelayMs, type RetryPolicy } from '../core/retry-policy.ts';
import type { PostOutcome } from './outcomes.ts';

/** May a post go out now? Times are milliseconds of the clock that the caller passes in. */
export type Admission =
  | { readonly kind: 'open' }
  /** One post may go, to find out whether the destination is well again. */
  | { readonly kind: 'probe' }
  /** Nothing may go for so long. */
  | { readonly kind: 'wait'; readonly code: ErrorCode; readonly forMs: number }
  /** The probe is under way; ask again when it has ended. */
  | { readonly kind: 'probing' };

export type GateChange =
  | { readonly kind: 'paused'; readonly code: ErrorCode; readonly probeInMs: number }
  | { readonly kind: 'resumed'; readonly afterMs: number };

/** How the gate stands, in the words of circuit breakers: closed lets posts through. */
export interface GateState {
  readonly state: 'closed' | 'open' | 'half-open';
  /** Why it rests; null while closed. */
  readonly code: ErrorCode | null;
  /** For how long it has rested; null where it does not, or where the backend merely asked for a pause. */
  readonly restingMs: number | null;
  /** Until the next post may go; null where one may go now or is under way. */
  readonly retryInMs: number | null;
}

export interface GatePolicy {
  /** Failures in a row after which nothing is sent for a while. */
  readonly failures: number;
  /** Times between probes while the backend fails. */
  readonly failing: RetryPolicy;
  /** Times between probes while the credentials are refused. */
  readonly unauthorized: RetryPolicy;
}

/**
 * When a destination may be sent to: a circuit breaker, the pause after refused credentials and `Retry-After` in one
 * state machine without clock, timer or random source of its own.
 *
 *   open     --failures in a row | 401, 403-->  resting
 *   open     --Retry-After-->                   open, but not before that time
 *   resting  --time over-->                     one probe
 *   probe    --the backend took or judged it--> open
 *   probe    --failed again-->                  resting, longer
 */
export class Gate {
  readonly #policy: GatePolicy;
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;
  #resting: { readonly since: number; code: ErrorCode; probes: number; probing: boolean } | undefined;

  constructor(policy: GatePolicy) {
    this.#policy = policy;
  }

  admission(now: number): Admission {
    if (this.#resting?.probing === true) return { kind: 'probing' };
    if (now < this.#notBefore) {
      return {
        kind: 'wait',
        code: this.#resting?.code ?? 'BACKEND_UNAVAILABLE',
        forMs: this.#notBefore - now,
      };
    }
    return { kind: this.#resting === undefined ? 'open' : 'probe' };
  }

  /** For people to look at; changes nothing. */
  state(now: number): GateState {
    const resting = this.#resting;
    const retryInMs = now < this.#notBefore ? this.#notBefore - now : null;
    if (resting === undefined) {
      const paused = retryInMs !== null;
      const code = paused ? 'BACKEND_UNAVAILABLE' : null;
      return { state: paused ? 'open' : 'closed', code, restingMs: null, retryInMs };
    }
    const restingMs = now - resting.since;
    if (resting.probing || retryInMs === null)
      return { state: 'half-open', code: resting.code, restingMs, retryInMs: null };
    return { state: 'open', code: resting.code, restingMs, retryInMs };
  }

  /** To be called as a post goes out. True when it is the probe; pass that to `settle`. */
  begin(): boolean {
    if (this.#resting === undefined) return false;
    this.#resting.probing = true;
    return true;
  }

  /** To be called once for every `begin`. `random` is in [0, 1). Returns what others should hear of. */
  settle(outcome: PostOutcome, probe: boolean, now: number, random: number): GateChange | undefined {
    if (probe && this.#resting !== undefined) this.#resting.probing = false;
    if (outcome.kind === 'aborted') return undefined;
    if (outcome.kind === 'delivered' || outcome.kind === 'hold') return this.#answered(probe, now);
    const afterMs = outcome.kind === 'retry' ? (outcome.afterMs ?? 0) : 0;
    if (this.#resting !== undefined) return this.#failedAgain(outcome.code, afterMs, probe, now, random);
    this.#failures += 1;
    if (outcome.kind === 'paused' || this.#failures >= this.#policy.failures) {
      this.#resting = { since: now, code: outcome.code, probes: 0, probing: false };
      return { kind: 'paused', code: outcome.code, probeInMs: this.#rest(afterMs, now, random) };
    }
    this.#notBefore = Math.max(this.#notBefore, now + afterMs);
    return undefined;
  }

  #answered(probe: boolean, now: number): GateChange | undefined {
    // An answer to a post sent before the pause says nothing about now.
    if (this.#resting !== undefined && !probe) return undefined;
    this.#failures = 0;
    if (this.#resting === undefined) return undefined;
    const afterMs = now - this.#resting.since;
    this.#resting = undefined;
    this.#notBefore = Number.NEGATIVE_INFINITY;
    return { kind: 'resumed', afterMs };
  }

  #failedAgain(
    code: ErrorCode,
    afterMs: number,
    probe: boolean,
    now: number,
    random: number,
  ): GateChange | undefined {
    const resting = this.#resting;
    if (resting === undefined) return undefined;
    if (!probe) {
      this.#notBefore = Math.max(this.#notBefore, now + afterMs);
      return undefined;
    }
    const another = kindOfRest(code) !== kindOfRest(resting.code);
    resting.probes = another ? 0 : resting.probes + 1;
    resting.code = code;
    const probeInMs = this.#rest(afterMs, now, random);
    return another ? { kind: 'paused', code, probeInMs } : undefined;
  }

  #rest(afterMs: number, now: number, random: number): number {
    const { code = 'BACKEND_UNAVAILABLE', probes = 0 } = this.#resting ?? {};
    const policy = kindOfRest(code) === 'unauthorized' ? this.#policy.unauthorized : this.#policy.failing;
    const delayMs = jitteredDelayMs(policy, probes + 1, random, afterMs);
    this.#notBefore = Math.max(this.#notBefore, now + delayMs);
    return this.#notBefore - now;
  }
}

function kindOfRest(code: ErrorCode): 'unauthorized' | 'failing' {
  return code === 'BACKEND_UNAUTHORIZED' ? 'unauthorized' : 'failing';
}
