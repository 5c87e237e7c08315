import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SallyportError } from '../core/errors.ts';
import type { ByteSource } from '../dicom/byte-source.ts';

/** Files up to this size are read whole, bytes: one read costs less than many. */
export const wholeFileBytes = 32 * 1024 * 1024;
/** Bytes kept in memory of a larger file. */
const windowBytes = 1024 * 1024;
/** Read instead where the file is not read in order: the beginnings of 20,000 frames are not worth 20 GB. */
const scatteredBytes = 32 * 1024;

/** Gives room for a file of that many bytes. */
export type FileBuffer = (size: number) => Uint8Array<ArrayBuffer>;

const freshBuffer: FileBuffer = (size) => new Uint8Array(size);
/** A reused buffer grows up to here, bytes; larger files get one of their own. */
const reusedBytes = 8 * 1024 * 1024;

/**
 * The same memory for one file after another: a thread that reads thousands of half-megabyte files otherwise spends a
 * tenth of its time collecting them. Whoever uses it is done with one file, and all made from it, before the next.
 */
export function reusedBuffer(): FileBuffer {
  let memory = new Uint8Array(0);
  return (size) => {
    if (size > reusedBytes) return freshBuffer(size);
    if (memory.length < size)
      memory = new Uint8Array(Math.min(reusedBytes, 2 ** Math.ceil(Math.log2(size + 1))));
    return memory.subarray(0, size);
  };
}

/** A byte source over an open file. */
export interface FileSource extends ByteSource {
  /** Closes the file; nothing can be read any more. */
  close(): void;
}

/**
 * Opens a file for random access. Small files are read whole; of larger ones a window is kept, so that memory does not
 * grow with the file, and a longer read gets a buffer of its own. Throws the errors of `node:fs`; `read` throws
 * DATA_SET_TRUNCATED where the range leaves the file, also when the file has become shorter.
 *
 * Plain Uint8Arrays on purpose: `slice` of a Buffer would be a view of the window, not the copy a reader asks for.
 */
export function openFileSource(
  path: string,
  wholeBytes: number = wholeFileBytes,
  buffer: FileBuffer = freshBuffer,
): FileSource {
  const descriptor = openSync(path, 'r');
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    closeSync(descriptor);
  };
  try {
    const { size } = fstatSync(descriptor);
    if (size <= wholeBytes) {
      const bytes = buffer(size);
      fill(descriptor, bytes, 0);
      close();
      return wholeSource(bytes);
    }
    return windowedSource(descriptor, size, close);
  } catch (error) {
    close();
    throw error;
  }
}

function wholeSource(bytes: Uint8Array): FileSource {
  return {
    size: bytes.length,
    bytes,
    read(offset, length) {
      assertRange(offset, length, bytes.length);
      return bytes.subarray(offset, offset + length);
    },
    close() {
      // The file was closed when it was read.
    },
  };
}

function windowedSource(descriptor: number, size: number, close: () => void): FileSource {
  const window = new Uint8Array(windowBytes);
  let start = 0;
  let filled = 0;
  /** Of the last read of the file. */
  let end = 0;
  return {
    size,
    read(offset, length) {
      assertRange(offset, length, size);
      if (length > windowBytes) {
        const bytes = new Uint8Array(length);
        fill(descriptor, bytes, offset);
        end = offset + length;
        return bytes;
      }
      if (offset < start || offset + length > start + filled) {
        filled = 0;
        const inOrder = offset >= start && offset <= end + scatteredBytes;
        const wanted = Math.min(Math.max(length, inOrder ? windowBytes : scatteredBytes), size - offset);
        end = offset + wanted;
        fill(descriptor, window.subarray(0, wanted), offset);
        start = offset;
        filled = wanted;
      }
      return window.subarray(offset - start, offset - start + length);
    },
    close,
  };
}

function assertRange(offset: number, length: number, size: number): void {
  if (offset < 0 || length < 0 || offset + length > size) {
    throw new SallyportError('DATA_SET_TRUNCATED', { detail: `offset ${offset}` });
  }
}

function fill(descriptor: number, bytes: Uint8Array, offset: number): void {
  let done = 0;
  while (done < bytes.length) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, offset + done);
    if (count === 0) throw new SallyportError('DATA_SET_TRUNCATED', { detail: `offset ${offset + done}` });
    done += count;
  }
}
