import { readVitalSigns, type VitalSigns } from './vital-signs.ts';

export interface WatchdogLimits {
  /** Most time of one instance from when a thread takes it up, ms. */
  readonly instanceMs: number;
  /** Most time a thread may take to begin, ms: it loads the program, and its decoders. */
  readonly startMs: number;
  /** Most time without a frame while it is rendered, ms. */
  readonly frameMs: number;
  /** Threads that can be at work at one time. */
  readonly threads: number;
}

export type Overdue = 'one frame' | 'whole instance';

interface Watched {
  readonly signs: VitalSigns;
  readonly onOverdue: (what: Overdue) => void;
  lastValue: number;
  /** Since the last frame; since a thread took it up; while a thread was free for it. */
  frameMs: number;
  instanceMs: number;
  startMs: number;
}

/** How often the signs are read: a part of the shortest limit, within these. */
const shortestLookMs = 20;
const longestLookMs = 1000;
/** A decoder with a time limit of its own is to find it first: it can say more. */
const graceMs = 500;

/**
 * Finds tasks whose thread does not come on. Time in a queue behind other tasks does not count: a small image behind a very
 * large one is not late.
 */
export class Watchdog {
  readonly #limits: WatchdogLimits;
  readonly #now: () => number;
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;

  constructor(limits: WatchdogLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Calls back once when a limit is passed. Returns how to end the watch; to be called whatever comes of the task. */
  watch(signs: VitalSigns, onOverdue: (what: Overdue) => void): () => void {
    const watched: Watched = { signs, onOverdue, lastValue: 0, frameMs: 0, instanceMs: 0, startMs: 0 };
    this.#watched.add(watched);
    if (this.#timer === undefined) {
      const { instanceMs, frameMs } = this.#limits;
      const everyMs = Math.min(longestLookMs, Math.max(shortestLookMs, Math.min(instanceMs, frameMs) / 10));
      this.#lookedAt = this.#now();
      this.#timer = setInterval(() => this.#look(), everyMs);
      this.#timer.unref();
    }
    return () => {
      this.#watched.delete(watched);
      if (this.#watched.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #look(): void {
    const now = this.#now();
    const passedMs = now - this.#lookedAt;
    this.#lookedAt = now;
    const all = [...this.#watched].map((watched) => ({ watched, signs: readVitalSigns(watched.signs) }));
    const busy = all.filter(({ signs }) => signs.begun).length;
    for (const { watched, signs } of all) {
      if (signs.begun) watched.instanceMs += passedMs;
      // Not begun although a thread is free: one that does not start, which is to be found too.
      else if (busy < this.#limits.threads) watched.startMs += passedMs;
      const came = !signs.rendering || signs.value !== watched.lastValue;
      watched.frameMs = came ? 0 : watched.frameMs + passedMs;
      watched.lastValue = signs.value;
      const overdue = this.#overdue(watched);
      if (overdue === undefined) continue;
      this.#watched.delete(watched);
      watched.onOverdue(overdue);
    }
  }

  #overdue({ frameMs, instanceMs, startMs }: Watched): Overdue | undefined {
    const limits = this.#limits;
    if (frameMs > limits.frameMs + graceMs) return 'one frame';
    return instanceMs > limits.instanceMs || startMs > limits.startMs ? 'whole instance' : undefined;
  }
}
