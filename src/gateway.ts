import { hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import { Server as TlsServer } from 'node:tls';
import { AuditGuard } from './audit/audit-guard.ts';
import type { Config } from './config/config.ts';
import { readPseudonymSecrets, readSecretFile } from './config/secret-file.ts';
import { asSallyportError, SallyportError } from './core/errors.ts';
import { productVersion } from './core/version.ts';
import { openCrosswalk } from './crosswalk/open-crosswalk.ts';
import { createKeyRing } from './deidentify/key-ring.ts';
import { recordStart, recordTokens, stopEntry } from './gateway-audit.ts';
import { openFiles } from './gateway-files.ts';
import { startFollowers } from './gateway-followers.ts';
import { gatewayOperations } from './gateway-http.ts';
import { openIngest } from './gateway-ingest.ts';
import { emptyScratch, type OnStop, openPool, startLanes } from './gateway-lanes.ts';
import { associationLogOf, liveOf } from './gateway-live.ts';
import {
  configuredApiToken,
  httpServerSettings,
  listenerSettings,
  oidcClientSecret,
  profileChoice,
} from './gateway-settings.ts';
import { readGatewayDocument } from './http/contract/gateway-contract.ts';
import { builtDashboard } from './http/dashboard-files.ts';
import { buildSecurity, tellIfUnprotected } from './http/security/build.ts';
import { CertificateWatch } from './http/security/tls-listener.ts';
import { HttpServer } from './http/server.ts';
import { createEmitter, type Subscriber } from './observe/emitter.ts';
import type { Emit } from './observe/events.ts';
import { LineOutput } from './observe/line-output.ts';
import { LiveCounts } from './observe/live-counts.ts';
import { createLog } from './observe/log.ts';
import { Metrics } from './observe/metrics.ts';
import { imageExtentOf } from './pipeline/image-extent.ts';
import { OnDemandWork } from './pipeline/on-demand.ts';
import { Listener } from './receive/listener.ts';
import { ReportStore, reportsFolder } from './reports/report-store.ts';
import type { AuditTrail } from './spool/audit-trail.ts';
import { FileBlobStore } from './spool/blobs-files.ts';
import type { Intake } from './spool/intake.ts';
import { SqliteLedger } from './spool/ledger-sqlite.ts';
import { Retention, retentionDefaults } from './spool/retention.ts';
import { Spool } from './spool/spool.ts';

/** States that still have a way to go by themselves. */
const waiting = ['received', 'prepared'] as const;
/** How often sessions that nobody used in time are ended, ms. */
const sweepMs = 60_000;

export interface GatewayPorts {
  readonly dimse: number;
  readonly http: number;
}

export interface GatewayOptions {
  /** Hear of every event beside log and metrics. They cannot change what the gateway does. */
  readonly subscribers?: readonly Subscriber[];
  /** False: no log lines on standard output. */
  readonly log?: boolean;
  /** JSON of the configuration with secrets masked, for people with the right `admin`. */
  readonly printable?: string;
}

/**
 * Builds the parts from the configuration and starts them from the disk outwards: spool, workers, lanes, listener, pages.
 * `stop` goes the other way: no new associations, running ones to their end, posts to their end, each within
 * `shutdownTimeout`; what is cut off resumes at the next start.
 */
export class Gateway {
  readonly #config: Config;
  readonly #emit: Emit;
  readonly #metrics = new Metrics();
  readonly #flushLog: () => Promise<void>;
  readonly #ending = new AbortController();
  readonly #cut = new AbortController();
  /** What `stop` has to undo, in the order it was started. */
  readonly #started: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
  #spool: Spool | undefined;
  readonly #liveCounts = new LiveCounts(Date.now);
  readonly #printable: string;
  #observerFailures = 0;

  constructor(config: Config, options: GatewayOptions = {}) {
    this.#config = config;
    this.#printable = options.printable ?? '{}';
    const standardOutput = new LineOutput(1, () => this.#observerFailed());
    const log = options.log === false ? undefined : createLog(config.log.level, standardOutput);
    this.#flushLog = log?.flush ?? (async () => undefined);
    const subscribers = [
      this.#metrics.subscriber,
      this.#liveCounts.subscriber,
      ...(log === undefined ? [] : [log.subscriber]),
      ...(options.subscribers ?? []),
    ];
    this.#emit = createEmitter(subscribers, () => this.#observerFailed());
  }

  /** Resolves when instances can be received. Rejects with a fatal code, everything started so far stopped again. */
  async start(): Promise<GatewayPorts> {
    try {
      const ports = await this.#start();
      this.#emit('gateway.started', {
        version: productVersion,
        dimsePort: ports.dimse,
        httpPort: ports.http,
      });
      return ports;
    } catch (error) {
      this.#emit('gateway.failed', { code: asSallyportError(error).code });
      await this.#undo();
      await this.#flushLog();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const startedAt = performance.now();
    this.#emit('gateway.stopping', { reason: 'signal' });
    await this.#undo();
    this.#emit('gateway.stopped', { afterMs: Math.round(performance.now() - startedAt) });
    await this.#flushLog();
  }

  async #start(): Promise<GatewayPorts> {
    const config = this.#config;
    const emit = this.#emit;
    const { dir } = config.storage;
    const profiles = profileChoice(config);
    const { active: secret, all: secrets } = readPseudonymSecrets(config.deidentify, dir);
    const ring = createKeyRing(secrets);
    // A profile whose key is missing is an error of the start, not of every worker thread.
    for (const { keyId } of [
      profiles.standard,
      ...profiles.byCallingAeTitle.map((entry) => entry.definition),
    ])
      ring.byId(keyId);
    if (secret.created) emit('gateway.secretCreated', { keyId: ring.active.keyId });
    const crosswalk = await openCrosswalk(config, {
      readKey: readSecretFile,
      secrets,
      now: Date.now,
      onFailure: (error) => emit('gateway.failed', { code: error.code }),
    });
    if (crosswalk !== undefined) this.#onStop('crosswalk', () => crosswalk.close());

    const ledger = await SqliteLedger.open(dir);
    this.#onStop('ledger', () => ledger.close());
    // Before anything is written: a trail somebody emptied is mended so far that instances can be received.
    const auditGuard = new AuditGuard({ trail: ledger.audit, emit, now: Date.now });
    await auditGuard.start();
    this.#onStop('audit guard', () => auditGuard.stop());
    const blobs = new FileBlobStore(dir);
    this.#onStop('blobs', () => blobs.close());
    const common = { ledger, blobs, emit, now: Date.now, keepDeliveredMs: config.storage.keepDelivered };
    const spool = new Spool({
      ...common,
      dir,
      reserveBytes: config.storage.reserve,
      duplicateContent: config.storage.duplicateContent,
      instanceKeySecret: Buffer.from(
        hkdfSync('sha256', secret.bytes, 'sallyport ledger 1', 'instance-key', 32),
      ),
    });
    await spool.start();
    this.#spool = spool;
    this.#onStop('spool', () => spool.stop());
    await recordStart(ledger.audit, config, this.#printable, { profiles, ring, keyCreated: secret.created });
    const retention = new Retention({
      ...common,
      forgetAfterMs: config.storage.forgetAfter,
      ...(config.fhir.baseUrl === '' ? {} : { keepUnpostedMs: config.fhir.keepUnposted }),
      intervalMs: retentionDefaults.intervalMs,
    });
    retention.start();
    this.#onStop('retention', () => retention.stop());

    const reports = this.#startReports();
    const pool = openPool(config, { profiles, secrets, recordPairs: crosswalk !== undefined, emit });
    this.#onStop('worker threads', () => pool.stop());
    const scratch = emptyScratch(dir);
    const onDemand = new OnDemandWork(pool, { scratchFolder: scratch }, crosswalk);
    this.#onStop('work on demand', () => onDemand.stop());
    const onStop: OnStop = (name, stop) => this.#onStop(name, stop);
    startFollowers(config, { ledger, emit, onStop });
    // Before the followers stop, so that they see it.
    this.#onStop('audit', () => ledger.audit.append(stopEntry));
    const audit: AuditTrail['append'] = (...entries) => ledger.audit.append(...entries);
    const concurrency = Math.max(1, Math.floor(pool.threads / 2));
    const files = await openFiles(config, { work: onDemand, audit, emit, onStop, concurrency });
    if (config.backend.baseUrl === '')
      emit('destination.paused', { code: 'BACKEND_NOT_CONFIGURED', probeInMs: 0 });
    const lanes =
      config.backend.baseUrl === ''
        ? undefined
        : startLanes(config, {
            ledger,
            blobs,
            retention,
            crosswalk,
            reports,
            pool,
            emit,
            scratch,
            ending: this.#ending,
            cut: this.#cut,
            onStop,
          });

    const intake: Intake = {
      hasRoom: () => spool.hasRoom(),
      begin: async (origin, head) => {
        const incoming = await spool.begin(origin, head);
        const commit = async (): ReturnType<typeof incoming.commit> => {
          const committed = await incoming.commit();
          if (committed.kind === 'stored') lanes?.wake();
          return committed;
        };
        return {
          id: incoming.id,
          write: (chunk) => incoming.write(chunk),
          commit,
          abort: () => incoming.abort(),
        };
      },
    };
    const ingest = openIngest(config, { intake, emit, onStop });
    const associations = associationLogOf(config);
    const listener = new Listener(listenerSettings(config), {
      intake,
      emit,
      now: Date.now,
      observer: associations.observer,
      onObserverFailure: () => this.#observerFailed(),
    });
    const { port: dimse } = await listening(listener.start());
    this.#onStop('listener', () => listener.stop(config.shutdownTimeout));

    this.#metrics.watch({
      spool: async () => {
        const counts = await ledger.counts();
        const oldest = waiting.flatMap((state) => counts[state].oldestReceivedAt ?? []);
        return {
          byState: counts,
          oldestWaitingMs: oldest.length === 0 ? 0 : Math.max(0, Date.now() - Math.min(...oldest)),
          freeBytes: await blobs.freeBytes(),
        };
      },
      associations: () => listener.associations,
      workers: () => pool.load,
      destinationUp: () => lanes?.destination.ready() ?? false,
    });
    let httpPort = config.http.port;
    const live = liveOf(config, {
      counts: this.#liveCounts,
      associations,
      ledger,
      blobs,
      listener,
      pool,
      destination: lanes?.destination,
      secretCreated: secret.created,
      auditDamaged: () => auditGuard.damaged,
      ports: () => ({ dimse, http: httpPort }),
      observerFailures: () => this.#observerFailures,
      onFailure: () => this.#observerFailed(),
    });
    const security = buildSecurity(config.http, {
      storageDir: dir,
      configuredToken: configuredApiToken(config),
      oidcClientSecret: oidcClientSecret(config),
      emit,
      // What cannot be recorded here is told by the ledger's own events: a sign-out cannot be refused.
      audit: (entry) =>
        void ledger.audit.append(entry).catch(() => emit('audit.failed', { code: 'STORAGE_FAILED' })),
    });
    if (security.tokens.fault === undefined)
      await recordTokens(
        ledger.audit,
        security.tokens.list().map(({ id }) => id),
      );
    const sweep = setInterval(() => security.gatekeeper.sweep(), sweepMs);
    sweep.unref();
    this.#onStop('sessions', async () => clearInterval(sweep));
    const document = readGatewayDocument();
    const http = new HttpServer(httpServerSettings(config), {
      document,
      operations: gatewayOperations(config, {
        document,
        health: { notReady: async () => this.#notReady(), metrics: () => this.#metrics.scrape() },
        instances: { ledger, blobs, now: Date.now, extentOf: imageExtentOf, onChange: () => lanes?.wake() },
        onDemand,
        ingest,
        files,
        profiles,
        live,
        security,
        ports: () => ({ dimse, http: httpPort }),
        printable: this.#printable,
        emit,
      }),
      gatekeeper: security.gatekeeper,
      emit,
      dashboardFolder: builtDashboard,
    });
    const { port } = await listening(http.start());
    httpPort = port;
    tellIfUnprotected(config.http, port, emit);
    this.#onStop('http', () => http.stop());
    this.#onStop('live feed', async () => live.feed.close());
    const { server } = http;
    if (server instanceof TlsServer) {
      const watch = new CertificateWatch(config.http.tls, server, emit);
      this.#onStop('certificates', async () => watch.stop());
    }
    return { dimse, http: port };
  }

  #startReports(): ReportStore | undefined {
    const { dir, reports, keepReports } = this.#config.storage;
    if (!reports) return undefined;
    const store = new ReportStore({
      folder: join(dir, reportsFolder),
      keepMs: keepReports,
      now: Date.now,
      onFault: (code) => this.#emit('reports.failed', { code }),
    });
    store.start();
    this.#onStop('reports', () => store.stop());
    return store;
  }

  #observerFailed(): void {
    this.#observerFailures += 1;
    this.#metrics.observerFailures.inc();
  }

  #notReady(): string[] {
    if (this.#ending.signal.aborted) return ['shutting down'];
    return this.#spool?.hasRoom() === true ? [] : ['the storage folder is below its reserve of free space'];
  }

  #onStop(name: string, stop: () => Promise<void>): void {
    this.#started.push({ name, stop });
  }

  async #undo(): Promise<void> {
    for (let part = this.#started.pop(); part !== undefined; part = this.#started.pop()) {
      try {
        await part.stop();
      } catch (error) {
        this.#emit('gateway.failed', { code: asSallyportError(error).code });
      }
    }
  }
}

/** A port that cannot be had is a matter of configuration, with a code of its own. */
async function listening<T>(started: Promise<T>): Promise<T> {
  try {
    return await started;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      throw new SallyportError('ADDRESS_IN_USE', { detail: code, cause: error });
    }
    throw error;
  }
}
