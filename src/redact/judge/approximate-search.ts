import { type Folded, foldText } from '../../deidentify/text/fold.ts';
import { confusionCost, gapCost, looksLike, pairCost } from './ocr-confusions.ts';

/** What is looked for, folded: small letters and digits, nothing between them. */
export interface PixelTerm {
  readonly text: string;
  /** `name`: parts of names and places, which bear an error each few letters; `number`: mostly digits, which bear less. */
  readonly kind: 'name' | 'number';
}

/** A place where a term stands, errors included. */
export interface Match {
  /** Range of UTF-16 units in the text. */
  readonly start: number;
  readonly end: number;
  /** Sum of the errors, each of 0 to 1. */
  readonly cost: number;
  /** Letters and digits of the term. */
  readonly length: number;
  readonly kind: PixelTerm['kind'];
}

/** Longest stretch that is looked through, characters; rows are shorter. */
const maxLength = 1024;
/** Longer terms are looked for by their beginning. */
const maxTermLength = 40;

/** Errors that a term of so many characters bears where it begins and ends with words. */
export function wholeBudget(length: number, kind: PixelTerm['kind']): number {
  if (length <= 3) return length === 3 ? 0.41 : 0.26;
  if (kind === 'number') return length < 6 ? 0.3 : Math.min(3, length / 7);
  return length === 4 ? 0.81 : Math.min(4, length / 4.4);
}

/** The same where it only begins or ends with a word, and inside of words. */
function partBudget(length: number, kind: PixelTerm['kind'], borders: 0 | 1): number {
  if (length < (borders === 1 ? 5 : 6)) return 0;
  const per = (borders === 1 ? 6.5 : 8.5) + (kind === 'number' ? 1.5 : 0);
  return Math.min(3, length / per);
}

/**
 * Every place where one of the terms stands, with the errors of a recogniser in it: characters that look alike, two read as
 * one, some missing or too many, words cut or run together. The longer a term, the more errors it bears.
 */
export function findApproximately(terms: readonly PixelTerm[], text: string): Match[] {
  const folded = foldText(text.slice(0, maxLength));
  const found: Match[] = [];
  for (const term of terms) search(term, folded, found);
  return found.filter((match) => !found.some((other) => isStretched(match, other)));
}

/** How much better a part has to be read for what is around it to be an accident. */
const minBetter = 0.4;

/** Whether a match is another, shorter one with something strange at its ends: "KAUFMAN 12" for "KAUFMANSCO". */
function isStretched(match: Match, part: Match): boolean {
  return (
    part.start >= match.start &&
    part.end <= match.end &&
    part.end - part.start < match.end - match.start &&
    part.cost <= match.cost - minBetter &&
    part.length * 2 >= match.length
  );
}

/** Rows of the table of distances (Sellers): cost of the best way to read the term's first characters ending here. */
interface Column {
  readonly cost: Float64Array;
  /** Where that way began. */
  readonly from: Int32Array;
}

function column(length: number): Column {
  return { cost: new Float64Array(length + 1), from: new Int32Array(length + 1) };
}

function search({ text, kind }: PixelTerm, folded: Folded, found: Match[]): void {
  const term = text.slice(0, maxTermLength);
  const { length } = term;
  const { compact } = folded;
  if (length < 2 || compact.length === 0) return;
  const most = wholeBudget(length, kind);
  if (!mayOccur(term, compact, most)) return;
  let before: Column | undefined;
  let last = column(length);
  let next = column(length);
  start(last, 0, term);
  for (let at = 0; at < compact.length; at += 1) {
    const code = compact.charCodeAt(at);
    start(next, at + 1, term);
    for (let index = 1; index <= length; index += 1) {
      const wanted = term.charCodeAt(index - 1);
      let cost = (last.cost[index - 1] as number) + confusionCost(wanted, code);
      let from = last.from[index - 1] as number;
      const missing = (next.cost[index - 1] as number) + gapCost(wanted);
      if (missing < cost) {
        cost = missing;
        from = next.from[index - 1] as number;
      }
      const extra = (last.cost[index] as number) + gapCost(code);
      if (extra < cost) {
        cost = extra;
        from = last.from[index] as number;
      }
      if (index > 1 && looksLike(term.charCodeAt(index - 2), wanted, code)) {
        const merged = (last.cost[index - 2] as number) + pairCost;
        if (merged < cost) {
          cost = merged;
          from = last.from[index - 2] as number;
        }
      }
      if (before !== undefined && looksLike(compact.charCodeAt(at - 1), code, wanted)) {
        const split = (before.cost[index - 1] as number) + pairCost;
        if (split < cost) {
          cost = split;
          from = before.from[index - 1] as number;
        }
      }
      next.cost[index] = cost;
      next.from[index] = from;
    }
    const cost = next.cost[length] as number;
    if (cost <= most) accept({ length, kind }, folded, next.from[length] as number, at + 1, cost, found);
    const spare = before ?? column(length);
    before = last;
    last = next;
    next = spare;
  }
}

function start(column: Column, at: number, term: string): void {
  column.cost[0] = 0;
  column.from[0] = at;
  if (at > 0) return;
  for (let index = 1; index <= term.length; index += 1) {
    column.cost[index] = (column.cost[index - 1] as number) + gapCost(term.charCodeAt(index - 1));
    column.from[index] = 0;
  }
}

function accept(
  term: Pick<Match, 'length' | 'kind'>,
  { compact, border, from, to }: Folded,
  first: number,
  end: number,
  cost: number,
  found: Match[],
): void {
  const { length, kind } = term;
  if (end - first < Math.max(2, length * 0.6)) return;
  const begins = border[first] !== 0;
  const ends = end === compact.length || border[end] !== 0;
  const budget =
    begins && ends ? wholeBudget(length, kind) : partBudget(length, kind, begins || ends ? 1 : 0);
  if (cost > budget || (budget === 0 && !(begins && ends))) return;
  found.push({ start: from[first] ?? 0, end: to[end - 1] ?? 0, cost, length, kind });
}

/** Whether enough of the term's characters, or some that look like them, are in the text at all. */
function mayOccur(term: string, compact: string, budget: number): boolean {
  let missing = 0;
  for (let index = 0; index < term.length; index += 1) {
    if (compact.includes(term.charAt(index))) continue;
    const wanted = term.charCodeAt(index);
    let least = Math.min(gapCost(wanted), pairCost / 2);
    for (let at = 0; at < compact.length && least > 0.12; at += 1)
      least = Math.min(least, confusionCost(wanted, compact.charCodeAt(at)));
    missing += least;
    if (missing > budget) return false;
  }
  return true;
}
