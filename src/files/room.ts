import { statfs } from 'node:fs/promises';
import { SallyportError } from '../core/errors.ts';

export interface RoomLimits {
  /** Folder whose disk is asked. */
  readonly folder: string;
  /** Bytes of all files together. */
  readonly maxBytes: number;
  /** Free space of the disk that is not used, bytes. */
  readonly reserveBytes: number;
}

/** How many bytes of files there may be. What is taken before it is written cannot be promised to two. */
export class Room {
  readonly #limits: RoomLimits;
  #used = 0;

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  get usedBytes(): number {
    return this.#used;
  }

  /** Throws FILES_FULL. */
  take(bytes: number): void {
    if (this.#used + bytes > this.#limits.maxBytes)
      throw new SallyportError('FILES_FULL', { detail: 'bytes' });
    this.#used += bytes;
  }

  /** Counts what is there already, also beyond the limit. */
  count(bytes: number): void {
    this.#used += bytes;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }

  /** Rejects with STORAGE_FULL where the disk is below its reserve, or would be with so many bytes more. */
  async checkDisk(more = 0): Promise<void> {
    await checkDisk(this.#limits, more);
  }
}

/** Rejects with STORAGE_FULL where the disk of a folder is below its reserve, or would be with so many bytes more. */
export async function checkDisk(
  { folder, reserveBytes }: Pick<RoomLimits, 'folder' | 'reserveBytes'>,
  more: number,
): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize - more < reserveBytes) throw new SallyportError('STORAGE_FULL');
}
