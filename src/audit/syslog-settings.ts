import type { AuditSource } from './audit-message.ts';
import type { SyslogOrigin } from './syslog-frame.ts';

/** Where audit messages go, and as whose. */
export interface SyslogSettings {
  readonly host: string;
  readonly port: number;
  /** Undefined: plain TCP. PEM texts. */
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  };
  readonly source: AuditSource;
  readonly origin: SyslogOrigin;
}

/** The options `audit.syslog` as they are configured; paths of files. */
export interface SyslogOptions {
  readonly host: string;
  readonly port: number;
  readonly transport: 'tls' | 'tcp';
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly sourceId: string;
  readonly siteId: string;
}

/** Settings from the options, certificates read by `readPem`, which throws CONFIGURATION_INVALID; undefined where no host is set. */
export function syslogSettings(
  options: SyslogOptions,
  aeTitle: string,
  origin: SyslogOrigin,
  readPem: (file: string, option: string) => string,
): SyslogSettings | undefined {
  const { host, port, transport, caFile, certFile, keyFile, sourceId, siteId } = options;
  if (host === '') return undefined;
  const source = { id: sourceId === '' ? aeTitle : sourceId, siteId, aeTitle };
  if (transport === 'tcp') return { host, port, source, origin };
  return {
    host,
    port,
    source,
    origin,
    tls: {
      ...(caFile === '' ? {} : { ca: readPem(caFile, 'audit.syslog.caFile') }),
      ...(certFile === '' ? {} : { cert: readPem(certFile, 'audit.syslog.certFile') }),
      ...(keyFile === '' ? {} : { key: readPem(keyFile, 'audit.syslog.keyFile') }),
    },
  };
}
