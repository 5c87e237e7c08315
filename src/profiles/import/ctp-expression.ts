import { compilePattern } from '../../deidentify/pixels/device-pattern.ts';
import type { DeviceComparison, DeviceTest } from '../../deidentify/pixels/pixel-policy.ts';
import { deviceRuleLimits } from '../device-rule-schema.ts';
import { quoted } from '../faults.ts';
import { importedAttribute } from './import-attributes.ts';

/** Why an expression has no translation, with the place in its text. */
export class ExpressionFault extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

const methods: Readonly<Record<string, { readonly is: DeviceComparison; readonly ignoresCase: boolean }>> = {
  equals: { is: 'equals', ignoresCase: false },
  equalsIgnoreCase: { is: 'equals', ignoresCase: true },
  contains: { is: 'contains', ignoresCase: false },
  containsIgnoreCase: { is: 'contains', ignoresCase: true },
  startsWith: { is: 'startsWith', ignoresCase: false },
  startsWithIgnoreCase: { is: 'startsWith', ignoresCase: true },
  endsWith: { is: 'endsWith', ignoresCase: false },
  endsWithIgnoreCase: { is: 'endsWith', ignoresCase: true },
  matches: { is: 'matches', ignoresCase: false },
  isLessThan: { is: 'less', ignoresCase: true },
  isGreaterThan: { is: 'greater', ignoresCase: true },
};
const maxDepth = 50;
const always: DeviceTest = { all: [] };

/**
 * The boolean language of CTP's filters: `+` or, `*` and, `!` not, in rising precedence, parentheses, `true.`, `false.`,
 * `identifier.method("text")`, comments from // to the end of the line. An attribute that is not there has the value "".
 * Throws ExpressionFault.
 */
export function parseCtpExpression(text: string): DeviceTest {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): DeviceTest {
    if (this.#next() === undefined) throw new ExpressionFault(0, 'the signature is empty');
    const test = this.#either();
    if (this.#next() !== undefined) this.#fail(`${quoted(this.#text.charAt(this.#at))} was not expected`);
    return test;
  }

  #fail(message: string, offset = this.#at): never {
    throw new ExpressionFault(offset, message);
  }

  /** The next character that says something. */
  #next(): string | undefined {
    for (;;) {
      const skipped = /^(?:\s+|\/\/[^\n]*)/.exec(this.#text.slice(this.#at, this.#at + 4096));
      if (skipped === null) break;
      this.#at += skipped[0].length;
    }
    return this.#at < this.#text.length ? this.#text.charAt(this.#at) : undefined;
  }

  #either(): DeviceTest {
    const any = [this.#both()];
    while (this.#next() === '+') {
      this.#at += 1;
      any.push(this.#both());
    }
    return joined('any', any);
  }

  #both(): DeviceTest {
    const all = [this.#one()];
    while (this.#next() === '*') {
      this.#at += 1;
      all.push(this.#one());
    }
    return joined('all', all);
  }

  #one(): DeviceTest {
    const char = this.#next();
    this.#depth += 1;
    if (this.#depth > maxDepth) this.#fail('the signature is nested too deep');
    let test: DeviceTest;
    if (char === '!') {
      this.#at += 1;
      test = { not: this.#one() };
    } else if (char === '(') {
      this.#at += 1;
      test = this.#either();
      if (this.#next() !== ')') this.#fail('a ")" is missing');
      this.#at += 1;
    } else test = this.#term();
    this.#depth -= 1;
    return test;
  }

  #term(): DeviceTest {
    const start = this.#at;
    const rest = this.#text.slice(start);
    const constant = /^(true|false)\./.exec(rest);
    if (constant !== null) {
      this.#at += constant[0].length;
      return constant[1] === 'true' ? always : { not: always };
    }
    const found = /^([^."()]+?)\s*\.\s*([A-Za-z]+)\s*\(\s*"([^"\n]*)"\s*\)/.exec(rest);
    if (found === null) this.#fail('a term such as Modality.equals("US") was expected');
    const [all, identifier = '', method = '', value = ''] = found;
    if (identifier.includes('::'))
      this.#fail(`${quoted(identifier)} looks into a sequence, which device rules do not`);
    this.#at += all.length;
    const known = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (known === undefined) this.#fail(`the method ${quoted(method)} is not known`, start);
    const attribute = importedAttribute(identifier.trim());
    if (attribute.kind === 'unknown') this.#fail(attribute.message, start);
    const { is, ignoresCase } = known;
    const { tag, comparable, isMulti } = attribute;
    const missing: DeviceTest = {
      any: [
        { tag, is: 'absent' },
        { tag, is: 'empty' },
      ],
    };
    if (value === '' && is !== 'less' && is !== 'greater') {
      // Every text contains, begins and ends with the empty one.
      return is === 'equals' || is === 'matches' ? missing : always;
    }
    if (!comparable) this.#fail(`${quoted(identifier)} has no value that can be compared`, start);
    if (value.trim() !== value && is !== 'matches')
      this.#fail(`${quoted(value)} begins or ends with a blank, which values here do not have`, start);
    if (value.length > deviceRuleLimits.valueLength) this.#fail('the text is too long', start);
    this.#checkValue(is, value, start);
    return {
      tag,
      is,
      values: [value],
      ...(ignoresCase ? {} : { caseSensitive: true }),
      // CTP joins values by backslashes before it compares; for a part of the text that makes no difference.
      ...(isMulti && is !== 'contains' ? { wholeValue: true } : {}),
    };
  }

  #checkValue(is: DeviceComparison, value: string, start: number): void {
    if ((is === 'less' || is === 'greater') && !/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(value.trim()))
      this.#fail(`${quoted(value)} is no number`, start);
    if (is !== 'matches') return;
    const compiled = compilePattern(value, true);
    if (typeof compiled === 'string') this.#fail(`the pattern ${quoted(value)} ${compiled}`, start);
    // An attribute that is not there is "" to CTP: a pattern that fits it fits what has no value.
    else if (compiled.matches('')) this.#fail(`the pattern ${quoted(value)} fits the empty text too`, start);
  }
}

/** One test of several, without joins inside joins of the same kind. */
export function joined(kind: 'all' | 'any', tests: readonly DeviceTest[]): DeviceTest {
  const flat = tests.flatMap((test) => {
    if (kind === 'all' && 'all' in test) return test.all;
    if (kind === 'any' && 'any' in test) return test.any;
    return [test];
  });
  const [only] = flat;
  if (flat.length === 1 && only !== undefined) return only;
  return kind === 'all' ? { all: flat } : { any: flat };
}
