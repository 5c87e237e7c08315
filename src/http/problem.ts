import { type ErrorCode, errorRow, type SallyportError } from '../core/errors.ts';
import type { Answer } from './operation.ts';

export const problemType = 'application/problem+json';

/** What went wrong, after RFC 9457. Nothing of the request is repeated in it. */
export function problem(status: number, title: string): Answer {
  return { status, contentType: problemType, body: { type: 'about:blank', status, title } };
}

/**
 * The HTTP status of a code: that of its row; else 409 where a person may decide otherwise, 422 for what is wrong with an
 * instance or file, 500 for all else.
 */
export function httpStatusOf(code: ErrorCode): number {
  const { httpStatus, disposition, releasable = false } = errorRow(code);
  if (httpStatus !== undefined) return httpStatus;
  if (disposition !== 'hold') return 500;
  return releasable ? 409 : 422;
}

/** A problem of the registry of errors, with its code, and what can be done. */
export function problemOf(error: SallyportError): Answer {
  const { message, advice } = errorRow(error.code);
  const httpStatus = httpStatusOf(error.code);
  return {
    status: httpStatus,
    contentType: problemType,
    body: {
      type: 'about:blank',
      status: httpStatus,
      title: message,
      code: error.code,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      advice,
    },
  };
}
