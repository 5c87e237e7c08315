import type { RuleName } from '../deidentify/decision.ts';
import type { AppliedAction, ReportNote } from '../deidentify/report.ts';
import type { ProfileOption } from '../deidentify/rules.ts';

/** Words for people; each list is checked against the type, so that nothing new goes without its words. */
interface ActionText {
  readonly title: string;
  readonly text: string;
}

/** What became of an element, in the order in which a page tells it. */
export const actionTexts: { readonly [A in AppliedAction]: ActionText } = {
  removed: { title: 'Removed', text: 'The attribute is no longer there.' },
  emptied: { title: 'Emptied', text: 'The attribute is there without a value, as its object demands.' },
  replaced: { title: 'Replaced', text: 'Another value that names nobody stands in place of the original.' },
  pseudonymized: {
    title: 'Pseudonymised',
    text: 'A keyed pseudonym stands in place of the original; without the key it leads nowhere.',
  },
  uidReplaced: {
    title: 'New UIDs',
    text: 'A new UID stands in place of the original; the same original gives the same new one, so that references hold.',
  },
  shifted: {
    title: 'Shifted dates',
    text: 'The date lies a whole number of weeks earlier, the same number for all dates of a patient.',
  },
  cleaned: {
    title: 'Cleaned',
    text: 'What could identify was taken out of the value; the rest stayed.',
  },
  inserted: { title: 'Inserted', text: 'The attribute was written by Sallyport.' },
  kept: { title: 'Kept', text: 'The original value left with the object.' },
};

const ruleTexts: { readonly [R in RuleName]: string } = {
  'table-e1-1': 'Basic Profile (PS3.15 Table E.1-1)',
  'not-in-table': 'Gap of Table E.1-1: judged by a list of the gateway',
  'uid-role': 'UID of an instance, a series or the like',
  supplement: 'Supplement to Table E.1-1',
  'value-representation': 'Handled by its value representation',
  private: 'Private element',
  unregistered: 'Not in the data dictionary (PS3.6)',
  structure: 'Structure of the file',
  pseudonym: 'Pseudonym',
  marker: 'States the de-identification (PS3.15 E.1.1)',
  'identifier-found': 'An identifier of the object stood in the value',
  pixels: 'Pixel data, or what describes it',
  code: 'Code outside public coding schemes, or a code of one',
  'own-rule': 'Rule of the profile',
  'safe-private': 'Safe private attribute (PS3.15 Table E.3.10-1)',
  'structured-content': 'Structured content',
  document: 'Encapsulated document',
  default: 'Not identifying: no rule asks for a change',
  'table-e3-4-1': 'Structured content (PS3.15 Table E.3.4-1)',
};

/** Options by the names PS3.15 E.3 gives them. */
const optionTexts: { readonly [O in ProfileOption]: string } = {
  retainSafePrivate: 'Retain Safe Private Option',
  retainUids: 'Retain UIDs Option',
  retainDeviceIdentity: 'Retain Device Identity Option',
  retainInstitutionIdentity: 'Retain Institution Identity Option',
  retainPatientCharacteristics: 'Retain Patient Characteristics Option',
  retainLongFullDates: 'Retain Longitudinal Temporal Information with Full Dates Option',
  retainLongModifiedDates: 'Retain Longitudinal Temporal Information with Modified Dates Option',
  cleanDescriptors: 'Clean Descriptors Option',
  cleanStructuredContent: 'Clean Structured Content Option',
  cleanGraphics: 'Clean Graphics Option',
};

const noteTexts: { readonly [N in ReportNote]: string } = {
  'patient-id-missing': 'There was no Patient ID: the pseudonym belongs to the study, not to the patient.',
  'unused-bits-cleared': 'Bits beside the stored pixel values, which can hold overlays, were set to zero.',
  'codestream-metadata-removed': 'Comments and metadata inside compressed images were removed.',
};

/** The rule of a report in words; the word itself where it is none of ours. */
export function ruleText(rule: string): string {
  const own = /^own-rule (\d+)$/.exec(rule);
  if (own !== null) return `Rule ${own[1]} of the profile`;
  return textOf(ruleTexts, rule) ?? textOf(optionTexts, rule) ?? rule;
}

export function optionText(option: string): string {
  return textOf(optionTexts, option) ?? option;
}

export function noteText(note: string): string {
  return textOf(noteTexts, note) ?? note;
}

function textOf(texts: Readonly<Record<string, string>>, word: string): string | undefined {
  return Object.hasOwn(texts, word) ? texts[word] : undefined;
}
