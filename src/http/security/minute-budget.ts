const minuteMs = 60_000;

/** So many a minute. For records of strangers, who may come from any number of addresses and are not to fill log and disk. */
export class MinuteBudget {
  readonly #perMinute: number;
  readonly #now: () => number;
  #from = Number.NEGATIVE_INFINITY;
  #taken = 0;

  /** `now`: milliseconds. */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** False where this minute's are used up. */
  take(): boolean {
    const now = this.#now();
    // A clock that was set back begins a new minute.
    if (now - this.#from >= minuteMs || now < this.#from) {
      this.#from = now;
      this.#taken = 0;
    }
    if (this.#taken >= this.#perMinute) return false;
    this.#taken += 1;
    return true;
  }
}
