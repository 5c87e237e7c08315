import type { SQLInputValue, StatementSync } from 'node:sqlite';
import {
  type CataloguedInstance,
  type CataloguedStudy,
  type CountedSeries,
  maxModalities,
  type StudyFilter,
  type StudyPage,
  type StudyRow,
  type Tally,
} from '../core/catalogue.ts';
import { integer, type Row, text } from './sqlite-rows.ts';
import { findStudies } from './sqlite-study-list.ts';
import {
  imageOfRow,
  seriesColumns,
  seriesOfRow,
  studyColumns,
  studyOfRow,
  tallyOfRow,
} from './sqlite-study-rows.ts';
import type { DueRequest, DueStudy, FhirTroubles, SettledStudy } from './study-catalogue.ts';

/** Tallies of one study that are told; one for each AE title, state and code. */
const maxTallies = 1000;
/** Series of one ImagingStudy. */
const maxSeries = 5000;
/** Rows of emptied studies removed at one time. */
const purgeBatch = 5000;
/** Emptied studies looked at at one time. */
const purgePage = 500;
/** Studies of which trouble with the FHIR server is counted. */
const maxTroubled = 1000;
/** Waiting studies looked at for one that is due. */
const maxDueExamined = 2000;

const purgedTables = [
  ['study_instances', 'series_pseudonym, instance_id'],
  ['study_series', 'series_pseudonym'],
  ['study_tallies', 'calling_ae_title, state, code'],
] as const;

const studySets = [
  'profile_revision',
  'patient_pseudonym',
  'accession_pseudonym',
  'study_date',
  'study_time',
  'timezone_offset',
  'description',
] as const;
const seriesSets = [
  'profile_revision',
  'modality',
  'number',
  'description',
  'body_part',
  'laterality',
  'series_date',
  'series_time',
] as const;

/** The later value; where it is null under the same revision, the earlier one. */
const merged = (table: string, columns: readonly string[], value: (column: string) => string): string =>
  columns
    .map((column) =>
      column === 'profile_revision'
        ? `profile_revision = ${value(column)}`
        : `${column} = CASE WHEN ${table}.profile_revision IS ${value('profile_revision')} THEN ifnull(${value(column)}, ${column}) ELSE ${value(column)} END`,
    )
    .join(', ');
/** True where the above changes anything: most instances of a series say what the one before said. */
const differs = (table: string, columns: readonly string[], value: (column: string) => string): string =>
  `${table}.profile_revision IS NOT ${value('profile_revision')} OR ${columns
    .map((column) => `(${value(column)} IS NOT NULL AND ${value(column)} IS NOT ${table}.${column})`)
    .join(' OR ')}`;

const numbered = (column: string): string => `?${1 + (studySets as readonly string[]).indexOf(column)}`;
const describeStudy = `UPDATE studies SET ${merged('studies', studySets, numbered)}
  WHERE study_pseudonym = ?${studySets.length + 1} AND (${differs('studies', studySets, numbered)})`;
const describeSeries = `INSERT INTO study_series (study_pseudonym, series_pseudonym, ${seriesSets.join(', ')})
  VALUES (?, ?, ${seriesSets.map(() => '?').join(', ')})
  ON CONFLICT DO UPDATE SET ${merged('study_series', seriesSets, (column) => `excluded.${column}`)}
  WHERE ${differs('study_series', seriesSets, (column) => `excluded.${column}`)}`;
