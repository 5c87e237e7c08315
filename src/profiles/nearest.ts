import { quoted } from './faults.ts';

/** A word is taken for a misspelling when at most every third character differs. */
const tolerance = 3;
const maxLength = 80;
/** What is at least so long may be the beginning of a word; so many of these are named. */
const minStart = 3;
const maxLonger = 4;

/**
 * The word of the list that was probably meant, or undefined. Another case and other separators (`retain-uids` for
 * `retainUids`) never count; otherwise characters left out, added, changed or swapped do.
 */
export function nearestWord(word: string, words: Iterable<string>): string | undefined {
  const wanted = plain(word);
  if (wanted === '' || wanted.length > maxLength) return undefined;
  let nearest: string | undefined;
  let least = Math.floor(wanted.length / tolerance) + 1;
  for (const candidate of words) {
    const known = plain(candidate);
    if (known === wanted) return candidate;
    if (Math.abs(known.length - wanted.length) >= least) continue;
    const distance = editDistance(wanted, known, least);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** "did you mean X?" where something is near or begins so, else what is allowed, as far as a line can hold it. */
export function suggestion(word: string, words: readonly string[], maxListed = 24): string {
  const nearest = nearestWord(word, words);
  if (nearest !== undefined) return `did you mean ${quoted(nearest)}?`;
  if (words.length <= maxListed) return `allowed: ${words.join(', ')}`;
  const wanted = plain(word);
  const longer = wanted.length < minStart ? [] : words.filter((known) => plain(known).startsWith(wanted));
  return longer.length > 0
    ? `did you mean ${longer.slice(0, maxLonger).map(quoted).join(', ')}?`
    : 'nothing that is allowed is spelt like it';
}

function plain(word: string): string {
  return word.replaceAll(/[-_ .,/]/g, '').toLowerCase();
}

/** Optimal string alignment distance; `limit` or more where it is at least that. */
function editDistance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let value = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, (before[j - 2] ?? 0) + 1);
      row.push(value);
      least = Math.min(least, value);
    }
    if (least >= limit) return limit;
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? limit;
}
