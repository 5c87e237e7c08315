import { Worker } from 'node:worker_threads';
import { SallyportError } from '../core/errors.ts';
import type { IdentifierPair, PairRecorder } from '../core/identifier-pair.ts';
import type { CrosswalkAnswer, CrosswalkCall, CrosswalkSetup } from './crosswalk-messages.ts';

export interface CrosswalkSettings extends CrosswalkSetup {
  /** Pairs not used for this long are removed; 0: never. */
  readonly forgetAfterMs: number;
  readonly now: () => number;
  /** A failure nobody waits for. */
  readonly onFailure: (error: SallyportError) => void;
}

const forgetEveryMs = 3_600_000;
/** Bounds the time a record waits behind a removal. */
const forgetAtOnce = 1000;

interface Waiting {
  readonly pairs: readonly IdentifierPair[];
  readonly resolve: () => void;
  readonly reject: (error: SallyportError) => void;
}

/**
 * The crosswalk of a gateway, in a thread of its own: sealing and flushes keep nobody else waiting. Pairs that arrive
 * while a transaction runs share the next one, so that many instances share one flush.
 */
export class Crosswalk implements PairRecorder {
  readonly #thread: Worker;
  readonly #settings: CrosswalkSettings;
  readonly #exited: Promise<void>;
  readonly #answers: ((answer: CrosswalkAnswer) => void)[] = [];
  #ended = false;
  #closed = false;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(settings: CrosswalkSettings) {
    this.#settings = settings;
    const entry = import.meta.url.endsWith('.ts') ? './crosswalk-thread.ts' : './crosswalk-thread.js';
    const { dir, key } = settings;
    this.#thread = new Worker(new URL(entry, import.meta.url), {
      workerData: { dir, key } satisfies CrosswalkSetup,
      name: 'crosswalk',
      execArgv: [],
    });
    this.#thread.on('message', (answer: CrosswalkAnswer) => this.#answers.shift()?.(answer));
    // 'exit' follows; without a listener the error would end the process.
    this.#thread.on('error', () => undefined);
    this.#exited = new Promise((resolve) => {
      this.#thread.once('exit', () => {
        this.#ended = true;
        for (const answer of this.#answers.splice(0)) answer(threadEnded);
        resolve();
      });
    });
  }

  /** Opens or makes the crosswalk of a folder. Rejects with CROSSWALK_UNUSABLE. */
  static async open(settings: CrosswalkSettings): Promise<Crosswalk> {
    const crosswalk = new Crosswalk(settings);
    const opened = await crosswalk.#answer();
    if (!opened.ok) {
      await crosswalk.#exited;
      throw new SallyportError('CROSSWALK_UNUSABLE', { detail: opened.detail });
    }
    if (settings.forgetAfterMs > 0) {
      crosswalk.#timer = setInterval(() => void crosswalk.forget(), forgetEveryMs).unref();
      void crosswalk.forget();
    }
    return crosswalk;
  }

  /** Resolves when the pairs are on stable storage. Rejects with CROSSWALK_FAILED or SHUTTING_DOWN. */
  record(pairs: readonly IdentifierPair[]): Promise<void> {
    if (pairs.length === 0) return Promise.resolve();
    if (this.#closed) return Promise.reject(new SallyportError('SHUTTING_DOWN'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ pairs, resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Removes what was not used for `forgetAfterMs`. Never rejects. */
  async forget(): Promise<void> {
    const { now, forgetAfterMs, onFailure } = this.#settings;
    for (let removed = forgetAtOnce; removed === forgetAtOnce && !this.#closed; ) {
      const answer = await this.#ask({ name: 'forget', before: now() - forgetAfterMs, limit: forgetAtOnce });
      if (!answer.ok && !this.#closed) onFailure(new SallyportError(answer.code, { detail: answer.detail }));
      removed = answer.ok ? answer.count : 0;
    }
  }

  /** Lets what was asked finish, then closes the store; later calls reject with SHUTTING_DOWN. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#running;
    if (!this.#ended) await this.#ask(null);
    await this.#exited;
  }

  async #drain(): Promise<void> {
    // One turn of the microtask queue, so that calls of the same tick share the first transaction too.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0);
      const answer = await this.#ask({
        name: 'record',
        pairs: batch.flatMap(({ pairs }) => pairs),
        now: this.#settings.now(),
      });
      for (const { resolve, reject } of batch) {
        if (answer.ok) resolve();
        else reject(new SallyportError(answer.code, { detail: answer.detail }));
      }
    }
    this.#running = undefined;
  }

  #ask(call: CrosswalkCall): Promise<CrosswalkAnswer> {
    if (this.#ended) return Promise.resolve(threadEnded);
    this.#thread.postMessage(call);
    return this.#answer();
  }

  #answer(): Promise<CrosswalkAnswer> {
    return new Promise((resolve) => {
      this.#answers.push(resolve);
    });
  }
}

/** A thread that ends unasked answers every call with this from then on: nothing is delivered without its pairs. */
const threadEnded: CrosswalkAnswer = { ok: false, code: 'CROSSWALK_FAILED', detail: 'thread' };
