import type { ErrorCode } from '../core/errors.ts';

/** Levels of the log, after pino. */
export type EventLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * The catalogue: every log line and every metric of the product comes from one of these. Fields are numbers, registry
 * words, configured names and our own random ids. None may carry a value of a data set: there is no free-text field.
 */
export interface EventFields {
  'gateway.started': { readonly version: string; readonly dimsePort: number; readonly httpPort: number };
  'gateway.stopping': { readonly reason: 'signal' | 'error' | 'request' };
  'gateway.stopped': { readonly afterMs: number };
  'gateway.secretCreated': { readonly keyId: string };
  'gateway.failed': { readonly code: ErrorCode };
  'association.accepted': {
    readonly associationId: string;
    readonly peer: string;
    readonly contexts: number;
  };
  /** An address, never the AE titles of the request: anyone may write anything there. */
  'association.rejected': { readonly reason: AssociationRejection; readonly address: string };
  'association.closed': {
    readonly associationId: string;
    readonly how: 'released' | 'aborted' | 'lost' | 'timeout';
    readonly instances: number;
    readonly durationMs: number;
  };
  'association.protocolError': { readonly associationId: string; readonly fault: string };
  'echo.answered': { readonly associationId: string };
  'instance.received': {
    readonly instanceId: string;
    readonly associationId: string;
    readonly bytes: number;
    readonly durationMs: number;
  };
  'instance.duplicate': { readonly instanceId: string; readonly associationId: string };
  'instance.refused': {
    readonly associationId: string;
    readonly code: ErrorCode;
    readonly dicomStatus: number;
  };
  'instance.prepared': { readonly instanceId: string; readonly frames: number; readonly durationMs: number };
  'instance.delivered': { readonly instanceId: string; readonly waitedMs: number };
  'instance.held': { readonly instanceId: string; readonly code: ErrorCode; readonly stage: StageName };
  'instance.failed': { readonly instanceId: string; readonly code: ErrorCode; readonly stage: StageName };
  'instance.retryScheduled': {
    readonly instanceId: string;
    readonly code: ErrorCode;
    readonly stage: StageName;
    readonly attempts: number;
    readonly delayMs: number;
  };
  'delivery.posted': {
    readonly postId: string;
    readonly images: number;
    readonly bytes: number;
    readonly httpStatus: number;
    readonly durationMs: number;
  };
  'delivery.failed': {
    readonly postId: string;
    readonly code: ErrorCode;
    readonly httpStatus: number;
    readonly durationMs: number;
  };
  'destination.paused': { readonly code: ErrorCode; readonly probeInMs: number };
  'destination.resumed': { readonly afterMs: number };
  'spool.orphansSwept': { readonly temporary: number; readonly blobs: number };
  'spool.blobMissing': { readonly instanceId: string };
  'spool.low': { readonly freeBytes: number; readonly reserveBytes: number };
  /** An ImagingStudy was put to the FHIR server. */
  'fhir.posted': {
    readonly instances: number;
    readonly bytes: number;
    readonly httpStatus: number;
    readonly durationMs: number;
  };
  'fhir.failed': {
    readonly code: ErrorCode;
    readonly httpStatus: number;
    readonly attempts: number;
    readonly delayMs: number;
  };
  /** Not tried again by itself; the list of studies shows which. */
  'fhir.refused': { readonly code: ErrorCode; readonly httpStatus: number };
  /** Studies were forgotten that the FHIR server never took; the audit trail names them. */
  'fhir.givenUp': { readonly code: ErrorCode; readonly studies: number };
  /** Lines of de-identification reports were lost; told at most once a minute. */
  'reports.failed': { readonly code: ErrorCode };
  /** A record of the audit trail could not be written, and what it tells of was done all the same (a session ended). */
  'audit.failed': { readonly code: ErrorCode };
  /** The ends of the audit trail are not as the ledger noted them; put on record in it. Receiving goes on. */
  'audit.damaged': { readonly code: ErrorCode; readonly fault: string };
  /** The syslog server takes no audit messages; told once, until it takes them again. */
  'audit.receiverFailed': { readonly code: ErrorCode };
  'audit.receiverBack': Readonly<Record<string, never>>;
  /** A person decided by the HTTP API. */
  'instance.operated': {
    readonly instanceId: string;
    readonly operation: 'release' | 'retry' | 'discard';
  };
  'worker.replaced': { readonly code: ErrorCode };
  'file.anonymized': { readonly fileId: string; readonly durationMs: number };
  'file.failed': { readonly fileId: string; readonly code: ErrorCode };
  'files.expired': { readonly files: number };
  /** The folder of the file API cannot be written or cleared; it is tried again. */
  'files.failed': { readonly code: ErrorCode };
  'job.started': { readonly jobId: string };
  'job.ended': {
    readonly jobId: string;
    readonly how: 'completed' | 'cancelled' | 'failed';
    readonly files: number;
    readonly failed: number;
    readonly durationMs: number;
  };
  /** `place`: where in the code, of what nobody foresaw. */
  'http.failed': {
    readonly route: string;
    readonly httpStatus: number;
    readonly code: ErrorCode | null;
    readonly place?: string;
  };
  /** Credentials from an address were refused; once a minute at most for each, with the failures since the last line. */
  'http.refused': { readonly code: ErrorCode; readonly address: string; readonly attempts: number };
  /** The further ones of that minute: counted, seen in the log at its lowest level only. */
  'http.refusedAgain': { readonly code: ErrorCode };
  /** The HTTP server is reached from other hosts without TLS, ours or that of a proxy the configuration tells of. */
  'http.unprotected': { readonly port: number };
  'http.certificateReloaded': { readonly validForDays: number };
  /** A changed certificate or key cannot be used; the one before goes on. Or the one in use ends soon. */
  'http.certificateUnusable': {
    readonly fault: 'unreadable' | 'expired' | 'ends-soon';
    readonly validForDays: number;
  };
  /**
   * The OpenID issuer cannot be asked: its tokens and sign-ins are refused until it can. `client-refused`: it does not know
   * our client, or its secret.
   */
  'http.issuerFailed': {
    readonly fault:
      | 'unreachable'
      | 'timeout'
      | 'status'
      | 'too-large'
      | 'malformed'
      | 'other-issuer'
      | 'client-refused';
  };
  /** An answer was not as the contract says; `fault` is made of words of the contract. */
  'http.contractBroken': { readonly operation: string; readonly fault: string };
}

