/**
 * Words of the rule tables (PS3.15 E.1): action codes, options, and the shape of a row. The tables themselves are data,
 * generated from the facts of the project by scripts/generate-deidentify-tables.ts.
 */

/** Action codes of PS3.15 Table E.1-1; a compound one is settled by the attribute's Type, last part first when unknown. */
export const actionCodes = ['D', 'Z', 'X', 'K', 'C', 'U', 'Z/D', 'X/Z', 'X/D', 'X/Z/D', 'X/Z/U*'] as const;
export type ActionCode = (typeof actionCodes)[number];

/** Options of PS3.15 E.3, in the order of the columns of Table E.1-1. */
export const profileOptions = [
  'retainSafePrivate',
  'retainUids',
  'retainDeviceIdentity',
  'retainInstitutionIdentity',
  'retainPatientCharacteristics',
  'retainLongFullDates',
  'retainLongModifiedDates',
  'cleanDescriptors',
  'cleanStructuredContent',
  'cleanGraphics',
] as const;
export type ProfileOption = (typeof profileOptions)[number];

/** What an option says instead of the basic action; an option that says nothing of a row is absent. */
export type OptionActions = { readonly [O in ProfileOption]?: 'K' | 'C' };

/** One row of Table E.1-1. `tag` is GGGG,EEEE; x stands for any digit, `gggg,eeee` for every private element. */
export interface TableRow {
  readonly tag: string;
  readonly keyword: string;
  readonly vr: string;
  readonly inStandardIod: boolean;
  readonly basic: ActionCode;
  readonly options: OptionActions;
}

/** Rules of our own for attributes the table omits, beside its codes. */
export type GapAction = ActionCode | 'codeMeaning' | 'trackingId';

/** One attribute of PS3.6 that Table E.1-1 omits although it can identify. */
export interface GapRow {
  readonly tag: string;
  readonly keyword: string;
  readonly vr: string;
  readonly risk: string;
  readonly basic: GapAction;
  readonly options: OptionActions;
}

/**
 * What a UI attribute's values name: `instance` and `organisation` are replaced unless PS3.6 registers the value;
 * `definition` (classes, syntaxes, coding schemes) stays when registered.
 */
export type UidRole =
  | 'command'
  | 'instance'
  | 'definition'
  | 'organisation'
  | 'device'
  | 'implementation'
  | 'by-value';

export interface UidRoleRow {
  readonly tag: string;
  readonly role: UidRole;
}

/** A code of PS3.16 CID 7050, by the option it stands for; `basic` is the profile itself. */
export interface MethodCode {
  readonly code: string;
  readonly meaning: string;
}

/** One row of Table E.3.10-1. `tag` is GGGG,xxEE: the block xx is whichever the creator reserved in the file. */
export interface SafePrivateRow {
  readonly creator: string;
  readonly tag: string;
  /** '' where the vendor has not published it. */
  readonly vr: string;
  readonly vm: string;
  readonly handling:
    | 'numeric-or-code'
    | 'remap-uid'
    | 'recurse'
    | 'text-check'
    | 'opaque-binary'
    | 'vr-not-published';
}
