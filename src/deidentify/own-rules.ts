import type { Vr } from '../dicom/data-set.ts';
import { lookup } from '../dicom/dictionary.ts';
import type { Decision, ElementAction } from './decision.ts';
import { ownedByGateway } from './owned-attributes.ts';
import type { Condition, OwnRule } from './profile-definition.ts';

/** What the conditions of own rules are held against. */
export interface InstanceTraits {
  readonly sopClassUid: string;
  readonly modality: string;
  /** '' offline. */
  readonly callingAeTitle: string;
}

/** Own rules that hold for one kind of instance. */
export interface OwnRules {
  /** The last rule that fits a standard attribute, as a decision; undefined where none does. */
  decide(tag: number, vr: Vr): Decision | undefined;
  /** The same for an element of a private block. */
  decidePrivate(tag: number, vr: Vr, creator: string): Decision | undefined;
  /** Whether any rule could keep a private element. */
  readonly anyPrivate: boolean;
}

/** Indices of the rules whose conditions hold, in the order of the profile. */
export function activeRules(rules: readonly OwnRule[], traits: InstanceTraits): number[] {
  const active: number[] = [];
  for (const [index, { when }] of rules.entries())
    if (when === undefined || holds(when, traits)) active.push(index);
  return active;
}

function holds({ modalities, sopClassUids, callingAeTitles }: Condition, traits: InstanceTraits): boolean {
  if (modalities !== undefined && !modalities.includes(traits.modality)) return false;
  if (sopClassUids !== undefined && !sopClassUids.includes(traits.sopClassUid)) return false;
  return callingAeTitles === undefined || callingAeTitles.includes(traits.callingAeTitle);
}

/** The rules of these indices, ready to be asked. */
export function createOwnRules(rules: readonly OwnRule[], active: readonly number[]): OwnRules {
  // From last to first: the first that fits is the last in the file.
  const standard: {
    readonly fits: (tag: number, vr: Vr) => boolean;
    readonly decision: Decision;
    /** What the rule does to a private element; undefined where it does not reach any. */
    readonly forPrivate: Decision | undefined;
  }[] = [];
  const creators: {
    readonly fits: (tag: number, creator: string) => boolean;
    readonly decision: Decision;
  }[] = [];
  for (const index of [...active].reverse()) {
    const rule = rules[index];
    if (rule === undefined) continue;
    const decision = decisionOf(rule, index);
    const { select } = rule;
    switch (select.kind) {
      case 'tag':
        standard.push({
          fits: tagMatcher(select.pattern),
          decision,
          forPrivate: removing(rule, decision),
        });
        break;
      case 'vr':
        standard.push({
          fits: (tag, vr) => vr === select.vr || lookup(tag)?.vr === select.vr,
          decision,
          forPrivate: removing(rule, decision),
        });
        break;
      case 'privateCreator':
        creators.push({
          fits: (tag, creator) =>
            creator === select.creator.trim() &&
            (select.group === undefined || select.group === tag >>> 16) &&
            (select.element === undefined || select.element === (tag & 0xff)),
          decision,
        });
        break;
      default:
        unreachable(select);
    }
  }
  const fitting = (tag: number, vr: Vr): Decision | undefined =>
    standard.find(({ fits }) => fits(tag, vr))?.decision;
  return {
    decide: (tag, vr) =>
      standard.length === 0 || ownedByGateway(tag) !== undefined ? undefined : fitting(tag, vr),
    decidePrivate(tag, vr, creator) {
      const named = creators.find(({ fits }) => fits(tag, creator.trim()))?.decision;
      return named ?? standard.find(({ fits, forPrivate }) => forPrivate && fits(tag, vr))?.forPrivate;
    },
    anyPrivate: creators.length > 0,
  };
}

/**
 * Wide selectors (a VR, a pattern of any group) take private elements away, but never keep what nobody knows: where they
 * empty standard attributes, an empty private element would tell no more than none.
 */
function removing({ action }: OwnRule, decision: Decision): Decision | undefined {
  return action === 'remove' || action === 'empty' ? { ...decision, action: 'X' } : undefined;
}

function tagMatcher(pattern: string): (tag: number) => boolean {
  const bits = Number.parseInt(pattern.replaceAll(/x/gi, '0'), 16);
  const mask = Number.parseInt(pattern.replaceAll(/[0-9a-f]/gi, 'F').replaceAll(/x/gi, '0'), 16);
  return (tag) => (tag & mask) >>> 0 === bits;
}

const actions: Readonly<Record<OwnRule['action'], ElementAction>> = {
  keep: 'ownKeep',
  remove: 'X',
  empty: 'Z',
  replace: 'ownText',
  hash: 'hash',
  pseudonym: 'pseudonym',
  shift: 'shift',
  clean: 'clean',
  uid: 'U',
};

function decisionOf(rule: OwnRule, index: number): Decision {
  const decision: Decision = {
    action: actions[rule.action],
    rule: 'own-rule',
    ownRule: index,
    otherwise: 'X',
  };
  return rule.value === undefined ? decision : { ...decision, value: rule.value };
}

function unreachable(select: never): never {
  throw new TypeError(`no such selector: ${String(select)}`);
}
