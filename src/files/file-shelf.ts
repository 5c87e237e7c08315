import type { FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type AuditActor, type AuditEntry, gatewayActor } from '../core/audit.ts';
import { asSallyportError, SallyportError } from '../core/errors.ts';
import type { FileRecord, FileState } from './file-record.ts';
import { FileRecords } from './file-records.ts';
import { RecordFolder } from './record-folder.ts';
import { Room } from './room.ts';
import { erasedEntry, ShelfWork, type ShelfWorkParts } from './shelf-work.ts';
import { type TemporaryFile, TemporaryFiles } from './temporary-files.ts';

export interface FileShelfSettings {
  /** Of this shelf alone; made with mode 0700. */
  readonly folder: string;
  /** De-identified files go after that time, ms. */
  readonly keepMs: number;
  /** Files as they came, with their identifiers, go after that time, ms. */
  readonly keepUploadsMs: number;
  /** Files there may be, and bytes of them. */
  readonly maxFiles: number;
  readonly maxBytes: number;
  /** Free space of the disk that is not used, bytes. */
  readonly reserveBytes: number;
  /** Files that are de-identified at one time. */
  readonly concurrency: number;
}

export interface FileShelfParts extends Omit<ShelfWorkParts, 'records'> {
  readonly now: () => number;
}

/** What a caller says of a file it uploads. */
export interface UploadAbout {
  readonly actor: AuditActor;
  readonly callingAeTitle: string;
  readonly studyType: string;
}

/** Work during which the whole process ended so often is given up: it may be what ends it. */
export const maxAttempts = 5;
const longestSweepMs = 60_000;
/** Removals that are recorded at once. */
const expireBatch = 500;

/**
 * Files that people upload to have them de-identified, outside of the spool: a folder with a record beside each file. An
 * upload and its de-identified result are two files with an id each. Killed at any point, it goes on at the next start: only
 * whole files are known, and work that was begun is done again. What is over its time is no longer given to anybody from
 * that moment on, and removed soon after.
 */
export class FileShelf {
  /** For files of work that is going on; their bytes count as those on the shelf do. */
  readonly temporary: TemporaryFiles;
  readonly #settings: FileShelfSettings;
  readonly #parts: FileShelfParts;
  readonly #records: FileRecords;
  readonly #work: ShelfWork;
  /** Files that are on their way to their record. */
  #arriving = 0;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;

  constructor(settings: FileShelfSettings, parts: FileShelfParts) {
    this.#settings = settings;
    this.#parts = parts;
    const room = new Room(settings);
    // Threads want absolute paths.
    const folder = resolve(settings.folder);
    this.#records = new FileRecords(new RecordFolder(folder), room, parts.now);
    this.#work = new ShelfWork(settings.concurrency, { ...parts, records: this.#records });
    this.temporary = new TemporaryFiles(join(folder, 'incoming'), room);
  }

