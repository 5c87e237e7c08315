import type { AuditEntry } from '../../core/audit.ts';
import { SallyportError } from '../../core/errors.ts';
import { decodeBase64, lookBytes, looksLikeBase64, notBase64, slicesOf } from '../../files/base64.ts';
import { newFileId } from '../../files/file-record.ts';
import type { FileShelf } from '../../files/file-shelf.ts';
import type { FileWork } from '../../files/file-work.ts';
import type { TemporaryFile } from '../../files/temporary-files.ts';
import type { Answer, Operation, OperationRequest } from '../operation.ts';
import { fileAnswer } from './json-file.ts';
import { callerOf, goneOr, isUnreadable, profileOf, receiveForm, wordsOf } from './uploads.ts';

export interface Base64Parts {
  readonly shelf: Pick<FileShelf, 'temporary'>;
  readonly work: Pick<FileWork, 'deidentifyFile'>;
  readonly audit: (...entries: readonly AuditEntry[]) => Promise<void>;
}

/** Fixed by the clients of this operation, word for word. */
const done = 'DICOM was successfully anonymized!';
const notDicom = 'Anonymization process was not applied to this file since it is NOT in DICOM format.';

/** A file in, the de-identified one out, in one call. Nothing of either stays. */
export function anonymizeBase64(parts: Base64Parts): Operation {
  return async (request) => {
    const file = await receive(parts, request);
    if (file === undefined) return notDicomAnswer();
    try {
      return await anonymized(parts, request, file);
    } catch (thrown) {
      throw goneOr(request.signal, thrown);
    } finally {
      await file.remove();
    }
  };
}

async function anonymized(
  { shelf, work, audit }: Base64Parts,
  request: OperationRequest,
  file: TemporaryFile,
): Promise<Answer> {
  const output = shelf.temporary.reserve(file.bytes);
  const actor = callerOf(request);
  const entry = { actor, action: 'file.processed', object: { kind: 'file', id: newFileId() } } as const;
  try {
    const outcome = await work
      .deidentifyFile(
        { input: file.path, output: output.path, ...profileOf(request) },
        { signal: request.signal },
      )
      .catch((thrown) => {
        const { code, detail = null } = goneOr(request.signal, thrown);
        if (isUnreadable(code)) return { outcome: 'held', code, detail } as const;
        throw thrown;
      });
    if (outcome.outcome === 'held') {
      const { code, detail } = outcome;
      await audit({ ...entry, outcome: 'minor-failure', code });
      if (code === 'NOT_DICOM') return notDicomAnswer();
      return { status: 422, body: { status: '422', message: wordsOf(code, detail) } };
    }
    if (outcome.outcome !== 'deidentified') throw new SallyportError('DEIDENTIFICATION_FAILED');
    await audit({ ...entry, profileRevision: outcome.profileRevision });
    return await fileAnswer(output, { before: { status: '200', message: done }, name: 'data' });
  } finally {
    await output.remove();
  }
}

function notDicomAnswer(): Answer {
  return { status: 400, body: { status: '400', message: notDicom } };
}

/** The file as bytes; undefined where it is text that is no Base64, and so no DICOM. Rejects with REQUEST_INVALID. */
async function receive(
  { shelf: { temporary } }: Base64Parts,
  request: OperationRequest,
): Promise<TemporaryFile | undefined> {
  const { signal, body } = request;
  let isText = body !== undefined;
  try {
    if (body !== undefined)
      return await temporary.receive(decodeBase64(slicesOf(textIn(body))), { signal }).catch((thrown) => {
        throw goneOr(signal, thrown);
      });
    const { file } = await receiveForm(request, async (stream, call) => {
      const { start, all } = await looked(stream);
      isText = looksLikeBase64(start);
      return await temporary.receive(isText ? decodeBase64(all) : all, call);
    });
    return file;
  } catch (thrown) {
    if (isText && thrown instanceof SallyportError && thrown.detail === notBase64) return undefined;
    throw thrown;
  }
}

function textIn(body: unknown): string {
  const { file, data } = body as { readonly file?: string; readonly data?: string };
  const [text, other] = [file, data].filter((given) => given !== undefined);
  if (text === undefined || other !== undefined)
    throw new SallyportError('REQUEST_INVALID', { detail: 'file or data, one of them' });
  // As a page's FileReader makes it (RFC 2397).
  return text.slice(/^data:[^,]{0,100};base64,/.exec(text.slice(0, 120))?.[0].length ?? 0);
}

/** The first bytes of a stream, and all of it with them. */
async function looked(
  stream: AsyncIterable<Uint8Array>,
): Promise<{ readonly start: Uint8Array; readonly all: AsyncIterable<Uint8Array> }> {
  const iterator = stream[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < lookBytes) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    length += next.value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* first;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { start: Buffer.concat(first), all: all() };
}
