/** A map of at most `limit` entries; the one not touched for longest makes room. For state that is kept per stranger. */
export class RecentMap<V> {
  readonly #limit: number;
  readonly #map = new Map<string, V>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#map.size;
  }

  /** The value, which becomes the most recent. */
  get(key: string): V | undefined {
    const value = this.#map.get(key);
    if (value === undefined) return undefined;
    this.#map.delete(key);
    this.#map.set(key, value);
    return value;
  }

  /** The value as the most recent, and the one that made room. */
  set(key: string, value: V): V | undefined {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#limit) return undefined;
    const oldest = this.#map.entries().next().value;
    if (oldest === undefined) return undefined;
    this.#map.delete(oldest[0]);
    return oldest[1];
  }

  delete(key: string): boolean {
    return this.#map.delete(key);
  }

  /** From the one not touched for longest to the most recent. */
  entries(): IterableIterator<[string, V]> {
    return this.#map.entries();
  }
}
