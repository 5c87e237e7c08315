import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { FoundBoxes } from '../core/box-lists.ts';
import { SallyportError } from '../core/errors.ts';
import { type InstanceRecord, type InstanceState, instanceStates } from '../core/instance.ts';
import type { DrawnBox } from '../core/redaction.ts';
import type { InstanceChange } from './backend.ts';

export type Row = Record<string, SQLOutputValue>;

/** Column of each field that an InstanceChange may set. */
export const changeColumns: { readonly [F in keyof InstanceChange['set']]-?: string } = {
  state: 'state',
  attempts: 'attempts',
  dueAt: 'due_at',
  code: 'code',
  detail: 'detail',
  releasedCodes: 'released_codes',
  foundBoxes: 'found_boxes',
  drawnBoxes: 'drawn_boxes',
  postId: 'post_id',
  contentDigest: 'content_digest',
  studyPseudonym: 'study_pseudonym',
  seriesPseudonym: 'series_pseudonym',
  updatedAt: 'updated_at',
};

export function isChangeField(field: string): field is keyof InstanceChange['set'] {
  return Object.hasOwn(changeColumns, field);
}

/** The value of one changed field as SQLite keeps it. */
export function changeValue(set: InstanceChange['set'], field: keyof InstanceChange['set']): SQLInputValue {
  if (field === 'releasedCodes') return (set.releasedCodes ?? []).join(' ');
  if (field === 'foundBoxes' || field === 'drawnBoxes') return asJson(set[field]);
  return set[field] ?? null;
}

export const instanceColumns = [
  'id',
  'state',
  'instance_key',
  'revision',
  'content_digest',
  'sop_class_uid',
  'transfer_syntax_uid',
  'calling_ae_title',
  'size_bytes',
  'head_bytes',
  'received_at',
  'updated_at',
  'attempts',
  'due_at',
  'code',
  'detail',
  'released_codes',
  'found_boxes',
  'drawn_boxes',
  'post_id',
  'study_pseudonym',
  'series_pseudonym',
] as const;

/** The values of one row in the order of `instanceColumns`. */
export function rowValues(record: InstanceRecord): SQLInputValue[] {
  return [
    record.id,
    record.state,
    record.instanceKey,
    record.revision,
    record.contentDigest,
    record.sopClassUid,
    record.transferSyntaxUid,
    record.callingAeTitle,
    record.sizeBytes,
    record.headBytes,
    record.receivedAt,
    record.updatedAt,
    record.attempts,
    record.dueAt,
    record.code,
    record.detail,
    record.releasedCodes.join(' '),
    asJson(record.foundBoxes),
    asJson(record.drawnBoxes),
    record.postId,
    record.studyPseudonym,
    record.seriesPseudonym,
  ];
}

/** A row as an InstanceRecord. A row of another shape means a damaged ledger: STORAGE_FAILED. */
export function recordOfRow(row: Row): InstanceRecord {
  const releasedCodes = text(row, 'released_codes');
  return {
    id: text(row, 'id'),
    state: stateOf(text(row, 'state')),
    instanceKey: text(row, 'instance_key'),
    revision: integer(row, 'revision'),
    contentDigest: optionalText(row, 'content_digest'),
    sopClassUid: text(row, 'sop_class_uid'),
    transferSyntaxUid: text(row, 'transfer_syntax_uid'),
    callingAeTitle: text(row, 'calling_ae_title'),
    sizeBytes: integer(row, 'size_bytes'),
    headBytes: integer(row, 'head_bytes'),
    receivedAt: integer(row, 'received_at'),
    updatedAt: integer(row, 'updated_at'),
    attempts: integer(row, 'attempts'),
    dueAt: integer(row, 'due_at'),
    code: optionalText(row, 'code'),
    detail: optionalText(row, 'detail'),
    releasedCodes: releasedCodes === '' ? [] : releasedCodes.split(' '),
    foundBoxes: foundBoxesOf(fromJson(row, 'found_boxes')),
    drawnBoxes: drawnBoxesOf(fromJson(row, 'drawn_boxes')),
    postId: optionalText(row, 'post_id'),
    studyPseudonym: optionalText(row, 'study_pseudonym'),
    seriesPseudonym: optionalText(row, 'series_pseudonym'),
  };
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw damaged(column);
  return value;
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw damaged(column);
  return value;
}

export function optionalText(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function optionalInteger(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

function asJson(value: FoundBoxes | readonly DrawnBox[] | null | undefined): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function fromJson(row: Row, column: string): unknown {
  const json = optionalText(row, column);
  try {
    return json === null ? null : JSON.parse(json);
  } catch {
    throw damaged(column);
  }
}

function foundBoxesOf(value: unknown): FoundBoxes | null {
  if (value === null) return null;
  if (typeof value === 'object' && 'boxes' in value && Array.isArray(value.boxes)) return value as FoundBoxes;
  throw damaged('found_boxes');
}

function drawnBoxesOf(value: unknown): readonly DrawnBox[] | null {
  if (value === null) return null;
  if (Array.isArray(value)) return value as readonly DrawnBox[];
  throw damaged('drawn_boxes');
}

export function stateOf(value: string): InstanceState {
  const state = instanceStates.find((known) => known === value);
  if (state === undefined) throw damaged('state');
  return state;
}

export function damaged(column: string): SallyportError {
  return new SallyportError('STORAGE_FAILED', { detail: `ledger column ${column}` });
}
