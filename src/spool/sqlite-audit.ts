import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import {
  type AuditEntry,
  type AuditHead,
  type AuditRecord,
  auditName,
  auditWord,
  gatewayActor,
  noHash,
} from '../core/audit.ts';
import { maxPrunedAtOnce, prunedId } from '../core/audit-pruning.ts';
import { SallyportError } from '../core/errors.ts';
import { auditHash } from './audit-hash.ts';
import {
  type AuditDamage,
  auditDamages,
  endsDamage,
  mendAudit,
  mendNote,
  settleNote,
} from './audit-mending.ts';
import type { AuditFilter, AuditInspection, AuditPage } from './audit-trail.ts';

/** Records looked at by one `list`: the ledger's thread has more to do. */
export const listWindow = 20_000;

const columns =
  'sequence, at, actor_kind, actor_name, actor_address, action, object_kind, object_id, profile_revision, outcome, code, previous, hash';

const insertStatement = `INSERT INTO audit (${columns}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`;

export interface ChainRow {
  /** The last record that was pruned; sequence 0 and zeros where none was. */
  readonly pruned: { readonly sequence: number; readonly hash: string };
  readonly head: { readonly sequence: number; readonly hash: string };
}

/**
 * The chain inside the ledger's transactions. The head is read once a transaction, because the command line writes too, and
 * moved once, before the commit. Every method but `begin` belongs inside a transaction that `begin` opened.
 */
export class AuditTable {
  readonly #statement: (sql: string) => StatementSync;
  readonly #now: () => number;
  #head: { sequence: number; hash: string } | undefined;
  #moved = false;

  constructor(statement: (sql: string) => StatementSync, now: () => number) {
    this.#statement = statement;
    this.#now = now;
  }

  /** Forgets what an earlier transaction knew, committed or not. */
  begin(): void {
    this.#head = undefined;
    this.#moved = false;
  }

