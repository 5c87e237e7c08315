import type { Emit } from '../observe/events.ts';
import type { BlobStore } from './backend.ts';

const refreshIntervalMs = 1_000;

/** Knows without asking whether there is room: the file system is asked once a second, what is written since counts against it. */
export class FreeSpace {
  readonly #blobs: BlobStore;
  readonly #reserveBytes: number;
  readonly #emit: Emit;
  #freeBytes = 0;
  #low = false;
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(blobs: BlobStore, reserveBytes: number, emit: Emit) {
    this.#blobs = blobs;
    this.#reserveBytes = reserveBytes;
    this.#emit = emit;
  }

  async start(): Promise<void> {
    await this.refresh();
    this.#timer = setInterval(() => void this.refresh(), refreshIntervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  hasRoom(): boolean {
    return this.#freeBytes > this.#reserveBytes;
  }

  /** Counts bytes as used before the file system says so. */
  spend(bytes: number): void {
    this.#freeBytes -= bytes;
  }

  /** Never rejects: a file system that cannot be asked has no room. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#ask().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #ask(): Promise<void> {
    this.#freeBytes = await this.#blobs.freeBytes().catch(() => 0);
    const low = !this.hasRoom();
    if (low && !this.#low) {
      this.#emit('spool.low', { freeBytes: this.#freeBytes, reserveBytes: this.#reserveBytes });
    }
    this.#low = low;
  }
}
