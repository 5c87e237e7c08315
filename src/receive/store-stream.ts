import { asSallyportError, type ErrorCode } from '../core/errors.ts';
import type { InstanceOrigin } from '../core/instance.ts';
import { encodeFileMeta } from '../dicom/file-meta.ts';
import { peekHead } from '../dicom/head.ts';
import type { IncomingInstance, Intake } from '../spool/intake.ts';

/** What became of one C-STORE data set. */
export type StoreOutcome =
  | {
      readonly kind: 'kept';
      readonly how: 'stored' | 'duplicate' | 'held';
      readonly id: string;
      readonly bytes: number;
      readonly code?: ErrorCode;
    }
  | { readonly kind: 'refused'; readonly code: ErrorCode };

/** The two buffers of one association; each instance uses them anew. */
export class WriteBuffers {
  readonly first: Buffer;
  readonly second: Buffer;

  constructor(bytes: number) {
    // Not from the shared pool: a buffer of this size lives as long as the association.
    this.first = Buffer.allocUnsafeSlow(bytes);
    this.second = Buffer.allocUnsafeSlow(bytes);
  }
}

/**
 * Takes the fragments of one data set and hands them to the intake in large pieces: one buffer fills while the other is
 * being written, and when both are busy `accept` takes less than it is given, which is how back-pressure starts. The head
 * of the data set is held against the command before the first byte is handed over. After a failure the rest is swallowed,
 * so that the association lives on.
 */
export class StoreStream {
  readonly #origin: InstanceOrigin;
  readonly #maxBytes: number;
  readonly #onRoom: () => void;
  readonly #incoming: Promise<IncomingInstance>;
  #filling: Buffer;
  #spare: Buffer | undefined;
  #fill = 0;
  #total = 0;
  #headChecked = false;
  #failure: ErrorCode | undefined;
  #writing: Promise<void> | undefined;
  #ended = false;

  /** Asks the intake for room at once. `onRoom` is called when `accept` took less than it was given and can take more. */
  constructor(
    intake: Intake,
    origin: InstanceOrigin,
    buffers: WriteBuffers,
    maxBytes: number,
    onRoom: () => void,
  ) {
    this.#origin = origin;
    this.#maxBytes = maxBytes;
    this.#onRoom = onRoom;
    this.#filling = buffers.first;
    this.#spare = buffers.second;
    const head = encodeFileMeta({
      sopClassUid: origin.sopClassUid,
      sopInstanceUid: origin.sopInstanceUid,
      transferSyntaxUid: origin.transferSyntaxUid,
      sourceAeTitle: origin.callingAeTitle,
    });
    this.#incoming = intake.begin(origin, head);
    this.#incoming.catch((thrown: unknown) => this.#fail(asSallyportError(thrown).code));
  }

  /** Copies what fits; returns the number of bytes taken. */
  accept(bytes: Uint8Array): number {
    let taken = 0;
    while (taken < bytes.length) {
      if (this.#failure !== undefined) return bytes.length;
      const room = this.#filling.length - this.#fill;
      if (room === 0) {
        if (!this.#flush()) return taken;
        continue;
      }
      const count = Math.min(room, bytes.length - taken);
      if (this.#total + count > this.#maxBytes) {
        this.#fail('INSTANCE_TOO_LARGE');
        return bytes.length;
      }
      this.#filling.set(count === bytes.length ? bytes : bytes.subarray(taken, taken + count), this.#fill);
      this.#fill += count;
      this.#total += count;
      taken += count;
    }
    return taken;
  }

  /**
   * The last fragment is here. Resolves when the outcome is final: kept only after the intake's `commit` resolved. Never
   * rejects.
   */
  async finish(): Promise<StoreOutcome> {
    this.#ended = true;
    let committing = false;
    try {
      if (this.#writing !== undefined) await this.#writing;
      if (this.#failure === undefined) this.#checkHead(true);
      if (this.#failure === undefined) {
        const incoming = await this.#incoming;
        if (this.#fill > 0) await incoming.write(this.#filling.subarray(0, this.#fill));
        committing = true;
        const result = await incoming.commit();
        return {
          kind: 'kept',
          how: result.kind,
          id: result.id,
          bytes: this.#total,
          ...(result.code === undefined ? {} : { code: result.code }),
        };
      }
    } catch (thrown) {
      this.#fail(asSallyportError(thrown).code);
    }
    // A commit that fails leaves nothing behind by itself, and nothing may be called after it.
    if (!committing) await this.#abortIncoming();
    return { kind: 'refused', code: this.#failure ?? 'UNEXPECTED' };
  }

  /** The association died before `finish`: nothing may remain. After `finish` the outcome stands. Never rejects. */
  async abandon(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure ??= 'UNEXPECTED';
    if (this.#writing !== undefined) await this.#writing;
    await this.#abortIncoming();
  }

  #fail(code: ErrorCode): void {
    this.#failure ??= code;
    this.#fill = 0;
  }

  /** Starts writing the full buffer; false when the other one is still being written. */
  #flush(): boolean {
    if (!this.#headChecked) this.#checkHead(false);
    if (this.#failure !== undefined) return true;
    const next = this.#spare;
    if (next === undefined) return false;
    const full = this.#filling;
    const length = this.#fill;
    this.#filling = next;
    this.#spare = undefined;
    this.#fill = 0;
    this.#writing = this.#write(full, length);
    return true;
  }

  /** Settles without rejecting: the failure is kept. */
  async #write(buffer: Buffer, length: number): Promise<void> {
    try {
      const incoming = await this.#incoming;
      await incoming.write(buffer.subarray(0, length));
    } catch (thrown) {
      this.#fail(asSallyportError(thrown).code);
    }
    this.#spare = buffer;
    this.#writing = undefined;
    if (!this.#ended) this.#onRoom();
  }

  /** PS3.4 B.2.3: a data set that is not what the command says is refused before it is kept. */
  #checkHead(complete: boolean): void {
    if (this.#headChecked) return;
    this.#headChecked = true;
    const { transferSyntaxUid, sopClassUid, sopInstanceUid } = this.#origin;
    const head = peekHead(this.#filling.subarray(0, this.#fill), transferSyntaxUid, complete);
    // `more` after a whole buffer is no head either.
    if (head.kind !== 'head') this.#fail('NOT_DICOM');
    else if (head.sopClassUid !== sopClassUid || head.sopInstanceUid !== sopInstanceUid) {
      this.#fail('DATA_SET_MISMATCH');
    }
  }

  async #abortIncoming(): Promise<void> {
    let incoming: IncomingInstance;
    try {
      incoming = await this.#incoming;
    } catch {
      return; // begin() failed: there is nothing to remove
    }
    await incoming.abort();
  }
}
