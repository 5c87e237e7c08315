import type { RedactionReason } from '../../core/redaction.ts';
import type { Row } from './rows.ts';

/** What was found out about one word. */
export interface Verdict {
  readonly reason: RedactionReason;
  /** Whether it says so by itself, whatever else may have been misread: what a second look holds an instance for. */
  readonly sure: boolean;
}

/** From here on a pattern is no chance. */
export const minSureConfidence = 0.75;
/** Verdicts as they come up: the first one stands, but a sure one wins over one that is not. */
export class Verdicts {
  readonly #row: Row;
  readonly #given: (Verdict | undefined)[];

  constructor(row: Row) {
    this.#row = row;
    this.#given = row.words.map(() => undefined);
  }

  has(index: number): boolean {
    return this.#given[index] !== undefined;
  }

  reasonOf(index: number): RedactionReason | undefined {
    return this.#given[index]?.reason;
  }

  give(index: number, reason: RedactionReason, sure: boolean): void {
    const known = this.#given[index];
    if (known === undefined || (sure && !known.sure)) this.#given[index] = { reason, sure };
  }

  /** To every word that a range of the row's text touches. */
  giveRange(
    start: number,
    end: number,
    reason: RedactionReason,
    sure: boolean | ((index: number) => boolean),
  ): void {
    for (const index of this.within(start, end))
      this.give(index, reason, typeof sure === 'boolean' ? sure : sure(index));
  }

  within(start: number, end: number): number[] {
    const found: number[] = [];
    this.#row.words.forEach((word, index) => {
      if (word.start < end && word.end > start) found.push(index);
    });
    return found;
  }

  all(): readonly (Verdict | undefined)[] {
    return this.#given;
  }
}

/** Whether a word was read well enough for its form to be no chance. */
export function isConfident(row: Row, index: number): boolean {
  return (row.words[index]?.confidence ?? 0) >= minSureConfidence;
}
