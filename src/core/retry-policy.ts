/** Delays between attempts: exponential from `initialMs`, doubling, capped at `maxMs`. */
export interface RetryPolicy {
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Delay before attempt `attempts + 1`, without jitter; milliseconds. `attempts` counts the failures so far, from 1. */
export function retryDelayMs(policy: RetryPolicy, attempts: number): number {
  return Math.min(policy.maxMs, policy.initialMs * 2 ** Math.min(30, Math.max(0, attempts - 1)));
}

/**
 * Delay with jitter, between half and the whole of the plain delay, so that many instances that failed together do not
 * come back together. `random` is in [0, 1). A `Retry-After` of the peer is a floor, never shortened.
 */
export function jitteredDelayMs(
  policy: RetryPolicy,
  attempts: number,
  random: number,
  retryAfterMs = 0,
): number {
  const plain = retryDelayMs(policy, attempts);
  return Math.max(retryAfterMs, Math.round(plain * (0.5 + random / 2)));
}
