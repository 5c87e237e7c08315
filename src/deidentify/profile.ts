import { createHash } from 'node:crypto';
import { SallyportError } from '../core/errors.ts';
import { notInTable } from './generated/not-in-table.ts';
import { registeredUidRows } from './generated/registered-uids.ts';
import { tableE11, tableEdition } from './generated/table-e1-1.ts';
import { uidRoles } from './generated/uid-roles.ts';
import type { ProfileOption } from './rules.ts';

/**
 * Version of the rules that stand in code rather than in tables. To be raised with every change of code that can
 * change an output: it is part of the profile revision, hence of every idempotency key.
 */
export const ruleVersion = 2;

/** What shall be done to an instance. */
export interface Profile {
  /** Name in the configuration. */
  readonly id: string;
  /** Options of PS3.15 E.3 that apply beside the basic profile. */
  readonly options: readonly ProfileOption[];
  /** 12 hexadecimal digits over the content above, the rule tables and the rule version. */
  readonly revision: string;
}

function defineProfile(id: string, options: readonly ProfileOption[]): Profile {
  const content = [id, options, ruleVersion, tableEdition, tableE11, notInTable, uidRoles, registeredUidRows];
  const revision = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12);
  return { id, options, revision };
}

/** The Basic Application Level Confidentiality Profile of PS3.15 E.2 without options. */
export const basicProfile: Profile = defineProfile('basic', []);

const builtIn: ReadonlyMap<string, Profile> = new Map([[basicProfile.id, basicProfile]]);

/** The built-in profile of that name. Throws CONFIGURATION_INVALID for a name nobody defined. */
export function loadProfile(name: string): Profile {
  const profile = builtIn.get(name);
  if (profile === undefined) {
    throw new SallyportError('CONFIGURATION_INVALID', { detail: 'unknown de-identification profile' });
  }
  return profile;
}