  /** Mends what an earlier process left, removes what is over its time and goes on with the rest. */
  async start(): Promise<void> {
    await this.#records.load();
    await this.temporary.start();
    // Results first: what becomes of an upload depends on them.
    const kinds = Map.groupBy(this.#records.values(), ({ kind }) => kind);
    for (const record of [...(kinds.get('result') ?? []), ...(kinds.get('upload') ?? [])])
      await this.#mend(record);
    await this.sweep();
    for (const record of this.#records.values()) {
      if (record.state !== 'processing') continue;
      const upload = this.#records.get(record.originalId);
      // Its room was promised by the process before.
      this.#work.begin(record, this.temporary.reserve(upload?.bytes ?? 0, true));
    }
    const { keepMs, keepUploadsMs } = this.#settings;
    const everyMs = Math.max(50, Math.min(longestSweepMs, keepMs / 4, keepUploadsMs / 4));
    this.#timer = setInterval(() => void this.sweep(), everyMs);
    this.#timer.unref();
  }

  /** Ends the work at hand; it is begun again at the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.#work.stop(), this.#sweeping]);
  }

  /**
   * Takes a whole file over. With `anonymize` its de-identification is begun, and the record of the result is returned: the
   * upload itself is nobody's to ask for, and goes when that work is settled. Else the record of the upload. Rejects with
   * FILES_FULL, STORAGE_FULL, STORAGE_FAILED; the file is the caller's to remove in any case.
   */
  async add(file: TemporaryFile, { actor, ...about }: UploadAbout, anonymize: boolean): Promise<FileRecord> {
    // Room for the result is promised before the answer is.
    return this.#arrive(anonymize ? 2 : 1, anonymize ? file.bytes : undefined, async (output) => {
      const records = this.#records;
      const owner = { kind: actor.kind, name: actor.name };
      const { bytes } = file;
      const upload = records.make({ ...about, kind: 'upload', owner, bytes, hidden: anonymize });
      const result = records.make({
        ...about,
        kind: 'result',
        owner,
        state: 'processing',
        originalId: upload.id,
      });
      const told = anonymize ? result : upload;
      await records.take(upload.id, file.path);
      file.keep();
      records.know(upload);
      try {
        await records.write(upload);
        await this.#parts.audit({ actor, action: 'file.uploaded', object: { kind: 'file', id: told.id } });
        if (anonymize) await records.write(result);
      } catch (thrown) {
        await records.forget(result);
        await records.forget(upload);
        throw thrown;
      }
      if (output !== undefined) this.#work.begin(result, output);
      return told;
    });
  }

  /** Begins to de-identify an upload; the record of the result. While it is being done the same one is returned. */
  async anonymize(upload: FileRecord, actor: AuditActor): Promise<FileRecord> {
    const records = this.#records;
    const latest = records.latestOf(upload);
    if (latest?.state === 'processing') return latest;
    return this.#arrive(1, upload.bytes, async (output) => {
      const { callingAeTitle, studyType, id: originalId } = upload;
      const owner = { kind: actor.kind, name: actor.name };
      const about = { callingAeTitle, studyType, owner, originalId };
      const result = records.make({ ...about, kind: 'result', state: 'processing' });
      // At once: a second call meanwhile is to find it.
      records.know(result);
      await records.write(result).catch(async (thrown) => {
        await records.forget(result);
        throw thrown;
      });
      if (output !== undefined) this.#work.begin(result, output);
      return result;
    });
  }

  /** A file that may be asked for. Throws FILE_UNKNOWN, also for one that is over its time. */
  get(id: string): FileRecord {
    const record = this.#records.get(id);
    if (record === undefined || record.hidden || this.#isOver(record))
      throw new SallyportError('FILE_UNKNOWN');
    return record;
  }

  /** How far a file is: of an upload, that of the last de-identification that was begun. */
  stateOf(record: FileRecord): Pick<FileRecord, 'code' | 'detail'> & { readonly state: FileState } {
    return (record.kind === 'upload' ? this.#records.latestOf(record) : undefined) ?? record;
  }

  /** Where attributes can be read: of a result on its way, in its upload. */
  source(record: FileRecord): { readonly path: string; readonly identified: boolean } {
    const upload = record.kind === 'upload' ? record : this.#records.get(record.originalId);
    return record.state === 'processing' || record.kind === 'upload'
      ? { path: this.#records.path(upload ?? record), identified: true }
      : { path: this.#records.path(record), identified: false };
  }

  /** Opens the bytes of a file, which stay readable though it is removed meanwhile. Rejects with BLOB_MISSING. */
  open(record: FileRecord): Promise<FileHandle> {
    return this.#records.open(record);
  }

  /** Removes what is over its time. Never rejects: what cannot be removed now is tried again. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep()
      .catch((thrown) => this.#parts.emit('files.failed', { code: asSallyportError(thrown).code }))
      .finally(() => {
        this.#sweeping = undefined;
      });
    return this.#sweeping;
  }

  async #sweep(): Promise<void> {
    const over = this.#records.values().filter((record) => this.#isOver(record) && !this.#isInUse(record));
    for (let at = 0; at < over.length; at += expireBatch) {
      const batch = over.slice(at, at + expireBatch);
      await this.#parts.audit(
        ...batch.map(
          ({ id }): AuditEntry => ({
            actor: gatewayActor,
            action: 'file.expired',
            object: { kind: 'file', id },
          }),
        ),
      );
      for (const record of batch) await this.#records.forget(record);
      this.#parts.emit('files.expired', { files: batch.length });
    }
  }

  #isOver({ kind, state, createdAt, updatedAt }: FileRecord): boolean {
    const { keepMs, keepUploadsMs } = this.#settings;
    if (state === 'processing') return false;
    const end = kind === 'upload' ? createdAt + keepUploadsMs : updatedAt + keepMs;
    return end <= this.#parts.now();
  }

  #isInUse(record: FileRecord): boolean {
    return record.kind === 'upload' && this.#records.latestOf(record)?.state === 'processing';
  }

  /** Room for so many files more, and for an output of so many bytes, while `run` makes their records. */
  async #arrive<T>(
    files: number,
    outputBytes: number | undefined,
    run: (output: TemporaryFile | undefined) => Promise<T>,
  ): Promise<T> {
    if (this.#work.stopping) throw new SallyportError('SHUTTING_DOWN');
    if (this.#records.size + this.#arriving + files > this.#settings.maxFiles)
      throw new SallyportError('FILES_FULL', { detail: 'files' });
    const output = outputBytes === undefined ? undefined : this.temporary.reserve(outputBytes);
    this.#arriving += files;
    try {
      return await run(output);
    } catch (thrown) {
      await output?.remove();
      throw thrown;
    } finally {
      this.#arriving -= files;
    }
  }

  /** A record of an earlier process, as it can be held to. */
  async #mend(record: FileRecord): Promise<void> {
    const { kind, state, originalId, hidden, attempts } = record;
    const records = this.#records;
    if (kind === 'upload') {
      const result = records.latestOf(record);
      const isOrphan = hidden && result?.state !== 'processing';
      const isWhole = await records.isWhole(record);
      if (!isOrphan && isWhole) return;
      const entry = erasedEntry((hidden ? result : undefined)?.id ?? record.id);
      await this.#parts.audit(
        isWhole ? entry : { ...entry, outcome: 'serious-failure', code: 'BLOB_MISSING' },
      );
      await records.forget(record);
      return;
    }
    if (state === 'completed') {
      if (!(await records.isWhole(record))) await records.fail(record, 'BLOB_MISSING');
      return;
    }
    // Bytes may have got their name just before the end: they are made again.
    await records.removeBytes(record);
    if (state === 'failed') return;
    const upload = records.get(originalId);
    if (upload === undefined || !(await records.isWhole(upload))) await records.fail(record, 'BLOB_MISSING');
    else if (attempts >= maxAttempts) await records.fail(record, 'WORKER_CRASHED');
  }
}
