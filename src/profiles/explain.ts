import type { Decision, RuleName } from '../deidentify/decision.ts';
import { notInTable } from '../deidentify/generated/not-in-table.ts';
import { tableE11 } from '../deidentify/generated/table-e1-1.ts';
import { typesOf } from '../deidentify/iod/iod.ts';
import { ownedByGateway } from '../deidentify/owned-attributes.ts';
import type { Profile } from '../deidentify/profile.ts';
import type { Condition, OwnRule } from '../deidentify/profile-definition.ts';
import { createRuleBook, type RuleBook } from '../deidentify/rule-book.ts';
import { bookFor } from '../deidentify/rule-books.ts';
import type { ProfileOption } from '../deidentify/rules.ts';
import type { Vr } from '../dicom/data-set.ts';
import { formatTag } from '../dicom/dictionary.ts';
import { actionWords, type Outcome, outcomeOf } from './action-words.ts';
import { hex, type KnownAttribute, knownAttributes } from './attributes.ts';
import { sopClassKeyword } from './sop-classes.ts';

/** What is known of the instances that are asked about; what is left out stays open. */
export interface AskedInstance {
  readonly modality?: string;
  readonly sopClassUid?: string;
  readonly callingAeTitle?: string;
}

/** What happens to one attribute at the top level of an instance, and why. Plain data for JSON. */
export interface Explanation {
  /** "(0008,1030)". */
  readonly tag: string;
  readonly keyword: string;
  readonly vr: string;
  readonly outcome: Outcome;
  /** In plain words: "replaced by a new UID". */
  readonly action: string;
  readonly rule: RuleName;
  /** In plain words: the row, the option, the own rule with its line. */
  readonly why: string;
  /** Action code of the table's row, before the attribute's Type settles it. */
  readonly code?: string;
  readonly option?: ProfileOption;
  /** Line of the own rule in the file. */
  readonly line?: number;
  /** True where an own rule lets through what PS3.15 does not. */
  readonly weakens?: true;
  /** Own rules whose conditions were left open, and what happens where they hold. */
  readonly unless?: readonly Otherwise[];
}

/** What happens to an attribute where a condition holds that was left open. */
export interface Otherwise {
  /** In plain words: "modality CT or MR, sent by A". */
  readonly when: string;
  readonly outcome: Outcome;
  /** In plain words: "removed". */
  readonly action: string;
  /** Line of the own rule in the file; 0 where the profile is of no file. */
  readonly line: number;
  readonly weakens?: true;
}

const tableRows = new Map(tableE11.map((row) => [row.tag.replace(',', ''), row]));
const gapRows = new Map(notInTable.map((row) => [row.tag.replace(',', ''), row]));

/** Short text that no table lists stays only where it repeats no identifier. */
const comparedText: ReadonlySet<string> = new Set(['CS', 'LO', 'SH', 'UC']);
const characterSetTag = 0x00080005;
/** Pixel Data, Float and Double Float Pixel Data. */
const pixelTags: ReadonlySet<number> = new Set([0x7fe00010, 0x7fe00008, 0x7fe00009]);

/**
 * What a profile does to every attribute of PS3.6 and of the tables, in the order of tags, asked from the same rule book
 * that de-identification uses. Own rules whose conditions the asked instance leaves open are told apart. Private elements
 * are not attributes of PS3.6 and not among them. `ruleLines`: line of each own rule in its file.
 */
export function explainProfile(
  profile: Profile,
  ruleLines: readonly number[] = [],
  asked: AskedInstance = {},
): Explanation[] {
  const { rules } = profile.definition;
  const types = asked.sopClassUid === undefined ? undefined : typesOf(asked.sopClassUid);
  const status = rules.map(({ when }) => standing(when, asked));
  const certain = indices(status, 'holds');
  const book = bookFor(profile, {
    sopClassUid: asked.sopClassUid ?? '',
    modality: asked.modality ?? '',
    callingAeTitle: asked.callingAeTitle ?? '',
  });
  const open = indices(status, 'open').flatMap((index) => {
    const rule = rules[index];
    const active = [...certain, index].sort((a, b) => a - b);
    return rule === undefined ? [] : [{ index, rule, book: createRuleBook(profile, active, types) }];
  });
  const lineOf = (index: number | undefined): number => ruleLines[index ?? -1] ?? 0;
  return knownAttributes()
    .filter(isOfInstances)
    .map((attribute) => {
      const decision = decide(book, attribute);
      const unless = open.flatMap((other) => {
        const otherwise = decide(other.book, attribute);
        if (otherwise.ownRule !== other.index) return [];
        const line = lineOf(other.index);
        return [
          {
            when: conditionWords(other.rule),
            outcome: outcomeOf(otherwise, attribute.vr),
            action: actionWords(otherwise, attribute.vr),
            line,
            ...(otherwise.weakens === true ? { weakens: true as const } : {}),
          },
        ];
      });
      return {
        ...explained(attribute, decision, lineOf),
        ...(unless.length === 0 ? {} : { unless }),
      };
    });
}