const describeInstance = `INSERT OR REPLACE INTO study_instances
  (study_pseudonym, series_pseudonym, instance_id, image_uid, sop_class_uid, number, image_type, frames)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

/** Studies without any row, and whether a version of them waits to be posted or was refused. */
const emptiedStudies = `SELECT study_pseudonym, changed_at,
    version > 0 AND (version <> fhir_version OR fhir_code IS NOT NULL) AS unposted
  FROM studies WHERE emptied = 1 AND study_pseudonym > ? ORDER BY study_pseudonym LIMIT ?`;

const waits = `EXISTS (SELECT 1 FROM study_tallies t WHERE t.study_pseudonym = studies.study_pseudonym
  AND t.state IN ('received', 'prepared') AND t.instances > 0)`;

/** The catalogue's tables: statements within the engine's transactions. Counting is done by triggers (migration 4). */
export class CatalogueTables {
  readonly #statement: (sql: string) => StatementSync;
  /** Where the last look for studies to remove ended. */
  #purgedUpTo = '';

  constructor(statement: (sql: string) => StatementSync) {
    this.#statement = statement;
  }

  /** What is known of an instance whose row names study and series by now. */
  describe(id: string, study: string, series: string, entry: CataloguedInstance): void {
    this.#statement(describeStudy).run(
      entry.profileRevision,
      entry.patientPseudonym,
      entry.accessionPseudonym,
      entry.studyDate,
      entry.studyTime,
      entry.timezoneOffset,
      entry.studyDescription,
      study,
    );
    this.#statement(describeSeries).run(
      study,
      series,
      entry.profileRevision,
      entry.modality,
      entry.seriesNumber,
      entry.seriesDescription,
      entry.bodyPart,
      entry.laterality,
      entry.seriesDate,
      entry.seriesTime,
    );
    this.#statement(describeInstance).run(
      study,
      series,
      id,
      entry.imageUid,
      entry.sopClassUid,
      entry.instanceNumber,
      entry.imageType,
      entry.frames,
    );
  }

  list(filter: StudyFilter): StudyPage {
    const { studyPseudonyms, next } = findStudies(this.#statement, filter);
    return { studies: studyPseudonyms.flatMap((study) => this.get(study) ?? []), next };
  }

  get(study: string): StudyRow | undefined {
    const row = this.#statement(`SELECT ${studyColumns} FROM studies WHERE study_pseudonym = ?`).get(study);
    if (row === undefined) return undefined;
    const tallies = this.#all(
      `SELECT calling_ae_title, state, code, instances FROM study_tallies
         WHERE study_pseudonym = ? AND instances > 0 LIMIT ${maxTallies}`,
      study,
    ).map(tallyOfRow);
    const modalities = this.#all(
      `SELECT DISTINCT modality FROM study_series WHERE study_pseudonym = ? AND modality IS NOT NULL
         ORDER BY modality LIMIT ${maxModalities}`,
      study,
    ).map((found) => text(found, 'modality'));
    const [counted] = this.#all('SELECT count(*) AS n FROM study_series WHERE study_pseudonym = ?', study);
    const seriesCount = counted === undefined ? 0 : integer(counted, 'n');
    return studyOfRow(row, { tallies, modalities, seriesCount });
  }

  series(study: string, limit: number): CountedSeries[] {
    return this.#all(
      `SELECT ${seriesColumns} FROM study_series WHERE study_pseudonym = ? ORDER BY number, series_pseudonym LIMIT ?`,
      study,
      limit,
    ).map((row) => {
      const series = seriesOfRow(row);
      const [held] = this.#all(
        `SELECT count(*) AS n, ifnull(sum(frames), 0) AS frames FROM study_instances
           WHERE study_pseudonym = ? AND series_pseudonym = ?`,
        study,
        series.seriesPseudonym,
      );
      const count = (column: string) => (held === undefined ? 0 : integer(held, column));
      return { ...series, instances: count('n'), frames: count('frames') };
    });
  }

  unassigned(limit: number): Tally[] {
    return this.#all(
      `SELECT calling_ae_title, state, code, instances FROM study_tallies
         WHERE study_pseudonym = '' AND instances > 0 AND state <> 'delivered'
         ORDER BY instances DESC, calling_ae_title, state, code LIMIT ?`,
      limit,
    ).map(tallyOfRow);
  }

  whole(study: string, maxImages: number): CataloguedStudy | undefined {
    const found = this.get(study);
    if (found === undefined) return undefined;
    const series = this.#all(
      `SELECT ${seriesColumns} FROM study_series WHERE study_pseudonym = ? ORDER BY number, series_pseudonym LIMIT ${maxSeries}`,
      study,
    ).map(seriesOfRow);
    // Only where something is under way does each instance have to be asked for its state.
    const arrived = found.tallies.every(({ state }) => state === 'delivered' || state === 'forgotten');
    const delivered = arrived
      ? ''
      : `AND NOT EXISTS (SELECT 1 FROM instances i WHERE i.id = c.instance_id AND i.state <> 'delivered')`;
    const images = this.#all(
      `SELECT series_pseudonym, image_uid, sop_class_uid, number, image_type, frames FROM study_instances c
         WHERE study_pseudonym = ? ${delivered} LIMIT ?`,
      study,
      maxImages + 1,
    ).map(imageOfRow);
    return { study: found, series, images: images.length > maxImages ? null : images };
  }

  due({ changedBefore, now, limit }: DueRequest): DueStudy[] {
    return this.#all(
      `SELECT study_pseudonym, version, fhir_attempts FROM (
         SELECT * FROM studies WHERE version <> fhir_version AND changed_at <= ? ORDER BY changed_at LIMIT ${maxDueExamined}
       ) AS studies WHERE fhir_due_at <= ? AND version > 0 AND NOT ${waits} LIMIT ?`,
      changedBefore,
      now,
      limit,
    ).map((row) => ({
      studyPseudonym: text(row, 'study_pseudonym'),
      version: integer(row, 'version'),
      attempts: integer(row, 'fhir_attempts'),
    }));
  }

  settle(settled: SettledStudy): void {
    const { studyPseudonym, version } = settled;
    switch (settled.kind) {
      case 'posted':
        this.#run(
          `UPDATE studies SET fhir_version = ?, fhir_posted_at = ?, fhir_attempts = 0, fhir_due_at = 0,
             fhir_code = NULL, fhir_detail = NULL WHERE study_pseudonym = ?`,
          version,
          settled.at,
          studyPseudonym,
        );
        return;
      case 'refused':
        this.#run(
          `UPDATE studies SET fhir_version = ?, fhir_attempts = fhir_attempts + 1, fhir_due_at = 0,
             fhir_code = ?, fhir_detail = ? WHERE study_pseudonym = ?`,
          version,
          settled.code,
          settled.detail,
          studyPseudonym,
        );
        return;
      case 'retry':
        this.#run(
          `UPDATE studies SET fhir_attempts = fhir_attempts + 1, fhir_due_at = ?, fhir_code = ?, fhir_detail = ?
             WHERE study_pseudonym = ?`,
          settled.dueAt,
          settled.code,
          settled.detail,
          studyPseudonym,
        );
        return;
      default:
        settled satisfies never;
    }
  }

  postAgain(study: string): boolean {
    const again = 'UPDATE studies SET fhir_version = 0, fhir_attempts = 0, fhir_due_at = 0';
    return this.#run(`${again} WHERE study_pseudonym = ? AND version > 0`, study) === 1;
  }

  postRefusedAgain(): number {
    return this.#run(
      `UPDATE studies SET fhir_version = 0, fhir_attempts = 0, fhir_due_at = 0
         WHERE fhir_code IS NOT NULL AND version > 0 AND (version = fhir_version OR fhir_due_at > 0)`,
    );
  }

  studiesOf(ids: readonly string[]): Map<string, string> {
    const rows = this.#all(
      `SELECT id, study_pseudonym FROM instances
         WHERE id IN (SELECT value FROM json_each(?)) AND study_pseudonym IS NOT NULL`,
      JSON.stringify(ids),
    );
    return new Map(rows.map((row) => [text(row, 'id'), text(row, 'study_pseudonym')]));
  }

  troubles(): FhirTroubles {
    const [row] = this.#all(
      `SELECT count(*) FILTER (WHERE version = fhir_version) AS refused,
         count(*) FILTER (WHERE version <> fhir_version) AS retried
       FROM (SELECT version, fhir_version FROM studies WHERE fhir_code IS NOT NULL LIMIT ${maxTroubled})`,
    );
    return row === undefined
      ? { refused: 0, retried: 0 }
      : { refused: integer(row, 'refused'), retried: integer(row, 'retried') };
  }

  /**
   * Removes what is left of studies without any row, in pieces. Studies that the FHIR server has not taken stay while they
   * changed at or after `unpostedBefore`, epoch ms; undefined: none does. Returns those that went without having been taken.
   */
  purge(unpostedBefore: number | undefined): string[] {
    this.#run(`DELETE FROM study_tallies WHERE study_pseudonym = '' AND instances = 0`);
    const unposted: string[] = [];
    let left = purgeBatch;
    while (left > 0) {
      const emptied = this.#all(emptiedStudies, this.#purgedUpTo, purgePage);
      for (const row of emptied) {
        const study = text(row, 'study_pseudonym');
        const waits = unpostedBefore !== undefined && integer(row, 'unposted') === 1;
        if (!waits || integer(row, 'changed_at') < unpostedBefore) {
          left = this.#purgeStudy(study, left);
          // The rest of it at another time.
          if (left <= 0) return unposted;
          if (waits) unposted.push(study);
        }
        this.#purgedUpTo = study;
      }
      if (emptied.length < purgePage) {
        this.#purgedUpTo = '';
        return unposted;
      }
      // Those that stay are looked at page by page, one page a call.
      if (left === purgeBatch) return unposted;
    }
    return unposted;
  }

  /** How many rows more may be removed; 0 or less where the study is not gone yet. */
  #purgeStudy(study: string, atMost: number): number {
    let left = atMost;
    for (const [table, keys] of purgedTables) {
      left -= this.#run(
        `DELETE FROM ${table} WHERE study_pseudonym = ? AND (${keys}) IN
           (SELECT ${keys} FROM ${table} WHERE study_pseudonym = ? LIMIT ?)`,
        study,
        study,
        left,
      );
      if (left <= 0) return left;
    }
    this.#run('DELETE FROM studies WHERE study_pseudonym = ?', study);
    return left - 1;
  }

  #all(sql: string, ...values: readonly SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values);
  }

  #run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }
}
