import { closeSync, fsyncSync, openSync, rmSync, statfsSync, writevSync } from 'node:fs';
import { SallyportError } from '../core/errors.ts';

/** Chunks handed to the system in one call: so many, or so many bytes. */
const maxChunks = 64;
const maxBytes = 4 * 1024 * 1024;
/** Free space is asked for again after so many bytes. */
const spaceCheckBytes = 16 * 1024 * 1024;

export interface WriteFileOptions {
  /** Flush before it returns. */
  readonly fsync: boolean;
  /** Permissions of a new file; what the process is set to where left out. */
  readonly mode?: number;
  /** Free space of the disk that is not used, bytes; not looked at where left out. */
  readonly reserveBytes?: number;
}

/**
 * Writes a new file from chunks, the larger ones from where they are, without a copy, and returns its length in bytes. A
 * file that cannot be finished is removed. Throws STORAGE_FULL where the free space goes below the reserve, the errors of
 * `node:fs` and those of the chunks' maker.
 */
export function writeFile(
  path: string,
  chunks: Iterable<Uint8Array>,
  { fsync, mode, reserveBytes }: WriteFileOptions,
): number {
  const descriptor = openSync(path, 'w', mode);
  let total = 0;
  let checkedAt = Number.NEGATIVE_INFINITY;
  const write = (waiting: readonly Uint8Array[]): void => {
    if (reserveBytes !== undefined && total - checkedAt >= spaceCheckBytes) {
      const { bavail, bsize } = statfsSync(path);
      if (bavail * bsize < reserveBytes) throw new SallyportError('STORAGE_FULL');
      checkedAt = total;
    }
    total += writeAll(descriptor, waiting);
  };
  try {
    try {
      let waiting: Uint8Array[] = [];
      let bytes = 0;
      for (const chunk of chunks) {
        waiting.push(chunk);
        bytes += chunk.length;
        if (waiting.length < maxChunks && bytes < maxBytes) continue;
        write(waiting);
        waiting = [];
        bytes = 0;
      }
      write(waiting);
      if (fsync) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return total;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

/** The system may take less than it is given: what is left is given again. Returns the bytes written. */
function writeAll(descriptor: number, chunks: readonly Uint8Array[]): number {
  let left = chunks.filter(({ length }) => length > 0);
  let total = 0;
  while (left.length > 0) {
    let written = writevSync(descriptor, left);
    total += written;
    let done = 0;
    for (const chunk of left) {
      if (written < chunk.length) break;
      written -= chunk.length;
      done += 1;
    }
    const [cut, ...rest] = left.slice(done);
    left = cut === undefined ? [] : [written === 0 ? cut : cut.subarray(written), ...rest];
  }
  return total;
}
