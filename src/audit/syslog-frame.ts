import type { AuditRecord } from '../core/audit.ts';
import { type AuditSource, auditMessage } from './audit-message.ts';

/** Facility 10 (security/authorization) of RFC 5424, severity notice or warning, as IHE ITI TF-2 3.20 wants it. */
const notice = 10 * 8 + 5;
const warning = 10 * 8 + 4;
/** RFC 5424 6.4: a text in UTF-8 begins with it. */
const byteOrderMark = '\ufeff';

export interface SyslogOrigin {
  /** HOSTNAME and PROCID of RFC 5424. */
  readonly hostName: string;
  readonly processId: number;
}

/**
 * A record as a syslog message of RFC 5424, with the length in front that TCP and TLS want (RFC 5425 4.3, RFC 6587 3.4.1).
 */
export function syslogFrame(
  record: AuditRecord,
  source: AuditSource,
  origin: SyslogOrigin,
  study?: string,
): Buffer {
  const priority = record.outcome === 'success' ? notice : warning;
  const head = `<${priority}>1 ${record.at} ${headerWord(origin.hostName, 255)} sallyport ${origin.processId} DICOM+RFC3881 - `;
  const message = Buffer.from(`${head}${byteOrderMark}${auditMessage(record, source, study)}`, 'utf8');
  return Buffer.concat([Buffer.from(`${message.length} `, 'latin1'), message]);
}

/** PRINTUSASCII without blanks; "-" where nothing is left. */
function headerWord(text: string, max: number): string {
  const word = text.replace(/[^\x21-\x7e]/g, '').slice(0, max);
  return word === '' ? '-' : word;
}
