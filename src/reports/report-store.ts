import { mkdirSync } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorCode } from '../core/errors.ts';
import type { InstanceReport } from '../core/instance-report.ts';
import { isStudyName } from './describe.ts';
import { studyFile } from './read-study.ts';

export interface ReportStoreOptions {
  readonly folder: string;
  /** A study's file goes so long after its last line; 0 keeps it for ever. Milliseconds. */
  readonly keepMs: number;
  readonly now: () => number;
  /** Lines were lost. Told once for many, so that a full disk does not fill the log. */
  readonly onFault: (code: ErrorCode) => void;
  readonly maxStudyBytes?: number;
}

/** Folder of reports in the storage folder. */
export const reportsFolder = 'reports';

/** Lines that wait to be written; a disk that keeps up needs a few. Beyond it lines are lost, and that is told. */
const maxWaiting = 10_000;
/** Beyond this only the short lines of instances are added: the report then says that it is not whole. */
const defaultMaxStudyBytes = 64 * 1024 * 1024;
/** Studies of which it is remembered what their file holds. */
const maxRemembered = 512;
const sweepIntervalMs = 6 * 3_600_000;
const faultIntervalMs = 60_000;

interface KnownStudy {
  readonly fingerprints: Set<string>;
  bytes: number;
}

/**
 * Keeps what was written down of instances: one file of JSON lines per study, only ever appended to. A line that a crash
 * tears is skipped by readers and ended by the next writer. Adding never waits and never throws: a report that cannot be
 * written does not keep an instance from its way.
 */
export class ReportStore {
  readonly #options: ReportStoreOptions;
  readonly #maxStudyBytes: number;
  readonly #known = new Map<string, KnownStudy>();
  #waiting: InstanceReport[] = [];
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: ReportStoreOptions) {
    this.#options = options;
    this.#maxStudyBytes = options.maxStudyBytes ?? defaultMaxStudyBytes;
  }

  /** Makes the folder and begins to remove what is old. */
  start(): void {
    try {
      mkdirSync(this.#options.folder, { recursive: true, mode: 0o700 });
    } catch {
      this.#fault();
    }
    if (this.#options.keepMs === 0) return;
    this.#timer = setInterval(() => void this.sweep(), sweepIntervalMs);
    this.#timer.unref();
    void this.sweep();
  }

  add(report: InstanceReport): void {
    if (!isStudyName(report.study) || this.#waiting.length >= maxWaiting) {
      this.#fault();
      return;
    }
    this.#waiting.push(report);
    this.#begin();
  }

  /** Resolves when all lines so far are written or lost. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.settled();
  }

  /** Removes the files of studies to which nothing was added for long. Never rejects. */
  async sweep(): Promise<void> {
    const { folder, keepMs, now } = this.#options;
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((name) => name.endsWith('.jsonl'))) {
      const path = join(folder, name);
      try {
        if ((await stat(path)).mtimeMs >= now() - keepMs) continue;
        this.#known.delete(name.slice(0, -'.jsonl'.length));
        await rm(path, { force: true });
      } catch {
        // Gone already, or found again by the next round.
      }
    }
  }

  #begin(): void {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      if (this.#waiting.length > 0) this.#begin();
    });
  }

  async #write(): Promise<void> {
    const taken = this.#waiting;
    this.#waiting = [];
    const byStudy = Map.groupBy(taken, ({ study }) => study);
    for (const [study, reports] of byStudy) {
      try {
        await this.#append(study, reports);
      } catch {
        // How much of it arrived is unknown: the next line looks at the file anew.
        this.#known.delete(study);
        this.#fault();
      }
    }
  }

  async #append(study: string, reports: readonly InstanceReport[]): Promise<void> {
    const file = await open(studyFile(this.#options.folder, study), 'a+', 0o600);
    try {
      const { size } = await file.stat();
      let known = this.#known.get(study);
      let text = '';
      if (known === undefined || known.bytes !== size) {
        known = { fingerprints: new Set(), bytes: size };
        if (size > 0) {
          const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
          // A line without its end, from a crash.
          if (buffer[0] !== 10) text = '\n';
        }
      }
      for (const { line, shared } of reports) {
        if (shared !== null && !known.fingerprints.has(shared.fingerprint)) {
          if (size + text.length + shared.line.length <= this.#maxStudyBytes) {
            text += `${shared.line}\n`;
            known.fingerprints.add(shared.fingerprint);
          } else this.#fault();
        }
        text += `${line}\n`;
      }
      const bytes = Buffer.from(text);
      await file.appendFile(bytes);
      known.bytes = size + bytes.length;
      this.#remember(study, known);
    } finally {
      await file.close();
    }
  }

  #remember(study: string, known: KnownStudy): void {
    this.#known.delete(study);
    this.#known.set(study, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxRemembered && oldest !== undefined) this.#known.delete(oldest);
  }

  #fault(): void {
    const now = this.#options.now();
    if (now - this.#toldAt < faultIntervalMs) return;
    this.#toldAt = now;
    this.#options.onFault('STORAGE_FAILED');
  }
}
