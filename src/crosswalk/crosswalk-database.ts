import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SallyportError } from '../core/errors.ts';
import { createSealing, type Sealing, sameBytes } from './sealing.ts';

/** How long one process waits for another's transaction. */
const busyTimeoutMs = 10_000;
const schemaVersion = 1;
const storeIdBytes = 16;

const schema = `
  CREATE TABLE store (id BLOB NOT NULL, key_check BLOB NOT NULL);
  CREATE TABLE pairs (
    old_digest BLOB NOT NULL,
    new_digest BLOB NOT NULL,
    used_day INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (old_digest, new_digest)
  ) WITHOUT ROWID;
  CREATE INDEX pairs_by_new ON pairs (new_digest);
  CREATE INDEX pairs_by_day ON pairs (used_day);
  PRAGMA user_version = ${schemaVersion};
`;

export interface OpenedCrosswalk {
  readonly database: DatabaseSync;
  readonly sealing: Sealing;
  readonly file: string;
}

/** The file of the crosswalk in its folder. */
export function crosswalkFile(dir: string): string {
  return join(dir, 'crosswalk.sqlite');
}

/**
 * Opens the crosswalk of a folder; `write` makes one where there is none. Throws CROSSWALK_UNUSABLE where it cannot be
 * opened or belongs to another key.
 */
export function openCrosswalkDatabase(
  dir: string,
  key: Uint8Array,
  mode: 'read' | 'write',
  timeoutMs = busyTimeoutMs,
): OpenedCrosswalk {
  const file = crosswalkFile(dir);
  try {
    if (mode === 'read' && !existsSync(file))
      throw new SallyportError('CROSSWALK_UNUSABLE', { detail: 'there is none' });
    if (mode === 'write') mkdirSync(dir, { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file, { timeout: timeoutMs, readOnly: mode === 'read' });
    try {
      if (mode === 'write') prepare(database, file, key);
      return { database, sealing: sealingOf(database, key), file };
    } catch (cause) {
      database.close();
      throw cause;
    }
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause;
    throw new SallyportError('CROSSWALK_UNUSABLE', { detail: sqliteDetail(cause), cause });
  }
}

function prepare(database: DatabaseSync, file: string, key: Uint8Array): void {
  // The first pragma makes the file; its companions take over its mode.
  database.exec('PRAGMA user_version');
  chmodSync(file, 0o600);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  database.exec('PRAGMA journal_size_limit = 67108864');
  database.exec('PRAGMA cache_size = -16384');
  // What is forgotten shall be gone, although nobody can read it.
  database.exec('PRAGMA secure_delete = ON');
  if (userVersion(database) !== 0) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have made it while this one waited.
    if (userVersion(database) === 0) {
      database.exec(schema);
      const id = randomBytes(storeIdBytes);
      database
        .prepare('INSERT INTO store (id, key_check) VALUES (?, ?)')
        .run(id, createSealing(key, id).keyCheck);
    }
    database.exec('COMMIT');
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw cause;
  }
}

function sealingOf(database: DatabaseSync, key: Uint8Array): Sealing {
  if (userVersion(database) !== schemaVersion)
    throw new SallyportError('CROSSWALK_UNUSABLE', { detail: 'no crosswalk of this version' });
  const row = database.prepare('SELECT id, key_check FROM store').get();
  if (!(row?.id instanceof Uint8Array) || !(row.key_check instanceof Uint8Array))
    throw new SallyportError('CROSSWALK_UNUSABLE', { detail: 'damaged' });
  const sealing = createSealing(key, row.id);
  if (!sameBytes(sealing.keyCheck, row.key_check))
    throw new SallyportError('CROSSWALK_UNUSABLE', { detail: 'another key' });
  return sealing;
}

function userVersion(database: DatabaseSync): number {
  const version = database.prepare('PRAGMA user_version').get()?.user_version;
  return typeof version === 'number' ? version : 0;
}

/** SQLite's number; never its text. */
export function sqliteDetail(thrown: unknown): string {
  const number = thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : undefined;
  return typeof number === 'number' ? `sqlite ${number}` : 'crosswalk';
}

/**
 * Tells whether the files are still those that were opened: SQLite goes on writing to one that was removed or replaced, and
 * in WAL mode does not notice. Pairs would be committed to nowhere.
 */
export class OpenedFiles {
  readonly #file: string;
  readonly #database: string | undefined;
  #log: string | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#database = identityOf(file);
  }

  /** Throws CROSSWALK_FAILED. */
  assertInPlace(): void {
    // The first write makes the log; it goes when the last connection closes, and this one is open.
    const log = identityOf(`${this.#file}-wal`);
    if (identityOf(this.#file) !== this.#database || (this.#log !== undefined && log !== this.#log))
      throw new SallyportError('CROSSWALK_FAILED', { detail: 'file removed or replaced' });
    this.#log = log;
  }
}

function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}
