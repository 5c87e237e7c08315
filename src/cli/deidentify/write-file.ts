import { closeSync, fsyncSync, openSync, rmSync, writevSync } from 'node:fs';

/** Chunks handed to the system in one call: so many, or so many bytes. */
const maxChunks = 64;
const maxBytes = 4 * 1024 * 1024;

/**
 * Writes a new file from chunks, the larger ones from where they are, without a copy. A file that cannot be finished is
 * removed. Throws the errors of `node:fs` and those of the chunks' maker.
 */
export function writeFile(path: string, chunks: Iterable<Uint8Array>, fsync: boolean): void {
  const descriptor = openSync(path, 'w');
  try {
    try {
      let waiting: Uint8Array[] = [];
      let bytes = 0;
      for (const chunk of chunks) {
        waiting.push(chunk);
        bytes += chunk.length;
        if (waiting.length < maxChunks && bytes < maxBytes) continue;
        writeAll(descriptor, waiting);
        waiting = [];
        bytes = 0;
      }
      writeAll(descriptor, waiting);
      if (fsync) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

/** The system may take less than it is given: what is left is given again. */
function writeAll(descriptor: number, chunks: readonly Uint8Array[]): void {
  let left = chunks.filter(({ length }) => length > 0);
  while (left.length > 0) {
    let written = writevSync(descriptor, left);
    let done = 0;
    for (const chunk of left) {
      if (written < chunk.length) break;
      written -= chunk.length;
      done += 1;
    }
    const [cut, ...rest] = left.slice(done);
    left = cut === undefined ? [] : [written === 0 ? cut : cut.subarray(written), ...rest];
  }
}
