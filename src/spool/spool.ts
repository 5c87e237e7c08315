import type { AuditActor } from '../core/audit.ts';
import { SallyportError } from '../core/errors.ts';
import type { InstanceOrigin, InstanceRecord } from '../core/instance.ts';
import type { Emit } from '../observe/events.ts';
import { type DuplicateContentPolicy, decideArrival } from './arrival.ts';
import type { BlobStore, BlobWriter, Ledger } from './backend.ts';
import { FreeSpace } from './free-space.ts';
import { GatewayLock } from './gateway-lock.ts';
import { instanceKeyOf, newInstanceId } from './ids.ts';
import type { IncomingInstance, Intake } from './intake.ts';
import { type KeyTurn, KeyTurns } from './key-turns.ts';
import { hasSameContent } from './same-content.ts';
import { sweepAtStart } from './sweep.ts';

/** How often a decision is taken anew because another node stored a revision of the same instance first. */
const maxRaces = 8;
/** A large instance looks at the free space this often as it comes. */
const roomCheckBytes = 16 * 1024 * 1024;

export interface SpoolOptions {
  /** The storage folder. */
  readonly dir: string;
  /** Space that stays free on the file system; below it nothing more is taken in. */
  readonly reserveBytes: number;
  readonly duplicateContent: DuplicateContentPolicy;
  readonly ledger: Ledger;
  readonly blobs: BlobStore;
  /** Keys the digest under which an instance is known. */
  readonly instanceKeySecret: Uint8Array;
  /** How long blobs of delivered instances stay, ms (see Retention); the sweep at start follows it. */
  readonly keepDeliveredMs: number;
  readonly emit: Emit;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

type Committed = Awaited<ReturnType<IncomingInstance['commit']>>;

/**
 * The gateway's side of the storage folder. `start` takes the folder for this process alone and mends what a crash left;
 * `begin` ... `commit` is guarantee 1: bytes and name flushed, then the row committed, then the promise resolves.
 */
export class Spool implements Intake {
  readonly #options: SpoolOptions;
  readonly #space: FreeSpace;
  readonly #turns = new KeyTurns();
  readonly #committing = new Set<Promise<unknown>>();
  #lock: GatewayLock | undefined;
  #stopping = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#space = new FreeSpace(options.blobs, options.reserveBytes, options.emit);
  }

