import fc from 'fast-check';
import t from 'tap';
import {
  compilePattern,
  maxMatchedLength,
  maxPatternLength,
} from '../../../src/deidentify/pixels/device-pattern.ts';

function matches(pattern: string, value: string, caseSensitive = false): boolean {
  const compiled = compilePattern(pattern, caseSensitive);
  if (typeof compiled === 'string') throw new Error(`${pattern} ${compiled}`);
  return compiled.matches(value);
}

t.test('the whole value has to fit, in any case unless asked otherwise', async (t) => {
  t.ok(matches('LOGIQ.?E9', 'LogiqE9'));
  t.ok(matches('LOGIQ.?E9', 'LOGIQ-E9'));
  t.notOk(matches('LOGIQ', 'LOGIQE9'));
  t.ok(matches('.*LOGIQ.*', 'GE LOGIQE9'));
  t.notOk(matches('LOGIQ', 'Logiq', true));
  t.ok(matches('V[0-9]{2}\\.[5-9]', 'V12.7'));
  t.notOk(matches('V[0-9]{2}\\.[5-9]', 'V12.4'));
  t.ok(matches('(?:a|bc){2,3}', 'abca'));
  t.notOk(matches('(?:a|bc){2,3}', 'a'));
  t.ok(matches('^[^x-z]+$', 'hello'));
  t.notOk(matches('^[^x-z]+$', 'LAZY'));
  t.ok(matches('', ''));
  t.notOk(matches('', 'x'));
  t.ok(matches('a*?b', 'aab'), 'lazy repetition means the same to a whole value');
});

t.test('what would need a way back, or is too large, is a fault in words', async (t) => {
  for (const [pattern, words] of [
    ['(a)\\1', /uses \\1/],
    ['(?=a)a', /looks ahead or back/],
    ['(?<n>a)', /looks ahead or back/],
    ['a**', /repeats a repetition/],
    ['*a', /repeats nothing/],
    ['(a', /nothing closes/],
    ['a)', /nothing opens/],
    ['[a', /nothing closes/],
    ['[z-a]', /backwards/],
    ['[a[b]]', /nests classes/],
    ['a{3,2}', /backwards/],
    ['a{', /is no count/],
    ['a{65}', /more than 64/],
    ['((a{60}){60})', /repeats too much/],
    ['a\\', /ends with a backslash/],
    ['\\b', /uses \\b/],
    ['('.repeat(17) + ')'.repeat(17), /nested too deep/],
    ['x'.repeat(maxPatternLength + 1), /more than 200 characters/],
  ] as const)
    t.match(compilePattern(pattern), words, pattern);
});

/** Patterns of the supported kind, with few letters so that they often match. */
const pattern = fc
  .letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'p' },
      fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '1', '\\.', 'B', '[a-b1]'),
      fc.tuple(tie('node'), tie('node')).map(([x, y]) => `${x}${y}`),
      fc.tuple(tie('node'), tie('node')).map(([x, y]) => `(?:${x}|${y})`),
      fc
        .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}'))
        .map(([x, q]) => `(${x})${q}`),
    ),
  }))
  .node.filter((text) => text.length <= 60);

t.test('it says what the regular expressions of JavaScript say', async (t) => {
  fc.assert(
    fc.property(
      pattern,
      fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '1', '.'), maxLength: 8 }),
      (text, value) => {
        const compiled = compilePattern(text);
        if (typeof compiled === 'string') return compiled === 'repeats too much';
        return compiled.matches(value) === new RegExp(`^(?:${text})$`, 'is').test(value);
      },
    ),
    { numRuns: 3000 },
  );
  t.pass();
});

t.test('patterns that take other engines forever end', async (t) => {
  const value = 'a'.repeat(maxMatchedLength - 1);
  t.notOk(matches('(a+)+$', `${value}!`));
  t.notOk(matches('(a|a)*b', value));
  t.notOk(matches('(.*a){12}x', value));
  t.notOk(matches('.*', 'a'.repeat(maxMatchedLength + 1)), 'what is longer fits nothing');
});
