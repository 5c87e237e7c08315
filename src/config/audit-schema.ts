const tlsDoc = 'Path of a PEM file';

/** Section `audit` of the schema. */
export const auditSchema = {
  keep: {
    doc: 'How long records of the audit trail are kept; "0s" keeps them for ever. The default is six years, as HIPAA wants of such documents (45 CFR 164.316). An instance leaves about 1 KB of records in the ledger.',
    format: 'duration',
    default: '2192d',
  },
  syslog: {
    host: {
      doc: 'Syslog server that gets every record as DICOM Audit Message (PS3.15 A.5). Not set: none is sent.',
      format: 'text',
      default: '',
    },
    port: { doc: 'TCP port of the syslog server.', format: 'tcp-port', default: 6514 },
    transport: {
      doc: 'Syslog over `tls` (RFC 5425), or over plain `tcp` (RFC 6587), which anyone on the way can read and change.',
      format: ['tls', 'tcp'],
      default: 'tls',
    },
    caFile: {
      doc: `${tlsDoc}: authorities to trust instead of the system's. The certificate has to name audit.syslog.host.`,
      format: 'text',
      default: '',
    },
    certFile: { doc: `${tlsDoc}: client certificate (mutual TLS).`, format: 'text', default: '' },
    keyFile: { doc: `${tlsDoc}: private key of the client certificate.`, format: 'text', default: '' },
    sourceId: {
      doc: 'AuditSourceID, by which the server tells its sources apart. Not set: our AE title.',
      format: 'text',
      default: '',
    },
    siteId: { doc: 'AuditEnterpriseSiteID. Not set: left out.', format: 'text', default: '' },
  },
};
