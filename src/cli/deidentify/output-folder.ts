import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { KeyTable, keyOf } from './key-table.ts';

const partPrefix = '.part-';
const compareBytes = 1024 * 1024;

/** The three UIDs an output is named by. */
export interface OutputName {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

export interface CommittedOutput {
  readonly path: string;
  readonly isCopy: boolean;
}

/**
 * Gives outputs their names: `<study>/<series>/<instance>.dcm`. Files are written aside, in a folder of this process that
 * goes with it, and renamed: a name in the output folder stands for a whole file.
 */
export class OutputFolder {
  readonly #folder: string;
  readonly #parts: string;
  readonly #fsync: boolean;
  /** How many inputs stand behind each output of this run and of those it resumes. */
  readonly #inputs = new KeyTable<number>();
  #next = 0;

  constructor(folder: string, fsync: boolean) {
    this.#folder = folder;
    this.#fsync = fsync;
    mkdirSync(folder, { recursive: true });
    const own = `${partPrefix}${hostname()}-`;
    for (const name of readdirSync(folder)) {
      // What a process of this host left that is no more.
      if (!name.startsWith(own) || isAlive(Number(name.slice(own.length)))) continue;
      rmSync(join(folder, name), { recursive: true, force: true });
    }
    this.#parts = join(folder, `${own}${process.pid}`);
    mkdirSync(this.#parts, { recursive: true });
  }

  /** A new path to write an output to. */
  part(): string {
    this.#next += 1;
    return join(this.#parts, String(this.#next));
  }

  /** An output of an earlier run, which this one leaves as it is. */
  knows(output: string): void {
    const key = keyOf(output);
    this.#inputs.set(key, (this.#inputs.get(key) ?? 0) + 1);
  }

  /**
   * Names a part; its path, and whether another input of the same content had it before; undefined when other content stands there from another input of the run: the first in the
   * order of calls keeps the name. `earlier`: the output that the same input had in the run that is resumed. Throws the
   * errors of `node:fs`; the part is gone in any case.
   */
  commit(part: string, name: OutputName, earlier: string | undefined): CommittedOutput | undefined {
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = name;
    const path = join(this.#folder, studyInstanceUid, seriesInstanceUid, `${sopInstanceUid}.dcm`);
    const key = keyOf(path);
    const inputs = this.#inputs.get(key) ?? 0;
    const isOwn = earlier === key && inputs === 1;
    try {
      if (inputs > 0 && !isOwn) {
        const same = sameContent(part, path);
        if (same === false) return undefined;
        if (same === true) {
          this.#inputs.set(key, inputs + 1);
          return { path, isCopy: true };
        }
      }
      this.#rename(part, path);
      if (!isOwn) this.#inputs.set(key, inputs + 1);
      return { path, isCopy: false };
    } finally {
      rmSync(part, { force: true });
    }
  }

  discard(part: string): void {
    rmSync(part, { force: true });
  }

  /** Removes what was written aside and not named. */
  close(): void {
    rmSync(this.#parts, { recursive: true, force: true });
  }

  #rename(part: string, path: string): void {
    try {
      renameSync(part, path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      mkdirSync(dirname(path), { recursive: true });
      renameSync(part, path);
      if (this.#fsync) {
        flushFolder(dirname(dirname(path)));
        flushFolder(this.#folder);
      }
    }
    if (this.#fsync) flushFolder(dirname(path));
  }
}

function flushFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether two files are the same byte for byte; undefined when the second is not there any more. */
function sameContent(one: string, other: string): boolean | undefined {
  const size = statSync(other, { throwIfNoEntry: false })?.size;
  if (size === undefined) return undefined;
  if (statSync(one).size !== size) return false;
  const files = [openSync(one, 'r'), openSync(other, 'r')] as const;
  try {
    const [left, right] = [Buffer.alloc(compareBytes), Buffer.alloc(compareBytes)];
    for (let offset = 0; offset < size; ) {
      const count = readSync(files[0], left, 0, compareBytes, offset);
      if (count === 0 || readSync(files[1], right, 0, count, offset) !== count) return false;
      if (!left.subarray(0, count).equals(right.subarray(0, count))) return false;
      offset += count;
    }
    return true;
  } finally {
    for (const file of files) closeSync(file);
  }
}
