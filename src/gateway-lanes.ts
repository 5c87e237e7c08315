import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config/config.ts';
import type { InstanceReport } from './core/instance-report.ts';
import type { Crosswalk } from './crosswalk/crosswalk.ts';
import { BackendClient } from './deliver/backend-client.ts';
import { Destination } from './deliver/destination.ts';
import { GrowingPlan, type Post, planPosts } from './deliver/posts.ts';
import { backendSettings, renderSettings } from './gateway-settings.ts';
import type { Emit } from './observe/events.ts';
import { DeliverLane } from './pipeline/deliver-lane.ts';
import type { ProfileChoice } from './pipeline/messages.ts';
import { Outbox } from './pipeline/outbox.ts';
import { PrepareLane } from './pipeline/prepare-lane.ts';
import type { LaneTools } from './pipeline/settle.ts';
import { threadsOfOne, WorkerPool } from './pipeline/worker-pool.ts';
import type { ReportStore } from './reports/report-store.ts';
import type { Ledger } from './spool/backend.ts';
import type { FileBlobStore } from './spool/blobs-files.ts';
import type { Retention } from './spool/retention.ts';

/** Output of one instance beyond this waits in a scratch file instead of memory, bytes. */
const maxMemoryBytes = 8 * 1024 * 1024;
/** Scratch files of all instances; beyond it nothing new is prepared, bytes. */
const maxScratchBytes = 16 * 2 ** 30;

/** To be undone when the gateway stops, in the order told. */
export type OnStop = (name: string, stop: () => Promise<void>) => void;

export interface LaneParts {
  readonly ledger: Ledger;
  readonly blobs: FileBlobStore;
  readonly retention: Retention;
  readonly crosswalk: Crosswalk | undefined;
  readonly reports: ReportStore | undefined;
  readonly pool: WorkerPool;
  readonly emit: Emit;
  readonly scratch: string;
  /** Aborts when nothing new is to be begun. */
  readonly ending: AbortController;
  /** Aborts when what still runs is to be cut off. */
  readonly cut: AbortController;
  readonly onStop: OnStop;
}

export interface Lanes {
  readonly wake: () => void;
  readonly destination: Destination;
}

/** An empty folder for output on its way: it is made again from the received bytes, so what an earlier process left is of no use. */
export function emptyScratch(dir: string): string {
  const scratch = join(dir, 'scratch');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  return scratch;
}

/** The threads that de-identify and render, for the lanes and for work on demand. */
export function openPool(
  config: Config,
  parts: {
    readonly profiles: ProfileChoice;
    readonly secrets: readonly Uint8Array[];
    readonly recordPairs: boolean;
    readonly emit: Emit;
  },
): WorkerPool {
  const { profiles, secrets, recordPairs, emit } = parts;
  return new WorkerPool(
    {
      threads: config.workers,
      prepareTimeoutMs: config.pipeline.prepareTimeout,
      frameTimeoutMs: config.render.frameTimeout,
    },
    {
      profiles,
      secrets,
      recordPairs,
      reports: config.storage.reports,
      render: renderSettings(config),
      textThreads: threadsOfOne(config.workers),
      maxMemoryBytes,
      post: postLimits(config),
      reserveBytes: config.storage.reserve,
    },
    emit,
  );
}

function postLimits({ backend }: Config): {
  readonly maxBodyBytes: number;
  readonly maxImagesPerPost: number;
} {
  return { maxBodyBytes: backend.maxBodyBytes, maxImagesPerPost: backend.maxImagesPerPost };
}

/** Starts the lanes from the spool to the backend. */
export function startLanes(config: Config, parts: LaneParts): Lanes {
  const { ledger, blobs, retention, crosswalk, reports, pool, emit, scratch, ending, cut, onStop } = parts;
  const tools: LaneTools = {
    ledger,
    emit,
    now: Date.now,
    random: Math.random,
    retry: { initialMs: config.backend.retryInitial, maxMs: config.backend.retryMax },
  };
  const settings = backendSettings(config);
  const client = new BackendClient(settings, { now: Date.now });
  onStop('backend client', () => client.close());
  const destination = new Destination(settings, { client, emit, random: Math.random });
  const onReport = (report: InstanceReport): void => reports?.add(report);
  const limits = postLimits(config);
  const outbox = new Outbox({
    ...limits,
    maxBytes: config.pipeline.maxReadyBytes,
    maxScratchBytes,
    groupingWindowMs: config.pipeline.groupingWindow,
  });
  const prepare = new PrepareLane({
    tools,
    blobs,
    pool,
    outbox,
    scratchPath: (instanceId) => join(scratch, instanceId),
    leaseMs: config.pipeline.lease,
    ...(crosswalk === undefined ? {} : { crosswalk }),
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
    onDelivered: (instanceIds) => retention.delivered(instanceIds),
    onLetGo: (instanceId) => prepare.letGo(instanceId),
    onOutputLost: (lost) => prepare.makeAgain(lost),
  });
  prepare.start(ending.signal);
  deliver.start(ending.signal, cut.signal);
  onStop('lanes', async () => {
    ending.abort();
    const timer = setTimeout(() => cut.abort(), config.shutdownTimeout);
    await Promise.all([prepare.stopped(), deliver.stopped()]);
    clearTimeout(timer);
    cut.abort();
  });
  return { wake: () => prepare.wake(), destination };
}
