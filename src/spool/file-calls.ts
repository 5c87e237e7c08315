import fs from 'node:fs';
import { promisify } from 'node:util';
import { SallyportError } from '../core/errors.ts';

/**
 * The file calls of the blob store with plain descriptors: one hop to the thread pool each, and no FileHandle objects
 * whose garbage collection would have to be watched.
 */
export const openFile = promisify(fs.open);
export const flushData = promisify(fs.fdatasync);
export const flushDirectory = promisify(fs.fsync);
export const renameFile = promisify(fs.rename);
const writeSome = promisify(fs.writev);
const closeDescriptor = promisify(fs.close);
const unlinkFile = promisify(fs.unlink);

/** Writes all chunks, one behind the other, from `position` on. Rejects with the system's error. */
export async function writeAll(
  descriptor: number,
  chunks: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let at = position;
  let rest = chunks.filter((chunk) => chunk.length > 0);
  while (rest.length > 0) {
    let { bytesWritten } = await writeSome(descriptor, rest, at);
    at += bytesWritten;
    rest = rest.flatMap((chunk) => {
      const left = chunk.subarray(Math.min(bytesWritten, chunk.length));
      bytesWritten -= chunk.length - left.length;
      return left.length > 0 ? [left] : [];
    });
  }
}

/** Closes; never rejects: what had to be safe was flushed before, and nothing can be done about a failing close. */
export function closeFile(descriptor: number): Promise<void> {
  return closeDescriptor(descriptor).catch(() => undefined);
}

/** Removes a file; true when it was there. Rejects with the system's error, but not for a file that is gone. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await unlinkFile(path);
    return true;
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return false;
    throw thrown;
  }
}

/** The system's name of an error ("ENOSPC"), which carries no path. */
export function systemCode(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** A failed file call as STORAGE_FULL or STORAGE_FAILED. */
export function storageError(thrown: unknown): SallyportError {
  if (thrown instanceof SallyportError) return thrown;
  const code = systemCode(thrown);
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new SallyportError(full ? 'STORAGE_FULL' : 'STORAGE_FAILED', {
    ...(code === undefined ? {} : { detail: code }),
    cause: thrown,
  });
}
