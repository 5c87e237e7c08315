import { faultPoint } from '../core/fault-points.ts';
import type { InstanceRecord } from '../core/instance.ts';
import type { PreparedInstance } from '../core/prepared.ts';
import type { Outcome } from '../core/stage.ts';
import type { BlobStore } from '../spool/backend.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import { deservesSecondAttempt, failureOf, type LaneTools, persist, settleFailure } from './settle.ts';
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
  /** Something is in the outbox. */
  readonly onPrepared: () => void;
  /** A post that was fixed before the last stop, made again in full. */
  readonly onRecovered: (postId: string, entries: readonly OutboxEntry[]) => void;
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

  get busy(): number {
    return this.#running.size;
  }

  async #run(signal: AbortSignal): Promise<void> {
    await this.#recover(signal);
    while (!signal.aborted) {
      const free = this.#parts.pool.threads + ahead - this.#running.size;
      const records = free > 0 && this.#parts.outbox.hasRoom() ? await this.#claim('received', free) : [];
      for (const record of records) {
        faultPoint('prepare.claimed');
        const task = this.#handle(record, signal).finally(() => {
          this.#running.delete(record.id);
          this.#wake.poke();
        });
        this.#running.set(record.id, task);
      }
      if (records.length === 0) await this.#wake.sleep(pollMs, signal);
    }
  }

  async #claim(state: 'received' | 'prepared', limit: number): Promise<readonly InstanceRecord[]> {
    const { tools, leaseMs } = this.#parts;
    try {
      const records = await tools.ledger.claim(state, tools.now(), limit, leaseMs);
      const fresh = records.filter((record) => !this.#inHand.has(record.id));
      for (const record of fresh) this.#inHand.add(record.id);
      return fresh;
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

  /** The stage: touches neither ledger nor clock for its verdict. */
  async #prepare(record: InstanceRecord, signal: AbortSignal): Promise<Outcome<PreparedInstance>> {
    const { blobs, pool, scratchPath, tools } = this.#parts;
    const startedAt = tools.now();
    try {
      const result = await pool.prepare(
        {
          instanceId: record.id,
          path: blobs.localPath(record.id),
          scratchPath: scratchPath(record.id),
          releasedCodes: record.releasedCodes,
        },
        signal,
      );
      if (result.kind === 'held') {
        return {
          kind: 'hold',
          code: result.code,
          ...(result.detail === undefined ? {} : { detail: result.detail }),
        };
      }
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

  /** Posts fixed before the last stop are made again from the received bytes and go out under the same names. */
  async #recover(signal: AbortSignal): Promise<void> {
    const { tools, outbox, onRecovered } = this.#parts;
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
      this.#afterId = first.id;
      if (this.#inHand.has(first.id)) continue;
      const members = first.postId === null ? [first] : await tools.ledger.findByPost(first.postId);
      const waiting = members.filter((member) => member.state === 'prepared');
      for (const member of waiting) this.#inHand.add(member.id);
      const entries = await Promise.all(waiting.map((member) => this.#again(member, signal)));
      const whole = entries.filter((entry) => entry !== undefined);
      if (whole.length > 0 && !signal.aborted) onRecovered(first.postId ?? first.id, whole);
    }
  }

  async #again(record: InstanceRecord, signal: AbortSignal): Promise<OutboxEntry | undefined> {
    const outcome = await this.#prepare(record, signal);
    if (outcome.kind === 'advance') return { record, prepared: outcome.output };
    await this.#settle(record, outcome.kind === 'retry' ? { ...outcome, kind: 'hold' } : outcome, signal);
    return undefined;
  }
}
