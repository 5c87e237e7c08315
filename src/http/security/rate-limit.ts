import { type Refusal, refusalOf } from './actor.ts';
import { RecentMap } from './recent-map.ts';

export interface RateSettings {
  /** Requests per second in the long run; 0: no limit. */
  readonly perSecond: number;
  /** Requests at once after a rest. */
  readonly burst: number;
}

/** Callers remembered; one that was forgotten starts with a full bucket, as after a rest. */
const maxCallers = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * A token bucket per caller: by credential where there is one, else by address, so that strangers cannot use up what those
 * who are known may ask for from the same address.
 */
export class RateLimit {
  readonly #settings: RateSettings;
  readonly #now: () => number;
  readonly #buckets = new RecentMap<Bucket>(maxCallers);

  constructor(settings: RateSettings, now: () => number = Date.now) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Takes one request of the caller; the refusal where there is none left. */
  take(caller: string): Refusal | undefined {
    const { perSecond, burst } = this.#settings;
    if (perSecond === 0) return undefined;
    const now = this.#now();
    const bucket = this.#buckets.get(caller) ?? { tokens: burst, at: now };
    // A clock that goes back gives nothing and takes nothing.
    const rested = Math.max(0, now - bucket.at) / 1000;
    const tokens = Math.min(burst, bucket.tokens + rested * perSecond);
    const enough = tokens >= 1;
    this.#buckets.set(caller, { tokens: enough ? tokens - 1 : tokens, at: now });
    if (enough) return undefined;
    return refusalOf('TOO_MANY_REQUESTS', {
      retryAfterSeconds: Math.max(1, Math.ceil((1 - tokens) / perSecond)),
    });
  }

  /** Callers remembered now. */
  get callers(): number {
    return this.#buckets.size;
  }
}
