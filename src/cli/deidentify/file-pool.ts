import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { FileReply, FileTask, WorkerSetup } from './messages.ts';

export interface FilePoolSettings {
  readonly threads: number;
  /** A file that takes longer costs its thread, milliseconds. */
  readonly timeoutMs: number;
  /** Old generation heap of one thread, MiB; a file that needs more costs its thread. 0: as the engine likes. */
  readonly maxHeapMiB: number;
  /** Another thread entry in place of the product's: for tests of threads that crash or hang. */
  readonly entry?: URL;
}

/** Worker threads that de-identify files. A thread that dies is replaced and costs the run its one file. */
export class FilePool {
  readonly threads: number;
  readonly #pool: Piscina<FileTask, FileReply>;
  readonly #timeoutMs: number;

  constructor(settings: FilePoolSettings, setup: WorkerSetup) {
    this.threads = settings.threads;
    this.#timeoutMs = settings.timeoutMs;
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
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    try {
      return await this.#pool.run(task, { signal: timeout });
    } catch {
      return {
        kind: 'refused',
        code: timeout.aborted ? 'RENDER_TIMEOUT' : 'WORKER_CRASHED',
        stat: null,
      };
    }
  }

  async stop(): Promise<void> {
    await this.#pool.destroy();
  }
}
