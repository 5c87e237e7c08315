import { errorRow, isErrorCode } from '../core/errors.ts';
import { productVersion } from '../core/version.ts';
import { methodCodes } from '../deidentify/generated/method-codes.ts';
import { type AppliedAction, appliedActions, type ReportEntry } from '../deidentify/report.ts';
import { isPrivate, isPrivateCreator, lookup } from '../dicom/dictionary.ts';
import { storageSopClassTable } from '../dicom/storage-sop-classes.ts';
import { noteText } from './explanations.ts';
import { type InstanceLine, parseLine, type ReportLine } from './journal.ts';
import { PixelCounts } from './pixel-counts.ts';
import type { AttributeRow, CodeCount, StudyReport } from './study-report.ts';

/** Most different rows a report lists. */
const maxRows = 50_000;

const sopClassNames: ReadonlyMap<string, string> = new Map(
  storageSopClassTable.map(([uid, name]) => [uid, name]),
);
const methodMeanings: ReadonlyMap<string, string> = new Map(
  Object.values(methodCodes).map(({ code, meaning }) => [code, meaning]),
);

/**
 * Sums up the lines of studies. Memory grows with the instances of one study and the different attributes of all, not
 * with the number of studies.
 */
export class ReportMerger {
  #studies = 0;
  #deidentified = 0;
  #held = 0;
  #series = 0;
  #badLines = 0;
  #withoutReport = 0;
  #truncated = false;
  readonly #profiles = new Map<string, { line: ReportLine; instances: number }>();
  readonly #methodCodes = new Counter();
  readonly #heldCodes = new Counter();
  readonly #released = new Counter();
  readonly #notes = new Counter();
  readonly #pixels = new PixelCounts();
  readonly #objects = new Map<
    string,
    { sopClassUid: string | null; modality: string | null; deidentified: number; held: number }
  >();
  /** New SOP Instance UID of the one instance that was asked for; null while it is held. */
  #onlyInstance: string | null = null;
  readonly #actions = new Map<AppliedAction, number>();
  readonly #rows = new Map<string, { entry: ReportEntry; elements: number; instances: number }>();

  /**
   * Adds the lines of one study; of several on one instance the last one holds. With `only` (a new SOP Instance UID, or the
   * id its line has) just that instance counts.
   */
  addStudy(lines: Iterable<string>, only?: string): void {
    const instances = new Map<string, InstanceLine>();
    const reports = new Map<string, ReportLine>();
    for (const text of lines) {
      if (text === '') continue;
      const line = parseLine(text);
      if (line === undefined) this.#badLines += 1;
      else if (line.kind === 'report') reports.set(line.fingerprint, line);
      else instances.set(line.id, line);
    }
    this.#studies += 1;
    const series = new Set<string>();
    const uses = new Map<string, number>();
    for (const line of instances.values()) {
      if (only !== undefined && line.instance !== only && line.id !== only) continue;
      if (only !== undefined) this.#onlyInstance = line.instance;
      this.#addInstance(line);
      if (line.series !== null) series.add(line.series);
      if (line.report !== null) uses.set(line.report, (uses.get(line.report) ?? 0) + 1);
    }
    this.#series += series.size;
    for (const [fingerprint, count] of uses) {
      const report = reports.get(fingerprint);
      if (report === undefined) this.#withoutReport += count;
      else this.#addReport(report, count);
    }
  }