  /** Rejects with STORAGE_IN_USE, STORAGE_UNUSABLE or STORAGE_FAILED. */
  async start(): Promise<void> {
    const lock = GatewayLock.take(this.#options.dir);
    try {
      await sweepAtStart(this.#options);
      await this.#space.start();
    } catch (cause) {
      lock.release();
      throw cause;
    }
    this.#lock = lock;
  }

  /** Refuses new instances, lets commits finish and frees the folder. Ledger and blobs are closed by whoever opened them. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.allSettled(this.#committing);
    this.#space.stop();
    this.#lock?.release();
    this.#lock = undefined;
  }

  hasRoom(): boolean {
    return this.#lock !== undefined && !this.#stopping && this.#space.hasRoom();
  }

  async begin(origin: InstanceOrigin, head: Uint8Array): Promise<IncomingInstance> {
    if (this.#stopping || this.#lock === undefined) throw new SallyportError('SHUTTING_DOWN');
    if (!this.#space.hasRoom()) throw new SallyportError('STORAGE_FULL');
    const { blobs, instanceKeySecret, now } = this.#options;
    const id = newInstanceId(now());
    const instanceKey = instanceKeyOf(instanceKeySecret, origin.sopInstanceUid);
    const turn = this.#turns.join(instanceKey);
    let writer: BlobWriter;
    try {
      writer = await blobs.create(id);
    } catch (cause) {
      turn.leave();
      throw cause;
    }
    const arrival = { id, instanceKey, origin, headBytes: head.length, turn, writer };
    try {
      await writer.write(head);
    } catch (cause) {
      await writer.abort();
      turn.leave();
      throw cause;
    }
    let unchecked = head.length;
    let ended = false;
    return {
      id,
      write: (chunk) => {
        unchecked += chunk.length;
        if (unchecked >= roomCheckBytes) {
          this.#space.spend(unchecked);
          unchecked = 0;
          if (!this.#space.hasRoom()) return Promise.reject(new SallyportError('STORAGE_FULL'));
        }
        return writer.write(chunk);
      },
      commit: () => {
        ended = true;
        this.#space.spend(unchecked);
        const committed = turn.run(() => this.#commit(arrival)).finally(() => turn.leave());
        this.#committing.add(committed);
        const done = () => this.#committing.delete(committed);
        committed.then(done, done);
        return committed;
      },
      abort: async () => {
        // After `commit`, whatever became of it, the blob and the turn are the commit's.
        if (ended) return;
        ended = true;
        await writer.abort();
        turn.leave();
      },
    };
  }

  async #commit(arrival: OpenArrival): Promise<Committed> {
    const { ledger, blobs, emit, now, duplicateContent } = this.#options;
    const { id } = arrival;
    if (this.#lock === undefined) {
      // `stop` did not wait for an instance that was still arriving; the folder may belong to another gateway by now.
      await arrival.writer.abort();
      throw new SallyportError('SHUTTING_DOWN');
    }
    // Almost every instance is new: the first revision is tried at once, and the ledger's refusal tells the others. Asking
    // first would cost each arrival a second round to the ledger's thread.
    let rows: readonly InstanceRecord[] = [];
    const { sizeBytes } = await arrival.writer.commit();
    try {
      for (let race = 0; race < maxRaces; race++) {
        const content = {
          id,
          sizeBytes,
          headBytes: arrival.headBytes,
          transferSyntaxUid: arrival.origin.transferSyntaxUid,
        };
        const decision = await decideArrival(
          rows,
          (row) => hasSameContent(blobs, content, row),
          duplicateContent,
        );
        if (decision.kind === 'duplicate') {
          const object = { kind: 'instance', id: decision.of.id } as const;
          await ledger.audit.append({
            actor: senderOf(arrival.origin),
            action: 'instance.duplicate',
            object,
          });
          await blobs.remove(id);
          return { kind: 'duplicate', id: decision.of.id };
        }
        const code = decision.heldFor;
        const record = newRecord(arrival, sizeBytes, decision.revision, code, now());
        if (await ledger.insert(record, senderOf(arrival.origin))) {
          if (code === null) return { kind: 'stored', id };
          emit('instance.held', { instanceId: id, code, stage: 'receive' });
          return { kind: 'held', id, code };
        }
        rows = await ledger.findByInstanceKey(arrival.instanceKey);
      }
      throw new SallyportError('STORAGE_FAILED', { detail: 'revision race' });
    } catch (cause) {
      await this.#takeBack(id);
      throw cause;
    }
  }

  /**
   * Removes the blob of an arrival whose row could not be written. Only on the ledger's word that there is no row: if it
   * cannot say, the blob stays, and the next start removes it or finds it in order.
   */
  async #takeBack(id: string): Promise<void> {
    try {
      if ((await this.#options.ledger.get(id)) === undefined) await this.#options.blobs.remove(id);
    } catch {
      return;
    }
  }
}

interface OpenArrival {
  readonly id: string;
  readonly instanceKey: string;
  readonly origin: InstanceOrigin;
  readonly headBytes: number;
  readonly turn: KeyTurn;
  readonly writer: BlobWriter;
}

function senderOf({ by, callingAeTitle }: InstanceOrigin): AuditActor {
  return by ?? { kind: 'ae', name: callingAeTitle };
}

function newRecord(
  arrival: OpenArrival,
  sizeBytes: number,
  revision: number,
  code: string | null,
  now: number,
): InstanceRecord {
  return {
    id: arrival.id,
    state: code === null ? 'received' : 'held',
    instanceKey: arrival.instanceKey,
    revision,
    contentDigest: null,
    sopClassUid: arrival.origin.sopClassUid,
    transferSyntaxUid: arrival.origin.transferSyntaxUid,
    callingAeTitle: arrival.origin.callingAeTitle,
    sizeBytes,
    headBytes: arrival.headBytes,
    receivedAt: now,
    updatedAt: now,
    attempts: 0,
    dueAt: now,
    code,
    detail: null,
    releasedCodes: [],
    foundBoxes: null,
    drawnBoxes: null,
    postId: null,
    studyPseudonym: null,
    seriesPseudonym: null,
  };
}
