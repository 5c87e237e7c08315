import type { SimpleAction } from './actions.ts';
import type { ProfileOption } from './rules.ts';

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
  | 'own-rule'
  | 'safe-private'
  | 'structured-content'
  | 'document'
  | 'default'
  | 'table-e3-4-1';

/** What is done to an element wherever it stands, before its value is looked at. */
export type ElementAction =
  | SimpleAction
  | 'codeMeaning'
  | 'trackingId'
  | 'patientId'
  | 'patientName'
  | 'accessionNumber'
  | 'characterSet'
  | 'marker'
  /** Text without identifiers (Clean Descriptors and the like). */
  | 'clean'
  /** The patient's whole weeks earlier. */
  | 'shift'
  /** A date or time that is one; a UID that is one; an age, capped. */
  | 'keepDate'
  | 'keepUid'
  | 'keepAge'
  /** Own rules: as it is; a text of the author; keyed tokens. */
  | 'ownKeep'
  | 'ownText'
  | 'hash'
  | 'pseudonym';

export interface Decision {
  readonly action: ElementAction;
  readonly rule: RuleName;
  /** The option of PS3.15 E.3 that stands in place of the basic action. */
  readonly option?: ProfileOption;
  /** What is done where the action cannot be: a date that is none, text of which nothing is left. */
  readonly otherwise?: SimpleAction;
  /** Which of the profile's own rules, from 0, and its text. */
  readonly ownRule?: number;
  readonly value?: string;
  /** An own rule lets through what the standard does not: no conformance is claimed for the instance. */
  readonly weakens?: true;
}
