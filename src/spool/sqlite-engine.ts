import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { AuditActor } from '../core/audit.ts';
import { type InstanceRecord, type InstanceState, instanceStates } from '../core/instance.ts';
import {
  entriesOfInsert,
  entriesOfSettled,
  entryOfChange,
  entryOfForgotten,
  entryOfUnposted,
} from './audit-of-changes.ts';
import type { InstanceChange, StateCount } from './backend.ts';
import { Leases } from './leases.ts';
import type { ClaimRequest, LedgerAnswer, LedgerCall, LedgerOperations } from './ledger-operations.ts';
import { writingOperations } from './ledger-operations.ts';
import { AuditTable } from './sqlite-audit.ts';
import { CatalogueTables } from './sqlite-catalogue.ts';
import { isBusy, LedgerFiles, ledgerFault, openLedgerDatabase } from './sqlite-database.ts';
import { inOrderOf, listStatements } from './sqlite-instance-list.ts';
import {
  changeColumns,
  changeValue,
  instanceColumns,
  integer,
  isChangeField,
  recordOfRow,
  rowValues,
  stateOf,
  text,
} from './sqlite-rows.ts';

/** Prepared statements kept for the shapes of changes and filters in use; beyond it the cache starts anew. */
const maxStatements = 128;

const columns = instanceColumns.join(', ');

/**
 * The embedded ledger itself, synchronous: the statements, the leases and the shared commit. Runs in the ledger's own
 * thread under a gateway and in the calling thread of the command line.
 */
const insertStatement = `INSERT INTO instances (${columns}) SELECT ${instanceColumns.map(() => '?').join(', ')}
  WHERE NOT EXISTS (SELECT 1 FROM instances WHERE instance_key = ? AND revision >= ?)`;

export class SqliteEngine {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #leases = new Leases();
  readonly #files: LedgerFiles;
  readonly #audit: AuditTable;
  readonly #catalogue: CatalogueTables;
  /** The last transaction failed because another process held the ledger. */
  #busy = false;

