import { type OwnAction, type OwnRule, ownActions } from '../deidentify/profile-definition.ts';
import { actionFault } from './actions-by-vr.ts';
import { type KnownAttribute, named } from './attributes.ts';
import { readCondition } from './conditions.ts';
import { type FaultList, quoted, type SourcePlace } from './faults.ts';
import { asMap, asText, asWord, Fields } from './reading.ts';
import { limits, ruleProperties } from './schema.ts';
import { type PlacedSelector, readSelectors } from './selectors.ts';
import type { SourceNode, SourceText } from './source-tree.ts';
import { isTextVr, valueFault } from './values.ts';

/** Words of other tools and the codes of Table E.1-1, in small letters. */
const synonyms: Readonly<Record<string, OwnAction>> = {
  delete: 'remove',
  drop: 'remove',
  x: 'remove',
  blank: 'empty',
  clear: 'empty',
  z: 'empty',
  retain: 'keep',
  k: 'keep',
  set: 'replace',
  dummy: 'replace',
  d: 'replace',
  c: 'clean',
  u: 'uid',
  remap: 'uid',
  hashuid: 'uid',
  incrementdate: 'shift',
  anonymize: 'pseudonym',
  pseudonymize: 'pseudonym',
};

/** A rule of the definition with its place in the file and the standard attributes it reaches. */
export interface PlacedRule extends SourcePlace {
  readonly rule: OwnRule;
  readonly attributes: readonly KnownAttribute[];
}

/** The rules of a profile: one for each selector, in the order of the file. */
export function readRules(node: SourceNode | undefined, faults: FaultList): PlacedRule[] {
  if (node === undefined) return [];
  if (node.kind !== 'list') {
    faults.add(node, 'rules must be a list: each rule begins with "- "');
    return [];
  }
  if (node.items.length > limits.rules) faults.add(node, `there are more than ${limits.rules} rules`);
  const rules = node.items.slice(0, limits.rules).flatMap((item) => readRule(item, faults));
  findOverruled(rules, faults);
  return rules;
}

function readRule(node: SourceNode, faults: FaultList): PlacedRule[] {
  const map = asMap(node, 'a rule', faults);
  if (map === undefined) return [];
  const fields = new Fields(map, 'a rule', Object.keys(ruleProperties), faults);
  const selectors = readSelectors(fields, faults);
  const actionText = asText(fields.get('action'), 'action', faults);
  const action = asWord<OwnAction>(actionText, 'action', ownActions, faults, synonyms);
  if (!fields.has('action'))
    faults.add(map, `the rule has no action; give it one of ${ownActions.join(', ')}`);
  const value = asText(fields.get('value'), 'value', faults);
  const when = readCondition(fields.get('when'), faults);
  if (action === undefined) return [];
  if (action === 'replace' && !fields.has('value'))
    faults.add(actionText ?? map, 'replace needs `value`, the text that takes the place of the old one');
  if (action !== 'replace' && fields.has('value'))
    faults.add(fields.placeOf('value'), `value goes with replace only; ${action} does not use it`);
  return selectors.map((selector) => {
    checkAction(selector, action, faults, actionText ?? map);
    if (action === 'replace' && value !== undefined) checkValue(selector, value, faults);
    return {
      line: selector.line,
      column: selector.column,
      attributes: selector.attributes,
      rule: {
        select: selector.select,
        action,
        ...(action === 'replace' && value !== undefined ? { value: value.text } : {}),
        ...(when === undefined ? {} : { when }),
      },
    };
  });
}

/** "US or SS" is what PS3.6 says where it depends; every one must do. */
const alternatives = (vr: string): string[] => vr.split(' or ');

function checkAction(
  { select, attributes }: PlacedSelector,
  action: OwnAction,
  faults: FaultList,
  place: SourcePlace,
): void {
  if (select.kind === 'vr') {
    const fault = actionFault(action, select.vr);
    if (fault !== undefined) faults.add(place, fault);
    return;
  }
  for (const attribute of attributes) {
    const fault = alternatives(attribute.vr)
      .map((vr) => actionFault(action, vr))
      .find((reason) => reason !== undefined);
    if (fault === undefined) continue;
    faults.add(place, `${named(attribute)} has VR ${attribute.vr}: ${fault}`);
    return;
  }
}

function checkValue({ select, attributes }: PlacedSelector, value: SourceText, faults: FaultList): void {
  const reached =
    select.kind === 'vr'
      ? [{ name: '', vr: select.vr as string, vm: '1' }]
      : attributes.map((attribute) => ({
          name: `${named(attribute)}: `,
          vr: attribute.vr,
          vm: attribute.vm,
        }));
  // Nothing is known of private elements but that text is written: the longest of the short VRs bounds it.
  if (select.kind === 'privateCreator') reached.push({ name: '', vr: 'LO', vm: '1' });
  for (const { name, vr, vm } of reached) {
    const fault = alternatives(vr)
      .map((one) => (isTextVr(one) ? valueFault(value.text, one) : undefined))
      .find((reason) => reason !== undefined);
    const least = Number(/^\d+/.exec(vm)?.[0] ?? 1);
    if (fault !== undefined) faults.add(value, `${name}the value ${quoted(value.text)} ${fault}`);
    else if (least > 1)
      faults.add(value, `${name}it takes ${vm} values and a rule writes one; use remove or empty`);
    else continue;
    return;
  }
}

/** Of several rules that fit the last one holds: a rule that a later one overrules in every case says nothing. */
function findOverruled(rules: readonly PlacedRule[], faults: FaultList): void {
  const later = new Map<string, PlacedRule[]>();
  for (const placed of rules.toReversed()) {
    const name = JSON.stringify(placed.rule.select);
    const same = later.get(name) ?? [];
    const when = JSON.stringify(placed.rule.when);
    const stronger = same.find(({ rule }) => rule.when === undefined || JSON.stringify(rule.when) === when);
    if (stronger !== undefined) {
      const says =
        stronger.rule.action === placed.rule.action && stronger.rule.value === placed.rule.value
          ? 'says the same'
          : `says ${stronger.rule.action}`;
      faults.add(
        placed,
        `this rule can never take effect: the one in line ${stronger.line} ${says} of the same attributes and comes later; remove one`,
      );
    }
    same.push(placed);
    later.set(name, same);
  }
}