  append(entries: readonly AuditEntry[]): void {
    this.#head ??= { ...this.#chain().head };
    const head = this.#head;
    const now = this.#now();
    const at = new Date(now).toISOString();
    for (const { actor, action, object, profileRevision, outcome, code } of entries) {
      const record = {
        sequence: head.sequence + 1,
        at,
        actor: {
          kind: actor.kind,
          name: auditName(actor.name),
          address: actor.address === undefined ? null : auditWord(actor.address),
        },
        action,
        object: { kind: object.kind, id: auditWord(object.id) },
        profileRevision: typeof profileRevision === 'string' ? auditWord(profileRevision) : null,
        outcome: outcome ?? 'success',
        code: typeof code === 'string' ? auditWord(code) : null,
        previousHash: head.hash,
      } as const;
      const hash = auditHash(record);
      this.#statement(insertStatement).run(
        record.sequence,
        now,
        record.actor.kind,
        record.actor.name,
        record.actor.address,
        record.action,
        record.object.kind,
        record.object.id,
        record.profileRevision,
        record.outcome,
        record.code,
        Buffer.from(record.previousHash, 'hex'),
        Buffer.from(hash, 'hex'),
      );
      head.sequence = record.sequence;
      head.hash = hash;
      this.#moved = true;
    }
  }

  /** Before the commit. */
  finish(): void {
    if (!this.#moved || this.#head === undefined) return;
    const { sequence, hash } = this.#head;
    this.#statement('UPDATE audit_chain SET head_sequence = ?, head_hash = ?').run(
      sequence,
      Buffer.from(hash, 'hex'),
    );
    this.#moved = false;
  }

  /** Throws AUDIT_DAMAGED where the ends are not as the ledger noted them: a head to be kept elsewhere has to be right. */
  head(): AuditHead {
    const damage = endsDamage(this.#statement);
    if (damage !== undefined) throw new SallyportError('AUDIT_DAMAGED', { detail: damage });
    return this.#newestRow();
  }

  /** What is wrong with the ends and tables of the trail, put on record and mended so that it goes on; see `mendAudit`. */
  inspect(exec: (sql: string) => void): AuditInspection {
    const damage = mendAudit(this.#statement, exec);
    if (damage !== undefined) this.#recordDamage(damage);
    return { damage: damage ?? null, lastToldAt: this.#lastDamageAt() };
  }

  #recordDamage(damage: AuditDamage): void {
    settleNote(this.#statement);
    this.append([
      {
        actor: gatewayActor,
        action: 'audit.damaged',
        object: { kind: 'audit', id: damage },
        outcome: 'major-failure',
        code: 'AUDIT_DAMAGED',
      },
    ]);
    this.finish();
    settleNote(this.#statement);
  }

  #lastDamageAt(): number | null {
    const words = Object.keys(auditDamages);
    const row = this.#statement(
      `SELECT max(at) AS at FROM audit INDEXED BY audit_by_object
         WHERE object_id IN (${words.map(() => '?').join(', ')}) AND action = 'audit.damaged'`,
    ).get(...words);
    return typeof row?.at === 'number' ? row.at : null;
  }

  /** The note of the ends. Where somebody removed it while the gateway runs, it is made anew, and that is put on record. */
  #chain(): ChainRow {
    const known = findChain(this.#statement);
    if (known !== undefined) return known;
    const wasEmpty = this.#newestRow().sequence === 0;
    mendNote(this.#statement);
    const made = findChain(this.#statement);
    if (made === undefined) throw damaged();
    this.#head = { ...made.head };
    this.#recordDamage(wasEmpty ? 'emptied' : 'note');
    return findChain(this.#statement) ?? made;
  }

  #newestRow(): AuditHead {
    const row = this.#statement('SELECT sequence, at, hash FROM audit ORDER BY sequence DESC LIMIT 1').get();
    if (row === undefined) return { sequence: 0, hash: null, at: null };
    return { sequence: numberOf(row.sequence), hash: hexOf(row.hash), at: timeOf(row.at) };
  }

  after(sequence: number, limit: number): AuditRecord[] {
    return this.#statement(pageStatement).all(sequence, limit).map(auditRecordOf);
  }

  list(filter: AuditFilter): AuditPage {
    const newest = this.#newestRow().sequence;
    // An empty page would say that nothing was ever done.
    if (newest === 0) this.head();
    const top = Math.min(filter.before ?? Number.MAX_SAFE_INTEGER, newest + 1);
    const bottom = this.#bottomOf(top, filter.objectId);
    const conditions = ['sequence < ?', 'sequence > ?'];
    const values: SQLInputValue[] = [top, bottom];
    const add = (condition: string, value: SQLInputValue | undefined): void => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    add('action = ?', filter.action);
    add('object_id = ?', filter.objectId);
    add('actor_name = ?', filter.actor);
    add('at >= ?', filter.from);
    add('at <= ?', filter.to);
    const source = filter.objectId === undefined ? 'audit' : 'audit INDEXED BY audit_by_object';
    const records = this.#statement(
      `SELECT ${columns} FROM ${source} WHERE ${conditions.join(' AND ')} ORDER BY sequence DESC LIMIT ?`,
    )
      .all(...values, filter.limit)
      .map(auditRecordOf);
    const last = records.at(-1);
    if (records.length >= filter.limit && last !== undefined) return { records, next: last.sequence };
    return { records, next: bottom > (findChain(this.#statement)?.pruned.sequence ?? 0) ? bottom + 1 : null };
  }

  prune(before: number, atMost: number): number {
    const limit = Math.min(atMost, maxPrunedAtOnce);
    const chain = this.#chain();
    const oldest = chain.pruned.sequence + 1;
    // From the oldest end only: the first record that is young enough ends it, whatever a clock said later.
    const young = this.#statement(
      'SELECT sequence FROM audit WHERE sequence BETWEEN ? AND ? AND at >= ? ORDER BY sequence LIMIT 1',
    ).get(oldest, oldest + limit - 1, before);
    const end = young === undefined ? oldest + limit - 1 : numberOf(young.sequence) - 1;
    const last = this.#statement(
      'SELECT sequence, at, hash FROM audit WHERE sequence BETWEEN ? AND ? ORDER BY sequence DESC LIMIT 1',
    ).get(oldest, Math.min(end, this.#newest(chain) - 1));
    if (last === undefined) return 0;
    const sequence = numberOf(last.sequence);
    const word = {
      first: oldest,
      last: sequence,
      hash: hexOf(last.hash),
      lastAt: numberOf(last.at),
      before: Math.floor(before),
    };
    this.append([
      { actor: gatewayActor, action: 'audit.pruned', object: { kind: 'audit', id: prunedId(word) } },
    ]);
    this.finish();
    this.#statement('UPDATE audit_chain SET pruned_sequence = ?, pruned_hash = ?').run(
      sequence,
      last.hash ?? null,
    );
    this.#statement('DELETE FROM audit WHERE sequence <= ?').run(sequence);
    return sequence - oldest + 1;
  }

  position(name: string): number {
    const row = this.#statement('SELECT sequence FROM audit_positions WHERE name = ?').get(name);
    return row === undefined ? 0 : numberOf(row.sequence);
  }

  moveTo(name: string, sequence: number): void {
    this.#statement(
      'INSERT INTO audit_positions (name, sequence) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence',
    ).run(name, sequence);
  }

  /** Where one look ends: so many records of the object, found by its index, or of the trail. */
  #bottomOf(top: number, objectId: string | undefined): number {
    if (objectId === undefined) return Math.max(0, top - 1 - listWindow);
    const row = this.#statement(
      'SELECT sequence FROM audit INDEXED BY audit_by_object WHERE object_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT 1 OFFSET ?',
    ).get(objectId, top, listWindow);
    return row === undefined ? 0 : numberOf(row.sequence);
  }

  #newest(chain: ChainRow): number {
    return this.#head?.sequence ?? chain.head.sequence;
  }
}

