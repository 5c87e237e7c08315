import { chmodSync, mkdirSync } from 'node:fs';
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
      database = new DatabaseSync(file, { timeout: 0 });
      database.exec('BEGIN EXCLUSIVE');
      chmodSync(file, 0o600);
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
