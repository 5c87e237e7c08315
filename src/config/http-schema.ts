import { httpSecuritySchema } from './http-security-schema.ts';

/** Section `http` of the schema. */
export const httpSchema = {
  host: {
    doc: 'Address of the HTTP server (health, readiness, metrics, API). Where others than this host are to reach it, set `http.tls.certFile` or put a proxy before it that speaks TLS.',
    format: 'text',
    default: '127.0.0.1',
  },
  port: {
    doc: 'TCP port of the HTTP server; 0 lets the system choose.',
    format: 'tcp-port',
    default: 8080,
  },
  maxConnections: {
    doc: 'Connections at one time; more are closed at once.',
    format: 'count',
    default: 512,
  },
  openMetrics: {
    doc: 'Let `/metrics` be read without credentials. They tell how much comes from whom, not of any instance.',
    format: 'true-or-false',
    default: false,
  },
  ingestAeTitle: {
    doc: 'AE title under which instances come in by HTTP, where the token of the sender names none: it chooses the profile, as a calling AE title does.',
    format: 'ae-title',
    default: 'HTTP',
  },
  maxUploadBytes: {
    doc: 'Largest file that is uploaded or posted for redaction.',
    format: 'size',
    default: '4GiB',
  },
  maxBase64Bytes: {
    doc: 'Largest body of `/uploadfile`: Base64 takes a third more than the file. In a JSON body it is held in memory as a whole; a form is streamed.',
    format: 'size',
    default: '96MiB',
  },
  ingest: {
    maxRequests: {
      doc: 'Requests that bring instances (`/receive_dicom`, STOW-RS) at one time, up to 1024; more are answered 503. Each holds 1 MiB to collect bytes in.',
      format: 'count',
      default: 32,
    },
    instanceTimeout: {
      doc: 'From the first byte to the last of one instance, up to 24 hours; a sender that takes longer is let go (408).',
      format: 'duration',
      default: '30m',
    },
    requestTimeout: {
      doc: 'The same of a whole STOW-RS request, up to 24 hours. What is safe by then is told.',
      format: 'duration',
      default: '4h',
    },
  },
  body: {
    idleTimeout: {
      doc: 'A body of which less than 16 KiB comes for this long is ended with 408; up to 10 minutes.',
      format: 'duration',
      default: '30s',
    },
    leastRate: {
      doc: 'Bytes per second that a JSON body, which is held in memory, has to come at, beside 10 seconds at the beginning; a slower one is ended with 408. 1 KiB to 100 MiB.',
      format: 'size',
      default: '32KiB',
    },
  },
  files: {
    keep: {
      doc: 'How long de-identified files of the file API stay on disk.',
      format: 'duration',
      default: '24h',
    },
    keepUploads: {
      doc: 'How long files that were uploaded with `anonymize=false` stay on disk as they came, with their identifiers. Others go as soon as they are de-identified.',
      format: 'duration',
      default: '1h',
    },
    maxFiles: {
      doc: 'Files of the file API at one time, results among them.',
      format: 'count',
      default: 10_000,
    },
    maxBytes: {
      doc: 'Bytes of all these files together, those of work that is going on among them; beyond it uploads are answered 507.',
      format: 'size',
      default: '20GiB',
    },
  },
  folderRoots: {
    doc: 'Folders below which `/process-dicom-folder` may read and write. Empty: it refuses every folder. In the environment: comma separated.',
    format: 'path-list',
    default: [],
  },
  apiTokenFile: {
    doc: 'File with the token that opens the API (openapi/gateway.yaml): at least 16 characters without blanks, sent as `Authorization: Bearer TOKEN`. It has the scopes read and operate; `sallyport token create` makes tokens with others, by name, and with an end.',
    format: 'text',
    default: '',
  },
  apiToken: {
    doc: 'The token itself. For secret stores that hand over environment variables.',
    format: 'text',
    default: '',
    sensitive: true,
  },
  ...httpSecuritySchema,
};
