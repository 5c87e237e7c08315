import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SallyportError } from '../core/errors.ts';
import { newFileId } from './file-record.ts';
import type { Room } from './room.ts';

/** The disk is asked for its free space after so many bytes. */
const spaceCheckBytes = 16 * 1024 * 1024;
/** Chunks are joined to that size: a body comes in pieces of 64 KiB and less. */
const stagingBytes = 1024 * 1024;

/** A file that is being made; it goes with `remove` or becomes another's with `keep`. */
export interface TemporaryFile {
  readonly path: string;
  /** Length once it is whole. */
  readonly bytes: number;
  /** Removes it and gives its room back. May be called twice, and after `keep`, and then does nothing. Never rejects. */
  remove(): Promise<void>;
  /** From now on it is somebody else's, its room too. */
  keep(): void;
}

/** Files of work that is going on. What a process left behind is removed when the next one starts. */
export class TemporaryFiles {
  readonly #folder: string;
  readonly #room: Room;

  constructor(folder: string, room: Room) {
    this.#folder = folder;
    this.#room = room;
  }

  /** Makes the folder, and empties it. */
  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#folder))
      await rm(join(this.#folder, name), { recursive: true, force: true });
  }

  /** A path for an output that another part writes, and room for it. Throws FILES_FULL, but where it was `promised`. */
  reserve(bytes: number, promised = false): TemporaryFile {
    if (promised) this.#room.count(bytes);
    else this.#room.take(bytes);
    return this.#file(join(this.#folder, newFileId()), () => bytes);
  }

  /**
   * Writes a stream to a file of mode 0600. `expectedBytes`: what the sender told, which is refused before the first byte
   * where there is no room for it. Rejects with FILES_FULL, STORAGE_FULL, STORAGE_FAILED, CANCELLED
   * and the errors of the stream; nothing stays then.
   */
  async receive(
    stream: AsyncIterable<Uint8Array>,
    { signal, expectedBytes = 0 }: { readonly signal: AbortSignal; readonly expectedBytes?: number },
  ): Promise<TemporaryFile> {
    await this.#room.checkDisk(expectedBytes);
    const path = join(this.#folder, newFileId());
    let bytes = 0;
    const file = this.#file(path, () => bytes);
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
      let nextCheck = spaceCheckBytes;
      for await (const chunk of staged(stream)) {
        if (signal.aborted) throw new SallyportError('CANCELLED');
        this.#room.take(chunk.length);
        bytes += chunk.length;
        await writeAll(handle, chunk);
        if (bytes < nextCheck) continue;
        nextCheck = bytes + spaceCheckBytes;
        await this.#room.checkDisk();
      }
      return file;
    } catch (thrown) {
      await file.remove();
      throw writeError(thrown);
    } finally {
      await handle?.close().catch(() => undefined);
    }
  }

  #file(path: string, bytes: () => number): TemporaryFile {
    let isOurs = true;
    const room = this.#room;
    return {
      path,
      get bytes() {
        return bytes();
      },
      keep() {
        isOurs = false;
      },
      async remove() {
        if (!isOurs) return;
        isOurs = false;
        room.give(bytes());
        // What cannot be removed now is removed at the next start.
        await rm(path, { force: true }).catch(() => undefined);
      },
    };
  }
}

/** Joins small chunks, so that one write takes many. */
async function* staged(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < stagingBytes) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);
    done += bytesWritten;
  }
}

/** The same of an error that nothing but writing can have: what is not known is STORAGE_FAILED. */
export function storageFault(thrown: unknown): SallyportError {
  const fault = writeError(thrown);
  return fault instanceof SallyportError ? fault : new SallyportError('STORAGE_FAILED', { cause: thrown });
}

/** A failed call of the file system as STORAGE_FULL or STORAGE_FAILED; the rest as it is. */
export function writeError(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('syscall' in thrown) || !('code' in thrown)) return thrown;
  const code = String(thrown.code);
  // A connection that broke is no fault of the disk.
  if (thrown.syscall === 'read' || code === 'ECONNRESET') return thrown;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new SallyportError(full ? 'STORAGE_FULL' : 'STORAGE_FAILED', { detail: code, cause: thrown });
}
