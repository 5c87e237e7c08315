import type { Identifiers } from '../identifiers.ts';
import { without } from './cut.ts';
import type { Finding, FindingKind } from './findings.ts';
import { compacted } from './fold.ts';
import { findPatterns } from './patterns.ts';
import { findTitledNames } from './titled-names.ts';
import { isImagingCode, isImagingWord, isUnit } from './vocabulary.ts';

/** How descriptors are cleaned; a part of the profile (ProfileDefinition.descriptors). */
export interface DescriptorRules {
  /** `listed` keeps only words of the vocabulary of imaging and `words`; `any` keeps what is not caught. */
  readonly vocabulary: 'any' | 'listed';
  readonly words: readonly string[];
}

/** What stands where something was: nothing, or a mark that shows it, for text that is read as sentences. */
export type CleanStyle = 'drop' | 'mark';

/** What cleaning the texts of one object needs. */
export interface CleanContext {
  readonly identifiers: Identifiers;
  readonly vocabulary: 'any' | 'listed';
  /** Words the profile allows beside the vocabulary, as compared. */
  readonly words: ReadonlySet<string>;
  /** '' where the mark itself would repeat an identifier. */
  readonly mark: string;
  /** Texts cleaned before: a study repeats its own. */
  readonly known: Map<string, CleanedText>;
}

export interface CleanedText {
  /** Never longer than it was with style `drop`; '' when nothing is left. */
  readonly text: string;
  readonly changed: boolean;
  /** What was found, each kind once. */
  readonly findings: readonly FindingKind[];
}

/** Legal in every text VR and in every character set. */
const removedMark = '[removed]';
/** Cutting one thing out can bring the halves of another together; text in which that never ends is not kept. */
const maxRounds = 12;
/** Longer text than this is not kept: no description is as long. */
const maxLength = 128 * 1024;
const maxKnown = 512;
const maxKnownLength = 128;

const contexts = new WeakMap<Identifiers, Map<DescriptorRules, CleanContext>>();

/** The context for the texts of an object with these identifiers, under these rules; the same for the same two. */
export function cleanContext(identifiers: Identifiers, rules: DescriptorRules): CleanContext {
  let ofRules = contexts.get(identifiers);
  if (ofRules === undefined) {
    ofRules = new Map();
    contexts.set(identifiers, ofRules);
  }
  const known = ofRules.get(rules);
  if (known !== undefined) return known;
  const context: CleanContext = {
    identifiers,
    vocabulary: rules.vocabulary,
    words: new Set(
      rules.words.flatMap((word) => word.split(/\s+/).map(compacted)).filter((word) => word !== ''),
    ),
    mark: identifiers.find(removedMark).length > 0 ? '' : removedMark,
    known: new Map(),
  };
  ofRules.set(rules, context);
  return context;
}

/**
 * Free text without what names somebody (PS3.15 E.3.5 Clean Descriptors): the object's own identifiers however they are
 * written, what patterns tell (dates, numbers of people, addresses, names behind titles), and under `listed` every word
 * that is not of the vocabulary. The rest stays as it was. Cleaning what was cleaned changes nothing.
 */
export function cleanText(text: string, context: CleanContext, style: CleanStyle = 'drop'): CleanedText {
  if (text === '') return { text, changed: false, findings: [] };
  const key = text.length <= maxKnownLength ? `${style === 'mark' ? 'm' : 'd'}${text}` : '';
  const known = key === '' ? undefined : context.known.get(key);
  if (known !== undefined) return known;
  const cleaned = computed(text, context, style);
  if (key !== '') {
    if (context.known.size >= maxKnown) context.known.clear();
    context.known.set(key, cleaned);
  }
  return cleaned;
}

function computed(text: string, context: CleanContext, style: CleanStyle): CleanedText {
  const findings = new Set<FindingKind>();
  if (text.length > maxLength) return { text: '', changed: true, findings: ['vocabulary'] };
  let current = text;
  for (let round = 0; round < maxRounds; round += 1) {
    const found = findAll(current, context);
    if (found.length === 0) {
      const changed = current !== text;
      return { text: current, changed, findings: [...findings] };
    }
    for (const { kind } of found) findings.add(kind);
    const next = without(current, found, style === 'mark' ? context.mark : '');
    if (next === current) break;
    current = next;
  }
  return { text: '', changed: true, findings: [...findings] };
}

function findAll(text: string, context: CleanContext): Finding[] {
  const own = context.identifiers
    .find(text)
    .map(({ start, end }): Finding => ({ kind: 'identifier', ...widened(text, start, end, context) }));
  const found = [...own, ...findPatterns(text), ...findTitledNames(text), ...invisible(text)];
  if (context.vocabulary === 'listed') found.push(...unlisted(text, context));
  return context.mark === ''
    ? found
    : found.filter(({ start, end }) => text.slice(start, end) !== removedMark);
}

/** Control characters that no text VR allows (PS3.5 6.1.3). */
function invisible(text: string): Finding[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return [...text.matchAll(/[\0-\x08\x0b\x0e-\x1f\x7f\ufffd]+/g)].map((match) => ({
    kind: 'character-set',
    start: match.index,
    end: match.index + match[0].length,
  }));
}

