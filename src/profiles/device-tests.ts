import { compilePattern } from '../deidentify/pixels/device-pattern.ts';
import {
  type DeviceComparison,
  type DeviceTest,
  deviceComparisons,
  devicePresences,
} from '../deidentify/pixels/pixel-policy.ts';
import { allKeywords, attributeByKeyword, attributeByTag, type KnownAttribute, named } from './attributes.ts';
import { deviceRuleLimits, exactTagPattern, testProperties, testSubjects } from './device-rule-schema.ts';
import { type FaultList, quoted } from './faults.ts';
import { nearestWord } from './nearest.ts';
import { asMap, asText, asTexts, Fields } from './reading.ts';
import type { SourceNode, SourceText } from './source-tree.ts';

const flags = ['caseSensitive', 'wholeValue'] as const;
const always: DeviceTest = { all: [] };
/** VRs whose values are no text or number to compare. */
const bulkVrs = ['SQ', 'OB', 'OW', 'OB or OW', 'OD', 'OF', 'OL', 'OV', 'UN'];

/** `when` of a device rule: a test, a list of tests that all hold, or `always`; undefined with faults. */
export function readDeviceTest(node: SourceNode, faults: FaultList): DeviceTest | undefined {
  const reader = new TestReader(faults);
  if (node.kind === 'list') {
    const all = reader.list(node, 'when', 1);
    return all === undefined ? undefined : { all };
  }
  return reader.test(node, 0);
}

class TestReader {
  readonly #faults: FaultList;
  #count = 0;

  constructor(faults: FaultList) {
    this.#faults = faults;
  }

  test(node: SourceNode, depth: number): DeviceTest | undefined {
    const faults = this.#faults;
    this.#count += 1;
    if (this.#count === deviceRuleLimits.tests + 1)
      faults.add(node, `the rule has more than ${deviceRuleLimits.tests} tests`);
    if (this.#count > deviceRuleLimits.tests) return undefined;
    if (depth > deviceRuleLimits.depth) {
      faults.add(node, `tests are nested deeper than ${deviceRuleLimits.depth} levels`);
      return undefined;
    }
    if (node.kind === 'text' && node.text === 'always') return always;
    const map = asMap(node, 'a test', faults);
    if (map === undefined) return undefined;
    const fields = new Fields(map, 'a test', Object.keys(testProperties), faults);
    const [subject, second] = testSubjects.filter((key) => fields.has(key));
    if (subject === undefined) {
      faults.add(map, `the test is about nothing; give it one of ${testSubjects.join(', ')}`);
      return undefined;
    }
    if (second !== undefined) {
      faults.add(fields.placeOf(second), `${subject} and ${second} exclude each other; write two tests`);
      return undefined;
    }
    if (subject === 'keyword' || subject === 'tag') return this.#comparison(fields, subject);
    for (const key of [...deviceComparisons, ...devicePresences, ...flags])
      if (fields.has(key))
        faults.add(fields.placeOf(key), `${key} goes with keyword or tag, not with ${subject}`);
    const inner = fields.get(subject);
    if (inner === undefined) return undefined;
    if (subject === 'callingAeTitle') return this.#sender(inner);
    if (subject === 'not') {
      const not = this.test(inner, depth + 1);
      return not === undefined ? undefined : { not };
    }
    const tests = this.list(inner, subject, depth + 1);
    return tests === undefined ? undefined : subject === 'all' ? { all: tests } : { any: tests };
  }

  list(node: SourceNode, what: string, depth: number): DeviceTest[] | undefined {
    if (node.kind !== 'list') {
      this.#faults.add(node, `${what} must be a list of tests`);
      return undefined;
    }
    if (node.items.length === 0) this.#faults.add(node, `${what} is an empty list`);
    return node.items.flatMap((item) => this.test(item, depth) ?? []);
  }

  #sender(node: SourceNode): DeviceTest | undefined {
    const titles = asTexts(node, 'callingAeTitle', this.#faults, {
      orOne: true,
      max: deviceRuleLimits.values,
    });
    for (const title of titles)
      if (!/^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(title.text.trim()))
        this.#faults.add(title, `${quoted(title.text)} is no AE title: the test can never be true`);
    const values = titles.map(({ text }) => text.trim());
    // AE titles are compared as they are written (PS3.5 6.2).
    return { tag: 'callingAeTitle', is: 'equals', values, caseSensitive: true };
  }

