import { type ErrorCode, errorRow } from '../core/errors.ts';
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import type { Deidentified } from '../dicom/deidentified.ts';
import { textElement, withElements } from '../dicom/edit.ts';
import type { Part10 } from '../dicom/part10.ts';
import { has } from '../dicom/values.ts';
import { type EditContext, editDataSet } from './edit.ts';
import { markerElements } from './markers.ts';
import { cleanPixels } from './pixels/clean.ts';
import { assessObject } from './pixels/risk.ts';
import type { Profile } from './profile.ts';
import { canonicalUid, type Pseudonyms } from './pseudonyms.ts';
import { type DeidentificationReport, ReportBuilder } from './report.ts';
import { createRuleBook, type RuleBook } from './rule-book.ts';
import { readSubject } from './subject.ts';
import { textAt } from './text.ts';

export interface DeidentifyOptions {
  readonly profile: Profile;
  readonly pseudonyms: Pseudonyms;
  /** Codes a person has accepted for this instance; only releasable ones have an effect. */
  readonly releasedCodes?: readonly string[];
}

export type DeidentifyResult =
  | {
      readonly kind: 'deidentified';
      readonly value: Deidentified;
      readonly report: DeidentificationReport;
    }
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly detail?: string };

/** What is read of an instance; the rest of it (preamble, File Meta Information) never reaches the output. */
export type DeidentifyInput = Pick<Part10, 'dataSet' | 'transferSyntaxUid'>;

const sopClassUidTag = 0x00080016;
const sopInstanceUidTag = 0x00080018;
const studyInstanceUidTag = 0x0020000d;
const seriesInstanceUidTag = 0x0020000e;
const patientNameTag = 0x00100010;
const patientIdTag = 0x00100020;

/** Rule books by profile: made once, they hold nothing of any instance. */
const books = new WeakMap<Profile, RuleBook>();

/**
 * De-identifies one instance under a profile (PS3.15 Annex E), or says why a person has to look at it. Pixels are judged
 * first, while the identifiers are still known, then every element at every depth is kept, replaced or removed by the
 * rules. The input is not changed; values that stay are referred to where they were received.
 *
 * What is held: objects whose content the profile cannot clean, pixels likely to carry burned-in text, instances without
 * the UIDs that delivery needs. Throws SallyportError from reading the values; any other exception is a fault of the
 * rules, and the caller holds the instance.
 */
export function deidentify(input: DeidentifyInput, options: DeidentifyOptions): DeidentifyResult {
  const { dataSet, transferSyntaxUid } = input;
  const { profile, pseudonyms } = options;
  const released = new Set(options.releasedCodes ?? []);
  for (const { code, detail } of assessObject(dataSet, transferSyntaxUid)) {
    if (errorRow(code).releasable === true && released.has(code)) continue;
    return detail === undefined ? { kind: 'held', code } : { kind: 'held', code, detail };
  }
  for (const tag of [sopInstanceUidTag, studyInstanceUidTag, seriesInstanceUidTag]) {
    if (canonicalUid(textAt(dataSet, tag)) === '') return missing(tag);
  }
  const report = new ReportBuilder();
  const pixels = cleanPixels(dataSet, transferSyntaxUid);
  if (pixels.kind === 'held') return pixels;
  for (const note of pixels.notes) report.note(note);
  for (const tag of pixels.cleaned) report.add(report.root, tag, 'cleaned', 'pixels');
  const subject = readSubject(dataSet, pseudonyms);
  if (subject.anonymous) report.note('patient-id-missing');
  const context: EditContext = { book: bookOf(profile), pseudonyms, subject, report };
  const edited = editDataSet(context, pixels.dataSet, report.root, 0);
  const finished = insert(edited, [
    ...missingPatient(context, edited),
    ...markerElements(context, dataSet, profile),
  ]);
  const value = {
    dataSet: finished,
    sopClassUid: textAt(finished, sopClassUidTag),
    sopInstanceUid: textAt(finished, sopInstanceUidTag),
    studyInstanceUid: textAt(finished, studyInstanceUidTag),
    seriesInstanceUid: textAt(finished, seriesInstanceUidTag),
    transferSyntaxUid,
    profileRevision: profile.revision,
  };
  return {
    kind: 'deidentified',
    // The one place where the brand is given: everything above has run.
    value: value as Deidentified,
    report: report.build({
      profile: profile.id,
      profileRevision: profile.revision,
      keyId: pseudonyms.keyId,
    }),
  };
}

function missing(tag: number): DeidentifyResult {
  const detail = tag.toString(16).padStart(8, '0');
  return {
    kind: 'held',
    code: 'REQUIRED_ATTRIBUTE_MISSING',
    detail: `${detail.slice(0, 4)},${detail.slice(4)}`,
  };
}

function bookOf(profile: Profile): RuleBook {
  const known = books.get(profile);
  if (known !== undefined) return known;
  const book = createRuleBook(profile);
  books.set(profile, book);
  return book;
}

/** Patient ID and Patient's Name are Type 2 in every patient IOD: written also where the sender left them out. */
function missingPatient(context: EditContext, dataSet: DataSet): DataElement[] {
  const inserted: DataElement[] = [];
  for (const [tag, vr] of [
    [patientNameTag, 'PN'],
    [patientIdTag, 'LO'],
  ] as const) {
    if (has(dataSet, tag)) continue;
    inserted.push(textElement(dataSet, tag, vr, context.subject.token));
    context.report.add(context.report.root, tag, 'inserted', 'pseudonym');
  }
  return inserted;
}

function insert(dataSet: DataSet, elements: readonly DataElement[]): DataSet {
  return withElements(dataSet, new Map(elements.map((element) => [element.tag, element])));
}
