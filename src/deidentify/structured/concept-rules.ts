import { tableE341 } from '../generated/table-e3-4-1.ts';
import { type ProfileOption, profileOptions } from '../rules.ts';
import { type ConceptRow, type ContentValueType, contentValueTypes } from './concept-row.ts';

/** A concept name, as its code tells it. */
export interface Concept {
  readonly scheme: string;
  readonly code: string;
}

/** What is done to the value of a content item. */
export type ContentAction =
  /** The item goes; where it has to stay (others hang on it), its value becomes a dummy. */
  | 'remove'
  | 'dummy'
  /** The value stays after it was looked at. */
  | 'keep'
  /** Text without what identifies; where nothing is left, the basic action. */
  | 'clean'
  | 'shift'
  | 'remapUid'
  /** A pseudonym for an identifier of a finding. */
  | 'token'
  /** Codes, numbers, coordinates, references, containers: the rules for attributes are enough. */
  | 'attributes';

/** Where a decision comes from: the table, or the value type where the table does not name the concept. */
export type ContentRule = 'table-e3-4-1' | 'supplement' | 'structured-content';

export interface ContentDecision {
  readonly action: ContentAction;
  /** What is done where the action cannot be: text that cannot be cleaned, a date that is none. */
  readonly otherwise: 'remove' | 'dummy';
  readonly rule: ContentRule;
  /** The option that stands in place of the basic action. */
  readonly option?: ProfileOption;
}

/** The options as far as content items heed them. */
export interface ContentOptions {
  readonly options: ReadonlySet<ProfileOption>;
  /** Dates of kept devices stay although Modified Dates shifts them. */
  readonly trueDeviceDates: boolean;
}

/** SNOMED-RT identifiers (PS3.16 Table O-1) of the SNOMED CT concepts in the table. */
const retiredSnomed: ReadonlyMap<string, string> = new Map([
  ['DD-60002', '116224001'],
  ['F-02455', '160476009'],
  ['F-00033', '271921002'],
  ['G-C0E3', '363698007'],
  ['R-42B89', '371524004'],
  ['G-D320', '397898000'],
  ['DF-0070B', '398164008'],
  ['G-D321', '398201009'],
  ['DF-0068E', '398325003'],
  ['PA-30029', '440252007'],
]);

/** Retired designators of SNOMED-RT codes (PS3.16 8.1). */
const retiredDesignators: ReadonlySet<string> = new Set(['SRT', 'SNM3', '99SDM']);

/** Designators that name a scheme of the table in another way (PS3.16 Table 8-1). */
const otherDesignators: ReadonlyMap<string, string> = new Map([
  ['SNOMED-CT', 'SCT'],
  ['LOINC', 'LN'],
  ['NCDR', 'NCDR [2.0b]'],
]);

/**
 * Concepts of TEXT that the table does not name and that say what made the object, as Manufacturer and Manufacturer's
 * Model Name do, which Table E.1-1 lets stay: algorithm name, version and maker, makers and models of devices.
 */
const keptText: ReadonlySet<string> = new Set(
  '111001 111003 122405 113878 113879 121014 121015 121194 121195'.split(' ').map((code) => `DCM ${code}`),
);
/** Tracking Identifier: mandatory beside a Tracking UID, and typed by people (Tracking ID 0062,0020 in images). */
const trackingIdentifier = 'DCM 112039';

/**
 * Subject Age, Subject Sex and Subject Birth Date as other schemes name them: characteristics of the patient that
 * Table E.3.4-1 lists under the codes of DICOM alone.
 */
const otherCodes: ReadonlyMap<string, string> = new Map([
  ...['SCT 397669002', 'SCT 424144002', 'LN 30525-0', 'LN 21612-7', 'LN 29553-5', 'LN 63900-5'].map(
    (name) => [name, '121033'] as const,
  ),
  ...['SCT 263495000', 'SCT 184100006', 'LN 46098-0', 'LN 21840-4', 'LN 72143-1', 'LN 76689-9'].map(
    (name) => [name, '121032'] as const,
  ),
  ...['SCT 184099003', 'LN 21112-8'].map((name) => [name, '121031'] as const),
]);

const rows = new Map<string, ConceptRow>(
  tableE341.map((row) => [`${row.scheme} ${row.code} ${row.valueType}`, row]),
);
const valueTypes: ReadonlySet<string> = new Set(contentValueTypes);

/** The value type named, or undefined where PS3.3 knows none of that name. */
export function contentValueType(text: string): ContentValueType | undefined {
  return valueTypes.has(text) ? (text as ContentValueType) : undefined;
}

/** The row of Table E.3.4-1 for items of this concept name and value type; retired codes count as the present ones. */
export function conceptRow(concept: Concept, valueType: ContentValueType): ConceptRow | undefined {
  const { scheme, code } = presentCode(concept);
  return rows.get(`${scheme} ${code} ${valueType}`);
}

