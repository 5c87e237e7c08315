import { type AuditEntry, gatewayActor } from '../core/audit.ts';
import { asSallyportError, SallyportError } from '../core/errors.ts';
import type { Emit } from '../observe/events.ts';
import type { FileRecord } from './file-record.ts';
import type { FileRecords } from './file-records.ts';
import { type FileOutcome, type FileWork, whileBusy } from './file-work.ts';
import type { TemporaryFile } from './temporary-files.ts';
import { Turns } from './turns.ts';

export interface ShelfWorkParts {
  readonly records: FileRecords;
  readonly work: Pick<FileWork, 'deidentifyFile'>;
  /** Durable when resolved. What it cannot record is not done. */
  readonly audit: (...entries: readonly AuditEntry[]) => Promise<void>;
  readonly emit: Emit;
}

/** An upload is removed that was there for its result alone. */
export function erasedEntry(resultId: string): AuditEntry {
  return { actor: gatewayActor, action: 'file.erased', object: { kind: 'file', id: resultId } };
}

/** De-identifies files of the shelf, so many at one time, the others in the order they came. */
export class ShelfWork {
  readonly #parts: ShelfWorkParts;
  readonly #turns: Turns;
  readonly #ending = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(concurrency: number, parts: ShelfWorkParts) {
    this.#parts = parts;
    this.#turns = new Turns(concurrency);
  }

  get stopping(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Resolves when nothing is worked on. What is cut off stays `processing`. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#running);
  }

  /** Takes up a result in state `processing`; `output` is where it is written, and is removed when that is over. */
  begin(result: FileRecord, output: TemporaryFile): void {
    const run = this.#turns
      .run(() => this.#deidentify(result, output))
      .catch((thrown) => this.#parts.emit('files.failed', { code: asSallyportError(thrown).code }))
      .then(() => output.remove())
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #deidentify(result: FileRecord, output: TemporaryFile): Promise<void> {
    if (this.stopping) return;
    const { records, emit } = this.#parts;
    const begunAt = performance.now();
    const begun = { ...result, attempts: result.attempts + 1 };
    try {
      await records.write(begun);
      const outcome = await this.#untilDone(begun, output);
      if (outcome.outcome === 'held') return await this.#failed(begun, outcome);
      // Nothing but what was de-identified as a whole lies on the shelf as a result.
      if (outcome.outcome !== 'deidentified') throw new SallyportError('DEIDENTIFICATION_FAILED');
      const bytes = await records.take(begun.id, output.path);
      await this.#recorded(begun, outcome.profileRevision);
      await records.complete(begun, bytes);
    } catch (thrown) {
      const fault = asSallyportError(thrown);
      // Cut off with the gateway, not by the file: it is begun again, and this time does not count.
      if (this.stopping || fault.code === 'SHUTTING_DOWN') return await records.write(result);
      return await this.#failed(begun, fault);
    }
    emit('file.anonymized', { fileId: begun.id, durationMs: Math.round(performance.now() - begunAt) });
    await this.#removeHidden(begun);
  }

  async #untilDone(result: FileRecord, output: TemporaryFile): Promise<FileOutcome> {
    const { records, work } = this.#parts;
    const { signal } = this.#ending;
    const { callingAeTitle, originalId } = result;
    const upload = records.get(originalId);
    if (upload === undefined) throw new SallyportError('BLOB_MISSING');
    const input = records.path(upload);
    return await whileBusy(signal, (call) =>
      work.deidentifyFile(
        { input, output: output.path, ...(callingAeTitle === '' ? {} : { callingAeTitle }) },
        call,
      ),
    );
  }

  async #failed(
    result: FileRecord,
    { code, detail }: Pick<FileRecord, 'code'> & { readonly detail?: string | null | undefined },
  ): Promise<void> {
    const failed = await this.#parts.records.fail(result, code, detail);
    this.#parts.emit('file.failed', { fileId: failed.id, code: code ?? 'UNEXPECTED' });
    await this.#recorded(failed, null);
    await this.#removeHidden(failed);
  }

  /** Of an upload that has an id of its own, the record stands under both. */
  async #recorded(
    { id, owner, code, originalId }: FileRecord,
    profileRevision: string | null,
  ): Promise<void> {
    const upload = this.#parts.records.get(originalId);
    const ids = [...(upload === undefined || upload.hidden ? [] : [upload.id]), id];
    await this.#parts.audit(
      ...ids.map(
        (each): AuditEntry => ({
          actor: owner,
          action: 'file.anonymized',
          object: { kind: 'file', id: each },
          profileRevision,
          ...(code === null ? {} : { outcome: 'minor-failure', code }),
        }),
      ),
    );
  }

  /** An upload that nobody can ask for has done its work. Its own id is nowhere told: recorded under that of the result. */
  async #removeHidden({ id, originalId }: FileRecord): Promise<void> {
    const upload = this.#parts.records.get(originalId);
    if (upload?.hidden !== true) return;
    await this.#parts.audit(erasedEntry(id));
    await this.#parts.records.forget(upload);
  }
}
