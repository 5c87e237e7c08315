import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ErrorCode, SallyportError } from '../core/errors.ts';
import { outcomeOf } from '../dicom/status.ts';
import type { Emit } from '../observe/events.ts';
import { WriteBuffers } from '../receive/store-stream.ts';
import type { Intake } from '../spool/intake.ts';
import { parseMediaType } from './media-types.ts';
import type { MultipartReader, RelatedPart } from './multipart.ts';
import {
  type NamedInstance,
  type Part10IntakeSettings,
  type ReadBytes,
  type Sender,
  type TakenFile,
  takePart10,
} from './part10-intake.ts';

export interface IngestSettings extends Part10IntakeSettings {
  /** Requests that bring instances at one time. */
  readonly maxRequests: number;
  /** From the first byte to the last of a request with many instances, ms. */
  readonly maxRequestMs: number;
}

export interface IngestParts {
  readonly intake: Intake;
  readonly emit: Emit;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** What became of one part of a Store request. */
export type PartResult =
  | { readonly kind: 'stored'; readonly of: NamedInstance }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly of?: NamedInstance };

type Kept = Extract<TakenFile, { kind: 'kept' }>;

/** Each association collects bytes in two buffers of this size, and each request here. */
const writeBufferBytes = 512 * 1024;
/** Buffers kept for the next requests. */
const maxIdleBuffers = 4;
/** Transfer encodings that change nothing (RFC 2045 6.2). */
const plainEncodings: readonly string[] = ['', 'binary', '8bit', '7bit'];

/** Takes instances in beside DIMSE, and tells log and metrics of each as receiving does. */
export class Ingest {
  readonly #settings: IngestSettings;
  readonly #parts: IngestParts;
  readonly #running = new Set<Promise<unknown>>();
  readonly #idle: WriteBuffers[] = [];
  #stopping = false;

  constructor(settings: IngestSettings, parts: IngestParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  /**
   * One file. Rejects with the code it is refused with; with INGEST_BUSY, STORAGE_FULL or SHUTTING_DOWN before anything is
   * read; and with what `read` fails with.
   */
  one(read: ReadBytes, sender: Sender): Promise<Kept> {
    return this.#run(async (take) => {
      const taken = await take(read, sender);
      if (taken.kind === 'refused') throw new SallyportError(taken.code);
      return taken;
    });
  }

  /**
   * Every part of a Store request, each by itself, in order. Where the request breaks off behind a part whose outcome is
   * known, the outcomes so far are the answer, with a failure of no instance at their end: what is safe must not go untold.
   * Rejects as `one` does, with MULTIPART_INVALID where no part could be read, and with CLIENT_GONE.
   */
  many(parts: MultipartReader, sender: Sender, study?: string): Promise<readonly PartResult[]> {
    return this.#run(async (take) => {
      const results: PartResult[] = [];
      const begunAt = this.#parts.now();
      try {
        for (let part = await parts.next(); part !== undefined; part = await parts.next()) {
          const fault = faultOfPart(part);
          results.push(
            fault === undefined
              ? resultOf(await take(part.read, sender, study))
              : { kind: 'failed', code: fault },
          );
          // Parts that nothing is written of wait for nothing: ten thousand of them would hold up everybody else.
          if (results.at(-1)?.kind === 'failed') await nextTurn();
          if (this.#parts.now() - begunAt > this.#settings.maxRequestMs)
            throw new SallyportError('BODY_TOO_SLOW');
        }
      } catch (thrown) {
        if (!(thrown instanceof SallyportError) || results.length === 0 || thrown.code === 'CLIENT_GONE')
          throw thrown;
        results.push({ kind: 'failed', code: thrown.code });
      }
      if (results.length === 0) throw new SallyportError('MULTIPART_INVALID', { detail: 'no part' });
      return results;
    });
  }

  /** No new request; resolves when those running have ended, which their own limits and signals see to. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.allSettled(this.#running);
  }

  async #run<T>(work: (take: Take) => Promise<T>): Promise<T> {
    if (this.#stopping) throw new SallyportError('SHUTTING_DOWN');
    if (this.#running.size >= this.#settings.maxRequests) throw new SallyportError('INGEST_BUSY');
    if (!this.#parts.intake.hasRoom()) throw new SallyportError('STORAGE_FULL');
    const buffers = this.#idle.pop() ?? new WriteBuffers(writeBufferBytes);
    const running = work(this.#taker(buffers));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
      if (this.#idle.length < maxIdleBuffers) this.#idle.push(buffers);
    }
  }

  #taker(buffers: WriteBuffers): Take {
    const { intake, now, emit } = this.#parts;
    const associationId = randomUUID();
    return async (read, sender, study) => {
      const begunAt = now();
      const taken = await takePart10({ intake, buffers, settings: this.#settings, now }, read, sender, study);
      if (taken.kind === 'refused') {
        const { code } = taken;
        emit('instance.refused', { associationId, code, dicomStatus: outcomeOf(code).status });
      } else if (taken.how === 'duplicate') {
        emit('instance.duplicate', { instanceId: taken.id, associationId });
      } else {
        const { id: instanceId, bytes } = taken;
        const durationMs = Math.round(now() - begunAt);
        emit('instance.received', { instanceId, associationId, bytes, durationMs });
      }
      return taken;
    };
  }
}

type Take = (read: ReadBytes, sender: Sender, study?: string) => Promise<TakenFile>;

/** PS3.18 8.7.3: every part is a Part 10 file and says so. */
function faultOfPart({ headers }: RelatedPart): ErrorCode | undefined {
  const type = parseMediaType(headers.get('content-type') ?? 'application/dicom')?.type;
  if (type !== 'application/dicom') return 'MEDIA_TYPE_UNSUPPORTED';
  const encoding = (headers.get('content-transfer-encoding') ?? '').toLowerCase();
  return plainEncodings.includes(encoding) ? undefined : 'MULTIPART_INVALID';
}

function resultOf(taken: TakenFile): PartResult {
  const { of } = taken;
  // What was kept was named.
  if (taken.kind === 'kept')
    return of === undefined ? { kind: 'failed', code: 'UNEXPECTED' } : { kind: 'stored', of };
  return { kind: 'failed', code: taken.code, ...(of === undefined ? {} : { of }) };
}
