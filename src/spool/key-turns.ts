/**
 * Takes turns per instance key: two associations may send the same SOP Instance UID at the same time, and the second must
 * see what the first stored. An entry lives as long as an instance of its key is open, so their number is bounded by that
 * of the open instances.
 */
export class KeyTurns {
  readonly #entries = new Map<string, Entry>();

  /** Joins the queue of a key; `leave` must follow, once. */
  join(key: string): KeyTurn {
    const entry = this.#entries.get(key) ?? { members: 0, last: Promise.resolve() };
    this.#entries.set(key, entry);
    entry.members++;
    return {
      run: (work) => {
        const result = entry.last.then(work);
        entry.last = result.then(nothing, nothing);
        return result;
      },
      leave: () => {
        entry.members--;
        if (entry.members === 0) this.#entries.delete(key);
      },
    };
  }

  get size(): number {
    return this.#entries.size;
  }
}

interface Entry {
  members: number;
  last: Promise<void>;
}

export interface KeyTurn {
  /** Runs the work when all earlier work under the key has settled. */
  run<T>(work: () => Promise<T>): Promise<T>;
  leave(): void;
}

function nothing(): undefined {
  return undefined;
}
