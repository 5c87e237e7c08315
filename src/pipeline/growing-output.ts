import type { Growth, ImageRange } from '../core/prepared.ts';

/** The main thread's view of an output that a worker thread is still making; see core/prepared.ts. */
export class GrowingOutput implements Growth {
  readonly #parts: ImageRange[] = [];
  readonly #end: () => void;
  #state: Growth['state'] = 'growing';
  #failure: Growth['failure'];
  #bytes = 0;
  #abandoned = false;
  #listener: (() => void) | undefined;

  /** `end` stops the thread. */
  constructor(end: () => void) {
    this.#end = end;
  }

  get parts(): readonly ImageRange[] {
    return this.#parts;
  }

  get state(): Growth['state'] {
    return this.#state;
  }

  get failure(): Growth['failure'] {
    return this.#failure;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** More images; see OutputNews. */
  add(ranges: Float64Array): void {
    if (this.#state !== 'growing') return;
    for (const range of rangesOf(ranges)) {
      this.#parts.push(range);
      this.#bytes = range.offset + range.length;
    }
    this.#changed();
  }

  /** The last image is there. `ranges`: of all images, told or not. */
  complete(ranges: Float64Array): void {
    if (this.#state !== 'growing') return;
    this.add(ranges.subarray(2 * this.#parts.length));
    this.#state = 'whole';
    this.#changed();
  }

  fail(failure: NonNullable<Growth['failure']>): void {
    if (this.#state !== 'growing') return;
    this.#state = 'failed';
    this.#failure = failure;
    this.#changed();
  }

  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  abandon(): void {
    if (this.#state !== 'growing') return;
    this.#abandoned = true;
    this.#listener = undefined;
    this.#state = 'failed';
    this.#end();
  }

  #changed(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.();
  }
}

/** Offsets and lengths one after the other, as objects. */
export function rangesOf(flat: Float64Array): ImageRange[] {
  return Array.from({ length: flat.length / 2 }, (_, index) => ({
    offset: flat[2 * index] ?? 0,
    length: flat[2 * index + 1] ?? 0,
  }));
}
