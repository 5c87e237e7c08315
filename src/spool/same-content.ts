import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { contentDigestAlgorithm, type InstanceRecord } from '../core/instance.ts';
import type { BlobStore } from './backend.ts';
import { storageError, systemCode } from './file-calls.ts';

const windowBytes = 1024 * 1024;

/** What just arrived: a committed blob without a row yet. */
export interface Arrival {
  readonly id: string;
  readonly transferSyntaxUid: string;
  readonly sizeBytes: number;
  readonly headBytes: number;
}

/**
 * True where the arrival's data set is, byte for byte, the one of a stored instance. The head (File Meta Information) is
 * left out, since sender and time may show there. Nothing is hashed as instances arrive (0.7 ms of an instance of
 * 0.5 MB, and repeats are rare): length and transfer syntax decide most cases, the stored digest
 * or else the stored bytes the rest. Where neither is left the answer is false: a person looks, or it is processed again.
 */
export async function hasSameContent(
  blobs: BlobStore,
  arrival: Arrival,
  stored: InstanceRecord,
): Promise<boolean> {
  if (arrival.sizeBytes - arrival.headBytes !== stored.sizeBytes - stored.headBytes) return false;
  if (arrival.transferSyntaxUid !== stored.transferSyntaxUid) return false;
  try {
    if (stored.contentDigest !== null) {
      return (await digestFrom(blobs.localPath(arrival.id), arrival.headBytes)) === stored.contentDigest;
    }
    return await sameBytes(
      { path: blobs.localPath(arrival.id), from: arrival.headBytes },
      { path: blobs.localPath(stored.id), from: stored.headBytes },
    );
  } catch (thrown) {
    // The stored blob went as it was compared (delivered or discarded meanwhile).
    if (systemCode(thrown) === 'ENOENT') return false;
    throw storageError(thrown);
  }
}

async function digestFrom(path: string, from: number): Promise<string> {
  const hash = createHash(contentDigestAlgorithm);
  for await (const window of windows(path, from)) hash.update(window);
  return hash.digest('hex');
}

interface Range {
  readonly path: string;
  readonly from: number;
}

async function sameBytes(first: Range, second: Range): Promise<boolean> {
  const others = windows(second.path, second.from);
  try {
    for await (const window of windows(first.path, first.from)) {
      const other = await others.next();
      if (other.done === true || Buffer.compare(window, other.value) !== 0) return false;
    }
    return (await others.next()).done === true;
  } finally {
    await others.return();
  }
}

/** The bytes of a file from an offset on, in whole windows but for the last; each valid until the next is asked for. */
async function* windows(path: string, from: number): AsyncGenerator<Buffer, void, void> {
  const file = await open(path, 'r');
  try {
    const window = Buffer.allocUnsafe(windowBytes);
    let position = from;
    for (;;) {
      let filled = 0;
      while (filled < windowBytes) {
        const { bytesRead } = await file.read(window, filled, windowBytes - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      if (filled > 0) yield window.subarray(0, filled);
      if (filled < windowBytes) return;
      position += filled;
    }
  } finally {
    await file.close();
  }
}
