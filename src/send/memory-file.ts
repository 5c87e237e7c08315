/** What sending needs of an open file; a `FileHandle` has it. */
export interface ReadableAt {
  readv(buffers: readonly Buffer[], position: number): Promise<{ readonly bytesRead: number }>;
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** Bytes in memory that are read like a file. */
export function memoryFile(bytes: Uint8Array): ReadableAt {
  const read: ReadableAt['read'] = async (buffer, offset, length, position) => {
    const piece = bytes.subarray(position, position + length);
    buffer.set(piece, offset);
    return { bytesRead: piece.length };
  };
  return {
    read,
    readv: async (buffers, position) => {
      let total = 0;
      for (const buffer of buffers) {
        const { bytesRead } = await read(buffer, 0, buffer.length, position + total);
        total += bytesRead;
      }
      return { bytesRead: total };
    },
  };
}
