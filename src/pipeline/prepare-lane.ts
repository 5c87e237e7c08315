import { rm } from 'node:fs/promises';
import { faultPoint } from '../core/fault-points.ts';
import type { PairRecorder } from '../core/identifier-pair.ts';
import type { InstanceRecord } from '../core/instance.ts';
import type { InstanceReport } from '../core/instance-report.ts';
import type { PreparedInstance } from '../core/prepared.ts';
import type { Outcome } from '../core/stage.ts';
import type { BlobStore } from '../spool/backend.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import {
  deservesSecondAttempt,
  failureOf,
  type LaneTools,
  persist,
  recordPairs,
  settleFailure,
} from './settle.ts';
import { WakeUp } from './wake-up.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface PrepareLaneParts {
  readonly tools: LaneTools;
  readonly blobs: BlobStore;
  readonly pool: WorkerPool;
  readonly outbox: Outbox;
  /** A path for output too large for memory. */
  readonly scratchPath: (instanceId: string) => string;
  readonly leaseMs: number;
  /** Where pseudonyms are recorded before what bears them may be delivered; absent where nobody asked for it. */
  readonly crosswalk?: PairRecorder;
  /** An instance is held: what is known of it. */
  readonly onReport?: (report: InstanceReport) => void;
  /** Something is in the outbox. */
  readonly onPrepared: () => void;
  /** A post that was fixed before, made again in full. `attempts`: how often it has failed in this process. */
  readonly onRecovered: (postId: string, entries: readonly OutboxEntry[], attempts: number) => void;
}

/** A post whose output is gone and has to be made again; its instances stay in hand meanwhile. */
export interface LostPost {
  readonly postId: string;
  readonly instanceIds: readonly string[];
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly dueAt: number;
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
  #loop: Promise<void> | undefined;
  /** Recovery goes through the prepared rows once, in the order of their ids. */
  #afterId = '';

  constructor(parts: PrepareLaneParts) {
    this.#parts = parts;
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
    this.#wake.poke();
  }

  /** The deliver lane is done with this instance, whatever came of it. */
  letGo(instanceId: string): void {
    this.#inHand.delete(instanceId);
    this.#wake.poke();
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
    while (!signal.aborted && !(await this.#recovered(signal))) await this.#wake.sleep(pollMs, signal);
    while (!signal.aborted) {
      const free = this.#parts.pool.threads + ahead - this.#running.size;
      const hasRoom = free > 0 && this.#parts.outbox.hasRoom();
      const lost = hasRoom ? this.#nextLost() : undefined;
      if (lost !== undefined) {
        this.#track(lost.postId, this.#remake(lost, signal));
        continue;
      }
      const records = hasRoom ? await this.#claim('received', free, signal) : [];
      for (const record of records) {
        faultPoint('prepare.claimed');
        this.#track(record.id, this.#handle(record, signal));
      }
      if (records.length === 0) await this.#wake.sleep(pollMs, signal);
    }
  }

  #track(id: string, work: Promise<void>): void {
    const task = work.finally(() => {
      this.#running.delete(id);
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
    try {
      for (;;) {
        const records = await tools.ledger.claim(state, tools.now(), limit, leaseMs);
        const fresh = records.filter((record) => !this.#inHand.has(record.id));
        for (const record of fresh) this.#inHand.add(record.id);
        // Those in hand are leased anew by this, so that the next claim sees past them.
        if (fresh.length > 0 || records.length < limit || signal.aborted) return fresh;
      }
    } catch {
      // The ledger's own failures are reported where they change something; here the loop simply comes round again.
      tools.emit('gateway.failed', { code: 'STORAGE_FAILED' });
      return [];
    }
  }

  async #handle(record: InstanceRecord, signal: AbortSignal): Promise<void> {
    const outcome = await this.#prepare(record, signal);
    if (outcome.kind === 'advance') {
      faultPoint('prepare.done');
      this.#parts.outbox.add({ record, prepared: outcome.output }, this.#parts.tools.now());
      this.#parts.onPrepared();
      return;
    }
    await this.#settle(record, outcome, signal);
  }

  async #settle(
    record: InstanceRecord,
    outcome: Exclude<Outcome<never>, { kind: 'advance' }>,
    signal: AbortSignal,
  ): Promise<void> {
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
  }

  async #prepare(record: InstanceRecord, signal: AbortSignal): Promise<Outcome<PreparedInstance>> {
    const outcome = await this.#stage(record, signal);
    // What an attempt wrote before it failed is of no use. A start would remove it, but that may be months away.
    if (outcome.kind !== 'advance')
      await rm(this.#parts.scratchPath(record.id), { force: true }).catch(() => undefined);
    return outcome;
  }

  /** The stage: touches neither ledger nor clock for its verdict. */
  async #stage(record: InstanceRecord, signal: AbortSignal): Promise<Outcome<PreparedInstance>> {
    const { blobs, pool, scratchPath, tools } = this.#parts;
    const startedAt = tools.now();
    try {
      const result = await pool.prepare(
        {
          instanceId: record.id,
          path: blobs.localPath(record.id),
          scratchPath: scratchPath(record.id),
          releasedCodes: record.releasedCodes,
          callingAeTitle: record.callingAeTitle,
        },
        signal,
      );
      if (result.kind === 'held') {
        if (result.report !== undefined) this.#parts.onReport?.(result.report);
        return {
          kind: 'hold',
          code: result.code,
          ...(result.detail === undefined ? {} : { detail: result.detail }),
        };
      }
      if (this.#parts.crosswalk !== undefined)
        await recordPairs(tools, this.#parts.crosswalk, result.pairs, signal);
      tools.emit('instance.prepared', {
        instanceId: record.id,
        frames: result.prepared.images.parts.length,
        durationMs: tools.now() - startedAt,
      });
      return { kind: 'advance', output: result.prepared };
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'hold' && deservesSecondAttempt(failure.code, record))
        return { kind: 'retry', code: failure.code };
      return failure;
    }
  }

  /** False where the ledger failed on the way; a further call goes on from there. */
  async #recovered(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#recover(signal);
      return true;
    } catch {
      this.#parts.tools.emit('gateway.failed', { code: 'STORAGE_FAILED' });
      return false;
    }
  }

