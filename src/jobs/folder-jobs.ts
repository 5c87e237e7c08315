import type { AuditActor, AuditEntry } from '../core/audit.ts';
import { asSallyportError, type ErrorCode, SallyportError } from '../core/errors.ts';
import { newFileId } from '../files/file-record.ts';
import type { FileWork } from '../files/file-work.ts';
import { storageFault } from '../files/temporary-files.ts';
import type { Emit } from '../observe/events.ts';
import { runFolderJob } from './folder-job.ts';
import { FolderOutput } from './folder-output.ts';
import { FolderRoots, type JobFolders } from './folder-roots.ts';
import { JobJournal } from './job-journal.ts';
import { counted, type JobRecord, type JobState } from './job-record.ts';

export interface FolderJobsSettings {
  /** Folder of the records; made with mode 0700. */
  readonly folder: string;
  /** Folders below which jobs may read and write. */
  readonly roots: readonly string[];
  /** Folders of the gateway itself, which no job may touch. */
  readonly closed: readonly string[];
  /** Free space of a disk that outputs leave, bytes; none where left out. */
  readonly reserveBytes?: number;
  /** Files of one job that are worked on at one time. */
  readonly concurrency: number;
  /** Jobs at one time; two where left out. */
  readonly maxRunning?: number;
  /** Files of one job. */
  readonly maxFiles?: number;
}

export interface FolderJobsParts {
  readonly work: Pick<FileWork, 'redactFile'>;
  /** Durable when resolved. */
  readonly audit: (...entries: readonly AuditEntry[]) => Promise<void>;
  readonly emit: Emit;
  readonly now: () => number;
}

export interface JobOrder {
  readonly folderIn: string;
  readonly folderOut: string;
  readonly actor: AuditActor;
  readonly callingAeTitle: string;
}

const standardMaxRunning = 2;
const standardMaxFiles = 1_000_000;
/** Records of jobs that are kept; the oldest that have ended go first. */
const maxKept = 100;
/** How far a job is goes to its record this often, ms. */
const journalMs = 2_000;

/**
 * Jobs that redact and de-identify every file of a folder. How far they are is in memory and in a record on disk, so that a
 * job that was cut off is told of as failed with JOB_INTERRUPTED after the next start.
 */
export class FolderJobs {
  readonly #settings: FolderJobsSettings;
  readonly #parts: FolderJobsParts;
  readonly #roots: FolderRoots;
  readonly #journal: JobJournal;
  /** In the order they were begun. */
  readonly #jobs = new Map<string, JobRecord>();
  readonly #ends = new Map<string, AbortController>();
  readonly #running = new Set<Promise<void>>();
  #beginning = 0;
  #stopping = false;

  constructor(settings: FolderJobsSettings, parts: FolderJobsParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#roots = new FolderRoots(settings.roots, settings.closed);
    this.#journal = new JobJournal(settings.folder);
  }

  /** Reads the records; a job that ran when an earlier process ended has failed, and what it left aside is removed. */
  async start(): Promise<void> {
    for (const record of await this.#journal.load()) {
      this.#jobs.set(record.id, record);
      if (record.state !== 'running') continue;
      await this.#clear(record);
      await this.#end(record, 'failed', 'JOB_INTERRUPTED');
    }
    await this.#forgetOld();
  }

