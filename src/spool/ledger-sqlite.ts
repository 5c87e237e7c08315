import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AuditActor } from '../core/audit.ts';
import { SallyportError } from '../core/errors.ts';
import { faultPoint } from '../core/fault-points.ts';
import type { InstanceRecord, InstanceState } from '../core/instance.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { InstanceChange, InstanceFilter, Ledger, StateCount, UnpostedStudies } from './backend.ts';
import { holdsBlobs } from './blobs-files.ts';
import { LedgerAudit } from './ledger-audit.ts';
import { LedgerCatalogue } from './ledger-catalogue.ts';
import type {
  ClaimRequest,
  LedgerAnswer,
  LedgerCall,
  LedgerOperationName,
  LedgerOperations,
  LedgerRunner,
} from './ledger-operations.ts';
import { writingOperations } from './ledger-operations.ts';
import { SqliteEngine } from './sqlite-engine.ts';
import type { StudyCatalogue } from './study-catalogue.ts';

/** Calls of one transaction at most: bounds the time a second process waits for its turn. */
const maxBatch = 512;

interface Waiting {
  readonly call: LedgerCall;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: SallyportError) => void;
}

/**
 * The embedded ledger: `ledger.sqlite` in the storage folder, by `node:sqlite`, in a thread of its own.
 *
 * node:sqlite is synchronous, so a commit stops the thread it runs in for its flush. Measured on two cores (ext4 on a
 * virtual disk, one row a commit; per insert: latency / time the main thread is busy, microseconds):
 *
 *   engine in                                    1 at a time   4 at a time   64 at a time
 *   main thread                                    136 / 136      58 / 58        28 / 28
 *   main, synchronous NORMAL + fdatasync of WAL    150 / 81      104 / 59        32 / 25
 *   own thread (chosen)                            174 / 21      105 / 15        40 / 5
 *
 * The hop costs 40 microseconds, but the main thread, which every association shares, never waits for a disk: neither
 * for a commit (up to 12 ms here, far more on a spinning disk) nor for a checkpoint or a long list.
 *
 * Group commit: calls that arrive while a transaction runs wait and form the next one, in their order, so that the flush
 * is shared without a timer. A read in a batch sees what stands before it and is answered after the flush.
 */
export class SqliteLedger implements Ledger {
  readonly #runner: LedgerRunner;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;
  readonly audit: AuditTrail = new LedgerAudit((name, input) => this.#ask(name, input));
  readonly catalogue: StudyCatalogue = new LedgerCatalogue((name, input) => this.#ask(name, input));

  private constructor(runner: LedgerRunner) {
    this.#runner = runner;
  }

  /**
   * Opens or makes the ledger of a storage folder. `thread: false` keeps the engine in the calling thread, for short work
   * such as one command; `create: false` wants a ledger that is there. Rejects with STORAGE_UNUSABLE, also where blobs
   * stand without a ledger: somebody removed it, and a new one would have the sweep at start take them all for orphans.
   */
  static async open(
    dir: string,
    options: { readonly thread?: boolean; readonly create?: boolean } = {},
  ): Promise<SqliteLedger> {
    const file = join(dir, 'ledger.sqlite');
    if (options.create === false && !existsSync(file)) {
      throw new SallyportError('STORAGE_UNUSABLE', { detail: 'no ledger' });
    }
    if (!existsSync(file) && holdsBlobs(dir)) {
      throw new SallyportError('STORAGE_UNUSABLE', { detail: 'instances without their ledger' });
    }
    return new SqliteLedger(options.thread === false ? inPlace(file) : await inThread(file));
  }

  insert(record: InstanceRecord, by?: AuditActor): Promise<boolean> {
    return this.#ask('insert', { record, by });
  }

  get(id: string): Promise<InstanceRecord | undefined> {
    return this.#ask('get', id);
  }

  findByInstanceKey(instanceKey: string): Promise<readonly InstanceRecord[]> {
    return this.#ask('findByInstanceKey', instanceKey);
  }

  claim(
    state: ClaimRequest['state'],
    now: number,
    limit: number,
    leaseMs: number,
  ): Promise<readonly InstanceRecord[]> {
    return this.#ask('claim', { state, now, limit, leaseMs });
  }

  apply(changes: readonly InstanceChange[]): Promise<readonly string[]> {
    return this.#ask('apply', changes);
  }

  findByPost(postId: string): Promise<readonly InstanceRecord[]> {
    return this.#ask('findByPost', postId);
  }

  list(filter: InstanceFilter): Promise<readonly InstanceRecord[]> {
    return this.#ask('list', filter);
  }

  counts(): Promise<Readonly<Record<InstanceState, StateCount>>> {
    return this.#ask('counts', null);
  }

  async forget(updatedBefore: number, limit: number, unposted?: UnpostedStudies): Promise<number> {
    const { instances, unpostedStudies } = await this.#ask('forget', {
      updatedBefore,
      limit,
      unpostedBefore: unposted?.before,
    });
    if (unpostedStudies > 0) unposted?.onGivenUp(unpostedStudies);
    return instances;
  }

