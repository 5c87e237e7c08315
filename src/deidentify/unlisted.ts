import type { Vr } from '../dicom/data-set.ts';
import type { ElementAction } from './decision.ts';
import type { ActionCode, ProfileOption } from './rules.ts';
import { keptBinary, keptLongText } from './supplement.ts';

/** What is done with an attribute that nobody lists: an action, or a code that its Type settles. */
export type UnlistedAction =
  | { readonly kept: true }
  | {
      readonly kept: false;
      readonly code: ActionCode;
      readonly under?: { readonly option: ProfileOption; readonly action: ElementAction };
    };

const kept: UnlistedAction = { kept: true };
const removed: UnlistedAction = { kept: false, code: 'X' };

/** Dates of context groups (PS3.3 8.8): public ones, which would give the shift away. */
const publicDates: ReadonlySet<number> = new Set([0x00080106, 0x00080107]);

/** PS3.15 E.1 suggests handling by VR; what cannot be judged goes. */
export function unlistedAction(
  tag: number,
  vr: Vr,
  dictionaryVr: string,
  options: ReadonlySet<ProfileOption>,
): UnlistedAction {
  if (!isPermittedVr(vr, dictionaryVr)) return removed;
  switch (vr) {
    case 'DA':
    case 'TM':
    case 'DT':
      return temporal(tag, vr, options);
    case 'PN':
      return { kept: false, code: 'X/Z/D' };
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
      return { kept: false, code: 'U' };
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

/** Dates and times nobody lists, under the options about time like those that are listed. */
export function temporal(tag: number, vr: string, options: ReadonlySet<ProfileOption>): UnlistedAction {
  const code = 'X/Z/D';
  if (options.has('retainLongFullDates'))
    return { kept: false, code, under: { option: 'retainLongFullDates', action: 'keepDate' } };
  if (options.has('retainLongModifiedDates') && !publicDates.has(tag)) {
    const action = vr === 'TM' ? 'keepDate' : 'shift';
    return { kept: false, code, under: { option: 'retainLongModifiedDates', action } };
  }
  return { kept: false, code };
}

const numeric: ReadonlySet<string> = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV', 'AT']);
const numericText: ReadonlySet<string> = new Set(['DS', 'IS']);
const shortText: ReadonlySet<string> = new Set(['SH', 'LO', 'CS']);
const words: ReadonlySet<string> = new Set(['OB', 'OW', 'US', 'SS']);

/**
 * Whether a value may be judged by the VR it was sent with. Senders mix up short text VRs and number sizes; text sent
 * as bytes, or bytes as numbers, would pass unseen, so such an element is removed.
 */
export function isPermittedVr(vr: Vr, dictionaryVr: string): boolean {
  if (vr === dictionaryVr) return true;
  const allowed = dictionaryVr.split(' or ');
  if (allowed.includes(vr)) return true;
  const first = allowed[0] ?? '';
  for (const family of [numeric, numericText, shortText])
    if (family.has(first) && family.has(vr)) return true;
  return allowed.length > 1 && words.has(vr);
}

function unreachable(vr: never): never {
  throw new TypeError(`no such VR: ${String(vr)}`);
}
