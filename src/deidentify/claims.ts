import type { ProfileOption } from './rules.ts';

/** What may be said of one instance in the end (PS3.15 E.1.1): collected while it is edited. */
export interface Claims {
  /** Options by which something of this instance was decided. */
  readonly options: Set<ProfileOption>;
  /** An own rule let through what the standard does not: nothing is claimed. */
  weakened: boolean;
}

export function noClaims(): Claims {
  return { options: new Set(), weakened: false };
}
