import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { SallyportError } from '../core/errors.ts';
import { isStudyName } from './describe.ts';
import { ReportMerger } from './merge.ts';
import type { StudyReport } from './study-report.ts';

const extension = '.jsonl';
const readBytes = 256 * 1024;
/** No line of ours is longer: a report lists at most 20,000 paths. */
const maxLineBytes = 16 * 1024 * 1024;

/** Where the lines of a study are kept. The name is a pseudonym. Throws INSTANCE_UNKNOWN for what can name no study. */
export function studyFile(folder: string, study: string): string {
  if (!isStudyName(study)) throw new SallyportError('INSTANCE_UNKNOWN');
  return join(folder, `${study}${extension}`);
}

/**
 * The report over one study's file, or over one instance of it by its new SOP Instance UID or the gateway's id of it. Throws
 * INSTANCE_UNKNOWN when there is none.
 */
export function readStudyReport(folder: string, study: string, instance?: string): StudyReport {
  return readReportOf(studyFile(folder, study), study, instance);
}

/** The same over a file of lines wherever it is. */
export function readReportOf(file: string, study: string, instance?: string): StudyReport {
  const merger = new ReportMerger();
  try {
    merger.addStudy(linesOf(file), instance);
  } catch (cause) {
    throw new SallyportError(isAbsent(cause) ? 'INSTANCE_UNKNOWN' : 'STORAGE_FAILED', { cause });
  }
  if (instance !== undefined && merger.isEmpty) throw new SallyportError('INSTANCE_UNKNOWN');
  return merger.report(study);
}

/** The report over all studies of a folder; one that is removed meanwhile is left out. */
export function readAllStudies(folder: string): StudyReport {
  const merger = new ReportMerger();
  for (const study of studiesIn(folder)) {
    try {
      merger.addStudy(linesOf(studyFile(folder, study)));
    } catch (cause) {
      if (!isAbsent(cause)) throw new SallyportError('STORAGE_FAILED', { cause });
    }
  }
  return merger.report(null);
}

/** The studies that have a file, in order. */
export function studiesIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith(extension))
    .map((name) => name.slice(0, -extension.length))
    .filter(isStudyName)
    .sort();
}

/** The lines of a file, the last one also where a crash left it without an end. */
export function* linesOf(path: string): Generator<string> {
  const descriptor = openSync(path, 'r');
  try {
    let rest: Buffer = Buffer.alloc(0);
    /** In the middle of a line that is too long. */
    let skipping = false;
    for (;;) {
      const chunk = Buffer.allocUnsafe(readBytes);
      const count = readSync(descriptor, chunk, 0, readBytes, null);
      if (count === 0) break;
      let bytes =
        rest.length === 0 ? chunk.subarray(0, count) : Buffer.concat([rest, chunk.subarray(0, count)]);
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10)) {
        yield skipping ? 'too long' : bytes.toString('utf8', 0, at);
        skipping = false;
        bytes = bytes.subarray(at + 1);
      }
      if (bytes.length > maxLineBytes) skipping = true;
      rest = skipping ? Buffer.alloc(0) : bytes;
    }
    if (skipping || rest.length > 0) yield skipping ? 'too long' : rest.toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