  #addInstance(line: InstanceLine): void {
    const { status, sopClassUid, modality, code, released, methodCodes } = line;
    const key = `${sopClassUid} ${modality}`;
    const object = this.#objects.get(key) ?? { sopClassUid, modality, deidentified: 0, held: 0 };
    this.#objects.set(key, object);
    if (status === 'held') {
      this.#held += 1;
      object.held += 1;
      this.#heldCodes.add(code ?? 'UNEXPECTED', 1);
      return;
    }
    this.#deidentified += 1;
    object.deidentified += 1;
    this.#pixels.addBoxes(line.boxes ?? [], line.boxesLeftOut ?? 0);
    for (const word of new Set(released)) this.#released.add(word, 1);
    for (const word of new Set(methodCodes)) this.#methodCodes.add(word, 1);
  }

  #addReport(report: ReportLine, instances: number): void {
    const { profile, profileRevision, keyId } = report;
    const key = JSON.stringify([profile, profileRevision, keyId]);
    const known = this.#profiles.get(key);
    if (known === undefined) this.#profiles.set(key, { line: report, instances });
    else known.instances += instances;
    for (const action of appliedActions) {
      const count = report.counts[action] ?? 0;
      this.#actions.set(action, (this.#actions.get(action) ?? 0) + count * instances);
    }
    for (const note of report.notes) this.#notes.add(note, instances);
    if (report.pixels !== undefined) this.#pixels.addFacts(report.pixels, instances);
    this.#truncated ||= report.truncated;
    for (const list of [report.elements, report.kept])
      for (const entry of list) this.#addEntry(entry, instances);
  }

  #addEntry(entry: ReportEntry, instances: number): void {
    const key = `${entry.path} ${entry.action} ${entry.rule}`;
    const row = this.#rows.get(key);
    if (row !== undefined) {
      row.elements += entry.count * instances;
      row.instances += instances;
    } else if (this.#rows.size >= maxRows) this.#truncated = true;
    else this.#rows.set(key, { entry, elements: entry.count * instances, instances });
  }

  /** Whether nothing was added but empty studies. */
  get isEmpty(): boolean {
    return this.#deidentified + this.#held === 0;
  }

  /** The sum so far. `studyInstanceUid`: the one study it is about, null for several; likewise the one instance. */
  report(studyInstanceUid: string | null, sopInstanceUid: string | null = this.#onlyInstance): StudyReport {
    return {
      report: 'sallyport.deidentification',
      version: 1,
      product: { name: 'Sallyport', version: productVersion },
      studyInstanceUid,
      sopInstanceUid,
      studies: this.#studies,
      instances: { deidentified: this.#deidentified, held: this.#held, series: this.#series },
      profiles: [...this.#profiles.values()]
        .map(({ line: { profile, profileRevision, keyId, description, options }, instances }) => ({
          profile,
          profileRevision,
          keyId,
          description,
          options,
          instances,
        }))
        .sort((a, b) => b.instances - a.instances || order(a.profileRevision, b.profileRevision)),
      methodCodes: this.#methodCodes.sorted().map(([code, instances]) => ({
        code,
        meaning: methodMeanings.get(code) ?? '',
        instances,
      })),
      objects: [...this.#objects.values()]
        .map((object) => ({ ...object, sopClassName: sopClassName(object.sopClassUid) }))
        .map(({ sopClassUid, sopClassName, modality, deidentified, held }) => ({
          sopClassUid,
          sopClassName,
          modality,
          deidentified,
          held,
        }))
        .sort((a, b) => order(a.sopClassName, b.sopClassName) || order(a.modality ?? '', b.modality ?? '')),
      held: codeCounts(this.#heldCodes),
      released: codeCounts(this.#released),
      actions: Object.fromEntries(
        appliedActions.map((action) => [action, this.#actions.get(action) ?? 0]),
      ) as { [A in AppliedAction]: number },
      attributes: [...this.#rows.values()].map(attributeRow).sort(byPath),
      pixels: this.#pixels.sums(),
      notes: this.#notes.sorted().map(([note, instances]) => ({ note, text: noteText(note), instances })),
      truncated: this.#truncated,
      incomplete: { lines: this.#badLines, instances: this.#withoutReport },
    };
  }
}

/** How often each word was met. */
class Counter {
  readonly #counts = new Map<string, number>();

  add(word: string, count: number): void {
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + count);
  }

  sorted(): [string, number][] {
    return [...this.#counts].sort(([a], [b]) => order(a, b));
  }
}

function codeCounts(counter: Counter): CodeCount[] {
  return counter.sorted().map(([code, instances]) => ({
    code,
    reason: isErrorCode(code) ? errorRow(code).message : '',
    instances,
  }));
}

function attributeRow({
  entry: { path, action, rule },
  elements,
  instances,
}: {
  entry: ReportEntry;
  elements: number;
  instances: number;
}): AttributeRow {
  return { path, keyword: keywordsOf(path), action, rule, elements, instances };
}

function byPath(a: AttributeRow, b: AttributeRow): number {
  return order(a.path, b.path) || order(a.action, b.action) || order(a.rule, b.rule);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sopClassName(uid: string | null): string {
  return uid === null ? 'Private or unknown' : (sopClassNames.get(uid) ?? uid);
}

/** Keywords along "(gggg,eeee)/(gggg,eeee)". */
function keywordsOf(path: string): string {
  return path
    .split('/')
    .map((part) => {
      const tag = Number.parseInt(part.replace(/[(),]/g, ''), 16);
      if (isPrivateCreator(tag)) return 'Private Creator';
      if (isPrivate(tag)) return 'Private';
      return lookup(tag)?.keyword ?? 'Unregistered';
    })
    .join(' / ');
}
