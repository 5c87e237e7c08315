import { createReadStream } from 'node:fs';
import { type AuditRecord, auditLine } from '../core/audit.ts';
import { SallyportError } from '../core/errors.ts';

/** A line of an export has at most about 900 bytes: names and ids are bounded. */
const maxLineBytes = 8 * 1024;

/**
 * The records of an export, line by line, in bounded memory. `'unreadable'` in place of a line that is not the canonical
 * form of a record, letter by letter; nothing follows it. Rejects with FILE_UNREADABLE.
 */
export async function* readExport(file: string): AsyncGenerator<AuditRecord | 'unreadable'> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const record = recordOfLine(line);
        yield record;
        if (record === 'unreadable') return;
      }
      if (rest.length > maxLineBytes) {
        yield 'unreadable';
        return;
      }
    }
  } catch (cause) {
    throw new SallyportError('FILE_UNREADABLE', { cause });
  }
  // Every line of an export has its end: what has none was cut off.
  if (rest !== '') yield 'unreadable';
}

function recordOfLine(line: string): AuditRecord | 'unreadable' {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return 'unreadable';
    const record = value as AuditRecord;
    // Whatever else it is, a text of these fields in this order is a record, and its hash judges the rest.
    return auditLine(record) === line ? record : 'unreadable';
  } catch {
    return 'unreadable';
  }
}
