import { addAbortSignal } from 'node:stream';
import type { AuditActor } from '../../core/audit.ts';
import { asSallyportError, type ErrorCode, errorRow, SallyportError } from '../../core/errors.ts';
import type { TemporaryFile, TemporaryFiles } from '../../files/temporary-files.ts';
import { auditActorOf } from '../audit-actor.ts';
import type { OperationRequest } from '../operation.ts';

/** What reading says of a file that is no DICOM file, or not a whole one. */
const unreadable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'NOT_DICOM',
  'DATA_SET_TRUNCATED',
  'DATA_SET_MALFORMED',
  'DATA_SET_TOO_DEEP',
  'DATA_SET_TOO_COMPLEX',
  'TRANSFER_SYNTAX_UNKNOWN',
]);

export function isUnreadable(code: ErrorCode): boolean {
  return unreadable.has(code);
}

/** A form with one file. */
export interface ReceivedForm {
  readonly file: TemporaryFile;
  readonly fields: ReadonlyMap<string, string>;
}

export type FileReader = (
  stream: AsyncIterable<Uint8Array>,
  call: { readonly signal: AbortSignal; readonly expectedBytes?: number },
) => Promise<TemporaryFile>;

export interface FormFields {
  /** Fields that are given to the operation. */
  readonly taken?: readonly string[];
  /** Names of query parameters: as a field of the form they would not count, and nobody would know. */
  readonly ofQuery?: readonly string[];
}

/**
 * Reads a form with one file, in the field `file`, into a temporary file of the caller's to remove. Further text fields of
 * a client are passed over. Rejects with REQUEST_INVALID, BODY_TOO_LARGE, CLIENT_GONE and what writing rejects with;
 * nothing is left then.
 */
export async function receiveForm(
  request: OperationRequest,
  receive: FileReader,
  { taken = [], ofQuery = [] }: FormFields = {},
): Promise<ReceivedForm> {
  const { signal, contentLength } = request;
  const given = new Map<string, string>();
  let file: TemporaryFile | undefined;
  try {
    for await (const part of whole(request.form())) {
      if (part.kind === 'field') {
        if (ofQuery.includes(part.field))
          throw invalid(`into the query, as ?name=value: ${ofQuery.join(', ')}`);
        if (taken.includes(part.field)) given.set(part.field, part.value);
        continue;
      }
      if (part.field !== 'file') throw invalid('the file belongs into the field `file`');
      if (file !== undefined) throw invalid('file: one at a time');
      // A client that goes away, or is let go, ends the wait for its next bytes.
      const stream = whole(addAbortSignal(signal, part.stream));
      file = await receive(stream, {
        signal,
        ...(contentLength === undefined ? {} : { expectedBytes: contentLength }),
      });
    }
    if (file === undefined) throw invalid('file: missing');
    return { file, fields: given };
  } catch (thrown) {
    await file?.remove();
    throw goneOr(signal, thrown);
  }
}

/** The same with faults of the form, and of the connection it comes by, as what they are. */
async function* whole<T>(from: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* from;
  } catch (thrown) {
    if (thrown instanceof SallyportError) throw thrown;
    const { code } = (thrown ?? {}) as { readonly code?: unknown };
    if (code === 'ABORT_ERR' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET')
      throw new SallyportError('CLIENT_GONE', { cause: thrown });
    throw new SallyportError('REQUEST_INVALID', {
      detail: 'a form that is not as RFC 7578 has it',
      cause: thrown,
    });
  }
}

/** Writes files as they come. */
export function plainReader(temporary: TemporaryFiles): FileReader {
  return (stream, call) => temporary.receive(stream, call);
}

/** Where the client has gone, whatever followed from that is its end. */
export function goneOr(signal: AbortSignal, thrown: unknown): SallyportError {
  const error = asSallyportError(thrown);
  const follows = error.code === 'UNEXPECTED' || error.code === 'CANCELLED';
  return signal.aborted && follows ? new SallyportError('CLIENT_GONE', { cause: thrown }) : error;
}

/** A code in words, as errors tell it. */
export function wordsOf(code: ErrorCode, detail: string | null): string {
  const { message, advice } = errorRow(code);
  return `${message}${detail === null ? '' : ` (${detail})`}; ${advice} [${code}]`;
}

/** The caller as the audit trail has it. */
export function callerOf(request: OperationRequest): AuditActor {
  return auditActorOf(request.actor(), request.address);
}

/** For the choice of profile: nothing where the caller has no AE title of its own. */
export function profileOf(request: OperationRequest): { readonly callingAeTitle?: string } {
  const { aeTitle } = request.actor();
  return aeTitle === undefined ? {} : { callingAeTitle: aeTitle };
}

function invalid(detail: string): SallyportError {
  return new SallyportError('REQUEST_INVALID', { detail });
}
