import { rm } from 'node:fs/promises';
import { SallyportError } from '../core/errors.ts';
import type { PairRecorder } from '../core/identifier-pair.ts';
import { FoundBoxesCache } from './on-demand/found-boxes-cache.ts';
import {
  type DecisionRequest,
  deidentifyTask,
  type FileRequest,
  type InspectRequest,
  inspectTask,
  type PictureRequest,
  pictureTask,
  type RedactRequest,
  type ReportRequest,
  redactTask,
  reportTask,
  type StoredReportRequest,
  type TreatRequest,
} from './on-demand/requests.ts';
import { type SlotKind, Slots } from './on-demand/slots.ts';
import type {
  FileOutcome,
  FrameInfo,
  Inspection,
  OnDemandTask,
  OnDemandValues,
  Picture,
  ReportPage,
  TreatTask,
} from './on-demand/tasks.ts';
import { newVitalSigns, readVitalSigns } from './vital-signs.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface OnDemandSettings {
  /** Folder for files that other programs read while they decode; must be there. */
  readonly scratchFolder: string;
  /** Tasks at one time; half of the threads where left out, at least one: the rest is for what is received. */
  readonly maxRunning?: number;
  /** Tasks that wait, of pictures and of whole files each. */
  readonly maxWaiting?: number;
  /** A task that no thread took up by then is given back with WORKERS_BUSY, ms. */
  readonly maxWaitMs?: number;
}

/** What a caller knows of a task on its way. */
export interface OnDemandProgress {
  readonly phase: 'waiting' | 'working';
  /** Pieces of work so far: frames, and parts of a search; how many there will be nobody knows. */
  readonly steps: number;
}

export interface OnDemandCall {
  /** Nobody wants the result any more: the work ends. */
  readonly signal?: AbortSignal;
  /** Told a few times a second, and only of changes. */
  readonly onProgress?: (progress: OnDemandProgress) => void;
  /** In place of the setting; Infinity for jobs that can wait. */
  readonly maxWaitMs?: number;
}

const standardMaxWaiting = 64;
const standardMaxWaitMs = 30_000;
const progressMs = 250;

/**
 * De-identification, redaction and pictures that somebody asks for, by the code of the lanes and in their threads, with
 * their limits of time and memory. No more of it runs than a share of the threads, so that what is received goes on; and what
 * is received can only be before it by the few instances that wait for a thread. Files are read and written by the threads,
 * piece by piece.
 *
 * Every method rejects with WORKERS_BUSY (too much is waiting, or for too long), CANCELLED (the signal), SHUTTING_DOWN,
 * WORKER_CRASHED, RENDER_TIMEOUT, FILE_UNREADABLE, REQUEST_INVALID, and what reading says of the file: NOT_DICOM,
 * DATA_SET_TRUNCATED, DATA_SET_MALFORMED, DATA_SET_TOO_DEEP, DATA_SET_TOO_COMPLEX, TRANSFER_SYNTAX_UNKNOWN.
 */
