/** Longest pattern, characters. */
export const maxPatternLength = 200;
/** Most steps of a compiled pattern: repetitions are written out. */
const maxSteps = 1000;
const maxRepetitions = 64;
/** Longest value compared, characters; a longer one fits no pattern. */
export const maxMatchedLength = 1024;

type Test = (char: string) => boolean;
type Step =
  | { readonly kind: 'char'; readonly test: Test }
  | { readonly kind: 'split'; readonly to: readonly number[] }
  | { readonly kind: 'start' | 'end' | 'match' };

type Node =
  | { readonly kind: 'char'; readonly test: Test }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly least: number; readonly most: number };

/** A pattern ready for use. Its time grows with pattern times value, whatever either says. */
export interface DevicePattern {
  /** Whether the whole value fits. */
  matches(value: string): boolean;
}

/** What is wrong with a pattern, as the end of a sentence that begins with it. */
class PatternFault extends Error {}

/**
 * Compiles the part of regular expressions that needs no way back: characters, `.`, classes, `\d \w \s` and their
 * opposites, groups, `|`, `* + ? {m,n}`, `^` and `$`. Returns the fault of a pattern as a text. Capital and small letters
 * are alike unless `caseSensitive`.
 */
export function compilePattern(pattern: string, caseSensitive = false): DevicePattern | string {
  try {
    const steps = new Compiler().compile(new Parser(pattern, caseSensitive).parse());
    return { matches: (value) => run(steps, value) };
  } catch (error) {
    if (error instanceof PatternFault) return error.message;
    throw error;
  }
}

const digit: Test = (char) => char >= '0' && char <= '9';
const word: Test = (char) => /^[0-9A-Za-z_]$/.test(char);
const space: Test = (char) => /^\s$/.test(char);
const not =
  (test: Test): Test =>
  (char) =>
    !test(char);
const escapes: Readonly<Record<string, Test>> = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: space,
  S: not(space),
};

class Parser {
  readonly #chars: readonly string[];
  #at = 0;
  #depth = 0;

  readonly #caseSensitive: boolean;

  constructor(pattern: string, caseSensitive: boolean) {
    this.#caseSensitive = caseSensitive;
    if (pattern.length > maxPatternLength)
      throw new PatternFault(`has more than ${maxPatternLength} characters`);
    this.#chars = [...pattern];
  }

  parse(): Node {
    const node = this.#choice();
    if (this.#at < this.#chars.length) throw new PatternFault('has a ")" that nothing opens');
    return node;
  }

  #next(): string | undefined {
    return this.#chars[this.#at];
  }

  #take(char: string): boolean {
    if (this.#next() !== char) return false;
    this.#at += 1;
    return true;
  }

  #choice(): Node {
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'choice', parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    for (;;) {
      const char = this.#next();
      if (char === undefined || char === '|' || char === ')') return { kind: 'sequence', parts };
      parts.push(this.#repeated(this.#atom(char)));
    }
  }

  #atom(char: string): Node {
    this.#at += 1;
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'char', test: this.#class() };
      case '.':
        return { kind: 'char', test: () => true };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '\\':
        return { kind: 'char', test: this.#escape() };
      case '*':
      case '+':
      case '?':
      case '{':
        throw new PatternFault(
          `repeats nothing at ${JSON.stringify(char)}; write \\${char} for the character`,
        );
      default:
        return { kind: 'char', test: this.#cased((other) => other === char) };
    }
  }

