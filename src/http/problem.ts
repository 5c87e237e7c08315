import { errorRow, type SallyportError } from '../core/errors.ts';
import type { Answer } from './operation.ts';

export const problemType = 'application/problem+json';

/** What went wrong, after RFC 9457. Nothing of the request is repeated in it. */
export function problem(status: number, title: string): Answer {
  return { status, contentType: problemType, body: { type: 'about:blank', status, title } };
}

/** A problem of the registry of errors, with its code, and what can be done. */
export function problemOf(error: SallyportError): Answer {
  const { message, advice, httpStatus = 500 } = errorRow(error.code);
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
