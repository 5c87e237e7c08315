import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SallyportError } from '../core/errors.ts';
import { type FileRecord, isFileId, parseFileRecord } from './file-record.ts';

const bytesEnding = '.dcm';
const recordEnding = '.json';
/** Longer than any record. */
const maxRecordBytes = 16 * 1024;

/**
 * The folder of files and their records: `<id>.dcm` beside `<id>.json`. A file counts once its record is there, and a record
 * is written after its bytes: what a crash leaves is a file without a record, which the next start removes.
 */
export class RecordFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  bytesPath(id: string): string {
    return join(this.#folder, `${id}${bytesEnding}`);
  }

  /** Every record that can be read; all else in the folder that is no folder is removed. */
  async load(): Promise<FileRecord[]> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const records: FileRecord[] = [];
    const names = await readdir(this.#folder, { withFileTypes: true });
    for (const entry of names) {
      if (!entry.isFile() || !entry.name.endsWith(recordEnding)) continue;
      const record = await this.#read(entry.name);
      if (record !== undefined) records.push(record);
    }
    const known = new Set(records.flatMap(({ id }) => [`${id}${bytesEnding}`, `${id}${recordEnding}`]));
    for (const entry of names) {
      if (entry.isDirectory() || known.has(entry.name)) continue;
      await rm(join(this.#folder, entry.name), { force: true });
    }
    return records;
  }

  /** Length of a file; -1 where it is not there. */
  async size(id: string): Promise<number> {
    try {
      return (await stat(this.bytesPath(id))).size;
    } catch {
      return -1;
    }
  }

  /** Flushes a whole file and gives it its name. Returns its length. */
  async take(id: string, path: string): Promise<number> {
    const handle = await open(path, 'r+');
    let bytes: number;
    try {
      await handle.chmod(0o600);
      await handle.datasync();
      bytes = (await handle.stat()).size;
    } finally {
      await handle.close();
    }
    await rename(path, this.bytesPath(id));
    await this.#flush();
    return bytes;
  }

  /** Durable when resolved; the record of before stays until then. */
  async write(record: FileRecord): Promise<void> {
    const path = join(this.#folder, `${record.id}${recordEnding}`);
    const handle = await open(`${path}.new`, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(record)}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(`${path}.new`, path);
    await this.#flush();
  }

  /** First the bytes: a record without them can be removed again, bytes without a record are gone at the next start. */
  async remove(id: string): Promise<void> {
    await rm(this.bytesPath(id), { force: true });
    await rm(join(this.#folder, `${id}${recordEnding}`), { force: true });
  }

  async removeBytes(id: string): Promise<void> {
    await rm(this.bytesPath(id), { force: true });
  }

  /** Open for reading; it stays readable though it is removed meanwhile. Rejects with BLOB_MISSING where it is not whole. */
  async open({ id, bytes }: FileRecord): Promise<FileHandle> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(this.bytesPath(id), constants.O_RDONLY | constants.O_NOFOLLOW);
      if ((await handle.stat()).size === bytes) return handle;
      throw new SallyportError('BLOB_MISSING');
    } catch (cause) {
      await handle?.close();
      throw cause instanceof SallyportError ? cause : new SallyportError('BLOB_MISSING', { cause });
    }
  }

  async #read(name: string): Promise<FileRecord | undefined> {
    const path = join(this.#folder, name);
    const { size } = await stat(path);
    if (size > maxRecordBytes) return undefined;
    const record = parseFileRecord(await readFile(path, 'utf8'));
    return record !== undefined && `${record.id}${recordEnding}` === name && isFileId(record.id)
      ? record
      : undefined;
  }

  async #flush(): Promise<void> {
    const handle = await open(this.#folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
