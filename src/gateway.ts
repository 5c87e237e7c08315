import { hkdfSync } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config/config.ts';
import { readPseudonymSecrets, readSecretFile } from './config/secret-file.ts';
import { asSallyportError, SallyportError } from './core/errors.ts';
import type { InstanceReport } from './core/instance-report.ts';
import { productVersion } from './core/version.ts';
import type { Crosswalk } from './crosswalk/crosswalk.ts';
import { openCrosswalk } from './crosswalk/open-crosswalk.ts';
import { createKeyRing } from './deidentify/key-ring.ts';
import { BackendClient } from './deliver/backend-client.ts';
import { Destination } from './deliver/destination.ts';
import { GrowingPlan, type Post, planPosts } from './deliver/posts.ts';
import { gatewayOperations } from './gateway-http.ts';
import {
  backendSettings,
  configuredApiToken,
  httpServerSettings,
  listenerSettings,
  profileChoice,
  renderSettings,
} from './gateway-settings.ts';
import { readGatewayDocument } from './http/contract/gateway-contract.ts';
import { builtDashboard } from './http/dashboard-files.ts';
import { HttpServer } from './http/server.ts';
import { simpleGatekeeper } from './http/simple-gatekeeper.ts';
import { createEmitter, type Subscriber } from './observe/emitter.ts';
import type { Emit } from './observe/events.ts';
import { LineOutput } from './observe/line-output.ts';
import { createLog } from './observe/log.ts';
import { Metrics } from './observe/metrics.ts';
import { DeliverLane } from './pipeline/deliver-lane.ts';
import { imageExtentOf } from './pipeline/image-extent.ts';
import type { ProfileChoice } from './pipeline/messages.ts';
import { Outbox } from './pipeline/outbox.ts';
import { PrepareLane } from './pipeline/prepare-lane.ts';
import type { LaneTools } from './pipeline/settle.ts';
import { threadsOfOne, WorkerPool } from './pipeline/worker-pool.ts';
import { Listener } from './receive/listener.ts';
import { ReportStore, reportsFolder } from './reports/report-store.ts';
import { FileBlobStore } from './spool/blobs-files.ts';
import type { Intake } from './spool/intake.ts';
import { SqliteLedger } from './spool/ledger-sqlite.ts';
import { Retention, retentionDefaults } from './spool/retention.ts';
import { Spool } from './spool/spool.ts';

/** Output of one instance beyond this waits in a scratch file instead of memory, bytes. */
const maxMemoryBytes = 8 * 1024 * 1024;
/** Scratch files of all instances; beyond it nothing new is prepared, bytes. */
const maxScratchBytes = 16 * 2 ** 30;
/** States that still have a way to go by themselves. */
const waiting = ['received', 'prepared'] as const;

export interface GatewayPorts {
  readonly dimse: number;
  readonly http: number;
}

export interface GatewayOptions {
  /** Hear of every event beside log and metrics. They cannot change what the gateway does. */
  readonly subscribers?: readonly Subscriber[];
  /** False: no log lines on standard output. */
  readonly log?: boolean;
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

  constructor(config: Config, options: GatewayOptions = {}) {
    this.#config = config;
    const standardOutput = new LineOutput(1, () => this.#metrics.observerFailures.inc());
    const log = options.log === false ? undefined : createLog(config.log.level, standardOutput);
    this.#flushLog = log?.flush ?? (async () => undefined);
    const subscribers = [
      this.#metrics.subscriber,
      ...(log === undefined ? [] : [log.subscriber]),
      ...(options.subscribers ?? []),
    ];
    this.#emit = createEmitter(subscribers, () => this.#metrics.observerFailures.inc());
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
    const retention = new Retention({
      ...common,
      forgetAfterMs: config.storage.forgetAfter,
      intervalMs: retentionDefaults.intervalMs,
    });
    retention.start();
    this.#onStop('retention', () => retention.stop());

    const tools: LaneTools = {
      ledger,
      emit,
      now: Date.now,
      random: Math.random,
      retry: { initialMs: config.backend.retryInitial, maxMs: config.backend.retryMax },
    };
    if (config.backend.baseUrl === '')
      emit('destination.paused', { code: 'BACKEND_NOT_CONFIGURED', probeInMs: 0 });
    const lanes =
      config.backend.baseUrl === ''
        ? undefined
        : this.#startLanes(tools, { blobs, retention, secrets, profiles, crosswalk });

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
    const listener = new Listener(listenerSettings(config), { intake, emit, now: Date.now });
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
      destinationUp: () => lanes?.destinationReady() ?? false,
    });
    const document = readGatewayDocument();
    const http = new HttpServer(httpServerSettings(config), {
      document,
      operations: gatewayOperations({
        document,
        health: { notReady: async () => this.#notReady(), metrics: () => this.#metrics.scrape() },
        instances: { ledger, blobs, now: Date.now, extentOf: imageExtentOf, onChange: () => lanes?.wake() },
        emit,
      }),
      gatekeeper: simpleGatekeeper(configuredApiToken(config)),
      emit,
      dashboardFolder: builtDashboard,
    });
    const { port } = await listening(http.start());
    this.#onStop('http', () => http.stop());
    return { dimse, http: port };
  }

