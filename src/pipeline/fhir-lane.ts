import { asSallyportError } from '../core/errors.ts';
import { jitteredDelayMs, type RetryPolicy } from '../core/retry-policy.ts';
import {
  type ImagingStudySettings,
  imagingStudyId,
  imagingStudyOf,
  maxImagingStudyImages,
} from '../fhir/imaging-study.ts';
import type { Emit } from '../observe/events.ts';
import type { DueStudy, StudyCatalogue } from '../spool/study-catalogue.ts';
import { WakeUp } from './wake-up.ts';

/** What became of putting one study; see deliver/fhir-client.ts. */
export type PutOutcome =
  | { readonly kind: 'accepted'; readonly httpStatus: number }
  | {
      readonly kind: 'retry';
      readonly code: 'FHIR_UNREACHABLE' | 'FHIR_UNAVAILABLE' | 'FHIR_UNAUTHORIZED';
      readonly httpStatus: number;
      readonly afterMs?: number;
      readonly detail?: string;
    }
  | { readonly kind: 'refused'; readonly code: 'FHIR_REFUSED'; readonly httpStatus: number }
  | { readonly kind: 'aborted' };

export interface FhirLaneParts {
  readonly catalogue: StudyCatalogue;
  readonly put: (
    resourceType: 'ImagingStudy',
    id: string,
    body: Uint8Array,
    signal: AbortSignal,
  ) => Promise<PutOutcome>;
  readonly resource: ImagingStudySettings;
  /** A study is complete when no instance of it has changed for so long, and none waits. */
  readonly idleMs: number;
  readonly concurrency: number;
  readonly retry: RetryPolicy;
  readonly emit: Emit;
  readonly now: () => number;
  /** [0, 1) */
  readonly random: () => number;
  /** How often studies that are due are looked for; 5 s where left out. */
  readonly pollMs?: number;
}

const defaultPollMs = 5000;
/** Failures in a row after which the server, and not the study, is taken to be the cause. */
const failuresOfServer = 3;

/**
 * Studies at rest -> PUT ImagingStudy -> remembered in the ledger. All that is to be done stands there (which version of a
 * study was answered for good), so that a crash at any point at most repeats a put, which replaces the resource by itself.
 * A study that grows afterwards is put again. What the server refuses is written down with its code, and tried again only
 * when somebody asks for it, when the study grows, or once after a start: the fault may have been in the configuration.
 */
export class FhirLane {
  readonly #parts: FhirLaneParts;
  readonly #wake = new WakeUp();
  readonly #running = new Map<string, Promise<void>>();
  #loop: Promise<void> | undefined;
  #failuresInRow = 0;
  #restsUntil = 0;

  constructor(parts: FhirLaneParts) {
    this.#parts = parts;
  }

  /** The signal also ends requests under way; they are repeated after the next start. */
  start(signal: AbortSignal): void {
    this.#loop = this.#run(signal);
  }

  async stopped(): Promise<void> {
    this.#wake.poke();
    await this.#loop;
    await Promise.all(this.#running.values());
  }

  /** A study may be due. */
  wake(): void {
    this.#wake.poke();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { catalogue, concurrency, now, idleMs, pollMs = defaultPollMs } = this.#parts;
    await this.#guarded(() => catalogue.postRefusedAgain());
    while (!signal.aborted) {
      const room = this.#restsUntil > now() ? 0 : concurrency - this.#running.size;
      const at = now();
      // Those under way are still due in the ledger.
      const limit = room + this.#running.size;
      const due =
        room <= 0
          ? []
          : ((await this.#guarded(() => catalogue.due({ changedBefore: at - idleMs, now: at, limit }))) ??
            []);
      const fresh = due.filter(({ studyPseudonym }) => !this.#running.has(studyPseudonym)).slice(0, room);
      for (const study of fresh) this.#track(study, signal);
      // The end of each task wakes it.
      const restMs = this.#restsUntil - now();
      await this.#wake.sleep(restMs > 0 ? Math.min(pollMs, restMs) : pollMs, signal);
    }
  }

  #track(study: DueStudy, signal: AbortSignal): void {
    const { studyPseudonym } = study;
    const task = this.#post(study, signal).finally(() => {
      this.#running.delete(studyPseudonym);
      this.#wake.poke();
    });
    this.#running.set(studyPseudonym, task);
  }

  async #post(due: DueStudy, signal: AbortSignal): Promise<void> {
    const { catalogue, put, resource, emit, now } = this.#parts;
    const { studyPseudonym } = due;
    const whole = await this.#guarded(() => catalogue.whole(studyPseudonym, maxImagingStudyImages));
    // Forgotten meanwhile, or the ledger failed: then it is due again.
    if (whole === undefined) return;
    // The version that is read with the rows: what comes later makes the study due again.
    const { version } = whole.study.fhir;
    const study = imagingStudyOf(whole, resource);
    const body = new TextEncoder().encode(JSON.stringify(study));
    const startedAt = now();
    const outcome = await put('ImagingStudy', imagingStudyId(studyPseudonym), body, signal);
    if (outcome.kind === 'aborted') return;
    const { httpStatus } = outcome;
    if (outcome.kind !== 'retry') this.#failuresInRow = 0;
    if (outcome.kind === 'accepted') {
      emit('fhir.posted', {
        instances: study.numberOfInstances,
        bytes: body.length,
        httpStatus,
        durationMs: Math.max(0, now() - startedAt),
      });
      await this.#guarded(() => catalogue.settle({ kind: 'posted', studyPseudonym, version, at: now() }));
    } else if (outcome.kind === 'refused') {
      const { code } = outcome;
      emit('fhir.refused', { code, httpStatus });
      await this.#guarded(() =>
        catalogue.settle({ kind: 'refused', studyPseudonym, version, code, detail: String(httpStatus) }),
      );
    } else await this.#retry(due, version, outcome);
  }

  async #retry(
    { studyPseudonym, attempts: before }: DueStudy,
    version: number,
    { code, httpStatus, afterMs, detail }: Extract<PutOutcome, { kind: 'retry' }>,
  ): Promise<void> {
    const { catalogue, retry, random, emit, now } = this.#parts;
    const attempts = before + 1;
    const delayMs = jitteredDelayMs(retry, attempts, random(), afterMs);
    this.#failuresInRow += 1;
    if (this.#failuresInRow >= failuresOfServer || afterMs !== undefined || code === 'FHIR_UNAUTHORIZED')
      this.#restsUntil = now() + jitteredDelayMs(retry, this.#failuresInRow, random(), afterMs);
    emit('fhir.failed', { code, httpStatus, attempts, delayMs });
    await this.#guarded(() =>
      catalogue.settle({
        kind: 'retry',
        studyPseudonym,
        version,
        code,
        detail: httpStatus === 0 ? (detail ?? null) : String(httpStatus),
        dueAt: now() + delayMs,
      }),
    );
  }

  /** The ledger's failures are told, and nothing is put for a while whose end might not be written down either. */
  async #guarded<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#parts.emit('gateway.failed', { code: asSallyportError(error).code });
      this.#restsUntil = this.#parts.now() + (this.#parts.pollMs ?? defaultPollMs);
      return undefined;
    }
  }
}