/** Records after a sequence number, the oldest first. */
export const pageStatement = `SELECT ${columns} FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?`;

/** The ledger's note of the ends; undefined where it is gone. */
export function findChain(statement: (sql: string) => StatementSync): ChainRow | undefined {
  const row = statement(
    'SELECT pruned_sequence, pruned_hash, head_sequence, head_hash FROM audit_chain WHERE id = 1',
  ).get();
  if (row === undefined) return undefined;
  return {
    pruned: { sequence: numberOf(row.pruned_sequence), hash: hexOf(row.pruned_hash) },
    head: { sequence: numberOf(row.head_sequence), hash: hexOf(row.head_hash) },
  };
}

/** Prepares each statement once. For those who read without an engine. */
export function statementsOf(database: DatabaseSync): (sql: string) => StatementSync {
  const known = new Map<string, StatementSync>();
  return (sql) => {
    const statement = known.get(sql) ?? database.prepare(sql);
    known.set(sql, statement);
    return statement;
  };
}

/** A row as a record. What is not as it was written stays visible as something else, so that its hash does not fit. */
export function auditRecordOf(row: Record<string, SQLOutputValue>): AuditRecord {
  return {
    sequence: numberOf(row.sequence),
    at: timeOf(row.at),
    actor: {
      kind: textOf(row.actor_kind),
      name: textOf(row.actor_name),
      address: optional(row.actor_address),
    },
    action: textOf(row.action),
    object: { kind: textOf(row.object_kind), id: textOf(row.object_id) },
    profileRevision: optional(row.profile_revision),
    outcome: textOf(row.outcome),
    code: optional(row.code),
    previousHash: hexOf(row.previous),
    hash: hexOf(row.hash),
  };
}

function timeOf(value: SQLOutputValue | undefined): string {
  const date = new Date(numberOf(value));
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

function optional(value: SQLOutputValue | undefined): string | null {
  return value === null || value === undefined ? null : textOf(value);
}

function textOf(value: SQLOutputValue | undefined): string {
  if (typeof value !== 'string') throw damaged();
  return value;
}

function numberOf(value: SQLOutputValue | undefined): number {
  if (typeof value !== 'number') throw damaged();
  return value;
}

function hexOf(value: SQLOutputValue | undefined): string {
  if (!(value instanceof Uint8Array)) throw damaged();
  const hex = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex');
  return hex === '' ? noHash : hex;
}

function damaged(): SallyportError {
  return new SallyportError('AUDIT_DAMAGED', { detail: 'record' });
}
