import type { FileHandle } from 'node:fs/promises';
import { type FileRecord, newFileId } from './file-record.ts';
import type { RecordFolder } from './record-folder.ts';
import type { Room } from './room.ts';
import { storageFault } from './temporary-files.ts';

/** The records of the shelf in memory, as they are on disk, with the room that their bytes take. */
export class FileRecords {
  readonly #folder: RecordFolder;
  readonly #room: Room;
  readonly #now: () => number;
  readonly #byId = new Map<string, FileRecord>();
  /** The last result that was begun of each upload. */
  readonly #latest = new Map<string, string>();

  constructor(folder: RecordFolder, room: Room, now: () => number) {
    this.#folder = folder;
    this.#room = room;
    this.#now = now;
  }

  get size(): number {
    return this.#byId.size;
  }

  values(): FileRecord[] {
    return [...this.#byId.values()];
  }

  get(id: string | null): FileRecord | undefined {
    return id === null ? undefined : this.#byId.get(id);
  }

  /** The last result that was begun of an upload. */
  latestOf({ id }: FileRecord): FileRecord | undefined {
    return this.get(this.#latest.get(id) ?? null);
  }

  /** Reads what is in the folder; all else there is removed. */
  async load(): Promise<void> {
    for (const record of await this.#folder.load()) {
      this.#room.count(record.bytes);
      this.know(record);
    }
  }

  /** A record that was made, to be found at once: it is not written yet. */
  know(record: FileRecord): void {
    this.#byId.set(record.id, record);
    if (record.originalId === null) return;
    const latest = this.get(this.#latest.get(record.originalId) ?? null);
    if (latest === undefined || latest.createdAt <= record.createdAt)
      this.#latest.set(record.originalId, record.id);
  }

  /** Durable when resolved. Rejects with STORAGE_FULL, STORAGE_FAILED. */
  async write(record: FileRecord): Promise<void> {
    await this.#folder.write(record).catch(rethrowWriteError);
    this.know(record);
  }

  /** Gives a whole file the name of a record. Returns its length. */
  take(id: string, path: string): Promise<number> {
    return this.#folder.take(id, path).catch(rethrowWriteError);
  }

  async forget({ id }: FileRecord): Promise<void> {
    await this.#folder.remove(id).catch(rethrowWriteError);
    this.#room.give(this.get(id)?.bytes ?? 0);
    this.#byId.delete(id);
    this.#latest.delete(id);
  }

  /** A file that came to nothing: its bytes go, its record says why. It is so in memory even where the disk takes no more. */
  async fail(record: FileRecord, code: FileRecord['code'], detail?: string | null): Promise<FileRecord> {
    const updatedAt = this.#now();
    const failed: FileRecord = {
      ...record,
      state: 'failed',
      bytes: 0,
      code,
      detail: detail ?? null,
      updatedAt,
    };
    this.#room.give(this.get(record.id)?.bytes ?? 0);
    this.know(failed);
    await this.#folder.removeBytes(record.id).catch(rethrowWriteError);
    await this.write(failed);
    return failed;
  }

  /** A file whose bytes have their name. */
  async complete(record: FileRecord, bytes: number): Promise<void> {
    await this.write({ ...record, state: 'completed', bytes, updatedAt: this.#now() });
    this.#room.count(bytes);
  }

  path({ id }: FileRecord): string {
    return this.#folder.bytesPath(id);
  }

  removeBytes({ id }: FileRecord): Promise<void> {
    return this.#folder.removeBytes(id).catch(rethrowWriteError);
  }

  /** The bytes are all there. */
  async isWhole({ id, bytes }: FileRecord): Promise<boolean> {
    return (await this.#folder.size(id)) === bytes;
  }

  /** Open for reading; it stays readable though it is removed meanwhile. Rejects with BLOB_MISSING. */
  open(record: FileRecord): Promise<FileHandle> {
    return this.#folder.open(record);
  }

  /** A record that is new, and not known yet. */
  make(
    from: Pick<FileRecord, 'kind' | 'owner' | 'callingAeTitle' | 'studyType'> & Partial<FileRecord>,
  ): FileRecord {
    const at = this.#now();
    return {
      id: newFileId(),
      state: 'completed',
      originalId: null,
      hidden: false,
      code: null,
      detail: null,
      bytes: 0,
      attempts: 0,
      createdAt: at,
      updatedAt: at,
      ...from,
    };
  }
}

function rethrowWriteError(thrown: unknown): never {
  throw storageFault(thrown);
}
