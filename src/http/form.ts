import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SallyportError } from '../core/errors.ts';
import { limitedTo } from './body-watch.ts';
import type { FormPart } from './operation.ts';

/** Fields and files of one form at most. */
const maxParts = 20;
const maxFieldBytes = 64 * 1024;

/** Lets operations read multipart/form-data. */
export function addForms(app: FastifyInstance): void {
  app.register(multipart);
}

/**
 * The parts of a form in the order sent, files as streams of at most `maxFileBytes`. Fails with REQUEST_INVALID where it is
 * no form, with BODY_TOO_LARGE where one part of it is too large, with CLIENT_GONE where it ends too soon.
 */
export async function* openForm(request: FastifyRequest, maxFileBytes: number): AsyncIterable<FormPart> {
  if (Number(request.headers['content-length'] ?? 0) > maxFileBytes + maxParts * maxFieldBytes)
    throw new SallyportError('BODY_TOO_LARGE');
  // The stream is cut by us, with a code: one byte more than allowed has to come through.
  const limits = { fileSize: maxFileBytes + 1, fieldSize: maxFieldBytes, parts: maxParts, headerPairs: 20 };
  try {
    for await (const part of request.parts({ limits, isPartAFile })) {
      if (part.type === 'field') {
        if (part.valueTruncated === true) throw new SallyportError('BODY_TOO_LARGE');
        yield { kind: 'field', field: part.fieldname, value: String(part.value) };
        continue;
      }
      const stream = limitedTo(maxFileBytes);
      part.file.once('error', (error) => stream.destroy(error));
      part.file.pipe(stream);
      yield { kind: 'file', field: part.fieldname, stream };
      // What the operation left unread.
      part.file.resume();
    }
  } catch (error) {
    throw faultOf(error);
  }
}

/** The field `file` is bytes also where a client sends it without a file name, which RFC 7578 4.2 allows. */
function isPartAFile(field: string | undefined, type: string | undefined, name: string | undefined): boolean {
  return field === 'file' || type === 'application/octet-stream' || name !== undefined;
}

function faultOf(error: unknown): unknown {
  if (error instanceof SallyportError) return error;
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code !== 'string') return error;
  if (/LIMIT|TOO_LARGE/.test(code)) return new SallyportError('BODY_TOO_LARGE', { cause: error });
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET')
    return new SallyportError('CLIENT_GONE', { cause: error });
  return code.startsWith('FST_') ? new SallyportError('REQUEST_INVALID', { cause: error }) : error;
}