const wordCharacter = /[\p{L}\p{N}\p{M}]/u;
const unspaced = /[\u2e80-\ud7ff\uf900-\ufaff\u0e00-\u0eff]/;

/** The whole word of what was found, with initials and possessives beside it. */
function widened(
  text: string,
  from: number,
  to: number,
  { identifiers }: CleanContext,
): { start: number; end: number } {
  let start = from;
  let end = to;
  if (!unspaced.test(text.charAt(start))) {
    while (start > 0 && isWordAt(text, start - 1)) start -= 1;
  }
  if (!unspaced.test(text.charAt(end - 1))) {
    while (end < text.length && isWordAt(text, end)) end += 1;
  }
  end +=
    /^(?:['\u2019`]s?(?![\p{L}])|\s?(?:\u69d8|\u3055\u3093|\u6c0f|\u5148\u751f|\ub2d8|\uc528))/u.exec(
      text.slice(end, end + 4),
    )?.[0].length ?? 0;
  // The other half of a double name, and the other part of "DOE^JOHN" and "Doe, John".
  const [next = '', second = ''] =
    /^(?:-|\^|,\s?)(\p{Lu}[\p{L}\p{M}'\u2019]{1,40})/u.exec(text.slice(end, end + 44)) ?? [];
  if (next !== '' && !isImagingWord(second)) end += next.length;
  const [previous = '', other = ''] =
    /(?<![\p{L}\p{N}])(\p{Lu}[\p{L}\p{M}'\u2019]{1,40})(?:-|\^|,\s?)$/u.exec(
      text.slice(Math.max(0, start - 44), start),
    ) ?? [];
  if (previous !== '' && !isImagingWord(other)) start -= previous.length;
  // Letters with a full stop or a space between them: "CT" before a name is no initials.
  const [ahead = ''] =
    /(?<![\p{L}\p{N}])(?:\p{L}[.\s-]{1,2}){1,3}$/u.exec(text.slice(Math.max(0, start - 12), start)) ?? [];
  if (ahead !== '' && areInitials(ahead, identifiers)) start -= ahead.length;
  const [behind = ''] =
    /^[\s,^_-]{1,3}\p{L}\.?(?:[\s.-]{1,2}\p{L}\.?){0,2}(?![\p{L}\p{N}])/u.exec(text.slice(end, end + 14)) ??
    [];
  if (behind !== '' && areInitials(behind, identifiers)) end += behind.length;
  return { start, end };
}

function areInitials(text: string, { initials }: Identifiers): boolean {
  if (/\p{L}\./u.test(text)) return true;
  return (text.match(/\p{L}/gu) ?? []).every((letter) => initials.has(compacted(letter).charAt(0)));
}

function isWordAt(text: string, index: number): boolean {
  const character = text.charAt(index);
  return wordCharacter.test(character)
    ? !unspaced.test(character)
    : character >= '\ud800' && character <= '\udfff';
}

/** Words and numbers that are not of the vocabulary. */
function unlisted(text: string, context: CleanContext): Finding[] {
  const found: Finding[] = [];
  let letters: Finding[] = [];
  const flush = (): void => {
    // Single letters are planes and kernels; many in a row spell something.
    if (letters.length > 2) found.push(...letters);
    letters = [];
  };
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    const [word] = match;
    const finding: Finding = { kind: 'vocabulary', start: match.index, end: match.index + word.length };
    if (/^\p{L}$/u.test(word) && /^[a-z]$/i.test(word)) {
      letters.push(finding);
      continue;
    }
    flush();
    if (!isListed(word, text, finding, context)) found.push(finding);
  }
  flush();
  return found;
}

/** Quantities of thousands that look like years: TR 2000, b 2000. */
const quantity = /(?:^|[^\p{L}])(?:tr|te|ti|b|bw|wl|ww|hu|fov|matrix|window|level|nex|ms)[\s:=]*$/iu;

function isListed(word: string, text: string, { start, end }: Finding, { words }: CleanContext): boolean {
  if (words.size > 0 && words.has(compacted(word))) return true;
  if (/^\d+$/.test(word)) {
    if (word.length > 4) return word.length === 5 && hasUnit(text, end);
    // A year, unless a unit says otherwise.
    if (!/^(?:19|20)\d\d$/.test(word) || quantity.test(text.slice(Math.max(0, start - 12), start)))
      return true;
    return hasUnit(text, end);
  }
  if (/^[\p{L}\p{M}]+$/u.test(word)) return isImagingWord(word);
  if (isImagingCode(word)) return true;
  return (word.match(/\d+|[\p{L}\p{M}]+/gu) ?? []).every((run) =>
    /^\d/.test(run) ? run.length <= 4 : run.length === 1 || isImagingWord(run) || isUnit(run),
  );
}

function hasUnit(text: string, end: number): boolean {
  return isUnit(/^\s?([a-z]+)/i.exec(text.slice(end, end + 12))?.[1] ?? '');
}
