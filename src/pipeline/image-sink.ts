import { closeSync, openSync, statfsSync, writeSync } from 'node:fs';
import { SallyportError } from '../core/errors.ts';

/** Free space is asked for again after so many bytes. */
const spaceCheckBytes = 16 * 1024 * 1024;

/**
 * Collects the images of one instance: in memory while they are few, in a scratch file beyond `maxMemoryBytes`. A 5,000
 * frame object needs no more memory than that and one frame. `add` throws SCRATCH_FULL where the disk is full or its free
 * space below `reserveBytes`.
 */
export class ImageSink {
  readonly #scratchPath: string;
  readonly #maxMemoryBytes: number;
  readonly #reserveBytes: number;
  readonly #ranges: number[] = [];
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #file: number | undefined;
  #inFile = false;
  #checkedAt = Number.NEGATIVE_INFINITY;
  /** Numbers of `#ranges` that were given out by `news`. */
  #told = 0;

  constructor(scratchPath: string, maxMemoryBytes: number, reserveBytes = 0) {
    this.#scratchPath = scratchPath;
    this.#maxMemoryBytes = maxMemoryBytes;
    this.#reserveBytes = reserveBytes;
  }

  get count(): number {
    return this.#ranges.length / 2;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(image: Uint8Array): void {
    this.#ranges.push(this.#bytes, image.length);
    this.#bytes += image.length;
    if (!this.#inFile && this.#bytes > this.#maxMemoryBytes) this.spill();
    if (this.#file === undefined) this.#chunks.push(image);
    else this.#write(this.#file, image);
  }

  /** From here on all images are in the scratch file. */
  spill(): void {
    if (this.#inFile) return;
    this.#inFile = true;
    this.#file = openSync(this.#scratchPath, 'w', 0o600);
    for (const chunk of this.#chunks) this.#write(this.#file, chunk);
    this.#chunks = [];
  }

  /** Offsets and lengths of the images in the scratch file that were not told before. */
  news(): Float64Array {
    const news = Float64Array.from(this.#ranges.slice(this.#told));
    this.#told = this.#ranges.length;
    return news;
  }

  /** `images` is null when they are in the scratch file. Its memory is not shared with a pool and may be transferred. */
  finish(): { readonly images: Uint8Array | null; readonly ranges: Float64Array } {
    const ranges = Float64Array.from(this.#ranges);
    this.close();
    if (this.#inFile) return { images: null, ranges };
    const images = new Uint8Array(this.#bytes);
    let offset = 0;
    for (const chunk of this.#chunks) {
      images.set(chunk, offset);
      offset += chunk.length;
    }
    return { images, ranges };
  }

  /** Also after a failure; the file itself is removed by the caller of the worker. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #write(file: number, bytes: Uint8Array): void {
    if (this.#bytes - this.#checkedAt >= spaceCheckBytes) {
      const { bavail, bsize } = statfsSync(this.#scratchPath);
      if (bavail * bsize < this.#reserveBytes) throw new SallyportError('SCRATCH_FULL');
      this.#checkedAt = this.#bytes;
    }
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      throw code === 'ENOSPC' || code === 'EDQUOT' ? new SallyportError('SCRATCH_FULL', { cause }) : cause;
    }
  }
}
