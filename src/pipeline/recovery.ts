import { errorRow } from '../core/errors.ts';
import type { InstanceRecord } from '../core/instance.ts';
import type { OutboxEntry } from './outbox.ts';
import type { PrepareStage } from './prepare-stage.ts';
import type { Failure, LaneTools } from './settle.ts';

/** How often something failed in this process. */
export interface Failures {
  /** The post. */
  readonly attempts: number;
  /** A worker thread died or exceeded its time after frames of the post were handed over. */
  readonly threads: number;
}

/** A post whose output is gone and has to be made again; its instances stay in hand meanwhile. */
export interface LostPost extends Failures {
  readonly postId: string;
  readonly instanceIds: readonly string[];
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

export interface RecoveryParts {
  readonly tools: LaneTools;
  readonly stage: PrepareStage;
  readonly hasRoom: () => boolean;
  /** Waits for a while, or until something has happened. */
  readonly sleep: (signal: AbortSignal) => Promise<void>;
  /** False where the instance is in hand already; else it is from now on. */
  readonly take: (instanceId: string) => boolean;
  readonly letGo: (instanceId: string) => void;
  /** Work that goes on after the output was handed over. */
  readonly track: (postId: string, work: Promise<void>) => void;
  readonly settle: (record: InstanceRecord, failure: Failure, signal: AbortSignal) => Promise<void>;
  /** The post, made again in full. */
  readonly onRecovered: (postId: string, entries: readonly OutboxEntry[], failures: Failures) => void;
}

const unfailed: Failures = { attempts: 0, threads: 0 };

/** Posts that were fixed in the ledger, made again from the received bytes under the same names. */
export class Recovery {
  readonly #parts: RecoveryParts;
  /** The prepared rows are gone through once, in the order of their ids. */
  #afterId = '';

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
  }

  /** Everything fixed before the last stop. False where the ledger failed on the way; a further call goes on from there. */
  async afterStart(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#recover(signal);
      return true;
    } catch {
      this.#parts.tools.emit('gateway.failed', { code: 'STORAGE_FAILED' });
      return false;
    }
  }

  /** A post whose output was lost on the way. False where the ledger failed. */
  async again(lost: LostPost, signal: AbortSignal): Promise<boolean> {
    const { tools, letGo } = this.#parts;
    try {
      const members = await tools.ledger.findByPost(lost.postId);
      const taken = await this.#make(lost.postId, members, lost, signal);
      // A person has taken the others meanwhile.
      for (const id of lost.instanceIds) if (!taken.has(id)) letGo(id);
      return true;
    } catch {
      tools.emit('gateway.failed', { code: 'STORAGE_FAILED' });
      return false;
    }
  }

  async #recover(signal: AbortSignal): Promise<void> {
    const { tools, hasRoom, sleep, take } = this.#parts;
    while (!signal.aborted) {
      if (!hasRoom()) {
        await sleep(signal);
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
      if (take(first.id)) await this.#make(first.postId ?? first.id, members, unfailed, signal);
    }
  }

  /** Returns the ids of the members that were still to be posted. */
  async #make(
    postId: string,
    members: readonly InstanceRecord[],
    failures: Failures,
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    const waiting = members.filter((member) => member.state === 'prepared');
    for (const { id } of waiting) this.#parts.take(id);
    const made = await Promise.all(waiting.map((member) => this.#one(member, failures.threads, signal)));
    const entries = made.filter((entry) => entry !== undefined);
    if (entries.length > 0 && !signal.aborted) this.#parts.onRecovered(postId, entries, failures);
    return new Set(waiting.map(({ id }) => id));
  }

  async #one(
    record: InstanceRecord,
    threadFailures: number,
    signal: AbortSignal,
  ): Promise<OutboxEntry | undefined> {
    const { stage, settle, track } = this.#parts;
    // A thread that dies costs an attempt and not the membership: without one of its members the post has another key,
    // and the backend may have the first one already.
    const fresh = { ...record, attempts: threadFailures };
    let outcome = await stage.run(fresh, signal);
    for (let deaths = 0; outcome.kind === 'retry' && deaths < 2 && !signal.aborted; ) {
      // A full disk is no fault of the instance.
      if (errorRow(outcome.code).disposition === 'retry') await this.#parts.sleep(signal);
      else deaths += 1;
      if (deaths < 2 && !signal.aborted) outcome = await stage.run(fresh, signal);
    }
    if (outcome.kind === 'advance') {
      const { prepared, atRest } = outcome.output;
      track(record.id, atRest);
      return { record, prepared };
    }
    await settle(record, outcome.kind === 'retry' ? { ...outcome, kind: 'hold' } : outcome, signal);
    return undefined;
  }
}