  /** Posts fixed before the last stop are made again from the received bytes and go out under the same names. */
  async #recover(signal: AbortSignal): Promise<void> {
    const { tools, outbox } = this.#parts;
    while (!signal.aborted) {
      if (!outbox.hasRoom()) {
        await this.#wake.sleep(pollMs, signal);
        continue;
      }
      // Due or not: after a start the wait begins anew.
      const [first] = await tools.ledger.list({
        states: ['prepared'],
        limit: 1,
        ...(this.#afterId === '' ? {} : { afterId: this.#afterId }),
      });
      if (first === undefined) return;
      const members = first.postId === null ? [first] : await tools.ledger.findByPost(first.postId);
      this.#afterId = first.id;
      if (this.#inHand.has(first.id)) continue;
      await this.#makeAllAgain(first.postId ?? first.id, members, 0, signal);
    }
  }

  async #remake(lost: LostPost, signal: AbortSignal): Promise<void> {
    const { tools } = this.#parts;
    try {
      const members = await tools.ledger.findByPost(lost.postId);
      const taken = await this.#makeAllAgain(lost.postId, members, lost.attempts, signal);
      // A person has taken the others meanwhile.
      for (const id of lost.instanceIds) if (!taken.has(id)) this.letGo(id);
    } catch {
      tools.emit('gateway.failed', { code: 'STORAGE_FAILED' });
      this.#lost.push({ ...lost, dueAt: tools.now() + pollMs });
    }
  }

  /** Returns the ids of the members that were still to be posted. */
  async #makeAllAgain(
    postId: string,
    members: readonly InstanceRecord[],
    attempts: number,
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    const waiting = members.filter((member) => member.state === 'prepared');
    for (const member of waiting) this.#inHand.add(member.id);
    const entries = await Promise.all(waiting.map((member) => this.#again(member, signal)));
    const whole = entries.filter((entry) => entry !== undefined);
    if (whole.length > 0 && !signal.aborted) this.#parts.onRecovered(postId, whole, attempts);
    return new Set(waiting.map(({ id }) => id));
  }

  async #again(record: InstanceRecord, signal: AbortSignal): Promise<OutboxEntry | undefined> {
    // A thread that dies costs an attempt and not the membership: without one of its members the post has another key,
    // and the backend may have the first one already.
    const fresh = { ...record, attempts: 0 };
    let outcome = await this.#prepare(fresh, signal);
    if (outcome.kind === 'retry' && !signal.aborted) outcome = await this.#prepare(fresh, signal);
    if (outcome.kind === 'advance') return { record, prepared: outcome.output };
    await this.#settle(record, outcome.kind === 'retry' ? { ...outcome, kind: 'hold' } : outcome, signal);
    return undefined;
  }
}
