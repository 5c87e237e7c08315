import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from './system-code.ts';

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** A pipe or a device must not keep whoever opens it waiting. */
const entryFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * A folder that is held open: names are looked up in it and nowhere else, whatever becomes of the path it was found by. What
 * `openat` does in C, Linux does for paths that begin with the folder's own entry in /proc.
 */
export class PinnedFolder {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Holds a folder open by its path, whose last part must be no link. Rejects with the system's error. */
  static async open(path: string): Promise<PinnedFolder> {
    return new PinnedFolder(await open(path, folderFlags));
  }

  /** To open it, and for paths of what is in it. */
  get path(): string {
    return pathOf(this.#handle);
  }

  /** Where it really is at this moment. */
  realPath(): Promise<string> {
    return readlink(this.path);
  }

  child(name: string): string {
    return join(this.path, name);
  }

  /** A folder in it, no link; made where it is not there yet. Rejects with the system's error. */
  async folder(name: string, mode: number): Promise<PinnedFolder> {
    const path = this.child(name);
    try {
      return await PinnedFolder.open(path);
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      await mkdir(path, { mode }).catch((fault) => {
        if (systemCodeOf(fault) !== 'EEXIST') throw fault;
      });
      return await PinnedFolder.open(path);
    }
  }

  /** What stands there under a name: a file, a folder, or something that is not followed. Rejects with the system's error. */
  async entry(
    name: string,
  ): Promise<
    | { readonly kind: 'file'; readonly handle: FileHandle }
    | { readonly kind: 'folder'; readonly folder: PinnedFolder }
    | { readonly kind: 'other' }
  > {
    let handle: FileHandle;
    try {
      handle = await open(this.child(name), entryFlags);
    } catch (error) {
      // A link; a socket, which has no device.
      if (systemCodeOf(error) === 'ELOOP' || systemCodeOf(error) === 'ENXIO') return { kind: 'other' };
      throw error;
    }
    try {
      const found = await handle.stat();
      if (found.isFile()) return { kind: 'file', handle };
      if (found.isDirectory()) return { kind: 'folder', folder: new PinnedFolder(handle) };
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return { kind: 'other' };
  }

  /** Names that were given in it are on stable storage when resolved. */
  flush(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** A path that leads to what is open here, for the threads of this process. */
export function pathOf({ fd }: Pick<FileHandle, 'fd'>): string {
  return `/proc/self/fd/${fd}`;
}
