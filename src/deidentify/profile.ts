import { createHash } from 'node:crypto';
import { SallyportError } from '../core/errors.ts';
import { notInTable } from './generated/not-in-table.ts';
import { registeredUidRows } from './generated/registered-uids.ts';
import { safePrivateTable } from './generated/safe-private.ts';
import { tableE11, tableEdition } from './generated/table-e1-1.ts';
import { conceptTableEdition, tableE341 } from './generated/table-e3-4-1.ts';
import { uidRoles } from './generated/uid-roles.ts';
import { iodModules, iodOfClass, itemTables, moduleTables } from './iod/generated/iod-types.ts';
import { starterRules } from './pixels/starter-rules.ts';
import { emptyDefinition, type ProfileDefinition } from './profile-definition.ts';
import { type ProfileOption, profileOptions } from './rules.ts';

/**
 * Version of the rules that stand in code rather than in tables. To be raised with every change of code that can
 * change an output: it is part of the profile revision, hence of every idempotency key.
 */
export const ruleVersion = 4;

/** What shall be done to an instance. */
export interface Profile {
  /** Name in the configuration. */
  readonly id: string;
  readonly definition: ProfileDefinition;
  readonly options: ReadonlySet<ProfileOption>;
  /** 12 hexadecimal digits over the definition, the rule tables and the rule version. */
  readonly revision: string;
}

/** Rule tables by value: made once, they are the same for every profile. */
const tablesDigest = createHash('sha256')
  .update(
    JSON.stringify([
      ruleVersion,
      tableEdition,
      tableE11,
      conceptTableEdition,
      tableE341,
      notInTable,
      uidRoles,
      registeredUidRows,
      safePrivateTable,
      [iodOfClass, iodModules, moduleTables, itemTables],
      starterRules,
    ]),
  )
  .digest('hex');

/**
 * The profile a definition describes. Throws CONFIGURATION_INVALID where options exclude each other (PS3.15 E.3.6: Full
 * and Modified Dates). The description takes no part in the revision.
 */
export function defineProfile(definition: ProfileDefinition): Profile {
  const options = new Set(definition.options);
  if (options.has('retainLongFullDates') && options.has('retainLongModifiedDates')) {
    throw new SallyportError('CONFIGURATION_INVALID', {
      detail: 'retainLongFullDates and retainLongModifiedDates exclude each other',
    });
  }
  const content = {
    ...definition,
    description: '',
    options: profileOptions.filter((option) => options.has(option)),
  };
  const revision = createHash('sha256')
    .update(JSON.stringify([content, tablesDigest]))
    .digest('hex')
    .slice(0, 12);
  return { id: definition.name, definition, options, revision };
}

/** The Basic Application Level Confidentiality Profile of PS3.15 E.2 without options. */
export const basicProfile: Profile = defineProfile(
  emptyDefinition('basic', 'Basic Application Level Confidentiality Profile without options'),
);

const builtIn: ReadonlyMap<string, Profile> = new Map([[basicProfile.id, basicProfile]]);

/** The built-in profile of that name, or undefined. */
export function builtInProfile(name: string): Profile | undefined {
  return builtIn.get(name);
}

/** The built-in profile of that name. Throws CONFIGURATION_INVALID for a name nobody defined. */
export function loadProfile(name: string): Profile {
  const profile = builtIn.get(name);
  if (profile === undefined) {
    throw new SallyportError('CONFIGURATION_INVALID', { detail: 'unknown de-identification profile' });
  }
  return profile;
}
