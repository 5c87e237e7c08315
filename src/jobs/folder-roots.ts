import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, resolve, sep } from 'node:path';
import { SallyportError } from '../core/errors.ts';
import { PinnedFolder } from './pinned-folder.ts';

const maxPath = 4096;
/** Results are for the gateway's user and its group. */
const newFolderMode = 0o750;

/** `whole`: all that is below it is worked on; `around`: a folder is made in it. */
type Use = 'whole' | 'around';

/** The two folders of one job, held open. */
export interface JobFolders {
  readonly input: PinnedFolder;
  readonly output: PinnedFolder;
  /** Real path of the second. */
  readonly outputPath: string;
}

/**
 * The folders below which jobs may read and write, as the configuration names them. Everything is decided on real paths, and
 * on folders that are held open from then on: a link that is put in a folder's place later leads nowhere.
 */
export class FolderRoots {
  readonly #roots: readonly string[];
  readonly #closed: readonly string[];

  /** `closed`: folders of the gateway itself, which no job may touch or hold within. */
  constructor(roots: readonly string[], closed: readonly string[]) {
    this.#roots = roots;
    this.#closed = closed;
  }

  /**
   * The folders of a job: both below a root, neither the same nor in one another; the second is made where only its last
   * part is missing. Rejects with FOLDER_REFUSED; its detail does not tell what there is outside of the roots.
   */
  async open(folderIn: string, folderOut: string): Promise<JobFolders> {
    if (this.#roots.length === 0)
      throw new SallyportError('FOLDER_REFUSED', { detail: 'http.folderRoots is empty' });
    if (process.platform !== 'linux')
      throw new SallyportError('FOLDER_REFUSED', { detail: 'folders can be held open on Linux alone' });
    const input = await this.#pin('folder_in', folderIn);
    try {
      const inputPath = await input.realPath();
      const output = await this.#openOutput(folderOut);
      try {
        const outputPath = await output.realPath();
        if (isWithin(outputPath, inputPath) || isWithin(inputPath, outputPath))
          throw refused('folder_out', 'not the same as folder_in, nor in it, nor around it');
        return { input, output, outputPath };
      } catch (error) {
        await output.close();
        throw error;
      }
    } catch (error) {
      await input.close();
      throw error;
    }
  }

  /** A folder that a job wrote to before, where it is still there. Rejects with FOLDER_REFUSED. */
  openAgain(path: string): Promise<PinnedFolder> {
    return this.#pin('folder_out', path);
  }

  /** A folder to write to; made where only its last part is missing. */
  async #openOutput(path: string): Promise<PinnedFolder> {
    const field = 'folder_out';
    const found = await this.#pin(field, path).catch(() => undefined);
    if (found !== undefined) return found;
    const whole = checked(field, path);
    // The folder of the gateway may lie beside it.
    const parent = await this.#pin(field, dirname(whole), 'around');
    try {
      const made = await parent.folder(basename(whole), newFolderMode).catch((cause) => {
        throw notBelow(field, cause);
      });
      return await this.#held(field, made, 'whole');
    } finally {
      await parent.close();
    }
  }

  async #pin(field: string, path: string, use: Use = 'whole'): Promise<PinnedFolder> {
    const text = checked(field, path);
    let folder: PinnedFolder;
    try {
      const real = await realpath(text);
      if (!(await this.#isOpenTo(real, use))) throw new Error('not below a root');
      folder = await PinnedFolder.open(real);
    } catch (cause) {
      throw notBelow(field, cause);
    }
    return await this.#held(field, folder, use);
  }

  /** Where it is now that it is held: a part of its path may have been changed between the look and the opening. */
  async #held(field: string, folder: PinnedFolder, use: Use): Promise<PinnedFolder> {
    try {
      if (await this.#isOpenTo(await folder.realPath(), use)) return folder;
    } catch (cause) {
      await folder.close();
      throw notBelow(field, cause);
    }
    await folder.close();
    throw notBelow(field);
  }

  async #isOpenTo(real: string, use: Use): Promise<boolean> {
    for (const folder of this.#closed) {
      const closed = await realpath(folder).catch(() => resolve(folder));
      if (isWithin(real, closed) || (use === 'whole' && isWithin(closed, real))) return false;
    }
    for (const root of this.#roots) {
      const realRoot = await realpath(root).catch(() => undefined);
      if (realRoot !== undefined && isWithin(real, realRoot)) return true;
    }
    return false;
  }
}

function checked(field: string, path: string): string {
  const isPlain =
    isAbsolute(path) && path.length <= maxPath && !path.includes('\0') && !path.split(sep).includes('..');
  if (!isPlain) throw refused(field, 'an absolute path without ..');
  return resolve(path);
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

function notBelow(field: string, cause?: unknown): SallyportError {
  return refused(field, 'not a folder below http.folderRoots that can be opened', cause);
}

function refused(field: string, what: string, cause?: unknown): SallyportError {
  return new SallyportError('FOLDER_REFUSED', {
    detail: `${field}: ${what}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
