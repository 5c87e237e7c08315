import type { SQLOutputValue, StatementSync } from 'node:sqlite';
import { noHash } from '../core/audit.ts';
import { sqlite003Audit } from './migrations/sqlite-003-audit.ts';

/** What of the trail can be missing, as far as its ends and its tables show; all of it needs no reading of the records. */
export const auditDamages = {
  tables: 'tables of the trail were gone',
  triggers: 'what refuses changes of the trail was gone',
  note: "the ledger's note of where the trail begins and ends was gone",
  emptied: 'no record was left',
  end: 'the newest record was not the one that the ledger had noted',
  beginning: 'the oldest record was not the one that the ledger had noted',
} as const;
export type AuditDamage = keyof typeof auditDamages;

type Statement = (sql: string) => StatementSync;

const parts = [...sqlite003Audit.matchAll(/CREATE (TABLE|TRIGGER|INDEX) (\w+)/g)].flatMap(([, kind, name]) =>
  kind === undefined || name === undefined ? [] : [{ kind, name }],
);
/** The same tables, index and triggers where they are not there; the row of the note is made by `mendNote`. */
const makeAnew = sqlite003Audit
  .replaceAll(/CREATE (TABLE|TRIGGER|INDEX) /g, 'CREATE $1 IF NOT EXISTS ')
  .replace(/INSERT INTO audit_chain[^;]*;/, '');

/**
 * Tells what is missing and makes the trail so that it can be gone on with: instances are received whoever tampered with
 * it, and records of that must find a place. Nothing that is missing is invented: what is gone stays gone for whoever
 * verifies. Within a transaction.
 */
export function mendAudit(statement: Statement, exec: (sql: string) => void): AuditDamage | undefined {
  const present = new Set(
    statement('SELECT name FROM sqlite_master')
      .all()
      .map(({ name }) => name),
  );
  const gone = parts.filter(({ name }) => !present.has(name));
  if (gone.length > 0) exec(makeAnew);
  const { ends, note } = lookAt(statement);
  if (note === undefined) mendNote(statement);
  if (gone.some(({ kind }) => kind === 'TABLE')) return 'tables';
  if (gone.some(({ kind }) => kind === 'TRIGGER')) return 'triggers';
  if (note === undefined) return ends === undefined ? 'emptied' : 'note';
  return endsDamage(statement);
}

/** Whether oldest and newest record are those that the ledger noted; a few microseconds. */
export function endsDamage(statement: Statement): AuditDamage | undefined {
  const { ends: found, note } = lookAt(statement);
  if (note === undefined) return 'note';
  if (found === undefined) return note.head === 0 ? undefined : 'emptied';
  if (found.last !== note.head || found.lastHash !== note.headHash) return 'end';
  return found.first === note.pruned + 1 ? undefined : 'beginning';
}

/** Makes the note that is gone, by the records that are there. */
export function mendNote(statement: Statement): void {
  const { ends: found } = lookAt(statement);
  const zeros = Buffer.from(noHash, 'hex');
  statement('INSERT OR IGNORE INTO audit_chain VALUES (1, ?, ?, ?, ?)').run(
    (found?.first ?? 1) - 1,
    found === undefined ? zeros : Buffer.from(found.previous, 'hex'),
    found?.last ?? 0,
    found === undefined ? zeros : Buffer.from(found.lastHash, 'hex'),
  );
  // Whoever follows the trail goes on behind what is there.
  statement('UPDATE audit_positions SET sequence = min(sequence, ?)').run(found?.last ?? 0);
}

/** Lets the note agree with the records that are there, once the damage is on record: it is told once, and verified for ever. */
export function settleNote(statement: Statement): void {
  const { ends: found, note } = lookAt(statement);
  if (note === undefined || found === undefined) return;
  if (found.last > note.head)
    statement('UPDATE audit_chain SET head_sequence = ?, head_hash = ?').run(
      found.last,
      Buffer.from(found.lastHash, 'hex'),
    );
  if (found.first > note.pruned + 1)
    statement('UPDATE audit_chain SET pruned_sequence = ?, pruned_hash = ?').run(
      found.first - 1,
      Buffer.from(found.previous, 'hex'),
    );
}

interface Ends {
  readonly first: number;
  readonly previous: string;
  readonly last: number;
  readonly lastHash: string;
}
interface Note {
  readonly pruned: number;
  readonly head: number;
  readonly headHash: string;
}

/** In one statement: the command line writes beside a running gateway. */
const look = `SELECT c.id AS noted, c.pruned_sequence AS pruned, c.head_sequence AS head, c.head_hash AS head_hash,
    f.sequence AS first, f.previous AS previous, l.sequence AS last, l.hash AS last_hash
  FROM (SELECT 1) LEFT JOIN audit_chain c ON c.id = 1
    LEFT JOIN audit f ON f.sequence = (SELECT min(sequence) FROM audit)
    LEFT JOIN audit l ON l.sequence = (SELECT max(sequence) FROM audit)`;

function lookAt(statement: Statement): { readonly ends: Ends | undefined; readonly note: Note | undefined } {
  const row = statement(look).get() ?? {};
  return {
    ends:
      typeof row.first !== 'number' || typeof row.last !== 'number'
        ? undefined
        : { first: row.first, previous: hex(row.previous), last: row.last, lastHash: hex(row.last_hash) },
    note:
      typeof row.noted !== 'number'
        ? undefined
        : { pruned: Number(row.pruned), head: Number(row.head), headHash: hex(row.head_hash) },
  };
}

function hex(value: SQLOutputValue | undefined): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}