/** Commands (group 0000) and item marks (FFFE) are no attributes of instances. */
function isOfInstances({ tag }: KnownAttribute): boolean {
  return tag >>> 16 !== 0x0000 && tag >>> 16 !== 0xfffe;
}

/** Whether a condition is true of every instance asked about, of none, or of some. */
function standing(when: Condition | undefined, asked: AskedInstance): 'holds' | 'fails' | 'open' {
  if (when === undefined) return 'holds';
  const parts: readonly (readonly [readonly string[] | undefined, string | undefined])[] = [
    [when.modalities, asked.modality],
    [when.sopClassUids, asked.sopClassUid],
    [when.callingAeTitles, asked.callingAeTitle],
  ];
  let isOpen = false;
  for (const [allowed, value] of parts) {
    if (allowed === undefined) continue;
    if (value === undefined) isOpen = true;
    else if (!allowed.includes(value)) return 'fails';
  }
  return isOpen ? 'open' : 'holds';
}

function indices(status: readonly string[], wanted: string): number[] {
  return status.flatMap((one, index) => (one === wanted ? [index] : []));
}

function decide(book: RuleBook, { tag, vr }: KnownAttribute): Decision {
  // Where PS3.6 leaves a choice of VR, all of them are treated alike.
  return book.root.decide(tag, (vr.split(' or ')[0] ?? vr) as Vr);
}

function explained(
  attribute: KnownAttribute,
  decision: Decision,
  lineOf: (index: number | undefined) => number,
): Explanation {
  const digits = hex(attribute.tag);
  const row = tableRows.get(digits) ?? gapRows.get(digits);
  const isListed = decision.rule === 'table-e1-1' || decision.rule === 'not-in-table';
  const code = isListed || decision.rule === 'pseudonym' ? row?.basic : undefined;
  const line = decision.rule === 'own-rule' ? lineOf(decision.ownRule) : 0;
  return {
    tag: formatTag(attribute.tag),
    keyword: attribute.keyword,
    vr: attribute.vr,
    outcome: outcomeOf(decision, attribute.vr),
    action: actionWords(decision, attribute.vr),
    rule: decision.rule,
    why: reason(attribute, decision, code, line),
    ...(code === undefined ? {} : { code }),
    ...(decision.option === undefined ? {} : { option: decision.option }),
    ...(line === 0 ? {} : { line }),
    ...(decision.weakens === true ? { weakens: true } : {}),
  };
}

function reason(
  { tag, vr }: KnownAttribute,
  decision: Decision,
  code: string | undefined,
  line: number,
): string {
  const { rule, option } = decision;
  const row = tableRows.get(hex(tag));
  const under = option === undefined ? '' : `; option ${option}${optionCode(row?.options, option)}`;
  switch (rule) {
    case 'own-rule':
      return `own rule${line > 0 ? `, line ${line}` : ''}${decision.weakens === true ? ' (against PS3.15)' : ''}`;
    case 'table-e1-1':
      return `Table E.1-1: ${code ?? ''}${under}`;
    case 'pseudonym':
      return `Table E.1-1: ${code ?? 'Z'}, by pseudonym`;
    case 'not-in-table':
      return `gap of the table (${gapRows.get(hex(tag))?.risk ?? 'can identify'}): ${code ?? ''}${under}`;
    case 'uid-role':
      return `names an instance, an organisation or a device${under}`;
    case 'supplement':
      return 'list of the gateway: can identify, or belongs to other objects';
    case 'value-representation':
      return `by VR ${vr}: nobody lists it${under}`;
    case 'structure':
      if (tag === characterSetTag) return 'says how text is to be read; kept where it is a term of PS3.3';
      return ownedByGateway(tag) === undefined
        ? 'structure of the object'
        : 'written or removed by the gateway itself';
    case 'marker':
      return 'says what was done';
    case 'unregistered':
      return 'not in PS3.6';
    case 'default':
      if (pixelTags.has(tag)) return 'text burned into it is treated as the profile says of pixels';
      return comparedText.has(vr)
        ? 'not listed as identifying; compared with the identifiers of its object'
        : 'not listed as identifying';
    default:
      return rule;
  }
}

function optionCode(
  options: { readonly [O in ProfileOption]?: 'K' | 'C' } | undefined,
  option: ProfileOption,
): string {
  const code = options?.[option];
  return code === undefined ? '' : `: ${code}`;
}

/** "for CT, MR from PACS1". */
export function conditionWords({ when }: OwnRule): string {
  if (when === undefined) return 'always';
  const parts = [
    when.modalities === undefined ? '' : `modality ${when.modalities.join(' or ')}`,
    when.sopClassUids === undefined ? '' : `SOP class ${when.sopClassUids.map(sopClassKeyword).join(' or ')}`,
    when.callingAeTitles === undefined ? '' : `sent by ${when.callingAeTitles.join(' or ')}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
