import type { Vr } from '../dicom/data-set.ts';
import { isPrivate, lookup } from '../dicom/dictionary.ts';
import { type SimpleAction, settleAction, typesAtTopLevel } from './actions.ts';
import type { Decision, ElementAction, RuleName } from './decision.ts';
import { notInTable } from './generated/not-in-table.ts';
import { tableE11 } from './generated/table-e1-1.ts';
import { uidRoles } from './generated/uid-roles.ts';
import type { TypePlace } from './iod/iod.ts';
import { type OptionAction, optionAction } from './option-actions.ts';
import { createOwnRules, type OwnRules } from './own-rules.ts';
import type { Profile } from './profile.ts';
import type { ActionCode, GapAction, ProfileOption } from './rules.ts';
import {
  foreignGroups,
  isRetiredRange,
  supplement,
  supplementCharacteristics,
  supplementDescriptors,
} from './supplement.ts';
import { isPermittedVr, temporal, unlistedAction } from './unlisted.ts';

/** A data set or the items of one sequence: what the rules say there. */
export interface RulePlace {
  decide(tag: number, vr: Vr): Decision;
  within(sequenceTag: number): RulePlace;
}

/** The rules for one kind of instance; serves any number of instances and holds nothing of them. */
export interface RuleBook {
  readonly root: RulePlace;
  /** The own rule for a private element, or undefined. */
  decidePrivate(tag: number, vr: Vr, creator: string): Decision | undefined;
  /** Whether private elements have to be looked at one by one. */
  readonly looksAtPrivate: boolean;
  /** Whether values of the attribute leave as they are, or cleaned, so that they are no secret of the object's. */
  retains(tag: number, vr: Vr): boolean;
}

/** Attributes written by us at the top level, whatever was received (PS3.15 E.1.1, E.2; facts: deid-codes). */
export const markerTags: ReadonlySet<number> = new Set([0x00120062, 0x00120063, 0x00120064, 0x00280303]);

const pseudonymous: ReadonlyMap<number, ElementAction> = new Map<number, ElementAction>([
  [0x00100020, 'patientId'],
  [0x00100010, 'patientName'],
  [0x00080050, 'accessionNumber'],
]);

/** One attribute as the tables list it, before its Type is known. */
interface Listed {
  readonly rule: RuleName;
  readonly basic: ActionCode | Exclude<ElementAction, SimpleAction>;
  readonly under?: OptionAction | undefined;
}

const privateDecision: Decision = { action: 'X', rule: 'private' };
const structureDecision: Decision = { action: 'X', rule: 'structure' };
const wrongVr: Decision = { action: 'X', rule: 'value-representation' };
const unregistered: Decision = { action: 'X', rule: 'unregistered' };
const foreign: Decision = { action: 'X', rule: 'supplement' };
const byDefault: Decision = { action: 'K', rule: 'default' };

/**
 * The rules of a profile for instances whose own rules of these indices hold. `types` are those of the SOP Class, where
 * they are known: they settle compound actions (PS3.15 E.1); without them the last alternative is taken, which every IOD
 * allows.
 */
export function createRuleBook(
  profile: Profile,
  activeOwnRules: readonly number[] = [],
  types?: TypePlace,
): RuleBook {
  const own = createOwnRules(profile.definition.rules, activeOwnRules);
  const rows = listedRows(profile);
  const places = new Map<TypePlace, Place>();
  const unknown: RulePlace = new Place(
    rows,
    own,
    profile.options,
    undefined,
    false,
    (): RulePlace => unknown,
  );
  const placeOf = (node: TypePlace | undefined): RulePlace => {
    if (node === undefined) return unknown;
    const known = places.get(node);
    if (known !== undefined) return known;
    const place = new Place(rows, own, profile.options, node, false, (tag) => placeOf(node.within(tag)));
    places.set(node, place);
    return place;
  };
  const root = new Place(rows, own, profile.options, types, true, (tag) => placeOf(types?.within(tag)));
  return {
    root,
    decidePrivate: own.decidePrivate,
    looksAtPrivate: own.anyPrivate || profile.options.has('retainSafePrivate'),
    retains(tag, vr) {
      const { action, rule } = root.decide(tag, vr);
      if (action === 'K') return rule !== 'default';
      return action === 'keepDate' || action === 'ownKeep' || action === 'clean';
    },
  };
}

