import { defineProfile } from '../deidentify/profile.ts';
import type { OwnAction, OwnRule, ProfileDefinition } from '../deidentify/profile-definition.ts';
import { createRuleBook } from '../deidentify/rule-book.ts';
import type { Vr } from '../dicom/data-set.ts';
import { type KnownAttribute, knownAttributes, named } from './attributes.ts';
import type { ProfileFault } from './faults.ts';
import type { PlacedRule } from './rules.ts';

/** Most attributes a notice names one by one. */
const maxNamed = 3;

const verbs: Readonly<Partial<Record<OwnAction, string>>> = {
  keep: 'keeps',
  clean: 'keeps, cleaned,',
  shift: 'keeps, shifted,',
};

/**
 * What is allowed and yet to be known by whoever signs: rules that let through what PS3.15 does not under the profile's
 * options. Instances that such a rule applies to carry no codes of PS3.16 CID 7050. The rule book itself is asked, so that
 * a notice says what de-identification does. `definition` must be free of faults.
 */
export function readNotices(definition: ProfileDefinition, rules: readonly PlacedRule[]): ProfileFault[] {
  const notices: ProfileFault[] = [];
  const byAction = new Map<OwnAction, ReadonlySet<number>>();
  for (const { rule, attributes, line, column } of rules) {
    const verb = verbs[rule.action];
    if (verb === undefined) continue;
    const consequence = 'instances it applies to carry no PS3.15 codes';
    if (rule.select.kind === 'privateCreator') {
      const message = `${verb} private elements that nobody has judged: ${consequence}`;
      notices.push({ line, column, message });
      continue;
    }
    let weakened = byAction.get(rule.action);
    if (weakened === undefined) {
      weakened = weakenedBy(definition, rule.action);
      byAction.set(rule.action, weakened);
    }
    const against = reached(rule, attributes).filter(({ tag }) => weakened.has(tag));
    if (against.length === 0) continue;
    const names = against.slice(0, maxNamed).map(named).join(', ');
    const more = against.length > maxNamed ? ` and ${against.length - maxNamed} more` : '';
    notices.push({
      line,
      column,
      message: `${verb} ${names}${more}, which PS3.15 does not allow with these options: ${consequence}`,
    });
  }
  return notices;
}

function reached({ select }: OwnRule, attributes: readonly KnownAttribute[]): readonly KnownAttribute[] {
  if (select.kind !== 'vr') return attributes;
  return knownAttributes().filter(({ vr }) => vr === select.vr);
}

/**
 * Attributes that an own rule of this action would let through against PS3.15, under the options of the profile. Whether
 * it does hangs on action and attribute alone, so one rule about everything stands for all.
 */
function weakenedBy(definition: ProfileDefinition, action: OwnAction): ReadonlySet<number> {
  const everything: OwnRule = { select: { kind: 'tag', pattern: 'xxxxxxxx' }, action };
  const { root } = createRuleBook(defineProfile({ ...definition, rules: [everything] }), [0]);
  const tags = new Set<number>();
  for (const { tag, vr } of knownAttributes())
    if (root.decide(tag, (vr.split(' or ')[0] ?? vr) as Vr).weakens === true) tags.add(tag);
  return tags;
}
