import type { ErrorCode } from '../core/errors.ts';
import type { InstanceRecord, InstanceState } from '../core/instance.ts';
import type { InstanceChange, InstanceFilter, StateCount } from './backend.ts';

export interface ClaimRequest {
  readonly state: 'received' | 'prepared';
  readonly now: number;
  readonly limit: number;
  readonly leaseMs: number;
}

/** What can be asked of the embedded ledger's engine; plain data, so that it can run in a thread of its own. */
export interface LedgerOperations {
  insert: { input: InstanceRecord; output: boolean };
  apply: { input: readonly InstanceChange[]; output: readonly string[] };
  forget: { input: { readonly updatedBefore: number; readonly limit: number }; output: number };
  get: { input: string; output: InstanceRecord | undefined };
  findByInstanceKey: { input: string; output: readonly InstanceRecord[] };
  findByPost: { input: string; output: readonly InstanceRecord[] };
  claim: { input: ClaimRequest; output: readonly InstanceRecord[] };
  list: { input: InstanceFilter; output: readonly InstanceRecord[] };
  counts: { input: null; output: Readonly<Record<InstanceState, StateCount>> };
}

export type LedgerOperationName = keyof LedgerOperations;

export type LedgerCall = {
  readonly [N in LedgerOperationName]: { readonly name: N; readonly input: LedgerOperations[N]['input'] };
}[LedgerOperationName];

/** Operations that write; a batch with none of them opens no transaction and flushes nothing. */
export const writingOperations: ReadonlySet<LedgerOperationName> = new Set(['insert', 'apply', 'forget']);

export type LedgerAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

/** Runs calls in their order; what they wrote is on stable storage when the promise resolves. Never rejects. */
export interface LedgerRunner {
  run(calls: readonly LedgerCall[]): Promise<readonly LedgerAnswer[]>;
  close(): Promise<void>;
}
