import type { Vr } from './data-set.ts';
import { dictionaryRows, repeatingRows } from './generated/dictionary.ts';

/** A VR as PS3.6 states it: some depend on other attributes (PS3.5 A.1, PS3.3 C.7.6.3.1.5). */
export type DictionaryVr = Vr | 'US or SS' | 'OB or OW' | 'US or OW' | 'US or SS or OW';

/** What PS3.6 says of one attribute. */
export interface DictionaryEntry {
  readonly keyword: string;
  readonly vr: DictionaryVr;
  /** Value multiplicity as written in PS3.6: "1", "1-n", "3-3n", ... */
  readonly vm: string;
  readonly retired: boolean;
}

interface Repeating {
  readonly mask: number;
  readonly bits: number;
  readonly entry: DictionaryEntry;
}

const entries = new Map<number, DictionaryEntry>();
const tagsByKeyword = new Map<string, number>();
const repeating: Repeating[] = [];
const repeatingPatterns = new Map<string, string>();

for (const line of dictionaryRows.trim().split('\n')) {
  const [tag, entry] = parseRow(line);
  entries.set(Number.parseInt(tag, 16), entry);
  tagsByKeyword.set(entry.keyword, Number.parseInt(tag, 16));
}
for (const line of repeatingRows.trim().split('\n')) {
  const [tag, entry] = parseRow(line);
  const bits = Number.parseInt(tag.replaceAll('x', '0'), 16);
  repeating.push({
    bits,
    mask: Number.parseInt(tag.replace(/[0-9A-F]/g, 'F').replaceAll('x', '0'), 16),
    entry,
  });
  if (!tagsByKeyword.has(entry.keyword)) {
    tagsByKeyword.set(entry.keyword, bits);
    repeatingPatterns.set(entry.keyword, tag);
  }
}

function parseRow(line: string): [string, DictionaryEntry] {
  const [tag = '', vr = '', vm = '', retired = '', keyword = ''] = line.split('|');
  return [tag, { keyword, vr: vr as DictionaryVr, vm, retired: retired === 'R' }];
}

const groupLength: DictionaryEntry = { keyword: 'GenericGroupLength', vr: 'UL', vm: '1', retired: true };

/**
 * The dictionary's entry for a tag (0xGGGGEEEE), or undefined when PS3.6 does not know it. Private tags are never known.
 * Repeating groups are known only where the standard allows them: even groups 5000-501E and 6000-601E (PS3.5 7.6).
 */
export function lookup(tag: number): DictionaryEntry | undefined {
  const found = entries.get(tag);
  if (found !== undefined) return found;
  const group = tag >>> 16;
  if ((group & 1) === 1) return undefined;
  if ((tag & 0xffff) === 0) return groupLength;
  const high = group >>> 8;
  if (high === 0x50 || high === 0x60) {
    if ((group & 0xff) > 0x1e) return undefined;
  } else if (group !== 0x0020 && group !== 0x0028 && group !== 0x1000 && group !== 0x1010 && high !== 0x7f) {
    return undefined;
  }
  for (const row of repeating) if ((tag & row.mask) >>> 0 === row.bits) return row.entry;
  return undefined;
}

/** The tag of a keyword of PS3.6 (the lowest one of a repeating group), or undefined. */
export function tagOf(keyword: string): number | undefined {
  return tagsByKeyword.get(keyword);
}

/** "(GGGG,EEEE)" in capitals, for reports. */
export function formatTag(tag: number): string {
  const hex = tag.toString(16).toUpperCase().padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}

/** True for an element of an odd group: a private element or a private creator (PS3.5 7.8). */
export function isPrivate(tag: number): boolean {
  return ((tag >>> 16) & 1) === 1;
}

/** True for (gggg,0010-00FF) with gggg odd: it names the owner of a private block (PS3.5 7.8.1). */
export function isPrivateCreator(tag: number): boolean {
  const element = tag & 0xffff;
  return isPrivate(tag) && element >= 0x10 && element <= 0xff;
}

/** Every attribute of PS3.6 with its tag, in the order of tags. Repeating groups are not among them. */
export function dictionaryAttributes(): IterableIterator<[tag: number, entry: DictionaryEntry]> {
  return entries.entries();
}

/** Keywords of PS3.6, those of repeating groups included. */
export function dictionaryKeywords(): IterableIterator<string> {
  return tagsByKeyword.keys();
}

/** The pattern of a repeating group's attribute ("60xx3000") by its keyword; undefined for every other keyword. */
export function repeatingPattern(keyword: string): string | undefined {
  return repeatingPatterns.get(keyword);
}
