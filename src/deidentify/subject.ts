import type { DataSet } from '../dicom/data-set.ts';
import type { Identifiers } from './identifiers.ts';
import { canonicalIdentifier, type Pseudonyms } from './pseudonyms.ts';
import type { RuleBook } from './rule-book.ts';
import { identifiersOf } from './text/collect-identifiers.ts';
import { textAt } from './text.ts';

/** Whom the object is about, as far as replacing its identity needs it. */
export interface Subject {
  /** Pseudonym of the patient, for Patient ID and Patient's Name. */
  readonly token: string;
  /** True when there was no Patient ID: the token belongs to the study. */
  readonly anonymous: boolean;
  /** Shift of the object's dates, days: one for all dates in all objects of a patient, or of the study where there is no ID. */
  dateShiftDays(): number;
  /** Pseudonym for the Patient ID inside an item, which may be another patient's. */
  tokenOf(item: DataSet): string;
  /** The object's identifiers, to be kept out of every other text. */
  readonly identifiers: Identifiers;
}

const patientIdTag = 0x00100020;
const issuerTag = 0x00100021;
const studyInstanceUidTag = 0x0020000d;

/** Reads who the object is about. Nothing of it is kept beyond the instance. */
export function readSubject(dataSet: DataSet, pseudonyms: Pseudonyms, book: RuleBook): Subject {
  const issuer = textAt(dataSet, issuerTag);
  const id = textAt(dataSet, patientIdTag);
  // An ID of nothing but blanks of any kind is none: all such patients would be one.
  const anonymous = canonicalIdentifier(id) === '';
  const token = anonymous
    ? pseudonyms.patientIdOfStudy(textAt(dataSet, studyInstanceUidTag))
    : pseudonyms.patientId(issuer, id);
  let shiftDays: number | undefined;
  return {
    token,
    anonymous,
    dateShiftDays() {
      // Asked for every date of the object.
      shiftDays ??= anonymous
        ? pseudonyms.dateShiftDaysOfStudy(textAt(dataSet, studyInstanceUidTag))
        : pseudonyms.dateShiftDays(issuer, id);
      return shiftDays;
    },
    tokenOf(item) {
      const itemId = textAt(item, patientIdTag);
      if (canonicalIdentifier(itemId) === '') return token;
      // An item seldom repeats the issuer; the object's own then is the likely one.
      return pseudonyms.patientId(textAt(item, issuerTag) || issuer, itemId);
    },
    identifiers: identifiersOf(dataSet, (tag, vr) => book.retains(tag, vr)),
  };
}
