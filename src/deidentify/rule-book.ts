import type { Vr } from '../dicom/data-set.ts';
import { isPrivate, lookup } from '../dicom/dictionary.ts';
import { type SimpleAction, settleAction, typesAtTopLevel } from './actions.ts';
import { notInTable } from './generated/not-in-table.ts';
import { tableE11 } from './generated/table-e1-1.ts';
import { uidRoles } from './generated/uid-roles.ts';
import type { Profile } from './profile.ts';
import type { ActionCode, GapAction } from './rules.ts';
import { foreignGroups, isRetiredRange, keptBinary, keptLongText, supplement } from './supplement.ts';

/** Where a decision comes from; the words of the report. */
export type RuleName =
  | 'table-e1-1'
  | 'not-in-table'
  | 'uid-role'
  | 'supplement'
  | 'value-representation'
  | 'private'
  | 'unregistered'
  | 'structure'
  | 'pseudonym'
  | 'marker'
  | 'identifier-found'
  | 'pixels'
  | 'code'
  | 'default';

/** What is done to an element wherever it stands, before its value is looked at. */
export type ElementAction =
  | SimpleAction
  | 'codeMeaning'
  | 'trackingId'
  | 'patientId'
  | 'patientName'
  | 'accessionNumber'
  | 'characterSet'
  | 'marker';

export interface Decision {
  readonly action: ElementAction;
  readonly rule: RuleName;
}

/** Decides by tag, VR and depth (0 for the object itself). One book serves any number of instances. */
export interface RuleBook {
  decide(tag: number, vr: Vr, depth: number): Decision;
}

/** Attributes written by us at the top level, whatever was received (PS3.15 E.1.1, E.2; facts: deid-codes). */
export const markerTags: ReadonlySet<number> = new Set([0x00120062, 0x00120063, 0x00120064, 0x00280303]);

const pseudonymous: ReadonlyMap<number, ElementAction> = new Map<number, ElementAction>([
  [0x00100020, 'patientId'],
  [0x00100010, 'patientName'],
  [0x00080050, 'accessionNumber'],
]);

const privateDecision: Decision = { action: 'X', rule: 'private' };

/** The rules of a profile, ready for look-up. */
export function createRuleBook(profile: Profile): RuleBook {
  // Options of PS3.15 E.3 change rows of the table here; the built-in profile has none.
  const rows = new Map<number, Decision>();
  for (const row of uidRoles) addRow(rows, row.tag, { action: 'U', rule: 'uid-role' });
  for (const row of notInTable) addRow(rows, row.tag, { action: gapAction(row.basic), rule: 'not-in-table' });
  for (const [tag, code] of supplement) rows.set(tag, { action: settle(code), rule: 'supplement' });
  for (const row of tableE11)
    addRow(rows, row.tag, { action: tableAction(row.tag, row.basic), rule: 'table-e1-1' });
  for (const [tag, action] of pseudonymous) rows.set(tag, { action, rule: 'pseudonym' });
  for (const tag of markerTags) rows.set(tag, { action: 'marker', rule: 'marker' });
  rows.set(0x00080005, { action: 'characterSet', rule: 'structure' });
  const atTop = new Map<number, Decision>();
  for (const row of tableE11) {
    const type = typesAtTopLevel.get(tagOfRow(row.tag) ?? -1);
    if (type !== undefined)
      addRow(atTop, row.tag, { action: settleAction(row.basic, type), rule: 'table-e1-1' });
  }
  // The decision for the VR an attribute was last met with: senders hardly ever disagree about it.
  const decided = new Map<number, { readonly vr: Vr; readonly decision: Decision }>();
  if (profile.options.size > 0) throw new TypeError('no option is implemented');
  return {
    decide(tag, vr, depth) {
      if (isPrivate(tag)) return privateDecision;
      const settled = depth === 0 ? atTop.get(tag) : undefined;
      if (settled !== undefined) return settled;
      const known = decided.get(tag);
      if (known?.vr === vr) return known.decision;
      const decision = decideAnew(rows, tag, vr);
      // Only attributes of the dictionary and of the tables are remembered, so that no sender can make this map grow.
      if (decision.rule !== 'unregistered' && decision.rule !== 'structure')
        decided.set(tag, { vr, decision });
      return decision;
    },
  };
}

