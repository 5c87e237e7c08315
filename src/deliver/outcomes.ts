import type { ErrorCode } from '../core/errors.ts';

/** What became of one attempt to post. `httpStatus` 0 means that there was no complete answer. */
export type PostOutcome =
  | { readonly kind: 'delivered'; readonly httpStatus: number }
  | {
      readonly kind: 'retry';
      readonly code: Extract<ErrorCode, 'BACKEND_UNREACHABLE' | 'BACKEND_TIMEOUT' | 'BACKEND_UNAVAILABLE'>;
      readonly httpStatus: number;
      /** From `Retry-After`, at most `maxRetryAfterMs`. */
      readonly afterMs?: number;
      /** Error code of the runtime or of undici, such as ECONNREFUSED: a registry word, never a message. */
      readonly detail?: string;
    }
  /** The credentials are not accepted. */
  | {
      readonly kind: 'paused';
      readonly code: 'BACKEND_UNAUTHORIZED';
      readonly httpStatus: number;
      /** Who refused: the backend, or the OAuth2 token server. */
      readonly by: 'backend' | 'tokenServer';
    }
  | { readonly kind: 'hold'; readonly code: 'BACKEND_REFUSED'; readonly httpStatus: number }
  /** The caller's signal ended the attempt; says nothing about the backend. */
  | { readonly kind: 'aborted' };

/** A longer `Retry-After` is cut to this, so that a wrong header cannot stop delivery for good. */
export const maxRetryAfterMs = 60 * 60 * 1000;

/**
 * The outcome of a complete HTTP answer to a post: 2xx and 409 delivered; 408, 425, 429 and 5xx retry; 401 and 403
 * paused; everything else, redirects included, hold.
 */
export function outcomeOfStatus(status: number, retryAfter: string | undefined, nowMs: number): PostOutcome {
  if ((status >= 200 && status < 300) || status === 409) return { kind: 'delivered', httpStatus: status };
  if (status === 401 || status === 403) {
    return { kind: 'paused', code: 'BACKEND_UNAUTHORIZED', httpStatus: status, by: 'backend' };
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return unavailable(status, retryAfter, nowMs);
  }
  return { kind: 'hold', code: 'BACKEND_REFUSED', httpStatus: status };
}

/** The retry of an answer that means "not now". */
export function unavailable(status: number, retryAfter: string | undefined, nowMs: number): PostOutcome {
  const afterMs = retryAfterMs(retryAfter, nowMs);
  const outcome = { kind: 'retry', code: 'BACKEND_UNAVAILABLE', httpStatus: status } as const;
  return afterMs === undefined ? outcome : { ...outcome, afterMs };
}

/**
 * `Retry-After` of RFC 9110 10.2.3, seconds or an HTTP date, as milliseconds from now, between 0 and `maxRetryAfterMs`;
 * undefined where it is absent or neither.
 */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  const trimmed = value?.trim() ?? '';
  if (/^[0-9]{1,12}$/.test(trimmed)) return Math.min(maxRetryAfterMs, Number(trimmed) * 1000);
  // All three HTTP date forms begin with a day name; Date.parse alone would also take bare numbers and much else.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(trimmed)) return undefined;
  const at = Date.parse(trimmed);
  return Number.isNaN(at) ? undefined : Math.min(maxRetryAfterMs, Math.max(0, at - nowMs));
}

const timeoutCodes = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);

/**
 * The retry of an exchange that failed: refused, reset, cut, not HTTP, TLS not trusted, too slow. Everything the network
 * can do ends here; none of it is a reason to hold an instance.
 */
export function outcomeOfFault(error: unknown): PostOutcome {
  const detail = faultWord(error);
  const code =
    detail !== undefined && timeoutCodes.has(detail)
      ? ('BACKEND_TIMEOUT' as const)
      : ('BACKEND_UNREACHABLE' as const);
  const outcome = { kind: 'retry', code, httpStatus: 0 } as const;
  return detail === undefined ? outcome : { ...outcome, detail };
}

/** The `code` of an error or of its nearest cause, where it looks like a word of a registry. */
function faultWord(error: unknown): string | undefined {
  let at = error;
  for (let depth = 0; depth < 4 && at instanceof Error; depth++) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(at.code)) return at.code;
    if (at instanceof AggregateError) at = at.errors[0];
    else at = at.cause;
  }
  return undefined;
}
