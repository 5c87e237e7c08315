import { compacted } from '../../deidentify/text/fold.ts';
import { vocabularyWords } from '../../deidentify/text/vocabulary-words.ts';
import { ambiguousNames, annotationWords } from './annotation-words.ts';
import type { WordKind } from './harmless.ts';
import { confusionCost, gapCost } from './ocr-confusions.ts';
import type { Row } from './rows.ts';

/** Read with more than this, a strange word is one: misread words say so by their confidence. */
const maxMisread = { word: 0.97, short: 0.9 } as const;
/** Shortest word that may be a misread one whatever it is, and beside others that are none. */
const minAlone = 7;
const minBeside = 4;
const maxShort = 3;

const known: readonly string[] = [
  ...annotationWords,
  ...vocabularyWords.filter(({ length }) => length >= minAlone),
].filter((word) => word.length >= 5 && /^[a-z]+$/.test(word) && !ambiguousNames.has(word));

/**
 * Which strange words of a row are, most likely, annotations with an error of reading in them: a letter that is another one
 * or missing, in a word that was read without confidence, on a line of which everything else is harmless; and, in two parts,
 * words torn apart. `isGiven`: a word that goes for another reason; on such a line nothing is forgiven.
 */
export function misreadAnnotations(
  row: Row,
  kinds: readonly WordKind[],
  isGiven: (index: number) => boolean,
): ReadonlySet<number> {
  const forgiven = new Set<number>();
  for (const line of new Set(row.words.map((word) => word.line))) {
    const words = row.words.flatMap((word, index) => (word.line === line ? [index] : []));
    if (words.some(isGiven) || !words.some((index) => kinds[index] === 'strange')) continue;
    const found = new Set([
      ...torn(row, kinds, words),
      ...words.filter((index) => isMisread(row, kinds, index)),
    ]);
    // One word that nothing is known of, and the others may be anything as well.
    if (words.every((index) => kinds[index] !== 'strange' || found.has(index)))
      for (const index of found) forgiven.add(index);
  }
  return forgiven;
}

/** "POR TABLE", "SU PINE": parts of one word. */
function torn(row: Row, kinds: readonly WordKind[], words: readonly number[]): number[] {
  return words.flatMap((index, at) => {
    const next = words[at + 1];
    if (next === undefined || (kinds[index] !== 'strange' && kinds[next] !== 'strange')) return [];
    const whole = compacted(row.words[index]?.text ?? '') + compacted(row.words[next]?.text ?? '');
    return whole.length >= 5 && annotationWords.has(whole) && !ambiguousNames.has(whole) ? [index, next] : [];
  });
}

function isMisread(row: Row, kinds: readonly WordKind[], index: number): boolean {
  const word = row.words[index];
  if (word === undefined || kinds[index] !== 'strange') return false;
  const folded = compacted(word.text);
  if (!/^[a-z]+$/.test(folded) || /\p{L}[^\p{L}\s]+\p{L}/u.test(word.text)) return false;
  const others = row.words.some(
    ({ line, text }, other) =>
      other !== index && line === word.line && kinds[other] !== 'strange' && compacted(text).length > 1,
  );
  // "Vot 123.4 ml": what stands before a value with its unit is the name of a setting.
  if (folded.length <= maxShort)
    return (
      word.confidence < maxMisread.short && /\d[ ]?[a-z%]/i.test(row.text.slice(word.end).trim().slice(0, 9))
    );
  if (word.confidence >= maxMisread.word || folded.length < (others ? minBeside : minAlone)) return false;
  const most = folded.length >= 8 ? 1.3 : 0.95;
  return known.some(
    (term) => Math.abs(term.length - folded.length) <= 1 && distance(term, folded, most) <= most,
  );
}

/** Sum of the errors between a word and what was read for it; anything above `most` where it is more. */
function distance(term: string, read: string, most: number): number {
  let last = Float64Array.from({ length: read.length + 1 }, () => 0);
  for (let at = 1; at <= read.length; at += 1)
    last[at] = (last[at - 1] as number) + gapCost(read.charCodeAt(at - 1));
  for (const letter of term) {
    const code = letter.charCodeAt(0);
    const next = new Float64Array(read.length + 1);
    next[0] = (last[0] as number) + gapCost(code);
    let least = next[0];
    for (let at = 1; at <= read.length; at += 1) {
      const found = read.charCodeAt(at - 1);
      next[at] = Math.min(
        (last[at - 1] as number) + confusionCost(code, found),
        (last[at] as number) + gapCost(code),
        (next[at - 1] as number) + gapCost(found),
      );
      least = Math.min(least, next[at] as number);
    }
    if (least > most) return least;
    last = next;
  }
  return last[read.length] as number;
}
