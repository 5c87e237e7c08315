import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { IdentifierPair } from '../core/identifier-pair.ts';
import type { InstanceReport } from '../core/instance-report.ts';
import type { PreparedImages, PreparedInstance } from '../core/prepared.ts';
import type { Emit } from '../observe/events.ts';
import { silenceRuntime } from '../ocr/silent-runtime.ts';
import { GrowingOutput, rangesOf } from './growing-output.ts';
import { guarded } from './guarded-task.ts';
import type {
  OutputNews,
  PreparedHead,
  PrepareReply,
  PrepareTask,
  ThreadTask,
  WorkerSetup,
} from './messages.ts';
import type { OnDemandReply, OnDemandThreadTask } from './on-demand/tasks.ts';
import { newVitalSigns, type VitalSigns } from './vital-signs.ts';
import { Watchdog } from './watchdog.ts';

export interface WorkerPoolSettings {
  /** 0: one per core. */
  readonly threads: number;
  readonly prepareTimeoutMs: number;
  readonly frameTimeoutMs: number;
  /** Another thread entry in place of the product's: for tests of threads that crash or hang. */
  readonly entry?: URL;
  /** JavaScript heap of one thread, MiB; for tests of threads that run out of it. */
  readonly maxHeapMb?: number;
}

export type PrepareResult =
  | {
      readonly kind: 'prepared';
      readonly prepared: PreparedInstance;
      /** Pseudonyms given, for the crosswalk. */
      readonly pairs: readonly IdentifierPair[];
      /** Where the images of `prepared` still grow: what becomes of it in the end. Rejects as `prepare` does. */
      readonly rest?: { readonly growth: GrowingOutput; readonly reply: Promise<PrepareReply> };
    }
  | Extract<PrepareReply, { kind: 'held' }>;

/** Longer than the retirement of an idle thread would be useful: threads hold warm decoders and cost little while idle. */
const idleTimeoutMs = 10 * 60_000;
/** Tasks beyond this wait with their caller; the lanes never submit more than a few per thread. */
const maxQueuedTasks = 256;
/** Reports whose text is kept once. */
const maxInterned = 64;

/** A thread that has not begun by then never will, ms. */
const startMs = 120_000;
/**
 * JavaScript heap of one thread, MiB: bounds what a data set can make a thread hold; a thread beyond it ends as a crashed
 * one. Pixels and the memory of decoders lie outside of it: those `render.maxPixelsPerFrame` bounds.
 */
const maxHeapMb = 2048;

/** Work on demand that nobody wants any more may end by itself within that time: a new thread costs more. */
const politeMs = 5000;

/** Worker threads for the setting `workers`. */
function workerThreads(workers: number): number {
  return workers > 0 ? workers : availableParallelism();
}

/** Processor threads of one search for text, so that all workers together have those of the machine. */
export function threadsOfOne(workers: number): number {
  return Math.max(1, Math.floor(availableParallelism() / workerThreads(workers)));
}

/**
 * Worker threads that de-identify and render. A thread that dies or exceeds a time limit is replaced and costs its one
 * instance an attempt: the promise rejects with WORKER_CRASHED or RENDER_TIMEOUT.
 */
export class WorkerPool {
  readonly threads: number;
  readonly #pool: Piscina<ThreadTask | OnDemandThreadTask, PrepareReply | OnDemandReply>;
  readonly #guard: { readonly watchdog: Watchdog; readonly emit: Emit };
  readonly #reports = new Map<string, NonNullable<InstanceReport['shared']>>();
  /** By number of the task. */
  readonly #newsOf = new Map<number, (news: OutputNews) => void>();
  #tasks = 0;
  /** Tasks that a thread has, or that wait for one. */
  #atWork = 0;

