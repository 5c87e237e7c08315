import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { opendir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { SallyportError } from '../core/errors.ts';
import { faultPoint } from '../core/fault-points.ts';
import type { BlobStore, BlobWriter } from './backend.ts';
import { FileBlobWriter } from './blob-writer.ts';
import { closeFile, openFile, removeFile, storageError, systemCode } from './file-calls.ts';
import { isInstanceId, newInstanceId } from './ids.ts';
import { ShardDirectories } from './shard-directories.ts';

/** Temporary files made ahead: making one takes 0.3 ms of the 1 ms an instance may take (measured, ext4). */
const maxSpares = 4;
const suffix = '.dcm';

interface Spare {
  readonly path: string;
  readonly descriptor: number;
}

/**
 * Blobs as files: `<dir>/incoming/<name>` while they arrive, then `<dir>/blobs/<xx>/<id>.dcm`, mode 0600 in folders of
 * mode 0700. The shard is taken from the time in the id (half-minute slots), so that instances that arrive together share
 * a directory, and with it the directory flush, and no directory grows without bound.
 *
 * Only one process, the gateway, creates; any number may read and remove.
 */
export class FileBlobStore implements BlobStore {
  readonly #incoming: string;
  readonly #blobs: string;
  readonly #shards: ShardDirectories;
  readonly #spares: Spare[] = [];
  #refilling: Promise<void> | undefined;
  #closed = false;

  /** Makes the folders where they are missing. Throws STORAGE_UNUSABLE. */
  constructor(dir: string) {
    this.#incoming = join(dir, 'incoming');
    this.#blobs = join(dir, 'blobs');
    try {
      for (const folder of [this.#incoming, this.#blobs]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new SallyportError('STORAGE_UNUSABLE', { detail: systemCode(cause) ?? 'blobs', cause });
    }
    this.#shards = new ShardDirectories(this.#blobs);
  }

  async create(id: string): Promise<BlobWriter> {
    if (this.#closed) throw new SallyportError('SHUTTING_DOWN');
    try {
      const file = this.#spares.pop() ?? (await this.#newFile());
      this.#refill();
      faultPoint('blob.created');
      const shard = shardOf(id);
      return new FileBlobWriter({
        descriptor: file.descriptor,
        temporaryPath: file.path,
        finalPath: this.localPath(id),
        ensureDirectory: () => this.#shards.ensure(shard),
        flushDirectory: () => this.#shards.flush(shard),
        lost: () => {
          this.#shards.forget(shard);
          void this.#discardSpares();
        },
      });
    } catch (thrown) {
      throw storageError(thrown);
    }
  }

  localPath(id: string): string {
    return join(this.#blobs, shardOf(id), `${id}${suffix}`);
  }

  async size(id: string): Promise<number | undefined> {
    try {
      return (await stat(this.localPath(id))).size;
    } catch (thrown) {
      if (systemCode(thrown) === 'ENOENT') return undefined;
      throw storageError(thrown);
    }
  }

  async remove(id: string): Promise<void> {
    try {
      if (await removeFile(this.localPath(id))) faultPoint('blob.removed');
    } catch (thrown) {
      throw storageError(thrown);
    }
  }

  async *ids(): AsyncIterable<string> {
    for await (const shard of await opendir(this.#blobs)) {
      if (!shard.isDirectory()) continue;
      for await (const file of await opendir(join(this.#blobs, shard.name))) {
        const id = file.name.slice(0, -suffix.length);
        // What is not ours, or stands where it does not belong, is left alone.
        if (file.name.endsWith(suffix) && isInstanceId(id) && shardOf(id) === shard.name) yield id;
      }
    }
  }

  async freeBytes(): Promise<number> {
    try {
      const { bavail, bsize } = await statfs(this.#blobs);
      return bavail * bsize;
    } catch (thrown) {
      throw storageError(thrown);
    }
  }

  async sweepTemporary(): Promise<number> {
    let swept = 0;
    try {
      for await (const file of await opendir(this.#incoming)) {
        if (file.isFile() && (await removeFile(join(this.#incoming, file.name)))) swept++;
      }
    } catch (thrown) {
      throw storageError(thrown);
    }
    return swept;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#refilling;
    await this.#discardSpares();
    await this.#shards.close();
  }

  async #discardSpares(): Promise<void> {
    for (const spare of this.#spares.splice(0)) {
      await closeFile(spare.descriptor);
      await removeFile(spare.path).catch(() => false);
    }
  }

  async #newFile(): Promise<Spare> {
    const path = join(this.#incoming, newInstanceId(Date.now()));
    return { path, descriptor: await openFile(path, 'wx', 0o600) };
  }

  /** A failure here is not reported: the next `create` meets it itself. */
  #refill(): void {
    this.#refilling ??= this.#makeSpares()
      .catch(() => undefined)
      .finally(() => {
        this.#refilling = undefined;
      });
  }

  async #makeSpares(): Promise<void> {
    while (!this.#closed && this.#spares.length < maxSpares) this.#spares.push(await this.#newFile());
  }
}

/** Characters 5 and 6 of an id: half-minute slots that come round every nine hours, 1,024 folders. */
function shardOf(id: string): string {
  return id.slice(5, 7);
}

/** True where a storage folder holds at least one blob. Throws the system's error. */
export function holdsBlobs(dir: string): boolean {
  const blobs = join(dir, 'blobs');
  if (!existsSync(blobs)) return false;
  return readdirSync(blobs, { withFileTypes: true }).some(
    (shard) =>
      shard.isDirectory() && readdirSync(join(blobs, shard.name)).some((name) => name.endsWith(suffix)),
  );
}
