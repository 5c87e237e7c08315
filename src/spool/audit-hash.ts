import { hash } from 'node:crypto';
import { type AuditRecord, auditText } from '../core/audit.ts';

/** SHA-256 over the canonical form, 64 hex digits. */
export function auditHash(record: Omit<AuditRecord, 'hash'>): string {
  return hash('sha256', auditText(record), 'hex');
}
