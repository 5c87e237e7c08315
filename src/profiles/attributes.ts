import { notInTable } from '../deidentify/generated/not-in-table.ts';
import { tableE11 } from '../deidentify/generated/table-e1-1.ts';
import {
  type DictionaryEntry,
  dictionaryAttributes,
  dictionaryKeywords,
  lookup,
  repeatingPattern,
  tagOf,
} from '../dicom/dictionary.ts';

/** An attribute of PS3.6 or of the tables; repeating groups stand for themselves by the first of them. */
export interface KnownAttribute {
  readonly tag: number;
  readonly keyword: string;
  /** As PS3.6 writes it: "US or SS". */
  readonly vr: string;
  readonly vm: string;
}

const attributes = new Map<number, KnownAttribute>();
for (const [tag, entry] of dictionaryAttributes()) attributes.set(tag, known(tag, entry));
for (const keyword of dictionaryKeywords()) {
  const tag = repeatingPattern(keyword) === undefined ? undefined : tagOf(keyword);
  const entry = tag === undefined ? undefined : lookup(tag);
  if (tag !== undefined && entry !== undefined) attributes.set(tag, known(tag, entry));
}
// The table can be of a later edition than the dictionary.
for (const { tag, keyword, vr } of [...tableE11, ...notInTable]) {
  const number = /^[0-9A-F]{4},[0-9A-F]{4}$/.test(tag)
    ? Number.parseInt(tag.replace(',', ''), 16)
    : undefined;
  if (number !== undefined && !attributes.has(number))
    attributes.set(number, { tag: number, keyword, vr, vm: '1-n' });
}

function known(tag: number, { keyword, vr, vm }: DictionaryEntry): KnownAttribute {
  return { tag, keyword, vr, vm };
}

const byKeyword = new Map([...attributes.values()].map((attribute) => [attribute.keyword, attribute]));

const sorted: readonly KnownAttribute[] = [...attributes.values()].sort((a, b) => a.tag - b.tag);

/** Every attribute known, sorted by tag. */
export function knownAttributes(): readonly KnownAttribute[] {
  return sorted;
}

export function attributeByKeyword(keyword: string): KnownAttribute | undefined {
  return byKeyword.get(keyword);
}

export function attributeByTag(tag: number): KnownAttribute | undefined {
  const found = attributes.get(tag);
  if (found !== undefined) return found;
  const entry = lookup(tag);
  return entry === undefined ? undefined : known(tag, entry);
}

export function allKeywords(): Iterable<string> {
  return byKeyword.keys();
}

/** The pattern of the rule's selector for an attribute: eight digits, x where a group repeats. */
export function patternOf({ tag, keyword }: KnownAttribute): string {
  return repeatingPattern(keyword)?.toUpperCase().replaceAll('X', 'x') ?? hex(tag);
}

/** Attributes a pattern of eight digits with x can be. */
export function attributesOf(pattern: string): KnownAttribute[] {
  if (!pattern.includes('x')) {
    const attribute = attributeByTag(Number.parseInt(pattern, 16));
    return attribute === undefined ? [] : [attribute];
  }
  const { bits, mask } = masked(pattern);
  // 60xx as a pattern, and 60xx as PS3.6 names the group, are the same; so are 6002 and 60xx.
  return knownAttributes().filter((_, index) => {
    const own = patterns[index];
    return own !== undefined && ((own.bits ^ bits) & own.mask & mask) === 0;
  });
}

/** A pattern as numbers: `mask` has ones where a digit is given. */
function masked(pattern: string): { readonly bits: number; readonly mask: number } {
  return {
    bits: Number.parseInt(pattern.replaceAll('x', '0'), 16),
    mask: Number.parseInt(pattern.replaceAll(/[0-9A-F]/g, 'F').replaceAll('x', '0'), 16),
  };
}

const patterns = sorted.map((attribute) => masked(patternOf(attribute)));

export function hex(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(8, '0');
}

/** "StudyDescription (0008,1030)". */
export function named({ tag, keyword }: KnownAttribute): string {
  const digits = hex(tag);
  return `${keyword} (${digits.slice(0, 4)},${digits.slice(4)})`;
}
