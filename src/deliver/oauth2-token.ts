import { outcomeOfFault, type PostOutcome, unavailable } from './outcomes.ts';
import type { BackendAuth } from './settings.ts';

export type OAuth2Settings = Extract<BackendAuth, { kind: 'oauth2' }>;

/** A complete answer of the token server, its body cut at a bound. */
export interface TokenAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** Sends one token request; rejects where there is no complete answer in time. */
export type TokenExchange = (headers: Readonly<Record<string, string>>, body: string) => Promise<TokenAnswer>;

export type TokenResult =
  | { readonly kind: 'token'; readonly token: string }
  | Exclude<PostOutcome, { kind: 'delivered' | 'hold' }>;

/** Where the server states no lifetime (RFC 6749 5.1 only recommends it). */
const defaultLifetimeMs = 5 * 60 * 1000;
/** A token is not used in the last part of its life, because it must still hold when the post arrives. */
const maxMarginMs = 60 * 1000;
const maxLifetimeMs = 24 * 60 * 60 * 1000;

/**
 * Access tokens by the client credentials grant (RFC 6749 4.4), kept until shortly before they expire. Posts that need
 * one at the same time share one request.
 */
export class TokenSource {
  readonly #settings: OAuth2Settings;
  readonly #exchange: TokenExchange;
  readonly #now: () => number;
  #held: { readonly token: string; readonly until: number } | undefined;
  #flight: Promise<TokenResult> | undefined;

  constructor(settings: OAuth2Settings, exchange: TokenExchange, now: () => number) {
    this.#settings = settings;
    this.#exchange = exchange;
    this.#now = now;
  }

  /** A token that is good for now, or why there is none. Resolves to `aborted` as soon as the signal says so. */
  async token(signal: AbortSignal): Promise<TokenResult> {
    if (this.#held !== undefined && this.#now() < this.#held.until) {
      return { kind: 'token', token: this.#held.token };
    }
    this.#flight ??= this.#fetch().finally(() => {
      this.#flight = undefined;
    });
    return untilAborted(this.#flight, signal);
  }

  /** The backend refused this token: the next `token` gets another. A token that was replaced meanwhile stays. */
  refuse(token: string): void {
    if (this.#held?.token === token) this.#held = undefined;
  }

  async #fetch(): Promise<TokenResult> {
    const { headers, body } = tokenRequest(this.#settings);
    let answer: TokenAnswer;
    try {
      answer = await this.#exchange(headers, body);
    } catch (error) {
      return outcomeOfFault(error) as TokenResult;
    }
    const result = readTokenAnswer(answer, this.#now());
    if ('lifetimeMs' in result) {
      const marginMs = Math.min(maxMarginMs, result.lifetimeMs / 10);
      this.#held = { token: result.token, until: this.#now() + result.lifetimeMs - marginMs };
      return { kind: 'token', token: result.token };
    }
    return result;
  }
}

/** Header fields and form body of a token request, RFC 6749 4.4.2 and 2.3.1. */
export function tokenRequest(settings: OAuth2Settings): {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
} {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (settings.scope !== undefined && settings.scope !== '') form.set('scope', settings.scope);
  if (settings.audience !== undefined && settings.audience !== '') form.set('audience', settings.audience);
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  if (settings.clientAuthentication === 'body') {
    form.set('client_id', settings.clientId);
    form.set('client_secret', settings.clientSecret);
  } else {
    const pair = `${formEncode(settings.clientId)}:${formEncode(settings.clientSecret)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  return { headers, body: form.toString() };
}

function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

/**
 * Reads the token server's answer. 400, 401 and 403 mean that our credentials are wrong (RFC 6749 5.2); everything else
 * that is not a token may pass by itself.
 */
export function readTokenAnswer(
  answer: TokenAnswer,
  nowMs: number,
): { readonly token: string; readonly lifetimeMs: number } | Exclude<TokenResult, { kind: 'token' }> {
  const { status } = answer;
  if (status === 400 || status === 401 || status === 403) {
    return { kind: 'paused', code: 'BACKEND_UNAUTHORIZED', httpStatus: status, by: 'tokenServer' };
  }
  const granted = status >= 200 && status < 300 ? readGrant(answer.text) : undefined;
  return (
    granted ??
    ({ ...unavailable(status, answer.retryAfter, nowMs), detail: 'TOKEN_SERVER' } as Extract<
      PostOutcome,
      { kind: 'retry' }
    >)
  );
}

function readGrant(text: string): { readonly token: string; readonly lifetimeMs: number } | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { access_token: token, token_type: type, expires_in: expiresIn } = parsed as Record<string, unknown>;
  if (typeof token !== 'string' || !isHeaderToken(token)) return undefined;
  if (type !== undefined && (typeof type !== 'string' || type.toLowerCase() !== 'bearer')) return undefined;
  const seconds = Number(expiresIn ?? Number.NaN);
  const lifetimeMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : defaultLifetimeMs;
  return { token, lifetimeMs: Math.min(maxLifetimeMs, lifetimeMs) };
}

/** True for text that can stand in a header field as it is: visible ASCII, one word. */
export function isHeaderToken(value: string): boolean {
  return /^[\x21-\x7e]{1,16384}$/.test(value);
}

function untilAborted(flight: Promise<TokenResult>, signal: AbortSignal): Promise<TokenResult> {
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve({ kind: 'aborted' });
    signal.addEventListener('abort', onAbort, { once: true });
    flight.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
