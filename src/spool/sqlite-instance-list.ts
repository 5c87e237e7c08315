import type { SQLInputValue } from 'node:sqlite';
import { type InstanceRecord, type InstanceState, instanceStates } from '../core/instance.ts';
import type { InstanceFilter } from './backend.ts';
import { arrivalPrefix } from './ids.ts';
import { instanceColumns } from './sqlite-rows.ts';

/** Between the first byte of an instance, which its id tells, and the commit, which is `received_at`. */
const longestReceptionMs = 3_600_000;

export interface ListStatement {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/**
 * The statements whose rows together, sorted and cut, are the list. Each walks one index in the order of the answer up to
 * the limit, and the index is chosen here: without statistics SQLite's planner would guess, and a wrong guess reads
 * millions of delivered rows. A `+` before a column keeps its index out.
 */
export function listStatements(filter: InstanceFilter): ListStatement[] {
  const states = filter.states === undefined ? undefined : [...new Set(filter.states)];
  const sought = filter.studyPseudonym ?? filter.seriesPseudonym ?? filter.code;
  if (sought !== undefined || states === undefined || states.includes('delivered'))
    return [statement(filter, states === undefined ? [] : [`+state IN (${quoted(states)})`])];
  // One ordered, limited walk of the index per state: a common walk would have to sort all of them.
  return states.map((state) => statement(filter, [`state = '${state}'`, `state <> 'delivered'`]));
}

export function inOrderOf({
  newestFirst = false,
}: InstanceFilter): (a: InstanceRecord, b: InstanceRecord) => number {
  return (a, b) => (a.id < b.id === newestFirst ? 1 : -1);
}

function statement(filter: InstanceFilter, stateConditions: readonly string[]): ListStatement {
  const { studyPseudonym, seriesPseudonym, code, callingAeTitle, newestFirst = false, afterId } = filter;
  const conditions = [...stateConditions];
  const values: SQLInputValue[] = [];
  const add = (condition: string, value: SQLInputValue | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  const byState = stateConditions.length === 2;
  // The narrowest first: only the first of these that is given may choose the index.
  let chosen = byState;
  for (const [column, value] of [
    ['series_pseudonym', seriesPseudonym],
    ['study_pseudonym', studyPseudonym],
    ['code', code],
    ['calling_ae_title', callingAeTitle],
  ] as const) {
    if (value === undefined) continue;
    add(chosen ? `+${column} = ?` : `${column} = ?`, value);
    chosen = true;
  }
  const { receivedFrom, receivedTo } = filter;
  add('received_at >= ?', receivedFrom);
  add('received_at <= ?', receivedTo);
  // A year of rows is not walked for the hour that is asked for: ids begin with the time.
  if (receivedFrom !== undefined) add('id >= ?', arrivalPrefix(receivedFrom - longestReceptionMs));
  if (receivedTo !== undefined) add('id < ?', arrivalPrefix(receivedTo + longestReceptionMs));
  add(newestFirst ? 'id < ?' : 'id > ?', afterId);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return {
    sql: `SELECT ${instanceColumns.join(', ')} FROM instances ${where} ORDER BY id ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`,
    values: [...values, filter.limit],
  };
}

function quoted(states: readonly InstanceState[]): string {
  return instanceStates
    .filter((state) => states.includes(state))
    .map((state) => `'${state}'`)
    .join(', ');
}
