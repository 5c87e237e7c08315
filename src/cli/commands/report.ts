import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodes, SallyportError } from '../../core/errors.ts';
import { renderHtml } from '../../reports/html.ts';
import { readAllStudies, readStudyReport } from '../../reports/read-study.ts';
import { reportsFolder } from '../../reports/report-store.ts';
import { renderText } from '../../reports/text.ts';
import { loadConfigFrom } from '../config-arguments.ts';
import type { Command } from '../io.ts';

const options = {
  config: { type: 'string' },
  storage: { type: 'string' },
  all: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  html: { type: 'string' },
} as const;

/**
 * `report STUDY_UID | --all [--json] [--html FILE] [--config FILE]`: what de-identification did to the instances of a
 * study, by its new Study Instance UID, or to all of which the storage folder has a report. Exit code 1 when the study has
 * none.
 */
export const reportCommand: Command = async (args, io) => {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const [study, ...more] = positionals;
  if ((study === undefined) === !values.all || more.length > 0) {
    io.stderr.write('sallyport report: give the new Study Instance UID of one study, or --all\n');
    return exitCodes.usage;
  }
  const dir =
    values.storage ??
    loadConfigFrom(values.config === undefined ? [] : ['--config', values.config]).config.storage.dir;
  const folder = join(dir, reportsFolder);
  const report = study === undefined ? readAllStudies(folder) : readStudyReport(folder, study);
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
