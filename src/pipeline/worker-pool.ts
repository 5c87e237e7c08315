import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { SallyportError } from '../core/errors.ts';
import type { IdentifierPair } from '../core/identifier-pair.ts';
import type { InstanceReport } from '../core/instance-report.ts';
import type { PreparedImages, PreparedInstance } from '../core/prepared.ts';
import type { Emit } from '../observe/events.ts';
import type { PrepareReply, PrepareTask, WorkerSetup } from './messages.ts';

export interface WorkerPoolSettings {
  /** 0: one per core. */
  readonly threads: number;
  readonly prepareTimeoutMs: number;
  /** Another thread entry in place of the product's: for tests of threads that crash or hang. */
  readonly entry?: URL;
}

export type PrepareResult =
  | {
      readonly kind: 'prepared';
      readonly prepared: PreparedInstance;
      /** Pseudonyms given, for the crosswalk. */
      readonly pairs: readonly IdentifierPair[];
    }
  | Extract<PrepareReply, { kind: 'held' }>;

/** Longer than the retirement of an idle thread would be useful: threads hold warm decoders and cost little while idle. */
const idleTimeoutMs = 10 * 60_000;
/** Tasks beyond this wait with their caller; the lanes never submit more than a few per thread. */
const maxQueuedTasks = 256;
/** Reports whose text is kept once. */
const maxInterned = 64;

/**
 * Worker threads that de-identify and render. A thread that dies or exceeds the timeout is replaced and costs its one
 * instance an attempt: the promise rejects with WORKER_CRASHED or RENDER_TIMEOUT.
 */
export class WorkerPool {
  readonly threads: number;
  readonly #pool: Piscina<PrepareTask, PrepareReply>;
  readonly #timeoutMs: number;
  readonly #emit: Emit;
  readonly #reports = new Map<string, NonNullable<InstanceReport['shared']>>();

  constructor(settings: WorkerPoolSettings, setup: WorkerSetup, emit: Emit) {
    this.threads = settings.threads > 0 ? settings.threads : availableParallelism();
    this.#timeoutMs = settings.prepareTimeoutMs;
    this.#emit = emit;
    // The sources run as they are in development (.ts) and compiled in the image (.js).
    const entry = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    this.#pool = new Piscina({
      filename: fileURLToPath(settings.entry ?? new URL(entry, import.meta.url)),
      minThreads: Math.min(1, this.threads),
      maxThreads: this.threads,
      maxQueue: maxQueuedTasks,
      idleTimeout: idleTimeoutMs,
      name: 'prepare',
      workerData: setup,
    });
    // A thread that ends outside of a task (while it loads, say) is replaced; without a listener it would end the process.
    this.#pool.on('error', () => emit('worker.replaced', { code: 'WORKER_CRASHED' }));
  }

  async prepare(task: PrepareTask, signal: AbortSignal): Promise<PrepareResult> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    let reply: PrepareReply;
    try {
      reply = await this.#pool.run(task, { signal: AbortSignal.any([signal, timeout]) });
    } catch (error) {
      if (signal.aborted) throw new SallyportError('SHUTTING_DOWN', { cause: error });
      const code = timeout.aborted ? 'RENDER_TIMEOUT' : 'WORKER_CRASHED';
      this.#emit('worker.replaced', { code });
      throw new SallyportError(code, { cause: error });
    }
    if (reply.kind === 'held') return reply;
    const images = imagesOf(reply, task.scratchPath);
    return {
      kind: 'prepared',
      pairs: reply.pairs,
      prepared: {
        instanceId: task.instanceId,
        imageInstanceUid: reply.imageInstanceUid,
        studyInstanceUid: reply.studyInstanceUid,
        seriesInstanceUid: reply.seriesInstanceUid,
        profileRevision: reply.profileRevision,
        contentDigest: reply.contentDigest,
        contentKey: reply.contentKey,
        study: reply.study,
        series: reply.series,
        images,
        imagesBytes: images.parts.reduce((sum, part) => sum + part.length, 0),
        ...(reply.report === undefined ? {} : { report: this.#interned(reply.report) }),
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

  async stop(): Promise<void> {
    await this.#pool.destroy();
  }
}

function imagesOf(reply: Extract<PrepareReply, { kind: 'prepared' }>, scratchPath: string): PreparedImages {
  const ranges = Array.from({ length: reply.ranges.length / 2 }, (_, index) => ({
    offset: reply.ranges[2 * index] ?? 0,
    length: reply.ranges[2 * index + 1] ?? 0,
  }));
  const bytes = reply.images;
  if (bytes === null) return { kind: 'file', path: scratchPath, parts: ranges };
  return {
    kind: 'memory',
    parts: ranges.map(({ offset, length }) => bytes.subarray(offset, offset + length)),
  };
}
