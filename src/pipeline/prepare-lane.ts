import { faultPoint } from '../core/fault-points.ts';
import type { InstanceRecord } from '../core/instance.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import { PrepareStage, type PrepareStageParts } from './prepare-stage.ts';
import { type Failures, type LostPost, Recovery } from './recovery.ts';
import { type Failure, persist, settleFailure } from './settle.ts';
import { WakeUp } from './wake-up.ts';

export interface PrepareLaneParts extends PrepareStageParts {
  readonly outbox: Outbox;
  readonly leaseMs: number;
  /** Something is in the outbox. */
  readonly onPrepared: () => void;
  /** A post that was fixed before, made again in full. */
  readonly onRecovered: (postId: string, entries: readonly OutboxEntry[], failures: Failures) => void;
}

/** Also how soon changes made by another process (the command line) are seen, ms. */
const pollMs = 1000;
/** Instances ahead of the threads, so that none waits for the ledger. */
const ahead = 2;

/**
 * received -> (worker thread: de-identify, render) -> outbox. Pauses while the outbox is full: what waits for a dead
 * backend waits on disk. The ledger row stays `received` until the deliver lane has fixed the post it will travel in.
 */
export class PrepareLane {
  readonly #parts: PrepareLaneParts;
  readonly #wake = new WakeUp();
  readonly #running = new Map<string, Promise<void>>();
  /** Instances from claim to the end of their delivery: a lease that runs out meanwhile does not bring them back. */
  readonly #inHand = new Set<string>();
  readonly #lost: LostPost[] = [];
  readonly #stage: PrepareStage;
  readonly #recovery: Recovery;
  /** The ledger may have instances that are due: some came, or the last claim left some. */
  #mayBeDue = true;
  /** When the ledger is asked though nothing is known to have come, on the clock of `performance`. */
  #askAt = 0;
  #loop: Promise<void> | undefined;

  constructor(parts: PrepareLaneParts) {
    this.#parts = parts;
    this.#stage = new PrepareStage(parts);
    this.#recovery = new Recovery({
      tools: parts.tools,
      stage: this.#stage,
      hasRoom: () => this.#free() > 0 && parts.outbox.hasRoom(),
      sleep: (signal) => this.#wake.sleep(pollMs, signal),
      take: (id) => {
        if (this.#inHand.has(id)) return false;
        this.#inHand.add(id);
        return true;
      },
      letGo: (id) => this.letGo(id),
      track: (id, work) => this.#track(id, work),
      settle: (record, failure, signal) => this.#settle(record, failure, signal),
      onRecovered: parts.onRecovered,
    });
  }

  start(signal: AbortSignal): void {
    this.#loop = this.#run(signal);
  }

  /** Resolves when the loop and its instances have come to rest; abort the signal first. */
  async stopped(): Promise<void> {
    this.#wake.poke();
    await this.#loop;
    await Promise.all(this.#running.values());
  }

  wake(): void {
    this.#mayBeDue = true;
    this.#wake.poke();
  }

  /** The deliver lane is done with this instance, whatever came of it: it may be due again at once, and there is room. */
  letGo(instanceId: string): void {
    this.#inHand.delete(instanceId);
    this.wake();
  }

  /** Makes the post again from the received bytes, under its name, and offers it by `onRecovered`. */
  makeAgain(lost: LostPost): void {
    this.#lost.push(lost);
    this.#wake.poke();
  }

  get busy(): number {
    return this.#running.size;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !(await this.#recovery.afterStart(signal)))
      await this.#wake.sleep(pollMs, signal);
    while (!signal.aborted) {
      const free = this.#free();
      const hasRoom = free > 0 && this.#parts.outbox.hasRoom();
      const lost = hasRoom ? this.#nextLost() : undefined;
      if (lost !== undefined) {
        this.#track(lost.postId, this.#remake(lost, signal));
        continue;
      }
      const records = hasRoom && this.#isToAsk() ? await this.#claim('received', free, signal) : [];
      for (const record of records) {
        faultPoint('prepare.claimed');
        this.#track(record.id, this.#handle(record, signal));
      }
      if (records.length === 0) await this.#wake.sleep(this.#sleepMs(), signal);
    }
  }

  /** Where nothing is due, the ledger is not asked at every end of an instance: an ask costs as much as an insert. */
  #isToAsk(): boolean {
    return this.#mayBeDue || performance.now() >= this.#askAt;
  }

  #sleepMs(): number {
    const left = this.#askAt - performance.now();
    return left > 0 ? Math.ceil(left) : pollMs;
  }

  #free(): number {
    return this.#parts.pool.threads + ahead - this.#running.size;
  }

  #track(id: string, work: Promise<void>): void {
    const task = work.finally(() => {
      // An output that is made again may have its name already.
      if (this.#running.get(id) === task) this.#running.delete(id);
      this.#wake.poke();
    });
    this.#running.set(id, task);
  }

  #nextLost(): LostPost | undefined {
    const now = this.#parts.tools.now();
    const index = this.#lost.findIndex(({ dueAt }) => dueAt <= now);
    return index < 0 ? undefined : this.#lost.splice(index, 1)[0];
  }

  async #claim(
    state: 'received' | 'prepared',
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly InstanceRecord[]> {
    const { tools, leaseMs } = this.#parts;
    this.#mayBeDue = false;
    this.#askAt = performance.now() + pollMs;
    try {
      for (;;) {
        const records = await tools.ledger.claim(state, tools.now(), limit, leaseMs);
        const fresh = records.filter((record) => !this.#inHand.has(record.id));
        for (const record of fresh) this.#inHand.add(record.id);
        // Those in hand are leased anew by this, so that the next claim sees past them.
        if (fresh.length === 0 && records.length === limit && !signal.aborted) continue;
        if (records.length === limit) this.#mayBeDue = true;
        return fresh;
      }
    } catch {
      // The ledger's own failures are reported where they change something; here the loop simply comes round again.
      tools.emit('gateway.failed', { code: 'STORAGE_FAILED' });
      return [];
    }
  }

  async #handle(record: InstanceRecord, signal: AbortSignal): Promise<void> {
    const outcome = await this.#stage.run(record, signal);
    if (outcome.kind === 'advance') {
      const { prepared, atRest } = outcome.output;
      faultPoint('prepare.done');
      this.#parts.outbox.add({ record, prepared }, this.#parts.tools.now());
      this.#parts.onPrepared();
      await atRest;
      return;
    }
    await this.#settle(record, outcome, signal);
  }

  async #settle(record: InstanceRecord, outcome: Failure, signal: AbortSignal): Promise<void> {
    try {
      if (outcome.code !== 'SHUTTING_DOWN') {
        await persist(
          this.#parts.tools,
          [settleFailure(this.#parts.tools, 'prepare', record, outcome)],
          signal,
        );
      }
    } catch {
      // Only when stopping: the row is unchanged, the next start prepares it again.
    }
    this.#inHand.delete(record.id);
    // It may be due again at once; the end of this task pokes.
    this.#mayBeDue = true;
  }

  async #remake(lost: LostPost, signal: AbortSignal): Promise<void> {
    if (await this.#recovery.again(lost, signal)) return;
    this.#lost.push({ ...lost, dueAt: this.#parts.tools.now() + pollMs });
  }
}