/** Every attribute that some table lists, under the options of the profile. Later entries win. */
function listedRows({ options, definition }: Profile): ReadonlyMap<number, Listed> {
  const rows = new Map<number, Listed>();
  const { trueDeviceDates } = definition;
  const enter = (pattern: string, listed: Listed): void => {
    const tag = tagOfRow(pattern);
    if (tag !== undefined) rows.set(tag, listed);
  };
  const keepUid: OptionAction | undefined = options.has('retainUids')
    ? { option: 'retainUids', action: 'keepUid' }
    : undefined;
  for (const { tag, role } of uidRoles) {
    const ofInstance = role === 'instance' || role === 'by-value';
    enter(tag, { rule: 'uid-role', basic: 'U', under: ofInstance ? keepUid : undefined });
  }
  for (const row of notInTable) {
    const byTime = row.risk === 'temporal' ? temporal(tagOfRow(row.tag) ?? 0, row.vr, options) : undefined;
    const under = byTime?.kept === false ? byTime.under : optionAction(row, options, trueDeviceDates);
    enter(row.tag, { rule: 'not-in-table', basic: row.basic satisfies GapAction, under });
  }
  const descriptor: OptionAction | undefined = options.has('cleanDescriptors')
    ? { option: 'cleanDescriptors', action: 'clean' }
    : undefined;
  const characteristic: OptionAction | undefined = options.has('retainPatientCharacteristics')
    ? { option: 'retainPatientCharacteristics', action: 'K' }
    : undefined;
  for (const [tag, code] of supplement) {
    const under = supplementDescriptors.has(tag)
      ? descriptor
      : supplementCharacteristics.has(tag)
        ? characteristic
        : undefined;
    rows.set(tag, { rule: 'supplement', basic: code, under });
  }
  for (const row of tableE11) {
    // The table gives D for this UID; a constant would join all annotations of all patients, so it is remapped.
    const basic = row.tag === '006A,0003' ? 'U' : row.basic;
    enter(row.tag, { rule: 'table-e1-1', basic, under: optionAction(row, options, trueDeviceDates) });
  }
  for (const [tag, action] of pseudonymous)
    rows.set(tag, { rule: 'pseudonym', basic: action as Listed['basic'] });
  for (const tag of markerTags) rows.set(tag, { rule: 'marker', basic: 'marker' });
  rows.set(0x00080005, { rule: 'structure', basic: 'characterSet' });
  return rows;
}

class Place implements RulePlace {
  readonly within: (sequenceTag: number) => RulePlace;
  readonly #rows: ReadonlyMap<number, Listed>;
  readonly #own: OwnRules;
  readonly #options: ReadonlySet<ProfileOption>;
  readonly #types: TypePlace | undefined;
  readonly #isRoot: boolean;
  /** The decision for the VR an attribute was last met with: senders hardly ever disagree about it. */
  readonly #decided = new Map<number, { readonly vr: Vr; readonly decision: Decision }>();

  constructor(
    rows: ReadonlyMap<number, Listed>,
    own: OwnRules,
    options: ReadonlySet<ProfileOption>,
    types: TypePlace | undefined,
    isRoot: boolean,
    within: (sequenceTag: number) => RulePlace,
  ) {
    this.#rows = rows;
    this.#own = own;
    this.#options = options;
    this.#types = types;
    this.#isRoot = isRoot;
    this.within = within;
  }

