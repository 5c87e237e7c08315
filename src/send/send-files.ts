import { open } from 'node:fs/promises';
import { asSallyportError, type ErrorCode, SallyportError } from '../core/errors.ts';
import { Association, type AssociationOptions, maxContexts, type SendTarget } from './association.ts';
import { type FileHead, readFileHead } from './file-head.ts';
import { PieceBuffers, storeInstance } from './store-scu.ts';
import { codeInComment, storeOutcome, storeStatusText } from './store-status.ts';

export interface SendOptions {
  /** SALLYPORT when left out. */
  readonly callingAeTitle?: string;
  /** Milliseconds; 10 s to connect, 30 s for association and release, 60 s for a response when left out. */
  readonly connectTimeoutMs?: number;
  readonly associationTimeoutMs?: number;
  readonly responseTimeoutMs?: number;
  /** Aborts the association; the files not yet sent come back as failed with CANCELLED. */
  readonly signal?: AbortSignal;
}

/**
 * What became of one file. `sent` and `warning`: the peer has it. `refused`: the peer or the negotiation said no.
 * `failed`: the association broke before the answer, so the peer may or may not have it. `unreadable`: not a DICOM
 * instance, or not to be opened; nothing was sent.
 */
export interface SendResult {
  readonly path: string;
  readonly outcome: 'sent' | 'warning' | 'refused' | 'failed' | 'unreadable';
  /** DIMSE status, where there was a response. */
  readonly status?: number;
  /** Words for people: the status's meaning or the error; no value of a data set and no text of the peer. */
  readonly statusText: string;
  /** Registry code of the error, or the one a receiving Sallyport gave as the reason of its status. */
  readonly code?: ErrorCode;
  /** Bytes of the data set; 0 when nothing was sent. */
  readonly bytes: number;
}

/** Files whose heads are known at once: bounds memory, and is what the presentation contexts are collected from. */
const batchFiles = 4096;
/** Heads read at the same time. */
const parallelHeads = 8;
/**
 * Associations that may break one after another without a single response before the rest is given up. A peer that
 * aborts at a faulty instance is cheap to ask again; one that says nothing costs a whole timeout.
 */
const maxBrokenAssociations = 10;
const maxTimeouts = 3;

interface Candidate extends FileHead {
  readonly path: string;
}

/**
 * Sends files by C-STORE, data sets exactly as they lie in the files. Presentation contexts are made from what the files
 * are; more than 128 of them make further associations. A broken association is opened again for the files behind the one
 * it broke at. Yields one result per path: unreadable files of a batch first, then the others in the order of sending.
 * Never throws for a file or the peer.
 */
export async function* sendFiles(
  paths: Iterable<string> | AsyncIterable<string>,
  target: SendTarget,
  options: SendOptions = {},
): AsyncGenerator<SendResult> {
  const sender = new Sender(target, options);
  let batch: string[] = [];
  for await (const path of paths) {
    batch.push(path);
    if (batch.length < batchFiles) continue;
    yield* sendBatch(batch, sender);
    batch = [];
  }
  yield* sendBatch(batch, sender);
}

async function* sendBatch(paths: readonly string[], sender: Sender): AsyncGenerator<SendResult> {
  const candidates: Candidate[] = [];
  for (let start = 0; start < paths.length; start += parallelHeads) {
    const heads = paths.slice(start, start + parallelHeads).map((path) => headOrResult(path, sender));
    for (const head of await Promise.all(heads)) {
      if ('outcome' in head) yield head;
      else candidates.push(head);
    }
  }
  for (const group of groupByContexts(candidates)) yield* sender.send(group);
}

async function headOrResult(path: string, sender: Sender): Promise<Candidate | SendResult> {
  // Thousands of heads are not read for a sender that was stopped.
  if (sender.cancelled) return withError(path, 'failed', new SallyportError('CANCELLED'));
  try {
    return { ...(await readFileHead(path)), path };
  } catch (thrown) {
    return withError(path, 'unreadable', asSallyportError(thrown));
  }
}

/** Splits the files so that each group needs at most 128 presentation contexts; order is kept within a group. */
export function groupByContexts<
  T extends { readonly sopClassUid: string; readonly transferSyntaxUid: string },
