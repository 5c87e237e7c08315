import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SallyportError } from '../core/errors.ts';
import { isBusy, unusableBecause } from './sqlite-database.ts';

/**
 * One gateway per storage folder. The lock is SQLite's exclusive lock on `gateway.lock`: the operating system frees it
 * when its holder ends in whatever way, so there is no stale lock to judge by a process id, which another process may
 * have got since. It binds the processes of one machine, and of several where the file system shares POSIX locks.
 */
export class GatewayLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Throws STORAGE_IN_USE where another gateway, in this process or another, holds the folder; STORAGE_UNUSABLE. */
  static take(dir: string): GatewayLock {
    let database: DatabaseSync | undefined;
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const file = join(dir, 'gateway.lock');
      makePrivate(file);
      database = new DatabaseSync(file, { timeout: 0 });
      database.exec('BEGIN EXCLUSIVE');
      return new GatewayLock(database);
    } catch (cause) {
      database?.close();
      if (isBusy(cause)) throw new SallyportError('STORAGE_IN_USE', { detail: 'gateway.lock', cause });
      throw new SallyportError('STORAGE_UNUSABLE', {
        detail: unusableBecause(dir, 'gateway.lock'),
        cause,
      });
    }
  }

  release(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

/**
 * Makes the file with mode 0600 before SQLite opens it, which gives its journal the same mode. One that is there is never
 * opened here: closing it again would let go of the lock that a gateway of this process has on it.
 */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    chmodSync(file, 0o600);
  }
}
