import { asSallyportError, type ErrorCode, SallyportError } from '../core/errors.ts';
import type { RedactionBox } from '../core/redaction.ts';

/** What is asked of the worker threads for one file on the local disk. */
export interface FileOrder {
  /** Part 10 file, or a bare data set. */
  readonly input: string;
  /** Where the result is written; not there where it comes to nothing. */
  readonly output: string;
  /** Chooses the profile, as in the gateway; the standard one where left out. */
  readonly callingAeTitle?: string;
  /** Flush the result before it is told of. */
  readonly fsync?: boolean;
}

export interface FileCall {
  readonly signal: AbortSignal;
  /** Where no thread takes it up by then it comes back with WORKERS_BUSY, ms; Infinity for work that can wait. */
  readonly maxWaitMs?: number;
}

/** How text in the pixels is looked for and blanked. */
export interface RedactionWishes {
  /** As the profile says where left out. */
  readonly fill?: 'contrast' | 'background';
  /** Added to each side of a box, pixels; as the profile says where left out. */
  readonly padding?: number;
  /** False: text is not compared with the identifiers of the header, and all of it goes. */
  readonly useMetadata: boolean;
  /** `keep` leaves the header as it is: the result goes on identifying the patient. */
  readonly header: 'deidentify' | 'keep';
}

export type FileOutcome = { readonly boxes: readonly RedactionBox[] } & (
  | {
      readonly outcome: 'deidentified';
      /** New UIDs. */
      readonly studyInstanceUid: string;
      readonly seriesInstanceUid: string;
      readonly sopInstanceUid: string;
      readonly profileRevision: string;
      /** Length of the output. */
      readonly bytes: number;
    }
  | { readonly outcome: 'redacted'; readonly bytes: number }
  /** A person has to decide, or it cannot be done; there is no output. */
  | { readonly outcome: 'held'; readonly code: ErrorCode; readonly detail: string | null }
);

/** The worker threads, as work on single files needs them. Calls reject with a SallyportError, CANCELLED after `signal`. */
export interface FileWork {
  deidentifyFile(order: FileOrder, call: FileCall): Promise<FileOutcome>;
  redactFile(order: FileOrder & RedactionWishes, call: FileCall): Promise<FileOutcome>;
  inspectFile(order: InspectOrder, call: FileCall): Promise<FileAttributes>;
}

export interface InspectOrder {
  readonly input: string;
  /** `safe`: as after de-identification; `identified`: as they are in the file. */
  readonly metadata: 'safe' | 'identified';
  readonly callingAeTitle?: string;
}

export interface FileAttributes {
  /** By keyword; null where the safe form cannot be had. */
  readonly metadata: object | null;
  readonly heldCode: ErrorCode | null;
}

/** Pause before work that found no thread asks again, ms. */
const busyPauseMs = 1000;

/** Asks again where no thread was free: for work whose caller does not wait. Rejects with CANCELLED after the signal. */
export async function whileBusy<T>(signal: AbortSignal, run: (call: FileCall) => Promise<T>): Promise<T> {
  for (;;) {
    if (signal.aborted) throw new SallyportError('CANCELLED');
    try {
      return await run({ signal, maxWaitMs: Number.POSITIVE_INFINITY });
    } catch (thrown) {
      if (signal.aborted || asSallyportError(thrown).code !== 'WORKERS_BUSY') throw thrown;
      await pause(busyPauseMs, signal);
    }
  }
}

/** Resolves after the time, or with the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