export type EventName = keyof EventFields;
export type StageName = 'receive' | 'prepare' | 'deliver';
export type AssociationRejection =
  | 'called-ae-not-recognized'
  | 'calling-ae-not-recognized'
  | 'address-not-allowed'
  | 'application-context'
  | 'protocol-version'
  | 'too-many-associations'
  | 'storage-low'
  | 'shutting-down';

/** The only way to log or count. A subscriber that throws is counted and cannot change what the caller does. */
export type Emit = <N extends EventName>(name: N, fields: EventFields[N]) => void;

/** Level of each event; also the list of all names at run time. */
export const eventLevels: { readonly [N in EventName]: EventLevel } = {
  'gateway.started': 'info',
  'gateway.stopping': 'info',
  'gateway.stopped': 'info',
  'gateway.secretCreated': 'warn',
  'gateway.failed': 'error',
  'association.accepted': 'debug',
  'association.rejected': 'warn',
  'association.closed': 'info',
  'association.protocolError': 'warn',
  'echo.answered': 'info',
  'instance.received': 'debug',
  'instance.duplicate': 'info',
  'instance.refused': 'warn',
  'instance.prepared': 'debug',
  'instance.delivered': 'debug',
  'instance.held': 'warn',
  'instance.failed': 'error',
  'instance.retryScheduled': 'info',
  'delivery.posted': 'info',
  'delivery.failed': 'warn',
  'destination.paused': 'error',
  'destination.resumed': 'info',
  'spool.orphansSwept': 'info',
  'spool.blobMissing': 'error',
  'spool.low': 'error',
  'fhir.posted': 'info',
  'fhir.failed': 'warn',
  'fhir.refused': 'error',
  'fhir.givenUp': 'error',
  'reports.failed': 'error',
  'audit.failed': 'error',
  'audit.damaged': 'error',
  'audit.receiverFailed': 'error',
  'audit.receiverBack': 'info',
  'instance.operated': 'info',
  'worker.replaced': 'error',
  'file.anonymized': 'info',
  'file.failed': 'warn',
  'files.expired': 'info',
  'files.failed': 'error',
  'job.started': 'info',
  'job.ended': 'info',
  'http.failed': 'warn',
  'http.refused': 'warn',
  'http.refusedAgain': 'debug',
  'http.unprotected': 'warn',
  'http.certificateReloaded': 'info',
  'http.certificateUnusable': 'error',
  'http.issuerFailed': 'error',
  'http.contractBroken': 'error',
};
