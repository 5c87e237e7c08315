import type { FhirProgress, ImageRow, SeriesRow, StudyRow, Tally, TallyState } from '../core/catalogue.ts';
import { integer, optionalInteger, optionalText, type Row, stateOf, text } from './sqlite-rows.ts';

export const studyColumns = [
  'study_pseudonym',
  'first_received_at',
  'last_received_at',
  'changed_at',
  'version',
  'fhir_version',
  'fhir_posted_at',
  'fhir_attempts',
  'fhir_due_at',
  'fhir_code',
  'fhir_detail',
  'patient_pseudonym',
  'accession_pseudonym',
  'study_date',
  'study_time',
  'timezone_offset',
  'description',
].join(', ');

export const seriesColumns =
  'series_pseudonym, modality, number, description, body_part, laterality, series_date, series_time';

/** A row of `studies` with what other tables tell of it. A row of another shape means a damaged ledger: STORAGE_FAILED. */
export function studyOfRow(
  row: Row,
  beside: Pick<StudyRow, 'tallies' | 'modalities' | 'seriesCount'>,
): StudyRow {
  return {
    studyPseudonym: text(row, 'study_pseudonym'),
    patientPseudonym: optionalText(row, 'patient_pseudonym'),
    accessionPseudonym: optionalText(row, 'accession_pseudonym'),
    studyDate: optionalText(row, 'study_date'),
    studyTime: optionalText(row, 'study_time'),
    timezoneOffset: optionalText(row, 'timezone_offset'),
    description: optionalText(row, 'description'),
    firstReceivedAt: integer(row, 'first_received_at'),
    lastReceivedAt: integer(row, 'last_received_at'),
    changedAt: integer(row, 'changed_at'),
    ...beside,
    fhir: fhirOfRow(row),
  };
}

function fhirOfRow(row: Row): FhirProgress {
  return {
    version: integer(row, 'version'),
    settledVersion: integer(row, 'fhir_version'),
    postedAt: optionalInteger(row, 'fhir_posted_at'),
    attempts: integer(row, 'fhir_attempts'),
    dueAt: integer(row, 'fhir_due_at'),
    code: optionalText(row, 'fhir_code'),
    detail: optionalText(row, 'fhir_detail'),
  };
}

export function tallyOfRow(row: Row): Tally {
  const state = text(row, 'state');
  const code = text(row, 'code');
  return {
    callingAeTitle: text(row, 'calling_ae_title'),
    state: state === 'forgotten' ? state : (stateOf(state) satisfies TallyState),
    code: code === '' ? null : code,
    instances: integer(row, 'instances'),
  };
}

export function seriesOfRow(row: Row): SeriesRow {
  const laterality = optionalText(row, 'laterality');
  return {
    seriesPseudonym: text(row, 'series_pseudonym'),
    modality: optionalText(row, 'modality'),
    seriesNumber: optionalInteger(row, 'number'),
    seriesDescription: optionalText(row, 'description'),
    bodyPart: optionalText(row, 'body_part'),
    laterality: laterality === 'R' || laterality === 'L' ? laterality : null,
    seriesDate: optionalText(row, 'series_date'),
    seriesTime: optionalText(row, 'series_time'),
  };
}

export function imageOfRow(row: Row): ImageRow {
  return {
    seriesPseudonym: text(row, 'series_pseudonym'),
    imageUid: text(row, 'image_uid'),
    sopClassUid: text(row, 'sop_class_uid'),
    instanceNumber: optionalInteger(row, 'number'),
    imageType: optionalText(row, 'image_type'),
    frames: integer(row, 'frames'),
  };
}
