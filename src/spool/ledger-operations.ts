import type { AuditActor, AuditEntry, AuditHead, AuditRecord } from '../core/audit.ts';
import type {
  CataloguedStudy,
  CountedSeries,
  StudyFilter,
  StudyPage,
  StudyRow,
  Tally,
} from '../core/catalogue.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { InstanceRecord, InstanceState } from '../core/instance.ts';
import type { AuditFilter, AuditInspection, AuditPage } from './audit-trail.ts';
import type { InstanceChange, InstanceFilter, StateCount } from './backend.ts';
import type { DueRequest, DueStudy, FhirTroubles, SettledStudy } from './study-catalogue.ts';

export interface ClaimRequest {
  readonly state: 'received' | 'prepared';
  readonly now: number;
  readonly limit: number;
  readonly leaseMs: number;
}

/** What can be asked of the embedded ledger's engine; plain data, so that it can run in a thread of its own. */
export interface LedgerOperations {
  insert: {
    input: { readonly record: InstanceRecord; readonly by?: AuditActor | undefined };
    output: boolean;
  };
  apply: { input: readonly InstanceChange[]; output: readonly string[] };
  forget: {
    input: {
      readonly updatedBefore: number;
      readonly limit: number;
      readonly unpostedBefore?: number | undefined;
    };
    output: { readonly instances: number; readonly unpostedStudies: number };
  };
  get: { input: string; output: InstanceRecord | undefined };
  findByInstanceKey: { input: string; output: readonly InstanceRecord[] };
  findByPost: { input: string; output: readonly InstanceRecord[] };
  claim: { input: ClaimRequest; output: readonly InstanceRecord[] };
  list: { input: InstanceFilter; output: readonly InstanceRecord[] };
  counts: { input: null; output: Readonly<Record<InstanceState, StateCount>> };
  auditAppend: { input: readonly AuditEntry[]; output: null };
  auditInspect: { input: null; output: AuditInspection };
  auditHead: { input: null; output: AuditHead };
  auditList: { input: AuditFilter; output: AuditPage };
  auditAfter: {
    input: { readonly sequence: number; readonly limit: number };
    output: readonly AuditRecord[];
  };
  auditPrune: { input: { readonly before: number; readonly limit: number }; output: number };
  auditPosition: { input: string; output: number };
  auditMoveTo: { input: { readonly name: string; readonly sequence: number }; output: null };
  catalogueList: { input: StudyFilter; output: StudyPage };
  catalogueGet: { input: string; output: StudyRow | undefined };
  catalogueSeries: {
    input: { readonly studyPseudonym: string; readonly limit: number };
    output: readonly CountedSeries[];
  };
  catalogueStudiesOf: { input: readonly string[]; output: ReadonlyMap<string, string> };
  catalogueUnassigned: { input: number; output: readonly Tally[] };
  catalogueWhole: {
    input: { readonly studyPseudonym: string; readonly maxImages: number };
    output: CataloguedStudy | undefined;
  };
  catalogueDue: { input: DueRequest; output: readonly DueStudy[] };
  catalogueSettle: { input: SettledStudy; output: null };
  cataloguePostAgain: { input: string; output: boolean };
  catalogueTroubles: { input: null; output: FhirTroubles };
  cataloguePostRefusedAgain: { input: null; output: number };
}

export type LedgerOperationName = keyof LedgerOperations;

export type LedgerCall = {
  readonly [N in LedgerOperationName]: { readonly name: N; readonly input: LedgerOperations[N]['input'] };
}[LedgerOperationName];

/** Operations that write; a batch with none of them opens no transaction and flushes nothing. */
export const writingOperations: ReadonlySet<LedgerOperationName> = new Set([
  'insert',
  'apply',
  'forget',
  'auditAppend',
  'auditInspect',
  'auditPrune',
  'auditMoveTo',
  'catalogueSettle',
  'cataloguePostAgain',
  'cataloguePostRefusedAgain',
]);

export type LedgerAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

/** Runs calls in their order; what they wrote is on stable storage when the promise resolves. Never rejects. */
export interface LedgerRunner {
  run(calls: readonly LedgerCall[]): Promise<readonly LedgerAnswer[]>;
  close(): Promise<void>;
}
