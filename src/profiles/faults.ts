/** A place in the text of a profile, both counted from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
  /** Another file that the profile names; absent: the profile itself. */
  readonly file?: string | undefined;
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

  add({ line, column, file }: SourcePlace, message: string): void {
    this.#faults.push(file === undefined ? { line, column, message } : { line, column, file, message });
  }

  /** True when more are found than are listed: looking for the nearest word is not worth its time any more. */
  get isFull(): boolean {
    return this.#faults.length >= maxFaults;
  }

  get isEmpty(): boolean {
    return this.#faults.length === 0;
  }

  /** In the order of the text, other files behind it, each once, at most `maxFaults`. */
  sorted(): ProfileFault[] {
    const seen = new Set<string>();
    return this.#faults
      .toSorted((a, b) => compared(a.file, b.file) || a.line - b.line || a.column - b.column)
      .filter((fault) => {
        const name = JSON.stringify(fault);
        return !seen.has(name) && seen.add(name) !== undefined;
      })
      .slice(0, maxFaults);
  }
}

function compared(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const maxQuoted = 48;

/** A word of the author in a message: in quotes, on one line, cut when long. */
export function quoted(text: string): string {
  const shown = text.length > maxQuoted ? `${text.slice(0, maxQuoted)}…` : text;
  return JSON.stringify(shown);
}
