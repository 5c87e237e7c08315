import { rm } from 'node:fs/promises';
import { SallyportError } from '../core/errors.ts';
import type { PairRecorder } from '../core/identifier-pair.ts';
import type { InstanceRecord } from '../core/instance.ts';
import type { InstanceReport } from '../core/instance-report.ts';
import type { PreparedInstance } from '../core/prepared.ts';
import type { Outcome } from '../core/stage.ts';
import type { BlobStore } from '../spool/backend.ts';
import { deservesSecondAttempt, type Failure, failureOf, type LaneTools, recordPairs } from './settle.ts';
import type { PrepareResult, WorkerPool } from './worker-pool.ts';

export interface PrepareStageParts {
  readonly tools: LaneTools;
  readonly blobs: BlobStore;
  readonly pool: WorkerPool;
  /** A path for output too large for memory. */
  readonly scratchPath: (instanceId: string) => string;
  /** Where pseudonyms are recorded before what bears them may be delivered; absent where nobody asked for it. */
  readonly crosswalk?: PairRecorder;
  /** An instance is held: what is known of it. */
  readonly onReport?: (report: InstanceReport) => void;
}

export interface PreparedOutput {
  readonly prepared: PreparedInstance;
  /** Resolves when the worker thread is done with it: at once, but for output that still grows. */
  readonly atRest: Promise<void>;
}

/**
 * One instance from the received bytes to what delivery posts, in a worker thread. A stage: it touches no ledger. `record`
 * as the attempt begins: its `attempts` decide whether a thread that dies is worth a second one.
 */
export class PrepareStage {
  readonly #parts: PrepareStageParts;

  constructor(parts: PrepareStageParts) {
    this.#parts = parts;
  }

  async run(record: InstanceRecord, signal: AbortSignal): Promise<Outcome<PreparedOutput>> {
    const outcome = await this.#attempt(record, signal);
    // What an attempt wrote before it failed is of no use. A start would remove it, but that may be months away.
    if (outcome.kind !== 'advance')
      await rm(this.#parts.scratchPath(record.id), { force: true }).catch(() => undefined);
    return outcome;
  }

  async #attempt(record: InstanceRecord, signal: AbortSignal): Promise<Outcome<PreparedOutput>> {
    const { blobs, pool, scratchPath, tools, crosswalk } = this.#parts;
    const startedAt = tools.now();
    const report = (prepared: PreparedInstance): void =>
      tools.emit('instance.prepared', {
        instanceId: record.id,
        frames: prepared.images.parts.length,
        durationMs: tools.now() - startedAt,
      });
    let abandon: (() => void) | undefined;
    try {
      const result = await pool.prepare(
        {
          instanceId: record.id,
          path: blobs.localPath(record.id),
          scratchPath: scratchPath(record.id),
          releasedCodes: record.releasedCodes,
          drawnBoxes: record.drawnBoxes,
          callingAeTitle: record.callingAeTitle,
        },
        signal,
      );
      if (result.kind === 'held') return this.#held(result);
      const { prepared, rest } = result;
      abandon = () => rest?.growth.abandon();
      if (crosswalk !== undefined) await recordPairs(tools, crosswalk, result.pairs, signal);
      if (rest === undefined) {
        report(prepared);
        return { kind: 'advance', output: { prepared, atRest: Promise.resolve() } };
      }
      return {
        kind: 'advance',
        output: { prepared, atRest: this.#follow(record, rest, () => report(prepared)) },
      };
    } catch (error) {
      abandon?.();
      return this.#failed(record, error);
    }
  }

  /** The end of an output that grows: the deliver lane has it and hears of a failure from it. Never rejects. */
  async #follow(
    record: InstanceRecord,
    { growth, reply }: NonNullable<Extract<PrepareResult, { kind: 'prepared' }>['rest']>,
    onWhole: () => void,
  ): Promise<void> {
    try {
      const end = await reply;
      if (end.kind === 'held') growth.fail(this.#held(end));
      else onWhole();
    } catch (error) {
      growth.fail(this.#failed(record, error));
    }
  }

  #held({ code, detail, boxes, report, place }: Extract<PrepareResult, { kind: 'held' }>): Failure {
    const failure = failureOf(new SallyportError(code, detail === undefined ? {} : { detail }));
    if (failure.kind !== 'hold') return failure;
    if (report !== undefined) this.#parts.onReport?.(report);
    return {
      ...failure,
      ...(boxes === undefined ? {} : { boxes }),
      ...(place === undefined ? {} : { place }),
    };
  }

  #failed(record: InstanceRecord, error: unknown): Failure {
    const failure = failureOf(error);
    return failure.kind === 'hold' && deservesSecondAttempt(failure.code, record)
      ? { ...failure, kind: 'retry' }
      : failure;
  }
}