/** The concept by the code that the table has for it: present in place of retired, of DICOM in place of others. */
export function presentCode(concept: Concept): Concept {
  const present = presentSnomed(concept);
  const code = otherCodes.get(`${present.scheme} ${present.code}`);
  return code === undefined ? present : { scheme: 'DCM', code };
}

/** Subject Birth Date, whatever value type it was given: no option keeps it. */
function isBirth(concept: Concept): boolean {
  const { scheme, code } = presentCode(concept);
  return scheme === 'DCM' && code === '121031';
}

function presentSnomed({ scheme, code }: Concept): Concept {
  if (retiredDesignators.has(scheme)) {
    const present = retiredSnomed.get(code);
    if (present !== undefined) return { scheme: 'SCT', code: present };
  }
  return { scheme: otherDesignators.get(scheme) ?? scheme, code };
}

/**
 * What becomes of a content item (PS3.15 E.3.4): by its row of Table E.3.4-1 and the options of the profile, else by its
 * value type, text and names being denied. Options are weighed as in the header: where one keeps and another cleans,
 * cleaning wins.
 *
 * References and UIDs that the table removes or replaces get the keyed replacement of every other UID: nothing of the
 * original is left, and they still resolve.
 */
export function decideContent(
  valueType: ContentValueType,
  concept: Concept | undefined,
  profile: ContentOptions,
): ContentDecision {
  const row = concept === undefined ? undefined : conceptRow(concept, valueType);
  return row === undefined ? decideUnlisted(valueType, concept, profile) : decideListed(row, profile);
}

function decideListed({ valueType, basic, options }: ConceptRow, profile: ContentOptions): ContentDecision {
  const otherwise = basic === 'X' ? 'remove' : 'dummy';
  const decided = (action: ContentAction, option?: ProfileOption): ContentDecision => ({
    action,
    otherwise,
    rule: 'table-e3-4-1',
    ...(option === undefined ? {} : { option }),
  });
  const first = (code: 'K' | 'C'): ProfileOption | undefined =>
    profileOptions.find((option) => options[option] === code && profile.options.has(option));
  const cleaned = first('C');
  const kept = first('K');
  const keepsTrueDate =
    profile.trueDeviceDates && cleaned === 'retainLongModifiedDates' && kept === 'retainDeviceIdentity';
  switch (valueType) {
    case 'IMAGE':
    case 'WAVEFORM':
    case 'COMPOSITE':
      return decided('attributes', kept);
    case 'UIDREF':
      return kept === undefined ? decided('remapUid') : decided('keep', kept);
    case 'CODE':
    case 'NUM':
    case 'CONTAINER':
      return kept === undefined ? decided(otherwise) : decided('attributes', kept);
    default:
      if (cleaned !== undefined && !keepsTrueDate)
        return decided(cleaned === 'retainLongModifiedDates' ? 'shift' : 'clean', cleaned);
      return kept === undefined ? decided(otherwise) : decided('keep', kept);
  }
}

function decideUnlisted(
  valueType: ContentValueType,
  concept: Concept | undefined,
  { options }: ContentOptions,
): ContentDecision {
  const decided = (action: ContentAction, option?: ProfileOption): ContentDecision => ({
    action,
    otherwise: 'remove',
    rule: 'structured-content',
    ...(option === undefined ? {} : { option }),
  });
  switch (valueType) {
    case 'TEXT': {
      const name = `${concept?.scheme} ${concept?.code}`;
      if (name === trackingIdentifier) return { action: 'token', otherwise: 'dummy', rule: 'supplement' };
      return keptText.has(name) ? { ...decided('keep'), rule: 'supplement' } : decided('remove');
    }
    case 'DATE':
    case 'TIME':
    case 'DATETIME':
      if (concept !== undefined && isBirth(concept)) return { ...decided('remove'), rule: 'supplement' };
      if (options.has('retainLongFullDates')) return decided('keep', 'retainLongFullDates');
      return options.has('retainLongModifiedDates')
        ? decided('shift', 'retainLongModifiedDates')
        : decided('remove');
    case 'UIDREF':
      return options.has('retainUids') ? decided('keep', 'retainUids') : decided('remapUid');
    case 'PNAME':
    // Cells of a table are text, names and dates without concept names of their own.
    case 'TABLE':
      return decided('remove');
    default:
      return decided('attributes');
  }
}

/** Every row of Table E.3.4-1 with what becomes of its content items under a profile; for those who read what a profile does. */
export function listedContent(
  profile: ContentOptions,
): readonly { readonly row: ConceptRow; readonly decision: ContentDecision }[] {
  return tableE341.map((row) => ({ row, decision: decideListed(row, profile) }));
}
