import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodes, SallyportError } from '../../core/errors.ts';
import { renderHtml } from '../../reports/html.ts';
import { readAllStudies, readReportOf, studyFile } from '../../reports/read-study.ts';
import { reportsFolder } from '../../reports/report-store.ts';
import { renderText } from '../../reports/text.ts';
import { loadConfigFrom } from '../config-arguments.ts';
import { offlineStudyFile } from '../deidentify/report-folder.ts';
import type { Command } from '../io.ts';

const options = {
  config: { type: 'string' },
  storage: { type: 'string' },
  reports: { type: 'string' },
  instance: { type: 'string' },
  all: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  html: { type: 'string' },
} as const;

/**
 * `report STUDY_UID [--instance UID] | --all [--json] [--html FILE] [--reports DIR | --config FILE]`: what
 * de-identification did to the instances of a study, by its new Study Instance UID, to one of them by its new SOP Instance
 * UID, or to all of which the storage folder has a report. `--reports` reads the folder of an offline run instead. Exit
 * code 1 when there is none.
 */
export const reportCommand: Command = async (args, io) => {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const [study, ...more] = positionals;
  if ((study === undefined) === !values.all || more.length > 0) {
    io.stderr.write('sallyport report: give the new Study Instance UID of one study, or --all\n');
    return exitCodes.usage;
  }
  if (values.all && (values.instance !== undefined || values.reports !== undefined)) {
    io.stderr.write('sallyport report: --instance and --reports go with the UID of one study\n');
    return exitCodes.usage;
  }
  const folder = (): string =>
    join(
      values.storage ??
        loadConfigFrom(values.config === undefined ? [] : ['--config', values.config]).config.storage.dir,
      reportsFolder,
    );
  const linesOfStudy = (uid: string): string =>
    values.reports === undefined ? studyFile(folder(), uid) : offlineStudyFile(values.reports, uid);
  const report =
    study === undefined
      ? readAllStudies(folder())
      : readReportOf(linesOfStudy(study), study, values.instance);
  if (values.html !== undefined) writePage(values.html, renderHtml(report));
  if (values.json) io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (values.html === undefined) io.stdout.write(renderText(report));
  return exitCodes.ok;
};

function writePage(path: string, page: string): void {
  try {
    const descriptor = openSync(path, 'w', 0o600);
    try {
      const bytes = Buffer.from(page);
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new SallyportError('STORAGE_UNUSABLE', { detail: 'the file of --html', cause });
  }
}
