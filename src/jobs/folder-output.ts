import { constants } from 'node:fs';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import { SallyportError } from '../core/errors.ts';
import { checkDisk } from '../files/room.ts';
import type { PinnedFolder } from './pinned-folder.ts';
import { systemCodeOf } from './system-code.ts';

/** The new UIDs an output is named by. */
export interface OutputName {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

const folderMode = 0o750;
const compareBytes = 1024 * 1024;
/** File systems without hard links say so in one of these ways. */
const noLinks: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
]);

/**
 * Outputs of one job: `<study>/<series>/<instance>.dcm`, by new UIDs, for names of inputs are often names of patients.
 * Written aside in a folder of the job's own and then given their name: a name stands for a whole file, and one that is
 * taken is never replaced.
 */
export class FolderOutput {
  readonly #folder: PinnedFolder;
  readonly #aside: PinnedFolder;
  readonly #asideName: string;
  #next = 0;

  private constructor(folder: PinnedFolder, aside: PinnedFolder, asideName: string) {
    this.#folder = folder;
    this.#aside = aside;
    this.#asideName = asideName;
  }

  /** `folder` stays the caller's to close. */
  static async begin(folder: PinnedFolder, jobId: string): Promise<FolderOutput> {
    const name = asideName(jobId);
    return new FolderOutput(folder, await folder.folder(name, 0o700), name);
  }

  /** Removes what a job that was cut off left aside. */
  static async clear(folder: PinnedFolder, jobId: string): Promise<void> {
    await rm(folder.child(asideName(jobId)), { recursive: true, force: true });
  }

  /** Rejects with STORAGE_FULL where an output of so many bytes would take of the disk's reserve. */
  checkRoom(bytes: number, reserveBytes: number): Promise<void> {
    return checkDisk({ folder: this.#folder.path, reserveBytes }, bytes);
  }

  /** A path to write an output to. */
  part(): string {
    this.#next += 1;
    return this.#aside.child(String(this.#next));
  }

  /**
   * Gives a part its name. Rejects with DUPLICATE_CONTENT_DIFFERS where other content has it already, and with the system's
   * errors. The part is gone in any case.
   */
  async commit(part: string, name: OutputName): Promise<void> {
    const opened: PinnedFolder[] = [];
    try {
      for (const uid of [name.studyInstanceUid, name.seriesInstanceUid, name.sopInstanceUid])
        if (!/^[0-9.]{1,64}$/.test(uid) || /^\.+$/.test(uid))
          throw new SallyportError('DATA_SET_MALFORMED', { detail: 'a UID with other characters' });
      const study = await this.#folder.folder(name.studyInstanceUid, folderMode);
      opened.push(study);
      const series = await study.folder(name.seriesInstanceUid, folderMode);
      opened.push(series);
      const path = series.child(`${name.sopInstanceUid}.dcm`);
      if (!(await isNamed(part, path)) && !(await isSame(part, path)))
        throw new SallyportError('DUPLICATE_CONTENT_DIFFERS');
      await series.flush();
    } finally {
      await this.discard(part);
      for (const folder of opened) await folder.close();
    }
  }

  async discard(part: string): Promise<void> {
    await rm(part, { force: true }).catch(() => undefined);
  }

  /** Removes what was written aside and not named. */
  async end(): Promise<void> {
    await this.#aside.close();
    await rm(this.#folder.child(this.#asideName), { recursive: true, force: true }).catch(() => undefined);
  }
}

function asideName(jobId: string): string {
  return `.sallyport-${jobId}`;
}

/** False where the name is taken. */
async function isNamed(part: string, path: string): Promise<boolean> {
  try {
    await link(part, path);
    return true;
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'EEXIST') return false;
    if (!noLinks.has(code)) throw error;
  }
  if (await exists(path)) return false;
  await rename(part, path);
  return true;
}

async function exists(path: string): Promise<boolean> {
  try {
    await (await openPlain(path)).close();
    return true;
  } catch (error) {
    return systemCodeOf(error) !== 'ENOENT';
  }
}

function openPlain(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

/** Whether two files are the same byte for byte; a link is never. */
async function isSame(part: string, path: string): Promise<boolean> {
  const one = await openPlain(part);
  try {
    const other = await openPlain(path).catch(() => undefined);
    if (other === undefined) return false;
    try {
      return await sameContent(one, other);
    } finally {
      await other.close();
    }
  } finally {
    await one.close();
  }
}

async function sameContent(one: FileHandle, other: FileHandle): Promise<boolean> {
  const [left, right] = [Buffer.alloc(compareBytes), Buffer.alloc(compareBytes)];
  const { size } = await one.stat();
  if ((await other.stat()).size !== size) return false;
  for (let offset = 0; offset < size; ) {
    const { bytesRead } = await one.read(left, 0, compareBytes, offset);
    const again = await other.read(right, 0, bytesRead, offset);
    if (bytesRead === 0 || again.bytesRead !== bytesRead) return false;
    if (!left.subarray(0, bytesRead).equals(right.subarray(0, bytesRead))) return false;
    offset += bytesRead;
  }
  return true;
}
