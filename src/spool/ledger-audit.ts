import type { AuditEntry, AuditHead, AuditRecord } from '../core/audit.ts';
import type { AuditFilter, AuditInspection, AuditPage, AuditTrail } from './audit-trail.ts';
import type { LedgerOperationName, LedgerOperations } from './ledger-operations.ts';

/** Stretches of the trail that one `list` looks at; between two of them the ledger does its other work. */
const maxLooks = 10;

type Ask = <N extends LedgerOperationName>(
  name: N,
  input: LedgerOperations[N]['input'],
) => Promise<LedgerOperations[N]['output']>;

/** The audit trail in the ledger's database: same thread, same commits. */
export class LedgerAudit implements AuditTrail {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async append(...entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length > 0) await this.#ask('auditAppend', entries);
  }

  head(): Promise<AuditHead> {
    return this.#ask('auditHead', null);
  }

  inspect(): Promise<AuditInspection> {
    return this.#ask('auditInspect', null);
  }

  async list(filter: AuditFilter): Promise<AuditPage> {
    const records: AuditRecord[] = [];
    let next = filter.before ?? null;
    for (let look = 0; look < maxLooks; look += 1) {
      const page = await this.#ask('auditList', {
        ...filter,
        ...(next === null ? {} : { before: next }),
        limit: filter.limit - records.length,
      });
      records.push(...page.records);
      next = page.next;
      if (next === null || records.length >= filter.limit) break;
    }
    return { records, next };
  }

  after(sequence: number, limit: number): Promise<readonly AuditRecord[]> {
    return this.#ask('auditAfter', { sequence, limit });
  }

  prune(before: number, limit: number): Promise<number> {
    return this.#ask('auditPrune', { before, limit });
  }

  position(name: string): Promise<number> {
    return this.#ask('auditPosition', name);
  }

  async moveTo(name: string, sequence: number): Promise<void> {
    await this.#ask('auditMoveTo', { name, sequence });
  }
}
