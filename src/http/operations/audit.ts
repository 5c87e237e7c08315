import { Readable } from 'node:stream';
import { type AuditRecord, auditLine } from '../../core/audit.ts';
import type { AuditFilter, AuditTrail } from '../../spool/audit-trail.ts';
import { auditActorOf } from '../audit-actor.ts';
import { numberOf, type Operations, ok, optionalText, timeOf } from '../operation.ts';
import { defined } from './instances.ts';
import { SeenLately } from './seen-lately.ts';

/** Records read at one time for an export. */
const exportPage = 500;

/** The audit trail, read. What reads it is recorded itself. */
export function auditOperations(audit: AuditTrail, now: () => number): Operations {
  const seen = new SeenLately(now);
  return {
    listAudit: async ({ query, actor, address }) => {
      const reader = auditActorOf(actor(), address);
      // Once for somebody who turns pages: each look would else be a page of its own.
      if (seen.isFirst(`${reader.kind} ${reader.name}`))
        await audit.append({ actor: reader, action: 'audit.read', object: { kind: 'audit', id: 'trail' } });
      const filter: AuditFilter = {
        limit: numberOf(query.limit),
        ...defined('before', query.before === undefined ? undefined : numberOf(query.before)),
        ...defined('action', optionalText(query.action)),
        ...defined('objectId', optionalText(query.objectId)),
        ...defined('actor', optionalText(query.actor)),
        ...defined('from', timeOf(query.from)),
        ...defined('to', timeOf(query.to)),
      };
      return ok(await audit.list(filter));
    },
    getAuditHead: async () => ok(await audit.head()),
    exportAudit: async ({ query, actor, address, signal }) => {
      await audit.append({
        actor: auditActorOf(actor(), address),
        action: 'audit.exported',
        object: { kind: 'audit', id: 'trail' },
      });
      const from = timeOf(query.from) ?? Number.NEGATIVE_INFINITY;
      const to = timeOf(query.to) ?? Number.POSITIVE_INFINITY;
      return {
        status: 200,
        contentType: 'application/x-ndjson',
        body: Readable.from(linesOf(audit, from, to, signal)),
        headers: { 'content-disposition': 'attachment; filename="sallyport-audit.ndjson"' },
      };
    },
  };
}

/** One stretch without gaps, so that its chain can be proven: also where the clock was set back in between. */
async function* linesOf(
  audit: AuditTrail,
  from: number,
  to: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let last = 0;
  let begun = false;
  while (!signal.aborted) {
    const records: readonly AuditRecord[] = await audit.after(last, exportPage);
    if (records.length === 0) return;
    last = records.at(-1)?.sequence ?? last;
    let lines = '';
    let ended = false;
    for (const record of records) {
      const at = Date.parse(record.at);
      begun ||= at >= from;
      ended = begun && at >= to;
      if (ended) break;
      if (begun) lines += `${auditLine(record)}\n`;
    }
    if (lines !== '') yield lines;
    if (ended) return;
  }
}
