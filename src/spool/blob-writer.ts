import type { SallyportError } from '../core/errors.ts';
import { faultPoint } from '../core/fault-points.ts';
import type { BlobWriter } from './backend.ts';
import {
  closeFile,
  flushData,
  removeFile,
  renameFile,
  storageError,
  systemCode,
  writeAll,
} from './file-calls.ts';

/** Small chunks (a PDU is often 16 KiB) are joined to this size: one write call, 70 microseconds of hop, instead of sixteen. */
const stagingBytes = 256 * 1024;
/** A chunk of this size goes out as it is, together with what is staged: copying it would cost more than the call. */
const directBytes = 64 * 1024;
/** Two buffers per writer: one fills from the network while the other goes to disk. Kept for reuse, up to this many. */
const maxIdleBuffers = 16;
/** A large instance is flushed as it comes, so that its last flush is short and the page cache holds little of it. */
const flushEveryBytes = 16 * 1024 * 1024;

const idleBuffers: Uint8Array[] = [];

export interface BlobTarget {
  readonly descriptor: number;
  readonly temporaryPath: string;
  readonly finalPath: string;
  ensureDirectory(): Promise<void>;
  flushDirectory(): Promise<void>;
  /** The file or its folder was removed from outside. */
  lost(): void;
}

/**
 * Writes one blob. `commit` renames first and then flushes the bytes and the directory side by side, which takes one
 * journal commit of the file system instead of two. Measured here for 0.5 MB (ext4, ms, median of 400, 1 / 4 at a time):
 *
 *   fdatasync, rename, flush directory (classic)              0.69 / 0.59
 *   rename, fdatasync, then flush directory                   0.63 / 0.56
 *   rename, fdatasync beside flush directory (chosen)         0.60 / 0.54
 *   the same with a synchronous rename                        0.55 / 0.53   blocks the main thread on the journal: no
 *
 * Safe at each point, because a blob counts only once its ledger row is committed, and that is begun after both flushes:
 *   before the rename       a file in incoming/, removed at the next start
 *   renamed, not flushed    no row: whatever of the name or the bytes survives is an orphan, removed at the next start
 *   flushed, no row         as above, whole but an orphan; the sender got no Success and sends again
 *   row committed           bytes, size and name were flushed before
 */
export class FileBlobWriter implements BlobWriter {
  readonly #target: BlobTarget;
  #buffer: Uint8Array | undefined;
  #used = 0;
  #position = 0;
  #unflushed = 0;
  #writing: Promise<void> | undefined;
  #failure: SallyportError | undefined;
  #path: string;
  #closed = false;

  constructor(target: BlobTarget) {
    this.#target = target;
    this.#path = target.temporaryPath;
  }

  async write(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#failure !== undefined) throw this.#failure;
      if (rest.length >= directBytes) {
        await this.#writing;
        const staged = this.#buffer?.subarray(0, this.#used);
        this.#used = 0;
        // Waited for: the caller may use the chunk anew as soon as this settles.
        await this.#send(staged === undefined ? [rest] : [staged, rest]);
        break;
      }
      this.#buffer ??= idleBuffers.pop() ?? Buffer.allocUnsafeSlow(stagingBytes);
      const part = rest.subarray(0, stagingBytes - this.#used);
      this.#buffer.set(part, this.#used);
      this.#used += part.length;
      rest = rest.subarray(part.length);
      if (this.#used === stagingBytes) await this.#sendBuffer();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async commit(): Promise<{ readonly sizeBytes: number }> {
    try {
      await this.#sendBuffer();
      await this.#writing;
      if (this.#failure !== undefined) throw this.#failure;
      faultPoint('blob.written');
      await this.#target.ensureDirectory();
      await renameFile(this.#target.temporaryPath, this.#target.finalPath);
      this.#path = this.#target.finalPath;
      faultPoint('blob.renamed');
      const data = flushData(this.#target.descriptor).then(() => faultPoint('blob.synced'));
      // Both are waited for even if one fails: the file is removed only when nothing works on it any more.
      const [bytes, name] = await Promise.allSettled([data, this.#target.flushDirectory()]);
      if (bytes.status === 'rejected') throw bytes.reason;
      if (name.status === 'rejected') throw name.reason;
      faultPoint('blob.directorySynced');
    } catch (thrown) {
      if (systemCode(thrown) === 'ENOENT') this.#target.lost();
      await this.abort();
      throw storageError(thrown);
    }
    this.#closed = true;
    this.#recycle();
    void closeFile(this.#target.descriptor);
    return { sizeBytes: this.#position };
  }

  async abort(): Promise<void> {
    // A descriptor closed twice is a descriptor of somebody else: a socket, or the file of another instance.
    if (this.#closed) return;
    this.#closed = true;
    await this.#writing;
    this.#recycle();
    await closeFile(this.#target.descriptor);
    // What cannot be removed now is removed at the next start: no row names it.
    await removeFile(this.#path).catch(() => false);
  }

  /** Begins to write what is staged, once the write before it is done. */
  async #sendBuffer(): Promise<void> {
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    if (this.#used === 0) return;
    await this.#writing;
    const staged = buffer.subarray(0, this.#used);
    this.#buffer = undefined;
    this.#used = 0;
    this.#writing = this.#send([staged]).finally(() => giveBack(buffer));
  }

  /** Never rejects: a failure is kept and thrown by the next call. */
  async #send(chunks: readonly Uint8Array[]): Promise<void> {
    if (this.#failure !== undefined) return;
    const position = this.#position;
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#position += length;
    try {
      await writeAll(this.#target.descriptor, chunks, position);
      this.#unflushed += length;
      if (this.#unflushed < flushEveryBytes) return;
      this.#unflushed = 0;
      await flushData(this.#target.descriptor);
    } catch (thrown) {
      this.#failure = storageError(thrown);
    }
  }

  #recycle(): void {
    if (this.#buffer !== undefined) giveBack(this.#buffer);
    this.#buffer = undefined;
    this.#used = 0;
  }
}

function giveBack(buffer: Uint8Array): void {
  if (idleBuffers.length < maxIdleBuffers) idleBuffers.push(buffer);
}
