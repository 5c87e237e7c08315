import type { OwnAction } from '../deidentify/profile-definition.ts';
import { isTextVr } from './values.ts';

const freeText: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

/**
 * Why an action cannot be done to a VR, as the end of a sentence; undefined when it can. What cannot be done would leave
 * a value that is illegal, or a rule that never does what its author thinks.
 */
export function actionFault(action: OwnAction, vr: string): string | undefined {
  switch (action) {
    case 'keep':
      if (vr === 'UN') return 'nothing can be said of what is inside UN; it is removed';
      return undefined;
    case 'remove':
    case 'empty':
      return undefined;
    case 'replace':
      return isTextVr(vr)
        ? undefined
        : `replace writes text, and VR ${vr} does not hold text; use remove or empty`;
    case 'hash':
    case 'pseudonym':
      return freeText.has(vr)
        ? undefined
        : `${action} writes a token, which VR ${vr} cannot hold; use remove or empty`;
    case 'clean':
      if (freeText.has(vr) || vr === 'SQ') return undefined;
      return `clean works on text and sequences, not on VR ${vr}; use remove or empty`;
    case 'shift':
      if (vr === 'DA' || vr === 'DT') return undefined;
      if (vr === 'TM')
        return 'dates are shifted by whole weeks, so a time is not changed by it; use keep, remove or empty';
      return `shift works on dates (DA, DT), not on VR ${vr}`;
    case 'uid':
      return vr === 'UI' ? undefined : `uid works on UIDs (UI), not on VR ${vr}; use hash or remove`;
    default:
      return action satisfies never;
  }
}
