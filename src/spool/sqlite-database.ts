import { chmodSync, mkdirSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type ErrorCode, SallyportError } from '../core/errors.ts';
import { sqliteMigrations } from './migrations/sqlite.ts';

/** How long one process waits for the other's transaction (the command line beside a running gateway). */
const busyTimeoutMs = 10_000;
const sqliteFull = 13;
const sqliteBusy = 5;

/**
 * Opens (or makes) the ledger database: WAL, a flush at every commit, the newest schema. Throws STORAGE_UNUSABLE where
 * the file cannot be used or was written by a newer version.
 *
 * WAL file: it grows to about 4 MB (1000 pages, SQLite's automatic checkpoint) and is then overwritten from its start,
 * so that most commits change no file size. Growing it beforehand was measured and gained nothing here (0.128 against
 * 0.139 ms a commit, within the noise), so it is left alone; `journal_size_limit` cuts it back after an exceptional peak.
 */
export function openLedgerDatabase(file: string, timeoutMs = busyTimeoutMs): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file, { timeout: timeoutMs });
    try {
      // The first pragma makes the file; its -wal and -shm companions take over its mode. chmod by path, because opening
      // and closing the file here would drop the POSIX locks another connection of this process holds on it.
      database.exec('PRAGMA user_version');
      chmodSync(file, 0o600);
      database.exec('PRAGMA journal_mode = WAL');
      database.exec('PRAGMA synchronous = FULL');
      database.exec('PRAGMA wal_autocheckpoint = 1000');
      database.exec('PRAGMA journal_size_limit = 67108864');
      database.exec('PRAGMA cache_size = -16384');
      migrate(database);
    } catch (cause) {
      database.close();
      throw cause;
    }
    return database;
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause;
    throw new SallyportError('STORAGE_UNUSABLE', { detail: unusableBecause(dirname(file), 'ledger'), cause });
  }
}

function migrate(database: DatabaseSync): void {
  if (userVersion(database) === sqliteMigrations.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Read again: another process may have migrated while this one waited for the lock.
    const version = userVersion(database);
    if (version > sqliteMigrations.length) {
      throw new SallyportError('STORAGE_UNUSABLE', { detail: `ledger schema ${version} of a newer version` });
    }
    for (const step of sqliteMigrations.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${sqliteMigrations.length}`);
    database.exec('COMMIT');
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw cause;
  }
}

function userVersion(database: DatabaseSync): number {
  const version = database.prepare('PRAGMA user_version').get()?.user_version;
  return typeof version === 'number' ? version : 0;
}

/**
 * Tells whether the ledger's files are still those that were opened. SQLite goes on writing to a file that was removed or
 * replaced, and in WAL mode does not notice: rows would be committed to nowhere.
 */
export class LedgerFiles {
  readonly #file: string;
  readonly #database: string | undefined;
  #wal: string | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#database = identityOf(file);
  }

  /** Throws STORAGE_FAILED. Two calls of 2 microseconds each. */
  assertInPlace(): void {
    const wal = identityOf(`${this.#file}-wal`);
    // The first write makes the log; the last connection to close removes it, and this one is open.
    if (identityOf(this.#file) !== this.#database || (this.#wal !== undefined && wal !== this.#wal)) {
      throw new SallyportError('STORAGE_FAILED', { detail: 'ledger file removed or replaced' });
    }
    this.#wal = wal;
  }
}

function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

/** True where the failure is that another process held the ledger for longer than this one waits. */
export function isBusy(thrown: unknown): boolean {
  const number = thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : undefined;
  return typeof number === 'number' && (number & 0xff) === sqliteBusy;
}

/**
 * Why a folder cannot be opened. On a disk without a byte nothing can be locked or written, and SQLite tells of that in
 * several ways: the disk is asked.
 */
export function unusableBecause(folder: string, otherwise: string): string {
  try {
    return statfsSync(folder).bavail === 0 ? 'the disk is full: make room first' : otherwise;
  } catch {
    return otherwise;
  }
}

/** What a failed statement means; the detail is SQLite's number, never its text. */
export function ledgerFault(thrown: unknown): { readonly code: ErrorCode; readonly detail: string } {
  if (thrown instanceof SallyportError) return { code: thrown.code, detail: thrown.detail ?? 'ledger' };
  const number = thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : undefined;
  if (typeof number !== 'number') return { code: 'STORAGE_FAILED', detail: 'ledger' };
  return {
    code: (number & 0xff) === sqliteFull ? 'STORAGE_FULL' : 'STORAGE_FAILED',
    detail: `sqlite ${number}`,
  };
}