  #group(): Node {
    if (this.#take('?') && !this.#take(':'))
      throw new PatternFault('uses a group that looks ahead or back, or has a name, which is not supported');
    this.#depth += 1;
    if (this.#depth > 16) throw new PatternFault('is nested too deep');
    const node = this.#choice();
    this.#depth -= 1;
    if (!this.#take(')')) throw new PatternFault('has a "(" that nothing closes');
    return node;
  }

  #escape(): Test {
    const char = this.#next();
    if (char === undefined) throw new PatternFault('ends with a backslash');
    this.#at += 1;
    const known = Object.hasOwn(escapes, char) ? escapes[char] : undefined;
    if (known !== undefined) return known;
    if (/^[0-9A-Za-z]$/.test(char)) throw new PatternFault(`uses \\${char}, which is not supported`);
    return this.#cased((other) => other === char);
  }

  /** Applied before any negation: "[^a]" is not "A" either. */
  #cased(test: Test): Test {
    if (this.#caseSensitive) return test;
    return (char) => test(char) || test(char.toLowerCase()) || test(char.toUpperCase());
  }

  #class(): Test {
    const negated = this.#take('^');
    const tests: Test[] = [];
    for (let first = true; ; first = false) {
      const char = this.#next();
      if (char === undefined) throw new PatternFault('has a "[" that nothing closes');
      this.#at += 1;
      if (char === ']' && !first) break;
      if (char === '[' || (char === '&' && this.#next() === '&'))
        throw new PatternFault('nests classes, which is not supported; write \\[ for the character');
      if (char === '\\') {
        const next = this.#next() ?? '';
        const test = this.#escape();
        if (Object.hasOwn(escapes, next)) tests.push(test);
        else tests.push(this.#range(next));
      } else tests.push(this.#range(char));
    }
    const any: Test = (char) => tests.some((test) => test(char));
    return negated ? not(any) : any;
  }

  /** `from`, or a range that begins with it. */
  #range(from: string): Test {
    const next = this.#chars[this.#at + 1];
    if (this.#next() !== '-' || next === undefined || next === ']')
      return this.#cased((char) => char === from);
    this.#at += 2;
    const to = next === '\\' ? this.#next() : next;
    if (next === '\\') this.#at += 1;
    if (to === undefined || to < from || (next === '\\' && /^[0-9A-Za-z]$/.test(to)))
      throw new PatternFault('has a range that runs backwards');
    return this.#cased((char) => char >= from && char <= to);
  }

  #repeated(part: Node): Node {
    const char = this.#next();
    let repeated: Node | undefined;
    if (this.#take('*')) repeated = { kind: 'repeat', part, least: 0, most: Number.POSITIVE_INFINITY };
    else if (this.#take('+')) repeated = { kind: 'repeat', part, least: 1, most: Number.POSITIVE_INFINITY };
    else if (this.#take('?')) repeated = { kind: 'repeat', part, least: 0, most: 1 };
    else if (char === '{') repeated = this.#counted(part);
    if (repeated === undefined) return part;
    // Whether the shortest or the longest is tried first makes no difference to a whole value.
    this.#take('?');
    if (['*', '+', '{'].includes(this.#next() ?? ''))
      throw new PatternFault('repeats a repetition, which is not supported');
    return repeated;
  }

  #counted(part: Node): Node {
    const found = /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(this.#chars.slice(this.#at, this.#at + 12).join(''));
    if (found === null) throw new PatternFault('has a "{" that is no count, such as {2,4}; write \\{');
    const [all, low = '', comma, high = ''] = found;
    const least = Number(low);
    const most = comma === undefined ? least : high === '' ? Number.POSITIVE_INFINITY : Number(high);
    if (
      most < least ||
      least > maxRepetitions ||
      (most > maxRepetitions && most !== Number.POSITIVE_INFINITY)
    )
      throw new PatternFault(`repeats more than ${maxRepetitions} times, or backwards`);
    this.#at += all.length;
    return { kind: 'repeat', part, least, most };
  }
}

class Compiler {
  readonly #steps: Step[] = [];
  compile(node: Node): readonly Step[] {
    this.#add(node);
    this.#push({ kind: 'match' });
    return this.#steps;
  }

  #push(step: Step): number {
    if (this.#steps.length >= maxSteps) throw new PatternFault('repeats too much');
    return this.#steps.push(step) - 1;
  }

  #add(node: Node): void {
    switch (node.kind) {
      case 'char':
        this.#push(node);
        return;
      case 'start':
      case 'end':
        this.#push({ kind: node.kind });
        return;
      case 'sequence':
        for (const part of node.parts) this.#add(part);
        return;
      case 'choice':
        this.#choice(node.parts);
        return;
      case 'repeat':
        for (let count = 0; count < node.least; count += 1) this.#add(node.part);
        if (node.most === Number.POSITIVE_INFINITY) this.#endless(node.part);
        else for (let count = node.least; count < node.most; count += 1) this.#optional(node.part);
    }
  }

  #choice(parts: readonly Node[]): void {
    const to: number[] = [];
    this.#push({ kind: 'split', to });
    const ends: number[][] = [];
    for (const part of parts) {
      to.push(this.#steps.length);
      this.#add(part);
      const end: number[] = [];
      this.#push({ kind: 'split', to: end });
      ends.push(end);
    }
    for (const end of ends) end.push(this.#steps.length);
  }

  #endless(part: Node): void {
    const to: number[] = [];
    const split = this.#push({ kind: 'split', to });
    to.push(this.#steps.length);
    this.#add(part);
    this.#push({ kind: 'split', to: [split] });
    to.push(this.#steps.length);
  }

  #optional(part: Node): void {
    const to: number[] = [];
    this.#push({ kind: 'split', to });
    to.push(this.#steps.length);
    this.#add(part);
    to.push(this.#steps.length);
  }
}

/** All ways at once, a character at a time: no way is gone twice. */
function run(steps: readonly Step[], value: string): boolean {
  const chars = [...value];
  if (chars.length > maxMatchedLength) return false;
  let states = new Set<number>();
  reach(steps, 0, states, true, chars.length === 0);
  for (const [index, char] of chars.entries()) {
    if (states.size === 0) return false;
    const next = new Set<number>();
    for (const state of states) {
      const step = steps[state];
      if (step?.kind === 'char' && step.test(char))
        reach(steps, state + 1, next, false, index === chars.length - 1);
    }
    states = next;
  }
  return states.has(steps.length - 1);
}

function reach(
  steps: readonly Step[],
  from: number,
  states: Set<number>,
  atStart: boolean,
  atEnd: boolean,
): void {
  const waiting = [from];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    if (states.has(state)) continue;
    states.add(state);
    const step = steps[state];
    if (step?.kind === 'split') waiting.push(...step.to);
    else if ((step?.kind === 'start' && atStart) || (step?.kind === 'end' && atEnd)) waiting.push(state + 1);
  }
}
