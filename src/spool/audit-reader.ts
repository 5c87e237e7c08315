import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { AuditHead, AuditRecord } from '../core/audit.ts';
import { SallyportError } from '../core/errors.ts';
import {
  AuditTable,
  auditRecordOf,
  type ChainRow,
  findChain,
  pageStatement,
  statementsOf,
} from './sqlite-audit.ts';
import { ledgerFault } from './sqlite-database.ts';

/** Records read under one look at the database, so that a long reading keeps no log of it from being cut. */
const pageRecords = 5_000;
const busyTimeoutMs = 10_000;
/** The first version of the ledger that has a trail. */
const firstVersion = 3;
const sqliteReadOnly = 8;
const sqliteCannotOpen = 14;
/** SQLITE_CORRUPT, SQLITE_NOTADB. */
const damagedFile: readonly number[] = [11, 26];
/** SQLITE_PERM, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_AUTH. */
const notPermitted: readonly number[] = [3, sqliteReadOnly, sqliteCannotOpen, 23];

/**
 * Reads the trail of a storage folder beside its gateway, running or not, and writes nothing: neither a lock nor a
 * migration. The memory of one page. Throws STORAGE_UNUSABLE where there is no ledger with a trail.
 */
export class AuditReader {
  readonly #database: DatabaseSync;
  readonly #statement: ReturnType<typeof statementsOf>;

  constructor(dir: string) {
    const file = join(dir, 'ledger.sqlite');
    assertThere(file);
    try {
      this.#database = openToRead(file);
    } catch (cause) {
      throw asFault(cause);
    }
    this.#statement = statementsOf(this.#database);
  }

  close(): void {
    this.#database.close();
  }

  /** The ledger's note of the ends; null where it is gone. */
  chain(): ChainRow | null {
    return this.#guarded(() => (this.#has('audit_chain') ? (findChain(this.#statement) ?? null) : null));
  }

  /** Throws AUDIT_DAMAGED where the ends are not as the ledger noted them. */
  head(): AuditHead {
    if (!this.#has('audit') || !this.#has('audit_chain'))
      throw new SallyportError('AUDIT_DAMAGED', { detail: 'tables' });
    return this.#guarded(() => new AuditTable(this.#statement, Date.now).head());
  }

  /**
   * The records after a sequence number, the oldest first, up to one that is there when it is asked for. `'unreadable'` in
   * place of a row that holds no record; nothing follows it.
   */
  *records(after = 0, last = Number.MAX_SAFE_INTEGER): Generator<AuditRecord | 'unreadable'> {
    if (!this.#has('audit')) return;
    let sequence = after;
    for (;;) {
      let count = 0;
      const rows = this.#guarded(() => this.#statement(pageStatement).iterate(sequence, pageRecords));
      try {
        for (;;) {
          const record = this.#next(rows);
          if (record === undefined) break;
          if (record !== 'unreadable' && record.sequence > last) return;
          yield record;
          if (record === 'unreadable') return;
          sequence = record.sequence;
          count += 1;
        }
      } finally {
        // Whoever stops early may not leave the look at the database open.
        rows.return?.();
      }
      if (count < pageRecords) return;
    }
  }

  /** Sequence numbers of the first record from a time on and of the last one up to a time, epoch ms; undefined where none. */
  range(from: number | undefined, to: number | undefined): { first: number; last: number } | undefined {
    const row = this.#guarded(() =>
      this.#statement(
        'SELECT (SELECT sequence FROM audit WHERE at >= ? ORDER BY sequence LIMIT 1) AS first, (SELECT sequence FROM audit WHERE at <= ? ORDER BY sequence DESC LIMIT 1) AS last',
      ).get(from ?? 0, to ?? Number.MAX_SAFE_INTEGER),
    );
    const { first, last } = row ?? {};
    if (typeof first !== 'number' || typeof last !== 'number' || last < first) return undefined;
    return { first, last };
  }

  #has(table: string): boolean {
    return this.#guarded(
      () => this.#statement('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) !== undefined,
    );
  }

  #next(rows: Iterator<Parameters<typeof auditRecordOf>[0]>): AuditRecord | 'unreadable' | undefined {
    try {
      const { done, value } = rows.next();
      return done === true ? undefined : auditRecordOf(value);
    } catch (thrown) {
      if (isDamage(thrown)) return 'unreadable';
      throw asFault(thrown);
    }
  }

  #guarded<T>(read: () => T): T {
    try {
      return read();
    } catch (thrown) {
      throw asFault(thrown);
    }
  }
}

function assertThere(file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (cause) {
    const absent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new SallyportError('STORAGE_UNUSABLE', {
      detail: absent ? 'no ledger' : 'no permission to read the ledger',
      cause,
    });
  }
}

/**
 * A database with a log of writes (WAL) wants its folder writable even to be read. A copy that nobody writes, on a medium
 * or of another owner, is read as it is; one whose log is beside it is not, since what stands in the log would be missed.
 */
function openToRead(file: string): DatabaseSync {
  try {
    return withTrail(new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs }));
  } catch (thrown) {
    if (![sqliteReadOnly, sqliteCannotOpen].includes(sqliteCode(thrown) ?? 0)) throw thrown;
    if (existsSync(`${file}-wal`))
      throw new SallyportError('STORAGE_UNUSABLE', {
        detail: 'the folder cannot be written: copy ledger.sqlite and ledger.sqlite-wal to one that can',
        cause: thrown,
      });
    const asItIs = pathToFileURL(file);
    asItIs.searchParams.set('immutable', '1');
    return withTrail(new DatabaseSync(asItIs, { readOnly: true }));
  }
}

function withTrail(database: DatabaseSync): DatabaseSync {
  try {
    const version = database.prepare('PRAGMA user_version').get()?.user_version;
    if (typeof version === 'number' && version >= firstVersion) return database;
    throw new SallyportError('STORAGE_UNUSABLE', { detail: 'ledger of an earlier version, without a trail' });
  } catch (cause) {
    database.close();
    throw cause;
  }
}

function sqliteCode(thrown: unknown): number | undefined {
  const number = thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : undefined;
  return typeof number === 'number' ? number & 0xff : undefined;
}

/** The row, not the disk: numbers beyond any sense, a page of the file that is none. */
function isDamage(thrown: unknown): boolean {
  if (thrown instanceof SallyportError) return true;
  const code = sqliteCode(thrown);
  return code === undefined ? thrown instanceof RangeError : damagedFile.includes(code);
}

function asFault(thrown: unknown): SallyportError {
  if (thrown instanceof SallyportError) return thrown;
  const number = sqliteCode(thrown);
  if (number !== undefined && damagedFile.includes(number))
    return new SallyportError('AUDIT_DAMAGED', { detail: 'database file', cause: thrown });
  if (number !== undefined && notPermitted.includes(number))
    return new SallyportError('STORAGE_UNUSABLE', {
      detail: 'no permission to read the ledger',
      cause: thrown,
    });
  const { code, detail } = ledgerFault(thrown);
  return new SallyportError(code, { detail, cause: thrown });
}
