import { type AuditAction, type AuditActor, type AuditEntry, gatewayActor } from '../core/audit.ts';
import type { InstanceRecord, InstanceState } from '../core/instance.ts';
import type { InstanceChange } from './backend.ts';
import type { SettledStudy } from './study-catalogue.ts';

const actionOfState: Readonly<Record<InstanceState, AuditAction>> = {
  received: 'instance.retried',
  prepared: 'instance.prepared',
  delivered: 'instance.delivered',
  held: 'instance.held',
  failed: 'instance.failed',
  discarded: 'instance.discarded',
};

/** The records of a new row: who sent it, and, where it is held at once, that. */
export function entriesOfInsert(record: InstanceRecord, by: AuditActor | undefined): AuditEntry[] {
  const object = { kind: 'instance', id: record.id } as const;
  const received: AuditEntry = {
    actor: by ?? { kind: 'ae', name: record.callingAeTitle },
    action: 'instance.received',
    object,
  };
  if (record.state === 'received') return [received];
  return [received, endedEntry(record.id, record.state, record.code, {})];
}

/**
 * The record of a change, where it is one of state. A row that is held or failed again, for another reason, counts; a post
 * that is put together anew does not.
 */
export function entryOfChange(change: InstanceChange, before: InstanceState): AuditEntry | undefined {
  const { state, code } = change.set;
  if (state === undefined) return undefined;
  if (state === before && state !== 'held' && state !== 'failed') return undefined;
  return endedEntry(change.id, state, code ?? null, change);
}

export function entryOfForgotten(id: string): AuditEntry {
  return { actor: gatewayActor, action: 'instance.forgotten', object: { kind: 'instance', id } };
}

/** What left in a post to the FHIR server, or was refused for good; an attempt that is repeated has no record of its own. */
export function entriesOfSettled(settled: SettledStudy): AuditEntry[] {
  if (settled.kind === 'retry') return [];
  const entry: AuditEntry = {
    actor: gatewayActor,
    action: 'fhir.posted',
    object: { kind: 'study', id: settled.studyPseudonym },
  };
  return settled.kind === 'posted' ? [entry] : [{ ...entry, outcome: 'serious-failure', code: settled.code }];
}

/** A study that was forgotten though the FHIR server never took it. */
export function entryOfUnposted(studyPseudonym: string): AuditEntry {
  return {
    actor: gatewayActor,
    action: 'fhir.posted',
    object: { kind: 'study', id: studyPseudonym },
    outcome: 'major-failure',
    code: 'FHIR_GIVEN_UP',
  };
}

function endedEntry(
  id: string,
  state: InstanceState,
  code: string | null,
  { by, action, profileRevision }: Pick<InstanceChange, 'by' | 'action' | 'profileRevision'>,
): AuditEntry {
  return {
    actor: by ?? gatewayActor,
    action: action ?? actionOfState[state],
    object: { kind: 'instance', id },
    profileRevision: profileRevision ?? null,
    outcome: state === 'held' ? 'minor-failure' : state === 'failed' ? 'serious-failure' : 'success',
    code: state === 'held' || state === 'failed' ? code : null,
  };
}
