import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SallyportError } from '../core/errors.ts';
import { type ByteSource, memorySource } from '../dicom/byte-source.ts';

/** Files up to this length are read whole: one read is cheaper than windows. */
const wholeFileBytes = 32 * 2 ** 20;
/** What is read at least, so that the element walk does not cost a call per element. */
const windowBytes = 256 * 1024;

/** An open file as a source. */
export interface FileSource {
  readonly source: ByteSource;
  /** Ends the use of the source. May be called twice. */
  close(): void;
}

/**
 * Opens a file for random access. Small files are read at once, larger ones by windows, so that memory does not grow
 * with the file. Throws what the operating system says where the file cannot be opened or is not a regular file.
 */
export function openFileSource(path: string): FileSource {
  const descriptor = openSync(path, 'r');
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new SallyportError('NOT_DICOM', { detail: 'not a regular file' });
    if (status.size > wholeFileBytes) return windowedSource(descriptor, status.size);
    const bytes = new Uint8Array(status.size);
    const length = readFully(descriptor, bytes, 0);
    closeSync(descriptor);
    return { source: memorySource(bytes.subarray(0, length)), close: () => undefined };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function windowedSource(descriptor: number, size: number): FileSource {
  const kept = new Uint8Array(windowBytes);
  let start = 0;
  let end = 0;
  let open = true;
  const truncated = (offset: number): SallyportError =>
    new SallyportError('DATA_SET_TRUNCATED', { detail: `offset ${offset}` });
  const source: ByteSource = {
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size) throw truncated(offset);
      if (length > windowBytes) {
        const bytes = new Uint8Array(length);
        if (readFully(descriptor, bytes, offset) < length) throw truncated(offset);
        return bytes;
      }
      if (offset < start || offset + length > end) {
        start = offset;
        end = offset + readFully(descriptor, kept, offset);
        if (offset + length > end) throw truncated(offset);
      }
      return kept.subarray(offset - start, offset - start + length);
    },
  };
  return {
    source,
    close() {
      if (!open) return;
      open = false;
      closeSync(descriptor);
    },
  };
}

/** Fills `bytes` from `position` on; the number of bytes read is smaller only at the end of the file. */
function readFully(descriptor: number, bytes: Uint8Array, position: number): number {
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(descriptor, bytes, filled, bytes.length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