  #startLanes(
    tools: LaneTools,
    parts: {
      readonly blobs: FileBlobStore;
      readonly retention: Retention;
      readonly secrets: readonly Uint8Array[];
      readonly profiles: ProfileChoice;
      readonly crosswalk: Crosswalk | undefined;
    },
  ): { readonly wake: () => void; readonly destinationReady: () => boolean } {
    const config = this.#config;
    const settings = backendSettings(config);
    const client = new BackendClient(settings, { now: Date.now });
    this.#onStop('backend client', () => client.close());
    const destination = new Destination(settings, { client, emit: this.#emit, random: Math.random });
    const reports = this.#startReports();
    const onReport = (report: InstanceReport): void => reports?.add(report);
    const scratch = join(config.storage.dir, 'scratch');
    // Output is made again from the received bytes: what an earlier process left here is of no use.
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch, { recursive: true, mode: 0o700 });
    const limits = {
      maxBodyBytes: config.backend.maxBodyBytes,
      maxImagesPerPost: config.backend.maxImagesPerPost,
    };
    const pool = new WorkerPool(
      {
        threads: config.workers,
        prepareTimeoutMs: config.pipeline.prepareTimeout,
        frameTimeoutMs: config.render.frameTimeout,
      },
      {
        profiles: parts.profiles,
        secrets: parts.secrets,
        recordPairs: parts.crosswalk !== undefined,
        reports: reports !== undefined,
        render: renderSettings(config),
        textThreads: threadsOfOne(config.workers),
        maxMemoryBytes,
        post: limits,
        reserveBytes: config.storage.reserve,
      },
      this.#emit,
    );
    this.#onStop('worker threads', () => pool.stop());
    const outbox = new Outbox({
      ...limits,
      maxBytes: config.pipeline.maxReadyBytes,
      maxScratchBytes,
      groupingWindowMs: config.pipeline.groupingWindow,
    });
    const prepare = new PrepareLane({
      tools,
      blobs: parts.blobs,
      pool,
      outbox,
      scratchPath: (instanceId) => join(scratch, instanceId),
      leaseMs: config.pipeline.lease,
      ...(parts.crosswalk === undefined ? {} : { crosswalk: parts.crosswalk }),
      onReport,
      onPrepared: () => deliver.wake(),
      onRecovered: (postId, entries, failures) => deliver.offerRecovered(postId, entries, failures),
    });
    const deliver = new DeliverLane<Post>({
      tools,
      outbox,
      concurrency: config.backend.concurrency,
      plan: (prepared) => planPosts(prepared, limits),
      planGrowing: (prepared) => {
        const plan = new GrowingPlan(prepared, limits);
        return () => plan.posts();
      },
      destination,
      onReport,
      onDelivered: (instanceIds) => parts.retention.delivered(instanceIds),
      onLetGo: (instanceId) => prepare.letGo(instanceId),
      onOutputLost: (lost) => prepare.makeAgain(lost),
    });
    prepare.start(this.#ending.signal);
    deliver.start(this.#ending.signal, this.#cut.signal);
    this.#onStop('lanes', async () => {
      this.#ending.abort();
      const timer = setTimeout(() => this.#cut.abort(), config.shutdownTimeout);
      await Promise.all([prepare.stopped(), deliver.stopped()]);
      clearTimeout(timer);
      this.#cut.abort();
    });
    return { wake: () => prepare.wake(), destinationReady: () => destination.ready() };
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
