/** How often ended leases of instances that never came back are dropped. */
const expiryIntervalMs = 60_000;

/**
 * Who is being worked on, in memory: a ledger file has one gateway (gateway-lock.ts), so its leases end with the process,
 * which is just what a crash needs. Changes since the last `keep` can be undone with the transaction they belong to.
 */
export class Leases {
  readonly #until = new Map<string, number>();
  #undo: (readonly [string, number | undefined])[] = [];
  #nextExpiry = 0;

  get size(): number {
    return this.#until.size;
  }

  /** False while someone else's lease runs. */
  take(id: string, now: number, until: number): boolean {
    const held = this.#until.get(id);
    if (held !== undefined && held > now) return false;
    this.#undo.push([id, held]);
    this.#until.set(id, until);
    return true;
  }

  end(id: string): void {
    const held = this.#until.get(id);
    if (held === undefined) return;
    this.#undo.push([id, held]);
    this.#until.delete(id);
  }

  expire(now: number): void {
    if (now < this.#nextExpiry) return;
    this.#nextExpiry = now + expiryIntervalMs;
    for (const [id, until] of this.#until) if (until <= now) this.#until.delete(id);
  }

  keep(): void {
    this.#undo = [];
  }

  undo(): void {
    for (const [id, held] of this.#undo.reverse()) {
      if (held === undefined) this.#until.delete(id);
      else this.#until.set(id, held);
    }
    this.#undo = [];
  }
}
