import { SallyportError } from '../../core/errors.ts';

/** `picture`: somebody looks at a screen meanwhile; `file`: whole files, which take long. */
export type SlotKind = 'picture' | 'file';

/** Pictures taken up in a row while a file waits. */
const picturesInRow = 4;

interface Waiting {
  readonly begin: () => void;
}

export interface SlotLimits {
  /** At work at one time, of both kinds. */
  readonly running: number;
  /** Waiting, of each kind. */
  readonly waiting: number;
}

/** A bounded number of tasks at one time, and bounded queues before it: pictures first, but files get their turn. */
export class Slots {
  readonly #limits: SlotLimits;
  readonly #queues: Record<SlotKind, Waiting[]> = { picture: [], file: [] };
  #running = 0;
  #inRow = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#queues.picture.length + this.#queues.file.length;
  }

  /**
   * Resolves when there is room; `release` is then to be called once. Rejects with WORKERS_BUSY at once where too many wait,
   * and with the signal's reason when it aborts before.
   */
  async take(kind: SlotKind, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.#limits.running && this.waiting === 0) {
      this.#running += 1;
      return;
    }
    const queue = this.#queues[kind];
    if (queue.length >= this.#limits.waiting) throw new SallyportError('WORKERS_BUSY', { detail: 'queue' });
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        begin: () => {
          signal.removeEventListener('abort', give);
          resolve();
        },
      };
      const give = (): void => {
        const at = queue.indexOf(waiting);
        if (at >= 0) queue.splice(at, 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', give, { once: true });
      queue.push(waiting);
    });
  }

  release(): void {
    const next = this.#next();
    // The slot goes to whoever is next, so that nobody comes in between.
    if (next === undefined) this.#running -= 1;
    else next.begin();
  }

  #next(): Waiting | undefined {
    const { picture, file } = this.#queues;
    const isFilesTurn = picture.length === 0 || (file.length > 0 && this.#inRow >= picturesInRow);
    if (isFilesTurn) {
      this.#inRow = 0;
      return file.shift();
    }
    this.#inRow += 1;
    return picture.shift();
  }
}
