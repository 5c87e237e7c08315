import type { Schemas } from '../api/types.ts';

/** A row of an explained profile. */
export type ProfileRow = Schemas['ProfilePage']['attributes'][number];
export type Outcome = ProfileRow['outcome'];

/** What is left of an attribute, what leaves first. */
export const outcomeWords: Readonly<Record<Outcome, { readonly title: string; readonly text: string }>> = {
  kept: { title: 'Kept', text: 'The value leaves as it came.' },
  cleaned: { title: 'Cleaned', text: 'The value leaves without what could identify.' },
  shifted: {
    title: 'Shifted',
    text: 'A date leaves moved by whole weeks, the same for all dates of a patient.',
  },
  replaced: { title: 'Replaced', text: 'Another value that names nobody leaves in its place.' },
  emptied: { title: 'Emptied', text: 'The attribute leaves without a value.' },
  removed: { title: 'Removed', text: 'The attribute does not leave.' },
  written: { title: 'Written', text: 'The gateway writes the attribute itself.' },
};
export const outcomes = Object.keys(outcomeWords) as readonly Outcome[];

export function isOutcome(word: string): word is Outcome {
  return Object.hasOwn(outcomeWords, word);
}

/** Rows that can have the outcome, under some condition or none (any where undefined), and whose tag, keyword, action or reason holds the text. */
export function rowsOf(
  rows: readonly ProfileRow[],
  outcome: Outcome | undefined,
  search: string,
): readonly ProfileRow[] {
  const text = search.trim().toLowerCase();
  // "0010,0010", "(0010,0010)" and "00100010" are the same tag; "PatientName" is found as "patient name" too.
  const plain = text.replaceAll(/[(),\s]/g, '');
  return rows.filter(
    (row) =>
      (outcome === undefined || canBecome(row, outcome)) &&
      (text === '' ||
        (plain !== '' && row.keyword.toLowerCase().includes(plain)) ||
        (plain !== '' && row.tag.toLowerCase().replaceAll(/[(),]/g, '').includes(plain)) ||
        row.action.toLowerCase().includes(text) ||
        row.why.toLowerCase().includes(text) ||
        (row.unless ?? []).some(
          ({ when, action }) => when.toLowerCase().includes(text) || action.toLowerCase().includes(text),
        )),
  );
}

/** Whoever looks for what is kept finds what is kept of some senders alone, too. */
function canBecome({ outcome, unless }: ProfileRow, wanted: Outcome): boolean {
  return outcome === wanted || (unless ?? []).some((other) => other.outcome === wanted);
}