  /** Lets what was asked finish, then closes the file; later calls reject with SHUTTING_DOWN. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    while (this.#running !== undefined) await this.#running;
    await this.#runner.close();
  }

  #ask<N extends LedgerOperationName>(
    name: N,
    input: LedgerOperations[N]['input'],
  ): Promise<LedgerOperations[N]['output']> {
    if (this.#closed) return Promise.reject(new SallyportError('SHUTTING_DOWN'));
    return new Promise((resolve, reject) => {
      // The name ties input and output together; TypeScript cannot follow it through a union.
      const call = { name, input } as LedgerCall;
      this.#queue.push({ call, resolve: (value) => resolve(value as LedgerOperations[N]['output']), reject });
      if (this.#running === undefined) this.#running = this.#drain();
    });
  }

  async #drain(): Promise<void> {
    // One turn of the microtask queue, so that calls of the same tick share the first transaction too.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, maxBatch);
      const answers = await this.#runner.run(batch.map((waiting) => waiting.call)).catch(() => []);
      if (batch.some((waiting) => writingOperations.has(waiting.call.name))) faultPoint('ledger.committed');
      for (const [index, waiting] of batch.entries()) settle(waiting, answers[index]);
    }
    this.#running = undefined;
  }
}

function settle(waiting: Waiting, answer: LedgerAnswer | undefined): void {
  if (answer?.ok === true) waiting.resolve(answer.value);
  else
    waiting.reject(
      new SallyportError(answer?.code ?? 'STORAGE_FAILED', { detail: answer?.detail ?? 'ledger thread' }),
    );
}

function inPlace(file: string): LedgerRunner {
  const engine = new SqliteEngine(file);
  return {
    async run(calls) {
      return engine.run(calls);
    },
    async close() {
      engine.close();
    },
  };
}

/** A thread that ends unasked (out of memory) answers every call with STORAGE_FAILED from then on: fail closed. */
async function inThread(file: string): Promise<LedgerRunner> {
  const entry = import.meta.url.endsWith('.ts') ? './ledger-thread.ts' : './ledger-thread.js';
  const thread = new Worker(new URL(entry, import.meta.url), {
    workerData: { file },
    name: 'ledger',
    // Loaders and inspectors of the main thread are not needed here; inheriting them costs seconds at start under a test runner.
    execArgv: [],
  });
  let ended = false;
  let answer: ((answers: readonly LedgerAnswer[]) => void) | undefined;
  const receive = (answers: readonly LedgerAnswer[]) => {
    const waiting = answer;
    answer = undefined;
    waiting?.(answers);
  };
  const exited = new Promise<void>((resolve) => {
    thread.once('exit', () => {
      ended = true;
      receive([]);
      resolve();
    });
  });
  // 'exit' follows; without a listener the error would end the process.
  thread.on('error', () => {
    ended = true;
  });
  thread.on('message', receive);
  const next = () =>
    new Promise<readonly LedgerAnswer[]>((resolve) => {
      answer = resolve;
    });
  const [failure] = await next();
  if (failure !== undefined && !failure.ok) {
    await exited;
    throw new SallyportError(failure.code, { detail: failure.detail });
  }
  if (ended) throw new SallyportError('STORAGE_UNUSABLE', { detail: 'ledger thread' });
  return {
    async run(calls) {
      if (ended) return [];
      thread.postMessage(calls);
      return await next();
    },
    async close() {
      if (!ended) {
        const closed = next();
        thread.postMessage(null);
        await closed;
      }
      await exited;
    },
  };
}
