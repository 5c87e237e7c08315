import type { ErrorCode } from '../../core/errors.ts';
import type { Emit } from '../../observe/events.ts';
import { type Refusal, refusalOf } from './actor.ts';
import { addressKey } from './address-key.ts';
import { MinuteBudget } from './minute-budget.ts';
import { RecentMap } from './recent-map.ts';

export interface AttemptSettings {
  /** Wrong credentials from an address that are answered as such; further ones are told to wait. */
  readonly attempts: number;
  /** Longest wait. */
  readonly longestWaitMs: number;
}

interface Trail {
  failures: number;
  lastAt: number;
  waitUntil: number;
  waits: number;
  /** When this address was last told of in the log, and the failures since. */
  toldAt: number;
  untold: number;
}

/** Addresses remembered; an attacker with more of them gains nothing, see below. */
const maxAddresses = 10_000;
const firstWaitMs = 1000;
/** An address without a failure for this long starts anew. */
const forgetAfterMs = 15 * 60_000;
/** One line of the log for all failures of an address in this time. */
const burstMs = 60_000;
/** And so many lines and records a minute for all addresses: who has a network of IPv6 has thousands of /64. */
const maxToldAMinute = 100;

/**
 * Counts wrong credentials by address (/64 of IPv6): after `attempts` of them the answer is 429 with a `Retry-After` that
 * doubles from one wait to the next. Right credentials are let in at any time, also from an address that has to wait:
 * secrets of 256 random bits are not to be guessed, so there is nothing to gain by locking out the colleagues of a
 * misconfigured script behind one proxy, and much to lose. What the limit protects is the log and the patience of scripts,
 * and it tells the gateway's administrator of the attempt: one event per burst, with the number of failures since the last.
 */
export class AttemptLimit {
  readonly #settings: AttemptSettings;
  readonly #emit: Emit;
  readonly #now: () => number;
  readonly #burst: (address: string, code: ErrorCode) => void;
  readonly #trails = new RecentMap<Trail>(maxAddresses);
  readonly #told: MinuteBudget;

  /** `burst` is told with each event of a burst, by the address that limits are kept by. */
  constructor(
    settings: AttemptSettings,
    emit: Emit,
    now: () => number = Date.now,
    burst: (address: string, code: ErrorCode) => void = () => undefined,
  ) {
    this.#settings = settings;
    this.#emit = emit;
    this.#now = now;
    this.#burst = burst;
    this.#told = new MinuteBudget(maxToldAMinute, now);
  }

  /** Counts a failure. The refusal to answer with: the one given, or that the address has to wait. */
  failed(address: string, refusal: Refusal): Refusal {
    const now = this.#now();
    const key = addressKey(address);
    const trail = this.#trail(key, now);
    trail.failures += 1;
    trail.lastAt = now;
    const answer = this.#answer(trail, refusal, now);
    this.#tell(trail, answer.refused, key, now);
    return answer;
  }

  /** Addresses remembered now. */
  get addresses(): number {
    return this.#trails.size;
  }

  #trail(key: string, now: number): Trail {
    const known = this.#trails.get(key);
    if (known !== undefined && now - known.lastAt < forgetAfterMs + this.#settings.longestWaitMs)
      return known;
    const fresh: Trail = {
      failures: 0,
      lastAt: now,
      waitUntil: 0,
      waits: 0,
      toldAt: Number.NEGATIVE_INFINITY,
      untold: 0,
    };
    this.#trails.set(key, fresh);
    return fresh;
  }

  #answer(trail: Trail, refusal: Refusal, now: number): Refusal {
    if (trail.failures <= this.#settings.attempts) return refusal;
    if (now >= trail.waitUntil) {
      // Doubling ends long before the exponent would matter.
      const wait = firstWaitMs * 2 ** Math.min(trail.waits, 30);
      trail.waitUntil = now + Math.min(wait, this.#settings.longestWaitMs);
      trail.waits += 1;
    }
    return refusalOf('TOO_MANY_ATTEMPTS', { retryAfterSeconds: Math.ceil((trail.waitUntil - now) / 1000) });
  }

  #tell(trail: Trail, code: ErrorCode, address: string, now: number): void {
    trail.untold += 1;
    if (now - trail.toldAt < burstMs || !this.#told.take()) {
      this.#emit('http.refusedAgain', { code });
      return;
    }
    this.#emit('http.refused', { code, address, attempts: trail.untold });
    this.#burst(address, code);
    trail.toldAt = now;
    trail.untold = 0;
  }
}
