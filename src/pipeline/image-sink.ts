import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * Collects the images of one instance: in memory while they are few, in a scratch file beyond `maxMemoryBytes`. A 5,000
 * frame object needs no more memory than that and one frame.
 */
export class ImageSink {
  readonly #scratchPath: string;
  readonly #maxMemoryBytes: number;
  readonly #ranges: number[] = [];
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #file: number | undefined;

  constructor(scratchPath: string, maxMemoryBytes: number) {
    this.#scratchPath = scratchPath;
    this.#maxMemoryBytes = maxMemoryBytes;
  }

  add(image: Uint8Array): void {
    this.#ranges.push(this.#bytes, image.length);
    this.#bytes += image.length;
    if (this.#file === undefined && this.#bytes > this.#maxMemoryBytes) {
      this.#file = openSync(this.#scratchPath, 'w', 0o600);
      for (const chunk of this.#chunks) writeWhole(this.#file, chunk);
      this.#chunks = [];
    }
    if (this.#file === undefined) this.#chunks.push(image);
    else writeWhole(this.#file, image);
  }

  /** `images` is null when they are in the scratch file. Its memory is not shared with a pool and may be transferred. */
  finish(): { readonly images: Uint8Array | null; readonly ranges: Float64Array } {
    const ranges = Float64Array.from(this.#ranges);
    this.close();
    if (this.#bytes > this.#maxMemoryBytes) return { images: null, ranges };
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
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
