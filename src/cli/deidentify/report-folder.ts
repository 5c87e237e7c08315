import {
  closeSync,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { SallyportError } from '../../core/errors.ts';
import type { InstanceReport } from '../../core/instance-report.ts';
import { isStudyName } from '../../reports/describe.ts';
import { renderHtml } from '../../reports/html.ts';
import { ReportMerger } from '../../reports/merge.ts';
import { linesOf } from '../../reports/read-study.ts';

const linesName = 'instances.jsonl';
/** Studies of which it is remembered which reports their file holds. */
const maxRemembered = 256;

/** The lines on a study in a folder of reports. Throws INSTANCE_UNKNOWN for what can name no study. */
export function offlineStudyFile(folder: string, study: string): string {
  if (!isStudyName(study)) throw new SallyportError('INSTANCE_UNKNOWN');
  return join(folder, study, linesName);
}

/**
 * Reports of an offline run: `<study>/instances.jsonl` grows with the run, `report.json` and `report.html` are made of it
 * at the end. A run that is resumed goes on with the lines that are there, any other begins them anew.
 */
export class ReportFolder {
  readonly #folder: string;
  readonly #resumes: boolean;
  readonly #touched = new Set<string>();
  readonly #known = new Map<string, Set<string>>();

  constructor(folder: string, resumes: boolean) {
    this.#folder = folder;
    this.#resumes = resumes;
    mkdirSync(folder, { recursive: true });
  }

  /** Adds what was written down of an instance. Throws the errors of `node:fs`. */
  add({ study, line, shared }: InstanceReport): void {
    const first = !this.#touched.has(study);
    if (first) mkdirSync(join(this.#folder, study), { recursive: true });
    const known = this.#knownOf(study);
    const isNew = shared !== null && !known.has(shared.fingerprint);
    const flags = first && !this.#resumes ? 'w' : 'a+';
    const descriptor = openSync(join(this.#folder, study, linesName), flags, 0o600);
    try {
      const torn = first && this.#resumes && endsTorn(descriptor);
      writeWhole(descriptor, `${torn ? '\n' : ''}${isNew ? `${shared.line}\n` : ''}${line}\n`);
    } finally {
      closeSync(descriptor);
    }
    this.#touched.add(study);
    if (isNew) known.add(shared.fingerprint);
  }

  /** Makes the reports of the studies this run touched; of all that are there when it resumed an earlier one. */
  finish(): void {
    const studies = this.#resumes
      ? readdirSync(this.#folder, { withFileTypes: true })
          .filter((entry) => entry.isDirectory() && isStudyName(entry.name))
          .map(({ name }) => name)
      : this.#touched;
    for (const study of studies) {
      const merger = new ReportMerger();
      try {
        merger.addStudy(linesOf(join(this.#folder, study, linesName)));
      } catch (error) {
        // A folder of somebody else.
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') continue;
        throw error;
      }
      const report = merger.report(study);
      replaceFile(join(this.#folder, study, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
      replaceFile(join(this.#folder, study, 'report.html'), renderHtml(report));
    }
  }

  #knownOf(study: string): Set<string> {
    const known = this.#known.get(study) ?? new Set<string>();
    this.#known.delete(study);
    this.#known.set(study, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxRemembered && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }
}

function endsTorn(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 10;
}

function replaceFile(path: string, text: string): void {
  const descriptor = openSync(path, 'w', 0o600);
  try {
    fchmodSync(descriptor, 0o600);
    writeWhole(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}
