import { isSecureUrl } from '../../config/http-security-formats.ts';
import { SallyportError } from '../../core/errors.ts';
import type { EventFields } from '../../observe/events.ts';

export type IssuerFault = EventFields['http.issuerFailed']['fault'];

/** What the issuer said is asked for again after this long, whether or not it was good for all. */
const freshMs = 10 * 60_000;
/** What is not known yet makes us ask anew no more often than this. */
const lookAgainMs = 30_000;
/** After a failure the issuer is left alone for this long: a flood of tokens must not become one against the issuer. */
const restMs = 10_000;
const timeoutMs = 5000;
const maxBytes = 256 * 1024;

/** What went wrong with the issuer; it leaves this folder as ISSUER_UNAVAILABLE. */
export class IssuerFailure extends Error {
  readonly fault: IssuerFault;
  constructor(fault: IssuerFault, cause?: unknown) {
    super(fault, { cause });
    this.fault = fault;
  }
}

/** Tells of a failure, and what callers are told instead: ISSUER_UNAVAILABLE. */
export function unavailable(cause: unknown, failed: (fault: IssuerFault) => void): SallyportError {
  failed(cause instanceof IssuerFailure ? cause.fault : 'unreachable');
  return new SallyportError('ISSUER_UNAVAILABLE', { cause });
}

/**
 * Something the issuer publishes: asked for when it is first needed, kept for ten minutes, one question at a time, five
 * seconds for each. What is not fresh is not used: ISSUER_UNAVAILABLE, never a guess and never an answer of yesterday.
 */
export class IssuerAnswer<T> {
  readonly #read: (signal: AbortSignal) => Promise<T>;
  readonly #failed: (fault: IssuerFault) => void;
  readonly #now: () => number;
  #answer: T | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<T> | undefined;

  constructor(
    read: (signal: AbortSignal) => Promise<T>,
    failed: (fault: IssuerFault) => void,
    now: () => number = Date.now,
  ) {
    this.#read = read;
    this.#failed = failed;
    this.#now = now;
  }

  /** The answer. Throws ISSUER_UNAVAILABLE. */
  async get(): Promise<T> {
    if (this.#answer !== undefined && this.#now() - this.#readAt < freshMs) return this.#answer;
    return this.#ask();
  }

  /** The answer anew; undefined where it was asked for a moment ago. Throws ISSUER_UNAVAILABLE. */
  async newer(): Promise<T | undefined> {
    if (this.#now() - this.#readAt < lookAgainMs) return undefined;
    return this.#ask();
  }

  /** One question for all who wait. */
  #ask(): Promise<T> {
    this.#asking ??= this.#askOnce().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #askOnce(): Promise<T> {
    if (this.#now() - this.#failedAt < restMs) throw new SallyportError('ISSUER_UNAVAILABLE');
    try {
      this.#answer = await this.#read(AbortSignal.timeout(timeoutMs));
      this.#readAt = this.#now();
      return this.#answer;
    } catch (cause) {
      this.#failedAt = this.#now();
      throw unavailable(cause, this.#failed);
    }
  }
}

/** The issuer's description of itself (OpenID Connect Discovery 1.0 section 4). Throws IssuerFailure. */
export async function discover(
  issuer: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const found = await readJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, signal);
  const description = (typeof found === 'object' ? found : null) as Record<string, unknown> | null;
  // Discovery 1.0 section 4.3: who answers for another issuer answers for none.
  if (description?.issuer !== issuer) throw new IssuerFailure('other-issuer');
  return description;
}

/** A URL that the issuer names for us to go to, or to send browsers to. Throws IssuerFailure. */
export function endpointOf(description: Readonly<Record<string, unknown>>, name: string): string {
  const url = description[name];
  if (typeof url !== 'string' || !isSecureUrl(url)) throw new IssuerFailure('malformed');
  return url;
}

/** JSON at this URL. Throws IssuerFailure. */
export async function readJson(url: string, signal: AbortSignal): Promise<unknown> {
  const { status, text } = await ask(url, { signal });
  if (status !== 200) throw new IssuerFailure('status');
  return parsed(text);
}

export interface IssuerRequest {
  readonly signal: AbortSignal;
  /** Set: it is posted, as `application/x-www-form-urlencoded`. */
  readonly form?: URLSearchParams;
  readonly authorization?: string;
}

/** Status and body of an answer, at most 256 KiB; redirects are not followed. Throws IssuerFailure. */
export async function ask(
  url: string,
  { signal, form, authorization }: IssuerRequest,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetch(url, {
      signal,
      redirect: 'error',
      headers: { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    return { status: response.status, text: await boundedText(response) };
  } catch (cause) {
    if (cause instanceof IssuerFailure) throw cause;
    throw new IssuerFailure(signal.aborted ? 'timeout' : 'unreachable', cause);
  }
}

/** The body as text; the rest of one that is too large is not read. */
async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new IssuerFailure('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** JSON of an answer. Throws IssuerFailure. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new IssuerFailure('malformed', cause);
  }
}