  /** `busyTimeoutMs`: how long one transaction waits for another process. */
  constructor(file: string, busyTimeoutMs?: number) {
    this.#database = openLedgerDatabase(file, busyTimeoutMs);
    this.#files = new LedgerFiles(file);
    this.#audit = new AuditTable((sql) => this.#statement(sql), Date.now);
    this.#catalogue = new CatalogueTables((sql) => this.#statement(sql));
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  /**
   * Runs the calls in order in one transaction, so that they share one flush. Where one of them fails, each is run again
   * in a transaction of its own, so that it fails alone; but not where the ledger was held by another process, which each
   * of them would wait out anew.
   */
  run(calls: readonly LedgerCall[]): LedgerAnswer[] {
    const together = this.#transaction(calls);
    if (calls.length === 1 || this.#busy || together.every((answer) => answer.ok)) return together;
    return calls.flatMap((call) => this.#transaction([call]));
  }

  #transaction(calls: readonly LedgerCall[]): LedgerAnswer[] {
    const writes = calls.some((call) => writingOperations.has(call.name));
    this.#busy = false;
    try {
      if (writes) {
        this.#files.assertInPlace();
        this.#database.exec('BEGIN IMMEDIATE');
        this.#audit.begin();
      }
      const answers = calls.map((call): LedgerAnswer => ({ ok: true, value: this.#execute(call) }));
      if (writes) {
        this.#audit.finish();
        this.#database.exec('COMMIT');
      }
      this.#leases.keep();
      return answers;
    } catch (thrown) {
      this.#leases.undo();
      this.#busy = isBusy(thrown);
      const fault = ledgerFault(thrown);
      try {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      } catch (second) {
        return calls.map(() => ({ ok: false, ...ledgerFault(second) }));
      }
      return calls.map(() => ({ ok: false, ...fault }));
    }
  }

  #execute(call: LedgerCall): unknown {
    switch (call.name) {
      case 'insert':
        return this.#insert(call.input.record, call.input.by);
      case 'apply':
        return call.input.filter((change) => this.#change(change)).map((change) => change.id);
      case 'forget':
        return this.#forget(call.input);
      case 'get':
        return this.#records(`SELECT ${columns} FROM instances WHERE id = ?`, [call.input])[0];
      case 'findByInstanceKey':
        return this.#records(`SELECT ${columns} FROM instances WHERE instance_key = ? ORDER BY revision`, [
          call.input,
        ]);
      case 'findByPost':
        return this.#records(`SELECT ${columns} FROM instances WHERE post_id = ? ORDER BY id`, [call.input]);
      case 'claim':
        return this.#claim(call.input);
      case 'list':
        return listStatements(call.input)
          .flatMap(({ sql, values }) => this.#records(sql, values))
          .sort(inOrderOf(call.input))
          .slice(0, call.input.limit);
      case 'counts':
        return this.#counts();
      default:
        return isAuditCall(call) ? this.#executeAudit(call) : this.#executeCatalogue(call);
    }
  }

  #executeCatalogue(call: CatalogueCall): unknown {
    switch (call.name) {
      case 'catalogueList':
        return this.#catalogue.list(call.input);
      case 'catalogueGet':
        return this.#catalogue.get(call.input);
      case 'catalogueSeries':
        return this.#catalogue.series(call.input.studyPseudonym, call.input.limit);
      case 'catalogueStudiesOf':
        return this.#catalogue.studiesOf(call.input);
      case 'catalogueUnassigned':
        return this.#catalogue.unassigned(call.input);
      case 'catalogueWhole':
        return this.#catalogue.whole(call.input.studyPseudonym, call.input.maxImages);
      case 'catalogueDue':
        return this.#catalogue.due(call.input);
      case 'catalogueSettle':
        this.#catalogue.settle(call.input);
        this.#audit.append(entriesOfSettled(call.input));
        return null;
      case 'cataloguePostAgain':
        return this.#catalogue.postAgain(call.input);
      case 'catalogueTroubles':
        return this.#catalogue.troubles();
      case 'cataloguePostRefusedAgain':
        return this.#catalogue.postRefusedAgain();
    }
  }

  #executeAudit(call: AuditCall): unknown {
    switch (call.name) {
      case 'auditAppend':
        this.#audit.append(call.input);
        return null;
      case 'auditInspect':
        return this.#audit.inspect((sql) => this.#database.exec(sql));
      case 'auditHead':
        return this.#audit.head();
      case 'auditList':
        return this.#audit.list(call.input);
      case 'auditAfter':
        return this.#audit.after(call.input.sequence, call.input.limit);
      case 'auditPrune':
        return this.#audit.prune(call.input.before, call.input.limit);
      case 'auditPosition':
        return this.#audit.position(call.input);
      case 'auditMoveTo':
        this.#audit.moveTo(call.input.name, call.input.sequence);
        return null;
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= maxStatements) this.#statements.clear();
    const made = this.#database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  #records(sql: string, values: readonly SQLInputValue[]): InstanceRecord[] {
    return this.#statement(sql)
      .all(...values)
      .map(recordOfRow);
  }

  #insert(record: InstanceRecord, by: AuditActor | undefined): boolean {
    // A later revision stands in the way as well: the first one may be forgotten while a second is held.
    const { changes } = this.#statement(insertStatement).run(
      ...rowValues(record),
      record.instanceKey,
      record.revision,
    );
    if (Number(changes) !== 1) return false;
    this.#audit.append(entriesOfInsert(record, by));
    return true;
  }