>(files: readonly T[]): T[][] {
  const groupOfPair = new Map<string, number>();
  const groups: T[][] = [];
  for (const file of files) {
    const pair = `${file.sopClassUid} ${file.transferSyntaxUid}`;
    const group = groupOfPair.get(pair) ?? Math.floor(groupOfPair.size / maxContexts);
    groupOfPair.set(pair, group);
    const members = groups[group];
    if (members === undefined) groups[group] = [file];
    else members.push(file);
  }
  return groups;
}

/** Sends groups one after another and remembers when the peer is not worth another try. */
class Sender {
  readonly #target: SendTarget;
  readonly #options: AssociationOptions;
  readonly #buffers = new PieceBuffers();
  #givenUp: SallyportError | undefined;
  #brokenInRow = 0;
  #timeoutsInRow = 0;

  constructor(target: SendTarget, options: SendOptions) {
    this.#target = target;
    this.#options = {
      callingAeTitle: options.callingAeTitle ?? 'SALLYPORT',
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      associationTimeoutMs: options.associationTimeoutMs ?? 30_000,
      responseTimeoutMs: options.responseTimeoutMs ?? 60_000,
      signal: options.signal,
    };
  }

  get cancelled(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async *send(group: readonly Candidate[]): AsyncGenerator<SendResult> {
    const pairs = new Map(group.map((file) => [`${file.sopClassUid} ${file.transferSyntaxUid}`, file]));
    let next = 0;
    while (next < group.length) {
      const association = await this.#open([...pairs.values()]);
      if (association === undefined) break;
      let open = true;
      try {
        while (next < group.length && open) {
          const file = group[next];
          next += 1;
          if (file === undefined) continue;
          const result = await this.#sendOne(association, file);
          open = result.outcome !== 'failed';
          yield result;
        }
        // Every instance has its answer by now; a peer that fails to release takes nothing back.
        if (open) await association.release().catch(() => undefined);
      } finally {
        // Without effect after a release or a failure: this is for a consumer that stops early.
        association.abort(new SallyportError('CANCELLED'));
      }
    }
    for (const file of group.slice(next)) {
      yield withError(file.path, 'failed', this.#givenUp ?? new SallyportError('UNEXPECTED'));
    }
  }

  async #open(pairs: readonly Candidate[]): Promise<Association | undefined> {
    if (this.#givenUp !== undefined) return undefined;
    try {
      return await Association.open(this.#target, pairs, this.#options);
    } catch (thrown) {
      this.#givenUp = asSallyportError(thrown);
      return undefined;
    }
  }

  async #sendOne(association: Association, file: Candidate): Promise<SendResult> {
    const context = association.contextFor(file.sopClassUid, file.transferSyntaxUid);
    if ('refusal' in context) {
      return withError(
        file.path,
        'refused',
        new SallyportError('PEER_CONTEXT_REFUSED', { detail: context.refusal }),
      );
    }
    const handle = await open(file.path, 'r').catch(() => undefined);
    if (handle === undefined)
      return withError(file.path, 'unreadable', new SallyportError('FILE_UNREADABLE'));
    try {
      const response = await storeInstance(association, context.id, { ...file, file: handle }, this.#buffers);
      this.#brokenInRow = 0;
      this.#timeoutsInRow = 0;
      const outcome = storeOutcome(response.status);
      const code = codeInComment(response.errorComment);
      return {
        path: file.path,
        outcome: outcome === 'success' ? 'sent' : outcome === 'warning' ? 'warning' : 'refused',
        status: response.status,
        statusText: storeStatusText(response.status),
        ...(code === undefined ? {} : { code }),
        bytes: file.length,
      };
    } catch (thrown) {
      const error = asSallyportError(thrown);
      this.#brokenInRow += 1;
      if (error.code === 'PEER_TIMEOUT') this.#timeoutsInRow += 1;
      const isEnough = this.#brokenInRow >= maxBrokenAssociations || this.#timeoutsInRow >= maxTimeouts;
      if (error.code === 'CANCELLED' || isEnough) this.#givenUp = error;
      return withError(file.path, 'failed', error);
    } finally {
      await handle.close();
    }
  }
}

function withError(
  path: string,
  outcome: 'refused' | 'failed' | 'unreadable',
  error: SallyportError,
): SendResult {
  return { path, outcome, statusText: error.message, code: error.code, bytes: 0 };
}
