import { compilePattern } from '../../deidentify/pixels/device-pattern.ts';
import type { DeviceTest } from '../../deidentify/pixels/pixel-policy.ts';
import { deviceRuleLimits } from '../device-rule-schema.ts';
import { quoted } from '../faults.ts';
import { importedAttribute } from './import-attributes.ts';

/** Why a line has no translation. */
export class LineFault extends Error {}

export const filterWords = [
  'contains',
  'notcontains',
  'equals',
  'notequals',
  'missing',
  'present',
  'empty',
] as const;
type FilterWord = (typeof filterWords)[number];

/** One line of a label: its tests, and how they go with the lines above. */
export interface DeidLine {
  readonly operator: 'and' | 'or';
  readonly test: DeviceTest;
}

/**
 * A line of tests of a deid recipe: `+` or `||` in front joins it to the lines above, both join tests on the line itself,
 * from left to right without precedence. `contains` searches for a regular expression, capital and small letters alike.
 * Throws LineFault.
 */
export function parseDeidLine(line: string): DeidLine {
  let rest = line.trim();
  let operator: DeidLine['operator'] = 'and';
  if (rest.startsWith('||')) {
    operator = 'or';
    rest = rest.slice(2).trim();
  } else if (rest.startsWith('+')) rest = rest.slice(1).trim();
  let test: DeviceTest | undefined;
  for (let inner: DeidLine['operator'] | undefined; rest !== ''; ) {
    const { head, next, tail } = split(rest);
    const one = parseOne(head);
    test = test === undefined || inner === undefined ? one : combined(test, inner, one);
    inner = next;
    rest = tail;
  }
  if (test === undefined) throw new LineFault('the line says nothing');
  return { operator, test };
}

/** Tests in the order of their lines: each with what stands above it. */
export function combined(left: DeviceTest, operator: 'and' | 'or', right: DeviceTest): DeviceTest {
  if (operator === 'and')
    return { all: 'all' in left && left.all.length > 0 ? [...left.all, right] : [left, right] };
  return { any: 'any' in left ? [...left.any, right] : [left, right] };
}

/** A sign joins only where a test follows: "DERIVED+SECONDARY" is a value. */
function split(text: string): { head: string; next?: 'and' | 'or'; tail: string } {
  const sign = /\|\||\+/.exec(text);
  if (sign === null) return { head: text, tail: '' };
  const tail = text.slice(sign.index + sign[0].length).trim();
  if (!filterWords.some((word) => tail.includes(word))) return { head: text, tail: '' };
  return { head: text.slice(0, sign.index).trim(), next: sign[0] === '+' ? 'and' : 'or', tail };
}

function parseOne(text: string): DeviceTest {
  const [word = '', name = '', ...others] = text.split(/\s+/);
  const filter = filterWords.find((known): known is FilterWord => known === word.toLowerCase());
  if (filter === undefined)
    throw new LineFault(`${quoted(word)} is no test; a recipe has ${filterWords.join(', ')}`);
  if (name === '') throw new LineFault(`${filter} names no attribute`);
  const attribute = importedAttribute(name);
  if (attribute.kind === 'unknown') throw new LineFault(attribute.message);
  const { tag, comparable, isMulti } = attribute;
  const value = others.join(' ').trim();
  switch (filter) {
    case 'missing':
    case 'empty':
    case 'present':
      if (value !== '') throw new LineFault(`${filter} takes an attribute alone, not ${quoted(value)}`);
      return { tag, is: filter === 'missing' ? 'absent' : filter };
    default:
  }
  if (value === '') throw new LineFault(`${filter} ${name} has no value`);
  if (/(^|\s)#/.test(value))
    throw new LineFault('a comment behind a test is a part of its value; it goes on a line of its own');
  if (!comparable) throw new LineFault(`${name} has no value that can be compared`);
  if (value.length > deviceRuleLimits.valueLength) throw new LineFault('the value is too long');
  const equals: DeviceTest = { tag, is: 'equals', values: [value], ...(isMulti ? { wholeValue: true } : {}) };
  switch (filter) {
    case 'equals':
    case 'notequals':
      if (value.includes('|'))
        throw new LineFault(
          `${filter} compares the whole value: "|" is no alternative there, and ${quoted(value)} never true`,
        );
      return filter === 'equals' ? equals : { not: equals };
    case 'contains':
      return searched(tag, value);
    case 'notcontains':
      return { not: searched(tag, value) };
  }
}

/** deid searches for a regular expression in small letters. */
function searched(tag: string, value: string): DeviceTest {
  if (!/[\\^$.|?*+()[\]{}]/.test(value)) return { tag, is: 'contains', values: [value] };
  const words = value.split('|').map((word) => word.trim());
  if (words.every((word) => word !== '' && !/[\\^$.?*+()[\]{}]/.test(word)))
    return { tag, is: 'contains', values: [...new Set(words)] };
  const pattern = `.*(?:${value.toLowerCase()}).*`;
  const compiled = compilePattern(pattern);
  if (typeof compiled === 'string') throw new LineFault(`the pattern ${quoted(value)} ${compiled}`);
  return { tag, is: 'matches', values: [pattern] };
}