  /** Ends all jobs; they are told of as interrupted. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const end of this.#ends.values()) end.abort();
    await Promise.all(this.#running);
  }

  /** Begins a job. Rejects with FOLDER_REFUSED, JOBS_BUSY, and with what the audit trail rejects with. */
  async begin(order: JobOrder): Promise<JobRecord> {
    if (this.#stopping) throw new SallyportError('SHUTTING_DOWN');
    const { maxRunning = standardMaxRunning } = this.#settings;
    if (this.#ends.size + this.#beginning >= maxRunning) throw new SallyportError('JOBS_BUSY');
    this.#beginning += 1;
    try {
      const folders = await this.#roots.open(order.folderIn, order.folderOut);
      try {
        return await this.#begin(order, folders);
      } catch (error) {
        await closeAll(folders);
        throw error;
      }
    } finally {
      this.#beginning -= 1;
    }
  }

  /** At most the last 100, the newest first. */
  list(): readonly JobRecord[] {
    return [...this.#jobs.values()].reverse().slice(0, maxKept);
  }

  /** Throws JOB_UNKNOWN. */
  get(id: string): JobRecord {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new SallyportError('JOB_UNKNOWN');
    return job;
  }

  /** Ends a job; what is done stays. Throws JOB_UNKNOWN, JOB_ENDED. */
  cancel(id: string): JobRecord {
    const job = this.get(id);
    const end = this.#ends.get(id);
    if (end === undefined) throw new SallyportError('JOB_ENDED');
    end.abort();
    return job;
  }

  async #begin({ actor, callingAeTitle }: JobOrder, folders: JobFolders): Promise<JobRecord> {
    const id = newFileId();
    const record: JobRecord = {
      id,
      state: 'running',
      owner: { kind: actor.kind, name: actor.name },
      code: null,
      startedAt: this.#parts.now(),
      endedAt: null,
      files: 0,
      done: 0,
      redacted: 0,
      failed: 0,
      failures: {},
      outputPath: folders.outputPath,
    };
    await this.#journal.write(record).catch((thrown) => {
      throw storageFault(thrown);
    });
    try {
      const output = await FolderOutput.begin(folders.output, id).catch((cause) => {
        throw new SallyportError('FOLDER_REFUSED', { detail: 'folder_out: cannot be written', cause });
      });
      await this.#parts
        .audit({ actor, action: 'job.started', object: { kind: 'job', id } })
        .catch(async (error) => {
          await output.end();
          throw error;
        });
      this.#jobs.set(id, record);
      const end = new AbortController();
      this.#ends.set(id, end);
      const run = this.#run(record, { folders, output, callingAeTitle, end }).finally(() =>
        this.#running.delete(run),
      );
      this.#running.add(run);
    } catch (error) {
      await this.#journal.remove(id);
      throw error;
    }
    this.#parts.emit('job.started', { jobId: id });
    await this.#forgetOld();
    return record;
  }

  /** Never rejects. */
  async #run(
    { id }: JobRecord,
    {
      folders,
      output,
      callingAeTitle,
      end,
    }: {
      readonly folders: JobFolders;
      readonly output: FolderOutput;
      readonly callingAeTitle: string;
      readonly end: AbortController;
    },
  ): Promise<void> {
    const update = (change: (job: JobRecord) => Partial<JobRecord>): void => {
      const job = this.get(id);
      this.#jobs.set(id, { ...job, ...change(job) });
    };
    let written: Promise<void> | undefined;
    const timer = setInterval(() => {
      written ??= this.#journal
        .write(this.get(id))
        .catch(() => undefined)
        .finally(() => {
          written = undefined;
        });
    }, journalMs);
    const { concurrency, maxFiles = standardMaxFiles, reserveBytes = 0 } = this.#settings;
    let code: ErrorCode | undefined;
    try {
      await runFolderJob({
        input: folders.input,
        output,
        work: this.#parts.work,
        callingAeTitle,
        concurrency,
        maxFiles,
        reserveBytes,
        signal: end.signal,
        onFound: () => update(({ files }) => ({ files: files + 1 })),
        onDone: (fault) => update((job) => counted(job, fault)),
      });
    } catch (thrown) {
      code = asSallyportError(thrown).code;
    }
    clearInterval(timer);
    await written;
    await output.end();
    await closeAll(folders);
    if (code === undefined) await this.#end(this.get(id), 'completed', null);
    else if (this.#stopping || code === 'SHUTTING_DOWN')
      await this.#end(this.get(id), 'failed', 'JOB_INTERRUPTED');
    else if (code === 'CANCELLED') await this.#end(this.get(id), 'cancelled', null);
    else await this.#end(this.get(id), 'failed', code);
  }

  /** Never rejects: what cannot be written down now is found as interrupted at the next start. */
  async #end(job: JobRecord, state: Exclude<JobState, 'running'>, code: ErrorCode | null): Promise<void> {
    const ended: JobRecord = { ...job, state, code, endedAt: this.#parts.now() };
    this.#jobs.set(job.id, ended);
    // Whoever is told that it ended finds its place free.
    this.#ends.delete(job.id);
    const { emit, audit } = this.#parts;
    const { id: jobId, files, failed, startedAt, owner } = ended;
    emit('job.ended', {
      jobId,
      how: state,
      files,
      failed,
      durationMs: Math.max(0, (ended.endedAt ?? 0) - startedAt),
    });
    try {
      await audit({
        actor: owner,
        action: 'job.ended',
        object: { kind: 'job', id: jobId },
        ...(state === 'failed'
          ? { outcome: 'serious-failure' }
          : failed > 0
            ? { outcome: 'minor-failure' }
            : {}),
        ...(code === null ? {} : { code }),
      });
      await this.#journal.write(ended);
    } catch (thrown) {
      emit('files.failed', { code: asSallyportError(thrown).code });
    }
  }

  /** What a job that was cut off left aside; a folder that cannot be had any more keeps it. */
  async #clear({ id, outputPath }: JobRecord): Promise<void> {
    try {
      const output = await this.#roots.openAgain(outputPath);
      try {
        await FolderOutput.clear(output, id);
      } finally {
        await output.close();
      }
    } catch (thrown) {
      this.#parts.emit('files.failed', { code: asSallyportError(thrown).code });
    }
  }

  async #forgetOld(): Promise<void> {
    for (const { id, state } of [...this.#jobs.values()]) {
      if (this.#jobs.size <= maxKept) return;
      if (state === 'running') continue;
      this.#jobs.delete(id);
      await this.#journal.remove(id).catch(() => undefined);
    }
  }
}

async function closeAll({ input, output }: JobFolders): Promise<void> {
  await input.close().catch(() => undefined);
  await output.close().catch(() => undefined);
}
