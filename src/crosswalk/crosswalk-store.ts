import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SallyportError } from '../core/errors.ts';
import type { IdentifierPair } from '../core/identifier-pair.ts';
import { OpenedFiles, openCrosswalkDatabase, sqliteDetail } from './crosswalk-database.ts';
import type { SealedPair, Sealing } from './sealing.ts';

const dayMs = 86_400_000;
/** Pairs of this day that are known to be stored: all instances of a study repeat its own. */
const maxRecent = 65_536;

const insertPair = `INSERT INTO pairs (old_digest, new_digest, used_day, sealed) VALUES (?, ?, ?, ?)
  ON CONFLICT (old_digest, new_digest) DO UPDATE SET used_day = excluded.used_day, sealed = excluded.sealed
  WHERE excluded.used_day > used_day`;
const allPairs = 'SELECT old_digest, new_digest, used_day, sealed FROM pairs';

/** A row that is not what was written: changed, cut, moved, or sealed by another key. */
export const damagedRow = Symbol('damaged row');

/**
 * The crosswalk, synchronous: which pseudonym stands for which identifier, in SQLite, each row encrypted by itself.
 *
 * SQLite rather than a file that only grows: a pair is found by its keyed digest without reading the others and without
 * holding digests in memory, a crash leaves whole transactions, and the command line reads beside a gateway that writes.
 * SQLite sees digests and ciphertext only, so neither its file nor its log or temporary pages can hold an identifier.
 */
export class CrosswalkStore {
  readonly #database: DatabaseSync;
  readonly #sealing: Sealing;
  readonly #files: OpenedFiles;
  readonly #insert: StatementSync | undefined;
  /** New values: they tell nothing of a patient. */
  readonly #recent = new Set<string>();
  #recentDay = 0;

  /** Throws CROSSWALK_UNUSABLE. `key`: at least 32 bytes. */
  constructor(dir: string, key: Uint8Array, mode: 'read' | 'write', busyTimeoutMs?: number) {
    const { database, sealing, file } = openCrosswalkDatabase(dir, key, mode, busyTimeoutMs);
    this.#database = database;
    this.#sealing = sealing;
    this.#files = new OpenedFiles(file);
    this.#insert = mode === 'write' ? database.prepare(insertPair) : undefined;
  }

  /**
   * Stores the pairs that are not stored yet, in one transaction, and returns when it is on stable storage. `now`: epoch
   * milliseconds. Throws CROSSWALK_FAILED; then nothing of them counts as stored.
   */
  record(pairs: readonly IdentifierPair[], now: number): void {
    const insert = this.#insert;
    if (insert === undefined) throw new SallyportError('CROSSWALK_FAILED', { detail: 'opened for reading' });
    const day = Math.floor(now / dayMs);
    if (day !== this.#recentDay || this.#recent.size > maxRecent) this.#recent.clear();
    this.#recentDay = day;
    const fresh = new Map<string, IdentifierPair>();
    for (const pair of pairs) if (!this.#recent.has(pair.idNew)) fresh.set(pair.idNew, pair);
    // Also where nothing is new: who removes the file takes away what was recorded before.
    this.#transaction(() => {
      for (const pair of fresh.values()) {
        const { oldDigest, newDigest, usedDay, sealed } = this.#sealing.seal(pair, day);
        insert.run(oldDigest, newDigest, usedDay, sealed);
      }
    }, fresh.size > 0);
    for (const idNew of fresh.keys()) this.#recent.add(idNew);
  }

  /** Removes up to `limit` pairs not used since `before` (epoch milliseconds); returns how many. Throws CROSSWALK_FAILED. */
  forget(before: number, limit: number): number {
    const removed = this.#transaction(
      () =>
        this.#database
          .prepare(
            `DELETE FROM pairs WHERE (old_digest, new_digest) IN
               (SELECT old_digest, new_digest FROM pairs WHERE used_day < ? LIMIT ?)`,
          )
          .run(Math.floor(before / dayMs), limit).changes,
      true,
    );
    this.#recent.clear();
    return Number(removed ?? 0);
  }

  /** Every pair, in an order that says nothing, one at a time; a snapshot even while others write. */
  *pairs(): Generator<IdentifierPair | typeof damagedRow> {
    yield* this.#opened(this.#read(allPairs));
  }

  /** The pairs in which a value stands on either side. */
  find(value: string): (IdentifierPair | typeof damagedRow)[] {
    const byOld = this.#read(`${allPairs} WHERE old_digest = ?`, this.#sealing.oldDigest(value));
    const byNew = this.#read(`${allPairs} WHERE new_digest = ?`, this.#sealing.newDigest(value));
    return [...this.#opened(byOld), ...this.#opened(byNew)];
  }

  close(): void {
    this.#recent.clear();
    this.#database.close();
  }

  *#opened(rows: Iterable<Record<string, unknown>>): Generator<IdentifierPair | typeof damagedRow> {
    try {
      for (const row of rows) {
        const sealed = sealedOf(row);
        yield (sealed === undefined ? undefined : this.#sealing.open(sealed)) ?? damagedRow;
      }
    } catch (cause) {
      throw asFailure(cause);
    }
  }

  #read(sql: string, ...digests: Uint8Array[]): Iterable<Record<string, unknown>> {
    try {
      return this.#database.prepare(sql).iterate(...digests);
    } catch (cause) {
      throw asFailure(cause);
    }
  }

  #transaction<T>(work: () => T, writes: boolean): T | undefined {
    try {
      this.#files.assertInPlace();
      if (!writes) return undefined;
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        return result;
      } catch (cause) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw cause;
      }
    } catch (cause) {
      throw asFailure(cause);
    }
  }
}

function asFailure(cause: unknown): SallyportError {
  return cause instanceof SallyportError
    ? cause
    : new SallyportError('CROSSWALK_FAILED', { detail: sqliteDetail(cause), cause });
}

function sealedOf(row: Record<string, unknown>): SealedPair | undefined {
  const { old_digest: oldDigest, new_digest: newDigest, used_day: usedDay, sealed } = row;
  const whole =
    oldDigest instanceof Uint8Array &&
    newDigest instanceof Uint8Array &&
    sealed instanceof Uint8Array &&
    typeof usedDay === 'number';
  return whole ? { oldDigest, newDigest, usedDay, sealed } : undefined;
}