  #change(change: InstanceChange): boolean {
    this.#leases.end(change.id);
    const before =
      change.set.state === undefined
        ? undefined
        : this.#statement('SELECT state FROM instances WHERE id = ?').get(change.id);
    const fields = Object.keys(change.set).filter(isChangeField).sort();
    // A change that sets nothing still tells whether the row is in one of the states.
    const assignments =
      fields.length === 0 ? 'id = id' : fields.map((f) => `${changeColumns[f]} = ?`).join(', ');
    const states = change.from.map(() => '?').join(', ');
    const { changes } = this.#statement(
      `UPDATE instances SET ${assignments} WHERE id = ? AND +state IN (${states})`,
    ).run(...fields.map((field) => changeValue(change.set, field)), change.id, ...change.from);
    if (Number(changes) !== 1) return false;
    const { studyPseudonym, seriesPseudonym } = change.set;
    if (
      change.catalogue !== undefined &&
      typeof studyPseudonym === 'string' &&
      typeof seriesPseudonym === 'string'
    )
      this.#catalogue.describe(change.id, studyPseudonym, seriesPseudonym, change.catalogue);
    const entry = before === undefined ? undefined : entryOfChange(change, stateOf(text(before, 'state')));
    if (entry !== undefined) this.#audit.append([entry]);
    return true;
  }

  #claim({ state, now, limit, leaseMs }: ClaimRequest): InstanceRecord[] {
    this.#leases.expire(now);
    const ids: string[] = [];
    // The literal state makes SQLite use the partial index; only ids are read past those under lease.
    const due = this.#statement(
      `SELECT id FROM instances WHERE state = '${state}' AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
    );
    for (const row of due.iterate(now, limit + this.#leases.size)) {
      if (ids.length >= limit) break;
      const id = text(row, 'id');
      if (this.#leases.take(id, now, now + leaseMs)) ids.push(id);
    }
    return ids.flatMap((id) => this.#records(`SELECT ${columns} FROM instances WHERE id = ?`, [id]));
  }

  #counts(): Record<InstanceState, StateCount> {
    const none: StateCount = { instances: 0, bytes: 0, oldestReceivedAt: null };
    const counts: Record<InstanceState, StateCount> = {
      received: none,
      prepared: none,
      delivered: none,
      held: none,
      failed: none,
      discarded: none,
    };
    const rows = this.#statement('SELECT state, instances, bytes FROM state_counts').all();
    for (const state of instanceStates) {
      const row = rows.find((candidate) => candidate.state === state);
      if (row === undefined || integer(row, 'instances') === 0) continue;
      const condition =
        state === 'delivered' ? `+state = 'delivered'` : `state = '${state}' AND state <> 'delivered'`;
      const oldest = this.#statement(
        `SELECT received_at FROM instances WHERE ${condition} ORDER BY id LIMIT 1`,
      ).get();
      counts[state] = {
        instances: integer(row, 'instances'),
        bytes: integer(row, 'bytes'),
        oldestReceivedAt: oldest === undefined ? null : integer(oldest, 'received_at'),
      };
    }
    return counts;
  }

  #forget({
    updatedBefore,
    limit,
    unpostedBefore,
  }: LedgerOperations['forget']['input']): LedgerOperations['forget']['output'] {
    let removed = 0;
    for (const state of ['delivered', 'discarded']) {
      const gone = this.#statement(
        `DELETE FROM instances WHERE id IN (
           SELECT id FROM instances WHERE state = '${state}' AND updated_at < ? ORDER BY updated_at LIMIT ?) RETURNING id`,
      ).all(updatedBefore, limit - removed);
      this.#audit.append(gone.map((row) => entryOfForgotten(text(row, 'id'))));
      removed += gone.length;
    }
    const unposted = this.#catalogue.purge(unpostedBefore);
    this.#audit.append(unposted.map(entryOfUnposted));
    return { instances: removed, unpostedStudies: unposted.length };
  }
}

type AuditCall = Extract<LedgerCall, { name: `audit${string}` }>;
type CatalogueCall = Extract<LedgerCall, { name: `catalogue${string}` }>;

function isAuditCall(call: AuditCall | CatalogueCall): call is AuditCall {
  return call.name.startsWith('audit');
}
