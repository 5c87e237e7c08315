import type { Config } from './config/config.ts';
import { productVersion } from './core/version.ts';
import type { Destination } from './deliver/destination.ts';
import { AssociationLog } from './observe/association-log.ts';
import type { LiveCounts } from './observe/live-counts.ts';
import { LiveFeed } from './observe/live-feed.ts';
import { LiveStatus } from './observe/live-status.ts';
import type { WorkerPool } from './pipeline/worker-pool.ts';
import type { Listener } from './receive/listener.ts';
import type { BlobStore, Ledger } from './spool/backend.ts';

export interface LiveParts {
  readonly counts: LiveCounts;
  readonly associations: AssociationLog;
  readonly ledger: Ledger;
  readonly blobs: BlobStore;
  readonly listener: Listener;
  readonly pool: WorkerPool;
  readonly destination: Destination | undefined;
  /** The gateway made the pseudonym secret itself. */
  readonly secretCreated: boolean;
  /** Records of the audit trail were found missing. */
  readonly auditDamaged: () => boolean;
  readonly ports: () => { readonly dimse: number; readonly http: number };
  readonly observerFailures: () => number;
  readonly onFailure: () => void;
}

/** What the pages about the running gateway are made of. */
export interface Live {
  readonly status: LiveStatus;
  readonly associations: AssociationLog;
  readonly feed: LiveFeed;
}

/** To be handed to the listener before it starts. */
export function associationLogOf({ dimse }: Config): AssociationLog {
  const { aeTitle, callingPeers, maxAssociations, maxAssociationsPerPeer, idleTimeout } = dimse;
  const facts = {
    aeTitle,
    callingPeers,
    maxAssociations,
    maxAssociationsPerPeer,
    idleTimeoutMs: idleTimeout,
  };
  return new AssociationLog(facts, Date.now);
}

export function liveOf(config: Config, parts: LiveParts): Live {
  const { dimse, http, storage, backend, deidentify } = config;
  const { counts, associations, ledger, blobs, listener, pool, destination, onFailure } = parts;
  const httpTls = http.tls.certFile !== '';
  const status = new LiveStatus(
    counts,
    {
      version: productVersion,
      aeTitle: dimse.aeTitle,
      dimse: { host: dimse.host, port: parts.ports().dimse, tls: dimse.tls.certFile !== '' },
      http: {
        host: http.host,
        // Known once the server listens.
        get port() {
          return parts.ports().http;
        },
        tls: httpTls,
      },
      reserveBytes: storage.reserve,
      maxAssociations: dimse.maxAssociations,
      anyoneMayCall:
        dimse.callingPeers.length === 0 && dimse.allowedAddresses.length === 0 && dimse.tls.caFile === '',
      httpProtected: httpTls || http.tls.terminatedByProxy,
      secretOnlyInStorage: deidentify.secretFile === '' && deidentify.secret === '',
    },
    {
      counts: () => ledger.counts(),
      freeBytes: () => blobs.freeBytes(),
      ...(config.fhir.baseUrl === ''
        ? {}
        : { refusedStudies: async () => (await ledger.catalogue.troubles()).refused }),
      openAssociations: () => listener.associations,
      workers: () => pool.load,
      destinations: () =>
        destination === undefined ? [] : [{ name: new URL(backend.baseUrl).host, ...destination.state() }],
      auditDamaged: parts.auditDamaged,
      observerFailures: parts.observerFailures,
    },
    Date.now,
  );
  return { status, associations, feed: new LiveFeed({ status, log: associations, onFailure }) };
}