  #comparison(fields: Fields, subject: 'keyword' | 'tag'): DeviceTest | undefined {
    const faults = this.#faults;
    const text = asText(fields.get(subject), subject, faults);
    const attribute =
      text === undefined ? undefined : subject === 'keyword' ? byKeyword(text, faults) : byTag(text, faults);
    const given = [...deviceComparisons, ...devicePresences].filter((key) => fields.has(key));
    const [is, second] = given;
    if (is === undefined) {
      faults.add(
        fields.place,
        `the test compares nothing; give it one of ${[...deviceComparisons, ...devicePresences].join(', ')}`,
      );
      return undefined;
    }
    if (second !== undefined) {
      faults.add(fields.placeOf(second), `${is} and ${second} exclude each other; write two tests`);
      return undefined;
    }
    if (is === 'present' || is === 'absent' || is === 'empty') {
      this.#isTrue(fields, is);
      for (const flag of flags)
        if (fields.has(flag)) faults.add(fields.placeOf(flag), `${flag} has no effect with ${is}`);
      return attribute === undefined ? undefined : { tag: digits(attribute), is };
    }
    if (attribute !== undefined && bulkVrs.includes(attribute.vr))
      faults.add(
        fields.placeOf(is),
        `${named(attribute)} has no value that can be compared (VR ${attribute.vr}); use present, absent or empty`,
      );
    const caseSensitive = fields.has('caseSensitive') && this.#isFlag(fields, 'caseSensitive');
    const wholeValue = fields.has('wholeValue') && this.#isFlag(fields, 'wholeValue');
    const values = this.#values(fields, is, caseSensitive);
    if (attribute === undefined) return undefined;
    return {
      tag: digits(attribute),
      is,
      values,
      ...(caseSensitive ? { caseSensitive } : {}),
      ...(wholeValue ? { wholeValue } : {}),
    };
  }

  #isTrue(fields: Fields, key: string): void {
    const text = asText(fields.get(key), key, this.#faults);
    if (text !== undefined && (text.isQuoted || text.text !== 'true'))
      this.#faults.add(text, `${key} is followed by true; use \`not\` or another word for the opposite`);
  }

  #isFlag(fields: Fields, key: (typeof flags)[number]): boolean {
    const text = asText(fields.get(key), key, this.#faults);
    if (text !== undefined && (text.isQuoted || !['true', 'false'].includes(text.text)))
      this.#faults.add(text, `${quoted(text.text)} must be true or false`);
    return text?.text === 'true';
  }

  #values(fields: Fields, is: DeviceComparison, caseSensitive: boolean): string[] {
    const faults = this.#faults;
    const node = fields.get(is);
    if (node?.kind === 'list' && node.items.length === 0) faults.add(node, `${is} is an empty list`);
    const texts = asTexts(node, is, faults, { orOne: true, max: deviceRuleLimits.values });
    return texts.map((text) => {
      const fault = valueFault(is, text.text, caseSensitive);
      if (fault !== undefined) faults.add(text, `${quoted(text.text)} ${fault}`);
      return is === 'matches' ? text.text : text.text.trim();
    });
  }
}

function valueFault(is: DeviceComparison, value: string, caseSensitive: boolean): string | undefined {
  if (value.trim() === '') return 'is blank: use `empty: true` for an attribute without a value';
  if (value.length > deviceRuleLimits.valueLength)
    return `has more than ${deviceRuleLimits.valueLength} characters`;
  if ((is === 'less' || is === 'greater') && !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(value))
    return 'must be a number';
  if (is !== 'matches') return undefined;
  const compiled = compilePattern(value, caseSensitive);
  return typeof compiled === 'string' ? compiled : undefined;
}

const digits = ({ tag }: KnownAttribute): string => tag.toString(16).toUpperCase().padStart(8, '0');

function byKeyword(text: SourceText, faults: FaultList): KnownAttribute | undefined {
  const attribute = attributeByKeyword(text.text);
  if (attribute !== undefined) return checked(text, attribute, faults);
  const nearest = faults.isFull ? undefined : nearestWord(text.text, allKeywords());
  const hint = nearest === undefined ? '; see PS3.6 for the keywords' : `; did you mean ${quoted(nearest)}?`;
  faults.add(text, `unknown keyword ${quoted(text.text)}${hint}`);
  return undefined;
}

function byTag(text: SourceText, faults: FaultList): KnownAttribute | undefined {
  if (!new RegExp(exactTagPattern).test(text.text)) {
    faults.add(
      text,
      `${quoted(text.text)} is not a tag; write four hexadecimal digits, a comma and four more, such as "0008,1090"`,
    );
    return undefined;
  }
  const tag = Number.parseInt(text.text.replaceAll(/[(),]/g, ''), 16);
  if (((tag >>> 16) & 1) === 1) {
    faults.add(text, `${quoted(text.text)} is private, and its block stands elsewhere in every file`);
    return undefined;
  }
  const attribute = attributeByTag(tag);
  if (attribute === undefined) {
    faults.add(text, `unknown tag ${quoted(text.text)}: PS3.6 has no such attribute`);
    return undefined;
  }
  return checked(text, { ...attribute, tag }, faults);
}

function checked(text: SourceText, attribute: KnownAttribute, faults: FaultList): KnownAttribute | undefined {
  if (attribute.tag >>> 16 !== 0x0002) return attribute;
  faults.add(text, `${quoted(text.text)} is File Meta Information, which device rules do not look at`);
  return undefined;
}
