import type { Folded } from './fold.ts';

/** How a term has to stand in the text to count. */
export type TermKind =
  /** Anywhere inside a word; across separators from seven characters on, or where it begins and ends with words. */
  | 'inner'
  /** Anywhere, whatever separates its characters: numbers. */
  | 'anywhere'
  /** A word of its own, or spelled out letter by letter; an ending of the genitive may follow. */
  | 'word'
  /** Begins and ends with words. */
  | 'bordered'
  /** Begins where a word or a number begins; anything may follow. */
  | 'beginning'
  /** Like `bordered`, zeros before it aside; not part of a longer number. */
  | 'number';

export interface Term {
  readonly text: string;
  readonly kind: TermKind;
  /** Found only where text is cleaned, not where a value is refused for it. */
  readonly soft: boolean;
}

/** Range of UTF-16 units of a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Longer terms are looked for by their beginning. */
const maxTermLength = 64;
/** From this length on a name also counts across separators wherever it begins. */
const minAcrossLength = 7;

interface Node {
  readonly next: Map<number, Node>;
  term: Term | undefined;
}

/** Looks for many terms in one pass. */
export class TermSearch {
  readonly #root: Node = { next: new Map(), term: undefined };
  readonly size: number;

  constructor(terms: Iterable<Term>) {
    let size = 0;
    for (const term of terms) {
      const text = term.text.slice(0, maxTermLength);
      if (text === '') continue;
      let node = this.#root;
      for (let index = 0; index < text.length; index += 1) {
        const code = text.charCodeAt(index);
        let next = node.next.get(code);
        if (next === undefined) {
          next = { next: new Map(), term: undefined };
          node.next.set(code, next);
        }
        node = next;
      }
      if (node.term === undefined) size += 1;
      if (node.term === undefined || isWider(term, node.term)) node.term = { ...term, text };
    }
    this.size = size;
  }

  /** Whether a term that is not soft stands in the text. */
  occursIn(folded: Folded): boolean {
    return this.#scan(folded, undefined);
  }

  /** Every place where a term stands, in order; they may overlap. */
  find(folded: Folded): Span[] {
    const spans: Span[] = [];
    this.#scan(folded, spans);
    return spans;
  }

  #scan(folded: Folded, spans: Span[] | undefined): boolean {
    const { compact, from, to } = folded;
    for (let start = 0; start < compact.length; start += 1) {
      let node = this.#root.next.get(compact.charCodeAt(start));
      let end = start + 1;
      let longest = 0;
      while (node !== undefined) {
        const { term } = node;
        if (term !== undefined && (spans !== undefined || !term.soft)) {
          const last = acceptedEnd(term, folded, start, end);
          if (last > 0) {
            if (spans === undefined) return true;
            longest = last;
          }
        }
        if (end >= compact.length) break;
        node = node.next.get(compact.charCodeAt(end));
        end += 1;
      }
      if (longest > 0) spans?.push({ start: from[start] ?? 0, end: to[longest - 1] ?? 0 });
    }
    return (spans?.length ?? 0) > 0;
  }
}

const widths: Readonly<Record<TermKind, number>> = {
  anywhere: 5,
  inner: 4,
  beginning: 3,
  bordered: 2,
  number: 1,
  word: 1,
};

function isWider(one: Term, other: Term): boolean {
  if (one.soft !== other.soft) return !one.soft;
  return widths[one.kind] > widths[other.kind];
}

/** Scripts that put no spaces between words have no borders to hold on to. */
function isUnspaced(code: number): boolean {
  return (code >= 0x2e80 && code <= 0xd7ff) || code >= 0xd800 || (code >= 0x0e00 && code <= 0x0eff);
}

/** Endings a name takes: "Muellers", "Kochsche", "Kochin". */
const endings = ['s', 'es', 'sche', 'schen', 'scher', 'sches', 'schem', 'n', 'en'];

/** Where the term found at [start, end) of the compact text ends, endings included; 0 when it does not count. */
function acceptedEnd({ kind }: Term, folded: Folded, start: number, end: number): number {
  const { compact, border } = folded;
  if (kind === 'anywhere') return end;
  const unspaced = isUnspaced(compact.charCodeAt(start));
  const begins = unspaced || border[start] !== 0;
  const ends = unspaced || end === compact.length || border[end] !== 0;
  switch (kind) {
    case 'inner': {
      if (!isSplit(folded, start, end)) return end;
      return end - start >= minAcrossLength || (begins && ends) ? end : 0;
    }
    case 'beginning': {
      let first = start;
      while (first > 0 && border[first] === 0 && compact.charCodeAt(first - 1) === 0x30) first -= 1;
      return unspaced || border[first] !== 0 ? end : 0;
    }
    case 'bordered':
      return begins && ends ? end : 0;
    case 'number': {
      let first = start;
      while (first > 0 && border[first] === 0 && compact.charCodeAt(first - 1) === 0x30) first -= 1;
      return (unspaced || border[first] !== 0) && ends ? end : 0;
    }
    case 'word': {
      if (!begins) return 0;
      if (isSplit(folded, start, end) && !isSpelledOut(folded, start, end)) return 0;
      if (ends) return end;
      if (end - start < 4) return compact[end] === 's' && wordEndsAt(folded, end + 1) ? end + 1 : 0;
      const ending = endings.find(
        (text) => compact.startsWith(text, end) && wordEndsAt(folded, end + text.length),
      );
      return ending === undefined ? 0 : end + ending.length;
    }
  }
}

function wordEndsAt({ compact, border }: Folded, index: number): boolean {
  return index === compact.length || (index < compact.length && border[index] !== 0);
}

/** Whether something separates the characters of [start, end) somewhere. */
function isSplit({ border }: Folded, start: number, end: number): boolean {
  for (let index = start + 1; index < end; index += 1) if (border[index] === 2) return true;
  return false;
}

/** Whether something separates each of them from the next: "L E E". */
function isSpelledOut({ border, from }: Folded, start: number, end: number): boolean {
  for (let index = start + 1; index < end; index += 1)
    if (border[index] !== 2 && from[index] !== from[index - 1]) return false;
  return true;
}
