/** Who has seen what is remembered for so long, ms. */
export const seenForMs = 10 * 60_000;
const maxSeen = 10_000;

/** Tells the first look from those that follow within ten minutes. Bounded: beyond it, looks count as first ones again. */
export class SeenLately {
  readonly #now: () => number;
  readonly #until = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  isFirst(key: string): boolean {
    const now = this.#now();
    if ((this.#until.get(key) ?? 0) > now) return false;
    if (this.#until.size >= maxSeen) this.#until.clear();
    this.#until.set(key, now + seenForMs);
    return true;
  }
}
