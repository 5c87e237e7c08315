import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { StudyFilter } from '../core/catalogue.ts';
import { SallyportError } from '../core/errors.ts';
import { integer, type Row, text } from './sqlite-rows.ts';
import { maxStudiesExamined } from './study-catalogue.ts';

/** Studies that fit a filter, by their pseudonyms, and where the next page begins. */
export interface FoundStudies {
  readonly studyPseudonyms: readonly string[];
  readonly next: string | null;
}

/** What of the row is compared where, in SQL. */
interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

const tally = (condition: string): string => `EXISTS (SELECT 1 FROM study_tallies t
  WHERE t.study_pseudonym = studies.study_pseudonym AND t.instances > 0 AND ${condition})`;

const fhirConditions: Readonly<Record<NonNullable<StudyFilter['fhir']>, string>> = {
  waiting: 'version <> fhir_version AND fhir_attempts = 0',
  retrying: 'version <> fhir_version AND fhir_attempts > 0',
  posted: 'version > 0 AND version = fhir_version AND fhir_code IS NULL',
  refused: 'version > 0 AND version = fhir_version AND fhir_code IS NOT NULL',
};

/**
 * Walks one index in the order of the answer, looks at `maxStudiesExamined` studies at most, and says where it stopped: no
 * filter, however rare what it asks for, keeps the ledger busy for longer. Throws CURSOR_INVALID.
 */
export function findStudies(
  statement: (sql: string) => StatementSync,
  filter: StudyFilter,
  maxExamined = maxStudiesExamined,
): FoundStudies {
  const byName = filter.studyPseudonym !== undefined;
  const range = byName ? namesFrom(filter) : newestFrom(filter);
  const fits = conditionsOf(filter);
  const where = range.map(({ sql }) => sql).join(' AND ');
  // Columns of the index alone, but where a condition asks for more.
  const walk = statement(
    `SELECT study_pseudonym, first_received_at, ${fits.length === 0 ? '1' : fits.map(({ sql }) => `(${sql})`).join(' AND ')} AS fits
       FROM studies ${indexFor(filter)} ${where === '' ? '' : `WHERE ${where}`}
       ORDER BY ${byName ? 'study_pseudonym' : 'first_received_at DESC, study_pseudonym DESC'} LIMIT ?`,
  );
  const values = [...fits, ...range].flatMap((condition) => condition.values);
  const studyPseudonyms: string[] = [];
  let examined = 0;
  let last: Row | undefined;
  for (const row of walk.iterate(...values, maxExamined + 1)) {
    // One more than is wanted tells that there is more.
    if (examined === maxExamined || (row.fits === 1 && studyPseudonyms.length === filter.limit)) {
      return { studyPseudonyms, next: last === undefined ? null : cursorAt(last, byName) };
    }
    examined += 1;
    last = row;
    if (row.fits === 1) studyPseudonyms.push(text(row, 'study_pseudonym'));
  }
  return { studyPseudonyms, next: null };
}

/** Throws CURSOR_INVALID where the cursor is not one of such a list. */
export function assertCursor(filter: StudyFilter): void {
  if (filter.studyPseudonym === undefined) newestFrom(filter);
  else namesFrom(filter);
}

function indexFor({ studyPseudonym, patientPseudonym, fhir }: StudyFilter): string {
  if (studyPseudonym !== undefined) return '';
  if (patientPseudonym !== undefined) return 'INDEXED BY studies_by_patient';
  return fhir === 'refused' ? 'INDEXED BY studies_refused' : 'INDEXED BY studies_newest';
}

/** Names begin with digits and dots: `:` comes after all of them. */
function namesFrom({ studyPseudonym = '', cursor, receivedFrom, receivedTo }: StudyFilter): Condition[] {
  if (cursor !== undefined && !/^[0-9.]{1,64}$/.test(cursor)) throw new SallyportError('CURSOR_INVALID');
  return [
    { sql: 'study_pseudonym >= ? AND study_pseudonym < ?', values: [studyPseudonym, `${studyPseudonym}:`] },
    ...(cursor === undefined ? [] : [{ sql: 'study_pseudonym > ?', values: [cursor] }]),
    ...times('+first_received_at', receivedFrom, receivedTo),
  ];
}

function newestFrom({ patientPseudonym, fhir, cursor, receivedFrom, receivedTo }: StudyFilter): Condition[] {
  const at = cursor === undefined ? undefined : /^([0-9]{1,15})x([0-9.]{1,64})$/.exec(cursor);
  if (at === null) throw new SallyportError('CURSOR_INVALID');
  return [
    ...(patientPseudonym === undefined ? [] : [{ sql: 'patient_pseudonym = ?', values: [patientPseudonym] }]),
    // Literally, so that its index is used.
    ...(patientPseudonym === undefined && fhir === 'refused'
      ? [{ sql: 'fhir_code IS NOT NULL', values: [] }]
      : []),
    ...times('first_received_at', receivedFrom, receivedTo),
    ...(at === undefined
      ? []
      : [
          {
            sql: '(first_received_at, study_pseudonym) < (?, ?)',
            values: [Number(at[1]), at[2] ?? ''],
          },
        ]),
  ];
}

function times(column: string, from: number | undefined, to: number | undefined): Condition[] {
  return [
    ...(from === undefined ? [] : [{ sql: `${column} >= ?`, values: [from] }]),
    ...(to === undefined ? [] : [{ sql: `${column} < ?`, values: [to] }]),
  ];
}

function conditionsOf(filter: StudyFilter): Condition[] {
  const { callingAeTitle, states, code, modality, fhir, studyPseudonym, patientPseudonym } = filter;
  const conditions: Condition[] = [];
  if (studyPseudonym !== undefined && patientPseudonym !== undefined)
    conditions.push({ sql: 'patient_pseudonym IS ?', values: [patientPseudonym] });
  if (callingAeTitle !== undefined)
    conditions.push({ sql: tally('t.calling_ae_title = ?'), values: [callingAeTitle] });
  if (states !== undefined)
    conditions.push({ sql: tally(`t.state IN (${states.map(() => '?').join(', ')})`), values: states });
  if (code !== undefined) conditions.push({ sql: tally('t.code = ?'), values: [code] });
  if (modality !== undefined)
    conditions.push({
      sql: 'EXISTS (SELECT 1 FROM study_series s WHERE s.study_pseudonym = studies.study_pseudonym AND s.modality = ?)',
      values: [modality],
    });
  if (fhir !== undefined) conditions.push({ sql: fhirConditions[fhir], values: [] });
  return conditions;
}

function cursorAt(row: Row, byName: boolean): string {
  const name = text(row, 'study_pseudonym');
  return byName ? name : `${integer(row, 'first_received_at')}x${name}`;
}
