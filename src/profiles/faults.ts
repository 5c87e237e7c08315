/** A place in the text of a profile, both counted from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a profile, where, and what to do about it. */
export interface ProfileFault extends SourcePlace {
  readonly message: string;
}

/** Most faults of one file that are listed; nobody mends more in one sitting. */
export const maxFaults = 200;

/** Collects the faults of one file. */
export class FaultList {
  readonly #faults: ProfileFault[] = [];

  add({ line, column }: SourcePlace, message: string): void {
    this.#faults.push({ line, column, message });
  }

  /** True when more are found than are listed: looking for the nearest word is not worth its time any more. */
  get isFull(): boolean {
    return this.#faults.length >= maxFaults;
  }

  get isEmpty(): boolean {
    return this.#faults.length === 0;
  }

  /** In the order of the text, each once, at most `maxFaults`. */
  sorted(): ProfileFault[] {
    const seen = new Set<string>();
    return this.#faults
      .toSorted((a, b) => a.line - b.line || a.column - b.column)
      .filter((fault) => {
        const name = JSON.stringify(fault);
        return !seen.has(name) && seen.add(name) !== undefined;
      })
      .slice(0, maxFaults);
  }
}

const maxQuoted = 48;

/** A word of the author in a message: in quotes, on one line, cut when long. */
export function quoted(text: string): string {
  const shown = text.length > maxQuoted ? `${text.slice(0, maxQuoted)}…` : text;
  return JSON.stringify(shown);
}