  constructor(settings: WorkerPoolSettings, setup: WorkerSetup, emit: Emit) {
    this.threads = workerThreads(settings.threads);
    const watchdog = new Watchdog({
      instanceMs: settings.prepareTimeoutMs,
      startMs,
      frameMs: settings.frameTimeoutMs,
      threads: this.threads,
    });
    this.#guard = { watchdog, emit };
    // The sources run as they are in development (.ts) and compiled in the image (.js).
    const entry = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    // The threads look for text in pixels.
    silenceRuntime();
    this.#pool = new Piscina({
      filename: fileURLToPath(settings.entry ?? new URL(entry, import.meta.url)),
      minThreads: Math.min(1, this.threads),
      maxThreads: this.threads,
      maxQueue: maxQueuedTasks,
      idleTimeout: idleTimeoutMs,
      name: 'prepare',
      workerData: setup,
      resourceLimits: { maxOldGenerationSizeMb: settings.maxHeapMb ?? maxHeapMb },
    });
    // A thread that ends outside of a task (while it loads, say) is replaced; without a listener it would end the process.
    this.#pool.on('error', () => emit('worker.replaced', { code: 'WORKER_CRASHED' }));
    this.#pool.on('message', (news: OutputNews) => this.#newsOf.get(news.number)?.(news));
  }

  /** Resolves with the whole output, or with the first frames of one that is more than one post. */
  prepare(task: PrepareTask, signal: AbortSignal): Promise<PrepareResult> {
    const number = ++this.#tasks;
    const end = new AbortController();
    const growth = new GrowingOutput(() => end.abort());
    const reply = this.#run(task, number, growth, end, signal).finally(() => this.#newsOf.delete(number));
    const early = new Promise<PrepareResult>((resolve) => {
      this.#newsOf.set(number, ({ head, count, ranges }) => {
        growth.add(ranges);
        if (head === undefined) return;
        const images: PreparedImages = {
          kind: 'growing',
          path: task.scratchPath,
          parts: growth.parts,
          count,
          growth,
        };
        resolve({ ...this.#prepared(task, head, images), rest: { growth, reply } });
      });
    });
    return Promise.race([
      early,
      reply.then((whole) =>
        whole.kind === 'held' ? whole : this.#prepared(task, whole, imagesOf(whole, task.scratchPath)),
      ),
    ]);
  }

  async #run(
    task: PrepareTask,
    number: number,
    growth: GrowingOutput,
    end: AbortController,
    signal: AbortSignal,
  ): Promise<PrepareReply> {
    const signs = newVitalSigns();
    const reply = await guarded<PrepareReply>(this.#guard, {
      signs,
      end,
      signal,
      run: (until) =>
        this.#submit({ ...task, number, vitalSigns: signs }, { signal: until }) as Promise<PrepareReply>,
      endedItself: (ended) => ended.kind === 'held' && ended.code === 'CANCELLED',
      abortCode: 'SHUTTING_DOWN',
      politeMs: 0,
      isAbandoned: () => growth.abandoned,
    });
    if (reply.kind === 'prepared' && growth.parts.length > 0) growth.complete(reply.ranges);
    return reply;
  }

  /**
   * Work that somebody waits for, in the same threads under the same limits; on-demand.ts bounds how much of it there is.
   * `signs` of the caller's, who reads in them how it comes on. Rejects with WORKER_CRASHED, RENDER_TIMEOUT, CANCELLED.
   */
  onDemand(
    task: Omit<OnDemandThreadTask, 'vitalSigns'>,
    signs: VitalSigns,
    signal: AbortSignal,
  ): Promise<OnDemandReply> {
    return guarded<OnDemandReply>(this.#guard, {
      signs,
      end: new AbortController(),
      signal,
      run: (until) =>
        this.#submit(
          { ...task, vitalSigns: signs },
          { name: 'onDemand', signal: until },
        ) as Promise<OnDemandReply>,
      endedItself: (reply) => reply.kind === 'refused' && reply.code === 'CANCELLED',
      abortCode: 'CANCELLED',
      politeMs,
    });
  }

  #prepared(
    { instanceId }: PrepareTask,
    head: PreparedHead,
    images: PreparedImages,
  ): Extract<PrepareResult, { kind: 'prepared' }> {
    const imagesBytes =
      images.kind === 'growing' ? 0 : images.parts.reduce((sum, { length }) => sum + length, 0);
    return {
      kind: 'prepared',
      pairs: head.pairs,
      prepared: {
        instanceId,
        imageInstanceUid: head.imageInstanceUid,
        studyInstanceUid: head.studyInstanceUid,
        seriesInstanceUid: head.seriesInstanceUid,
        profileRevision: head.profileRevision,
        contentDigest: head.contentDigest,
        contentKey: head.contentKey,
        catalogue: head.catalogue,
        study: head.study,
        series: head.series,
        images,
        imagesBytes,
        ...(head.report === undefined ? {} : { report: this.#interned(head.report) }),
      },
    };
  }

  /** The instances of a series share one report: its text is kept once, not once per message. */
  #interned(report: InstanceReport): InstanceReport {
    if (report.shared === null) return report;
    const { fingerprint } = report.shared;
    const known = this.#reports.get(fingerprint);
    if (known !== undefined) return { ...report, shared: known };
    if (this.#reports.size >= maxInterned) this.#reports.clear();
    this.#reports.set(fingerprint, report.shared);
    return report;
  }

  async #submit(
    task: ThreadTask | OnDemandThreadTask,
    options: { readonly name?: string; readonly signal: AbortSignal },
  ): Promise<PrepareReply | OnDemandReply> {
    this.#atWork += 1;
    try {
      return await this.#pool.run(task, options);
    } finally {
      this.#atWork -= 1;
    }
  }

  /** Threads at work, and tasks that wait for one. */
  get load(): { readonly threads: number; readonly busy: number; readonly queued: number } {
    const queued = this.#pool.queueSize;
    return {
      threads: this.threads,
      busy: Math.max(0, Math.min(this.threads, this.#atWork - queued)),
      queued,
    };
  }

  async stop(): Promise<void> {
    await this.#pool.destroy();
  }
}

function imagesOf(reply: Extract<PrepareReply, { kind: 'prepared' }>, scratchPath: string): PreparedImages {
  const ranges = rangesOf(reply.ranges);
  const bytes = reply.images;
  if (bytes === null) return { kind: 'file', path: scratchPath, parts: ranges };
  return {
    kind: 'memory',
    parts: ranges.map(({ offset, length }) => bytes.subarray(offset, offset + length)),
  };
}
