import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { silenceRuntime } from '../../ocr/silent-runtime.ts';
import { untilEndable } from '../../pipeline/endable-engine.ts';
import { newVitalSigns, type VitalSigns } from '../../pipeline/vital-signs.ts';
import { Watchdog } from '../../pipeline/watchdog.ts';
import type { FileReply, FileTask, ThreadFileTask, WorkerSetup } from './messages.ts';

export interface FilePoolSettings {
  readonly threads: number;
  /** A file of which nothing is done for longer costs its thread, milliseconds. */
  readonly timeoutMs: number;
  /** Old generation heap of one thread, MiB; a file that needs more costs its thread. 0: as the engine likes. */
  readonly maxHeapMiB: number;
  /** Another thread entry in place of the product's: for tests of threads that crash or hang. */
  readonly entry?: URL;
}

/** Most time of one file, however much of it is done meanwhile: cines of many frames with text take long. */
const wholeFileMs = 6 * 3_600_000;

/** Worker threads that de-identify files. A thread that dies is replaced and costs the run its one file. */
export class FilePool {
  readonly threads: number;
  readonly #pool: Piscina<ThreadFileTask, FileReply>;
  readonly #watchdog: Watchdog;
  readonly #running = new Set<VitalSigns>();

  constructor(settings: FilePoolSettings, setup: WorkerSetup) {
    this.threads = settings.threads;
    const { timeoutMs, threads } = settings;
    this.#watchdog = new Watchdog({
      instanceMs: Math.max(timeoutMs, wholeFileMs),
      startMs: timeoutMs,
      frameMs: timeoutMs,
      threads,
    });
    // The threads look for text in pixels.
    silenceRuntime();
    const entry = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    this.#pool = new Piscina({
      filename: fileURLToPath(settings.entry ?? new URL(entry, import.meta.url)),
      name: 'deidentifyFile',
      minThreads: settings.threads,
      maxThreads: settings.threads,
      workerData: setup,
      ...(settings.maxHeapMiB > 0 ? { resourceLimits: { maxOldGenerationSizeMb: settings.maxHeapMiB } } : {}),
    });
    // A thread that ends outside of a task is replaced; without a listener it would end the process.
    this.#pool.on('error', () => undefined);
  }

  /** Never rejects: a thread that died or took too long is a verdict on the file it worked on. */
  async deidentify(task: FileTask): Promise<FileReply> {
    const timeout = new AbortController();
    const vitalSigns = newVitalSigns();
    let overdue = false;
    const unwatch = this.#watchdog.watch(vitalSigns, () => {
      overdue = true;
      void untilEndable(vitalSigns).then(() => timeout.abort());
    });
    this.#running.add(vitalSigns);
    try {
      const reply = await this.#pool.run({ ...task, vitalSigns }, { signal: timeout.signal });
      // A search that ended by itself, as it was told.
      return overdue && reply.kind === 'refused' && reply.code === 'CANCELLED'
        ? { ...reply, code: 'RENDER_TIMEOUT' }
        : reply;
    } catch {
      return { kind: 'refused', code: overdue ? 'RENDER_TIMEOUT' : 'WORKER_CRASHED', stat: null };
    } finally {
      unwatch();
      this.#running.delete(vitalSigns);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running].map(untilEndable));
    await this.#pool.destroy();
  }
}
