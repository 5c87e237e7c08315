import { SallyportError } from '../core/errors.ts';

/**
 * Random access to encoded bytes. Synchronous, because the element walk runs in worker threads and in the command line;
 * an implementation over a file keeps a window, so that a 4 GB object never sits in memory.
 */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;
  /**
   * The bytes [offset, offset + length), as a view or a copy; the caller does not modify them and does not keep them
   * beyond the next `read` unless it copies. Throws DATA_SET_TRUNCATED where the range leaves the source.
   */
  read(offset: number, length: number): Uint8Array;
  /** All the bytes, where they are in memory anyway: spares a reader its windows. Never set by a source over a file. */
  readonly bytes?: Uint8Array;
}

/** A source over bytes in memory: `read` gives views that stay valid. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    bytes,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > bytes.length) {
        throw new SallyportError('DATA_SET_TRUNCATED', { detail: `offset ${offset}` });
      }
      return bytes.subarray(offset, offset + length);
    },
  };
}
