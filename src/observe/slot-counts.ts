/** What is counted for the charts. `delivered` counts instances, `posts` accepted posts; the rest says what it is in its name. */
export const countNames = [
  'received',
  'duplicates',
  'prepared',
  'delivered',
  'held',
  'failed',
  'refused',
  'retried',
  'posts',
  'postFailures',
  'bytesIn',
  'bytesOut',
  'associations',
  'rejections',
  'echoes',
  'workersReplaced',
] as const;
export type CountName = (typeof countNames)[number];
export type SlotCounts = { readonly [N in CountName]: number };

/** Columns for a chart: point i covers `stepMs` from `from + i * stepMs` (epoch ms); the last one is still running. */
export interface CountSeries {
  readonly stepMs: number;
  readonly from: number;
  readonly points: number;
  readonly counts: { readonly [N in CountName]: readonly number[] };
}

/**
 * Counts per slot of time in a ring of fixed size. A clock that jumps back counts into the newest slot; one that jumps
 * ahead empties what it skips.
 */
export class SlotRing {
  readonly stepMs: number;
  readonly #points: number;
  readonly #counts: { readonly [N in CountName]: Float64Array };
  /** Number of the newest slot, counted from the epoch. */
  #newest: number;

  constructor(stepMs: number, points: number, now: number) {
    this.stepMs = stepMs;
    this.#points = points;
    this.#newest = Math.floor(now / stepMs);
    this.#counts = perName(() => new Float64Array(points));
  }

  add(name: CountName, by: number, now: number): void {
    this.#advance(now);
    const counts = this.#counts[name];
    const index = this.#newest % this.#points;
    counts[index] = (counts[index] ?? 0) + by;
  }

  /** Sum of the newest `slots`, the running one among them, and the time they cover so far. */
  last(slots: number, now: number): { readonly ms: number; readonly counts: SlotCounts } {
    this.#advance(now);
    const first = this.#newest - Math.min(slots, this.#points) + 1;
    const counts = perName((name) => {
      let sum = 0;
      for (let slot = first; slot <= this.#newest; slot++) sum += this.#at(name, slot);
      return sum;
    });
    return { ms: Math.max(1, now - first * this.stepMs), counts };
  }

  /** The running slot; `at` is its beginning, epoch ms. */
  latest(now: number): { readonly at: number; readonly counts: SlotCounts } {
    this.#advance(now);
    return { at: this.#newest * this.stepMs, counts: perName((name) => this.#at(name, this.#newest)) };
  }

  series(now: number): CountSeries {
    this.#advance(now);
    const first = this.#newest - this.#points + 1;
    return {
      stepMs: this.stepMs,
      from: first * this.stepMs,
      points: this.#points,
      counts: perName((name) =>
        Array.from({ length: this.#points }, (_, index) => this.#at(name, first + index)),
      ),
    };
  }

  #at(name: CountName, slot: number): number {
    return this.#counts[name][slot % this.#points] ?? 0;
  }

  #advance(now: number): void {
    const slot = Math.floor(now / this.stepMs);
    const skipped = Math.min(slot - this.#newest, this.#points);
    if (skipped <= 0) return;
    for (let back = 0; back < skipped; back++) {
      for (const name of countNames) this.#counts[name][(slot - back) % this.#points] = 0;
    }
    this.#newest = slot;
  }
}

/** One value for each name. */
export function perName<T>(make: (name: CountName) => T): { readonly [N in CountName]: T } {
  return Object.fromEntries(countNames.map((name) => [name, make(name)])) as { readonly [N in CountName]: T };
}