export class OnDemandWork {
  readonly #pool: Pick<WorkerPool, 'onDemand' | 'threads'>;
  readonly #settings: OnDemandSettings;
  readonly #crosswalk: PairRecorder | undefined;
  readonly #slots: Slots;
  readonly #known = new FoundBoxesCache();
  readonly #ending = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  /** `crosswalk`: takes the pseudonyms of an output before it is given to anybody; needed where the threads record pairs. */
  constructor(
    pool: Pick<WorkerPool, 'onDemand' | 'threads'>,
    settings: OnDemandSettings,
    crosswalk?: PairRecorder,
  ) {
    this.#pool = pool;
    this.#settings = settings;
    this.#crosswalk = crosswalk;
    const { maxRunning = Math.floor(pool.threads / 2), maxWaiting = standardMaxWaiting } = settings;
    this.#slots = new Slots({
      running: Math.max(1, Math.min(maxRunning, pool.threads)),
      waiting: maxWaiting,
    });
  }

  /** Tasks at work, and tasks that wait for their turn. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.#slots.running, waiting: this.#slots.waiting };
  }

  /**
   * De-identifies a file under the profile of the configuration and writes a Part 10 file, readable by its owner alone, or
   * says why a person has to look at it; then there is no output. Rejects with STORAGE_FULL, STORAGE_FAILED,
   * CROSSWALK_FAILED as well.
   */
  deidentifyFile(request: TreatRequest, call: OnDemandCall = {}): Promise<FileOutcome> {
    return this.#treat(() => deidentifyTask(request), call);
  }

  /**
   * Finds and blanks text in the pixels of a file whatever its profile thinks of the risk, and de-identifies its header or
   * keeps it. Else as `deidentifyFile`. An output with its header kept identifies the patient, and has the SOP Instance UID
   * of the original: it is for whoever gave the file, and for no archive that has the original.
   */
  redactFile(request: RedactRequest, call: OnDemandCall = {}): Promise<FileOutcome> {
    return this.#treat(() => redactTask(request), call);
  }

  /**
   * One frame for a screen. `original`: as received; whoever calls checks the right to see it. `deidentified`: as it would
   * leave under the decisions given, which makes it a preview of a release; rejects with the code for which the instance would
   * be held. Boxes take the place of a search and codes waive one: decisions that are not written down at the instance show
   * what identifies it, and ask for the same right as the original. What a search found in a file is kept for its other
   * frames.
   */
  async renderFrame(request: PictureRequest, call: OnDemandCall = {}): Promise<Picture> {
    const task = pictureTask(request);
    const key =
      task.side === 'deidentified' && task.drawnBoxes === null ? this.#known.keyOf(task) : undefined;
    const foundBoxes = key === undefined ? null : this.#known.get(key);
    const done = await this.#run({ ...task, foundBoxes }, 'picture', call);
    if (key !== undefined && done.foundBoxes !== null) this.#known.set(key, done.foundBoxes);
    return done.picture;
  }

  /** What kind of image a file is, by its header; without identifiers. */
  async frameInfo(request: FileRequest, call: OnDemandCall = {}): Promise<FrameInfo> {
    const { metadata, metadataLeftOut, heldCode, ...info } = await this.inspectFile(
      { ...request, metadata: 'none' },
      call,
    );
    return info;
  }

  /** The same with the attributes of the header: `safe` as de-identified, `identified` as received. */
  async inspectFile(request: InspectRequest, call: OnDemandCall = {}): Promise<Inspection> {
    return await this.#run(inspectTask(request), 'picture', call);
  }

  /** What de-identification would do to a file under the decisions given. Text is looked for as if it was to leave. */
  async reportOf(request: ReportRequest & DecisionRequest, call: OnDemandCall = {}): Promise<ReportPage> {
    return await this.#run(reportTask(request), 'file', call);
  }

  /** What was written down of a study, or of one of its instances, when it was de-identified. Rejects with INSTANCE_UNKNOWN. */
  async storedReport(request: StoredReportRequest, call: OnDemandCall = {}): Promise<ReportPage> {
    const { html = false, folder, study, instance = null } = request;
    const of = { from: 'stored', folder, study, instance } as const;
    return await this.#run(
      { kind: 'report', of, html, releasedCodes: [], drawnBoxes: null },
      'picture',
      call,
    );
  }

  /** Ends all tasks with SHUTTING_DOWN; resolves when none is left. To be stopped before the pool. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled(this.#running);
  }

  async #treat(make: () => TreatTask, call: OnDemandCall): Promise<FileOutcome> {
    const task = make();
    try {
      const { outcome, pairs } = await this.#run(task, 'file', call);
      if (pairs.length > 0) await this.#record(pairs);
      return outcome;
    } catch (error) {
      // A thread that was ended cannot clear up, and nobody knows what is in it.
      await rm(task.output, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** First the pairs: nobody may get an output whose pseudonyms cannot be followed back. */
  async #record(pairs: OnDemandValues['treat']['pairs']): Promise<void> {
    try {
      if (this.#crosswalk === undefined) throw new SallyportError('CROSSWALK_UNUSABLE');
      await this.#crosswalk.record(pairs);
    } catch (cause) {
      throw new SallyportError('CROSSWALK_FAILED', { cause });
    }
  }

  #run<K extends OnDemandTask['kind']>(
    task: Extract<OnDemandTask, { kind: K }>,
    kind: SlotKind,
    call: OnDemandCall,
  ): Promise<OnDemandValues[K]> {
    const running = this.#inTurn(task, kind, call);
    this.#running.add(running);
    const forget = (): void => void this.#running.delete(running);
    running.then(forget, forget);
    return running as Promise<OnDemandValues[K]>;
  }

  async #inTurn(
    task: OnDemandTask,
    kind: SlotKind,
    { signal, onProgress, maxWaitMs = this.#settings.maxWaitMs ?? standardMaxWaitMs }: OnDemandCall,
  ): Promise<OnDemandValues[keyof OnDemandValues]> {
    const waited = new AbortController();
    const signs = newVitalSigns();
    // One that has begun is under the limits of time of the pool instead.
    const timer = Number.isFinite(maxWaitMs)
      ? setTimeout(() => readVitalSigns(signs).begun || waited.abort(), maxWaitMs)
      : undefined;
    const stopTelling = onProgress === undefined ? undefined : tellOf(signs, onProgress);
    const signals = [this.#ending.signal, waited.signal, ...(signal === undefined ? [] : [signal])];
    const any = AbortSignal.any(signals);
    try {
      await this.#slots.take(kind, any);
      try {
        any.throwIfAborted();
        const { scratchFolder } = this.#settings;
        const reply = await this.#pool.onDemand({ task, scratchFolder }, signs, any);
        if (reply.kind === 'done') return reply.value;
        throw new SallyportError(reply.code, reply.detail === undefined ? {} : { detail: reply.detail });
      } finally {
        this.#slots.release();
      }
    } catch (cause) {
      if (!any.aborted) throw cause;
      if (this.#ending.signal.aborted) throw new SallyportError('SHUTTING_DOWN', { cause });
      if (waited.signal.aborted) throw new SallyportError('WORKERS_BUSY', { detail: 'wait', cause });
      throw new SallyportError('CANCELLED', { cause });
    } finally {
      clearTimeout(timer);
      stopTelling?.();
    }
  }
}

/** Reads how a task comes on until it is stopped. */
function tellOf(signs: Int32Array, onProgress: (progress: OnDemandProgress) => void): () => void {
  let last = -1;
  const tell = (): void => {
    const { begun, value } = readVitalSigns(signs);
    if (value === last) return;
    last = value;
    onProgress({ phase: begun ? 'working' : 'waiting', steps: Math.max(0, value - 1) });
  };
  tell();
  const timer = setInterval(tell, progressMs);
  timer.unref();
  return () => clearInterval(timer);
}
