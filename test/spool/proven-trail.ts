import { createHash } from 'node:crypto';
import { type ChainVerdict, ChainVerifier } from '../../src/audit/verify-chain.ts';
import type { AuditRecord } from '../../src/core/audit.ts';
import { AuditReader } from '../../src/spool/audit-reader.ts';

/** The whole trail of a storage folder, and what `audit verify` says of it. */
export function provenTrail(dir: string): {
  readonly records: readonly AuditRecord[];
  readonly fault: ChainVerdict['fault'];
} {
  const reader = new AuditReader(dir);
  try {
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const verifier = new ChainVerifier({ part: false, end: reader.chain()?.head ?? null }, sha256);
    const records: AuditRecord[] = [];
    for (const record of reader.records()) {
      if (record === 'unreadable') verifier.takeUnreadable();
      else if (verifier.take(record)) records.push(record);
    }
    return { records, fault: verifier.verdict().fault };
  } finally {
    reader.close();
  }
}
