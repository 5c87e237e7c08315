import type { Span } from './term-search.ts';

/** What was found in a text: words for reports, never the text itself. */
export const findingKinds = [
  'identifier',
  'name',
  'date',
  'time',
  'phone',
  'e-mail',
  'address',
  'location',
  'number',
  'uid',
  'age',
  'vocabulary',
  'character-set',
] as const;
export type FindingKind = (typeof findingKinds)[number];

export interface Finding extends Span {
  readonly kind: FindingKind;
}

/** What tells something by its form. */
export interface Pattern {
  readonly kind: FindingKind;
  readonly expression: RegExp;
  /** Looked for only in texts that have this character. */
  readonly needs?: string;
  readonly needsDigit?: true;
  /** Says no to what only looks like it. `match` of the plain text, `text` as it was written. */
  readonly accept?: (match: RegExpExecArray, text: string) => boolean;
}

/** Digits of ASCII in a text. */
export function countDigits(text: string): number {
  let count = 0;
  for (const character of text) if (character >= '0' && character <= '9') count += 1;
  return count;
}
