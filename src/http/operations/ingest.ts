import { addAbortSignal, type Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { SallyportError } from '../../core/errors.ts';
import type { Ingest } from '../../ingest/ingest.ts';
import { assertAcceptsDicomJson, boundaryOfStore } from '../../ingest/media-types.ts';
import { MultipartReader } from '../../ingest/multipart.ts';
import type { ReadBytes, Sender } from '../../ingest/part10-intake.ts';
import { storeResponse } from '../../ingest/store-response.ts';
import { auditActorOf } from '../audit-actor.ts';
import { type Operation, type OperationRequest, type Operations, ok, optionalText } from '../operation.ts';
import { goneOr } from './uploads.ts';

export interface IngestOperationParts {
  readonly ingest: Pick<Ingest, 'one' | 'many'>;
  /** The calling AE title of those whose token names none. */
  readonly aeTitle: string;
}

/** Read on behind the answer's reason, so that a client that reads no answer before all is sent gets it. */
const maxDrainedBytes = 16 * 1024 * 1024;
const drainMs = 5_000;

const words = { stored: 'received', duplicate: 'duplicate', held: 'held' } as const;

/** receiveDicom, storeInstances, storeInstancesOfStudy. */
export function ingestOperations(parts: IngestOperationParts): Operations {
  return {
    receiveDicom: (request) => receiveDicom(parts, request),
    storeInstances: (request) => storeInstances(parts, request),
    storeInstancesOfStudy: (request) => storeInstances(parts, request, optionalText(request.params.study)),
  };
}

async function receiveDicom(parts: IngestOperationParts, request: OperationRequest): ReturnType<Operation> {
  return reading(request, async (read) => {
    const { how, id, code } = await parts.ingest.one(read, senderOf(parts, request));
    return ok({ status: words[how], instanceId: id, ...(code === undefined ? {} : { code }) });
  });
}

async function storeInstances(
  parts: IngestOperationParts,
  request: OperationRequest,
  study?: string,
): ReturnType<Operation> {
  assertAcceptsDicomJson(request.header('accept'));
  const boundary = boundaryOfStore(request.contentType);
  return reading(request, async (read) => {
    const reader = new MultipartReader(read, boundary);
    const results = await parts.ingest.many(reader, senderOf(parts, request), study);
    return { contentType: 'application/dicom+json', ...storeResponse(results) };
  });
}

/** Reads a body with the end of the request in view; what is left of it when the work has ended is dropped, within limits. */
async function reading<T>(request: OperationRequest, work: (read: ReadBytes) => Promise<T>): Promise<T> {
  const { signal } = request;
  const body = addAbortSignal(signal, request.stream());
  // Whoever reads it hears of its failure; a failure nobody waits for must not end the process.
  body.on('error', () => undefined);
  const read = readFrom(body);
  try {
    const answer = await work(read);
    await drain(read);
    return answer;
  } catch (thrown) {
    const error = goneOr(signal, thrown);
    if (error.code !== 'CLIENT_GONE') await drain(read);
    throw error;
  } finally {
    body.destroy();
  }
}

/** Ends with the body, with its failure, or at a limit. */
async function drain(read: ReadBytes): Promise<void> {
  const reading = async (): Promise<void> => {
    let bytes = 0;
    while (bytes <= maxDrainedBytes) {
      const piece = await read();
      if (piece === undefined) return;
      bytes += piece.length;
    }
  };
  const enough = new AbortController();
  const late = setTimeout(drainMs, undefined, { signal: enough.signal }).catch(() => undefined);
  // The answer stands, whether or not anybody is there to read it.
  await Promise.race([reading().catch(() => undefined), late]);
  enough.abort();
}

function readFrom(body: Readable): ReadBytes {
  const iterator = body.iterator({ destroyOnReturn: false });
  return async () => {
    const { done, value } = await iterator.next();
    if (done === true) return undefined;
    if (!(value instanceof Uint8Array)) throw new SallyportError('UNEXPECTED');
    return value;
  };
}

function senderOf({ aeTitle }: IngestOperationParts, request: OperationRequest): Sender {
  return {
    callingAeTitle: request.actor().aeTitle ?? aeTitle,
    by: auditActorOf(request.actor(), request.address),
  };
}
