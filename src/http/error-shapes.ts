import { asSallyportError, errorRow, SallyportError } from '../core/errors.ts';
import type { ErrorShape } from './contract/gateway-contract.ts';
import type { Answer } from './operation.ts';
import { httpStatusOf, problem, problemOf } from './problem.ts';

/** What went wrong, with or without a code of the registry. */
export type Failure =
  | { readonly kind: 'error'; readonly error: SallyportError }
  | { readonly kind: 'status'; readonly status: number; readonly title: string };

/** A failure in the shape that the contract has for an operation. Nothing of the request is in it. */
export function failureAnswer(failure: Failure, shape: ErrorShape): Answer {
  const { status, words } = told(failure);
  switch (shape) {
    case 'problem':
      return failure.kind === 'error' ? problemOf(failure.error) : problem(status, failure.title);
    case 'detail':
      return { status, body: { detail: words } };
    case 'base64':
      return { status, body: { status: String(status), message: words } };
    case 'fhir':
      return {
        status,
        contentType: 'application/fhir+json',
        body: {
          resourceType: 'OperationOutcome',
          issue: [{ severity: 'error', code: issueType(status), diagnostics: words }],
        },
      };
    default:
      return shape satisfies never;
  }
}

function told(failure: Failure): { readonly status: number; readonly words: string } {
  if (failure.kind === 'status') return { status: failure.status, words: failure.title };
  const { error } = failure;
  const { advice } = errorRow(error.code);
  return { status: httpStatusOf(error.code), words: `${error.message}; ${advice} [${error.code}]` };
}

/** IssueType of FHIR R4 for an HTTP status. */
function issueType(status: number): string {
  if (status === 401) return 'login';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 429 || status === 503) return 'throttled';
  return status < 500 ? 'invalid' : 'exception';
}

/** Errors of the framework (a body that is no JSON, too long) keep their status; the rest is ours, or nobody's. */
export function failureOf(thrown: unknown): Failure {
  const { code, statusCode } = (thrown ?? {}) as { code?: unknown; statusCode?: unknown };
  if (thrown instanceof SallyportError) return { kind: 'error', error: thrown };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return { kind: 'error', error: new SallyportError('BODY_TOO_LARGE') };
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return { kind: 'error', error: new SallyportError('MEDIA_TYPE_UNSUPPORTED') };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return { kind: 'error', error: new SallyportError('REQUEST_INVALID') };
  return { kind: 'error', error: asSallyportError(thrown) };
}