function decideAnew(rows: ReadonlyMap<number, Decision>, tag: number, vr: Vr): Decision {
  const group = tag >>> 16;
  if (group < 0x0008 || (tag & 0xffff) === 0 || isRepeatingPlane(group))
    return { action: 'X', rule: 'structure' };
  const listed = rows.get(tag);
  const entry = lookup(tag);
  if (listed !== undefined) {
    // What a listed rule keeps is judged by its VR as well.
    const keeps = listed.action === 'K' || listed.action === 'C' || listed.action === 'codeMeaning';
    const judged = !keeps || (entry !== undefined && isPermittedVr(vr, entry.vr));
    return judged ? listed : { action: 'X', rule: 'value-representation' };
  }
  if (entry === undefined) return { action: 'X', rule: 'unregistered' };
  if (foreignGroups.has(group) || isRetiredRange(tag)) return { action: 'X', rule: 'supplement' };
  return decideByVr(tag, vr, entry.vr);
}

/**
 * Curves (50xx) and overlays (60xx) go as whole planes: without its data the rest of a plane breaks the IOD. Variable
 * pixel data (7Fxx, retired) is pixels that nothing has looked at.
 */
function isRepeatingPlane(group: number): boolean {
  const high = group >>> 8;
  return high === 0x50 || high === 0x60 || (high === 0x7f && group !== 0x7fe0);
}

/** Attributes nobody lists. PS3.15 E.1 suggests handling by VR; what cannot be judged goes. */
function decideByVr(tag: number, vr: Vr, dictionaryVr: string): Decision {
  const removed: Decision = { action: 'X', rule: 'value-representation' };
  const kept: Decision = { action: 'K', rule: 'default' };
  if (!isPermittedVr(vr, dictionaryVr)) return removed;
  switch (vr) {
    case 'DA':
    case 'TM':
    case 'DT':
    case 'PN':
      return { action: settle('X/Z/D'), rule: 'value-representation' };
    case 'AE':
    case 'UR':
    case 'UN':
      return removed;
    case 'LT':
    case 'ST':
    case 'UT':
    case 'UC':
      return keptLongText.has(tag) ? kept : removed;
    case 'OB':
      return keptBinary.has(tag) ? kept : removed;
    case 'UI':
      return { action: 'U', rule: 'value-representation' };
    case 'AS':
    case 'AT':
    case 'CS':
    case 'DS':
    case 'FD':
    case 'FL':
    case 'IS':
    case 'LO':
    case 'OD':
    case 'OF':
    case 'OL':
    case 'OV':
    case 'OW':
    case 'SH':
    case 'SL':
    case 'SQ':
    case 'SS':
    case 'SV':
    case 'UL':
    case 'US':
    case 'UV':
      return kept;
    default:
      return unreachable(vr);
  }
}

const numeric: ReadonlySet<string> = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV', 'AT']);
const numericText: ReadonlySet<string> = new Set(['DS', 'IS']);
const shortText: ReadonlySet<string> = new Set(['SH', 'LO', 'CS']);
const words: ReadonlySet<string> = new Set(['OB', 'OW', 'US', 'SS']);

/**
 * Whether a value may be judged by the VR it was sent with. Senders mix up short text VRs and number sizes; text sent
 * as bytes, or bytes as numbers, would pass unseen, so such an element is removed.
 */
function isPermittedVr(vr: Vr, dictionaryVr: string): boolean {
  if (vr === dictionaryVr) return true;
  const allowed = dictionaryVr.split(' or ');
  if (allowed.includes(vr)) return true;
  const first = allowed[0] ?? '';
  for (const family of [numeric, numericText, shortText])
    if (family.has(first) && family.has(vr)) return true;
  return allowed.length > 1 && words.has(vr);
}

/** The tag of a row; undefined for patterns of groups (50xx, 60xx, gggg), which are decided before rows are asked. */
function tagOfRow(pattern: string): number | undefined {
  return /[xg]/.test(pattern) ? undefined : Number.parseInt(pattern.replace(',', ''), 16);
}

function addRow(rows: Map<number, Decision>, pattern: string, decision: Decision): void {
  const tag = tagOfRow(pattern);
  if (tag !== undefined) rows.set(tag, decision);
}

function tableAction(tag: string, code: ActionCode): SimpleAction {
  // The table gives D for this UID; a constant would join all annotations of all patients, so it is remapped.
  if (tag === '006A,0003') return 'U';
  return settle(code);
}

/** Types per IOD are not consulted yet; unknown is always safe. */
function settle(code: ActionCode): SimpleAction {
  return settleAction(code, undefined);
}

function gapAction(action: GapAction): ElementAction {
  return action === 'codeMeaning' || action === 'trackingId' ? action : settle(action);
}

function unreachable(vr: never): never {
  throw new TypeError(`no such VR: ${String(vr)}`);
}
