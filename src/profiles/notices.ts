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
  for (const [index, { rule, attributes, line, column }] of rules.entries()) {
    const verb = verbs[rule.action];
    if (verb === undefined) continue;
    const consequence = 'instances it applies to carry no PS3.15 codes';
    if (rule.select.kind === 'privateCreator') {
      const message = `${verb} private elements that nobody has judged: ${consequence}`;
      notices.push({ line, column, message });
      continue;
    }
    const against = weakened(definition, index, reached(rule, attributes));
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

function weakened(
  definition: ProfileDefinition,
  index: number,
  attributes: readonly KnownAttribute[],
): KnownAttribute[] {
  const { root } = createRuleBook(defineProfile(definition), [index]);
  return attributes.filter(
    ({ tag, vr }) => root.decide(tag, (vr.split(' or ')[0] ?? vr) as Vr).weakens === true,
  );
}