  decide(tag: number, vr: Vr): Decision {
    const known = this.#decided.get(tag);
    if (known?.vr === vr) return known.decision;
    if (isPrivate(tag)) return privateDecision;
    const group = tag >>> 16;
    if (group < 0x0008 || (tag & 0xffff) === 0 || isRepeatingPlane(group)) return structureDecision;
    const basic = this.#byTables(tag, vr);
    const asked = this.#own.decide(tag, vr);
    const entry = lookup(tag);
    const other = asked?.action === 'ownKeep' && entry !== undefined && !isPermittedVr(vr, entry.vr);
    const decision =
      asked === undefined ? basic : judged(asked, other ? wrongVr : basic, isSequence(tag, vr));
    // Only attributes of the dictionary and of the tables are remembered, so that no sender can make this map grow.
    if (entry !== undefined || this.#rows.has(tag)) this.#decided.set(tag, { vr, decision });
    return decision;
  }

  #byTables(tag: number, vr: Vr): Decision {
    const listed = this.#rows.get(tag);
    const entry = lookup(tag);
    if (listed !== undefined) return this.#settled(tag, vr, listed, entry?.vr);
    if (entry === undefined) return unregistered;
    const group = tag >>> 16;
    if (foreignGroups.has(group) || isRetiredRange(tag)) return foreign;
    const action = unlistedAction(tag, vr, entry.vr, this.#options);
    if (action.kept) return byDefault;
    const { code, under } = action;
    return this.#settled(tag, vr, { rule: 'value-representation', basic: code, under }, entry.vr);
  }

  #settled(tag: number, vr: Vr, listed: Listed, dictionaryVr: string | undefined): Decision {
    const { rule, basic, under } = listed;
    const permitted = dictionaryVr !== undefined && isPermittedVr(vr, dictionaryVr);
    const settled = isSpecial(basic) ? basic : this.#settle(tag, basic);
    // What a listed rule keeps is judged by its VR as well.
    if (under !== undefined && permitted) {
      const otherwise = isSpecial(settled) ? 'X' : settled;
      return { action: under.action, rule, option: under.option, otherwise };
    }
    const keeps = settled === 'K' || settled === 'C' || settled === 'codeMeaning';
    return keeps && !permitted ? wrongVr : { action: settled, rule };
  }

  #settle(tag: number, code: ActionCode): SimpleAction {
    const mandatory = this.#types?.mandatoryTypeOf(tag);
    // No object of the IOD may lack it: what Table E.1-1 removes is emptied there, or a dummy.
    if (code === 'X' && mandatory !== undefined) return mandatory === 1 ? 'D' : 'Z';
    return settleAction(
      code,
      this.#types?.typeOf(tag) ?? (this.#isRoot ? typesAtTopLevel.get(tag) : undefined),
    );
  }
}

const lettingThrough: ReadonlySet<ElementAction> = new Set<ElementAction>(['ownKeep', 'clean', 'shift']);
const keeping: ReadonlySet<ElementAction> = new Set<ElementAction>(['K', 'C', 'keepUid', 'keepAge']);

/** What of an own rule edits the items of a sequence rather than replacing it. */
const recursing: ReadonlySet<ElementAction> = new Set<ElementAction>(['U', 'hash', 'pseudonym']);

/**
 * An own rule beside what the tables say: whether it lets through what they would not. What they keep anyway is kept as
 * they keep it: a value that is not what its VR says, or repeats an identifier, was not meant by "keep".
 */
function judged(asked: Decision, basic: Decision, isSequence: boolean): Decision {
  const { ownRule } = asked;
  // What was sent as something else than it is was never looked at: nobody asked for that.
  if (asked.action === 'ownKeep' && basic === wrongVr) return basic;
  if (asked.action === 'ownKeep' && (keeping.has(basic.action) || basic.action === 'keepDate'))
    return ownRule === undefined ? basic : { ...basic, rule: 'own-rule', ownRule };
  const lets = lettingThrough.has(asked.action) || (isSequence && recursing.has(asked.action));
  if (!lets || keeping.has(basic.action) || basic.action === asked.action) return asked;
  if (basic.action === 'keepDate' && asked.action === 'shift') return asked;
  return { ...asked, weakens: true };
}

function isSequence(tag: number, vr: Vr): boolean {
  return vr === 'SQ' || lookup(tag)?.vr === 'SQ';
}

function isSpecial(action: Listed['basic']): action is Exclude<ElementAction, SimpleAction> {
  return special.has(action);
}
const special: ReadonlySet<string> = new Set<Exclude<ElementAction, SimpleAction>>([
  'codeMeaning',
  'trackingId',
  'patientId',
  'patientName',
  'accessionNumber',
  'characterSet',
  'marker',
]);

/**
 * Curves (50xx) and overlays (60xx) go as whole planes: without its data the rest of a plane breaks the IOD. Variable
 * pixel data (7Fxx, retired) is pixels that nothing has looked at.
 */
function isRepeatingPlane(group: number): boolean {
  const high = group >>> 8;
  return high === 0x50 || high === 0x60 || (high === 0x7f && group !== 0x7fe0);
}

/** The tag of a row; undefined for patterns of groups (50xx, 60xx, gggg), which are decided before rows are asked. */
function tagOfRow(pattern: string): number | undefined {
  return /[xg]/.test(pattern) ? undefined : Number.parseInt(pattern.replace(',', ''), 16);
}
