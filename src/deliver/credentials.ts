import { SallyportError } from '../core/errors.ts';
import {
  type ConnectionSettings,
  type Connections,
  Deadline,
  exchange,
  openConnections,
  parseUrl,
} from './http-requests.ts';
import { isHeaderToken, type TokenAnswer, TokenSource } from './oauth2-token.ts';
import type { PostOutcome } from './outcomes.ts';
import type { BackendAuth } from './settings.ts';

/** Header fields that are ours or the connection's; an API key cannot take their place. */
const ownHeaders = new Set([
  'accept',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'idempotency-key',
  'keep-alive',
  'prefer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

/** `token`: one that was fetched, and that another can be had for. */
export type CredentialHeaders =
  | { readonly headers: Readonly<Record<string, string>>; readonly token?: string }
  | { readonly outcome: PostOutcome };

/** How we prove ourselves to one server, whichever way is configured. */
export class Credentials {
  readonly #auth: BackendAuth;
  readonly #settings: ConnectionSettings;
  readonly #connections: Connections | undefined;
  readonly #tokens: TokenSource | undefined;
  readonly #closing = new AbortController();

  /** `section`: that of the configuration, for CONFIGURATION_INVALID, which is thrown where the settings cannot work. */
  constructor(auth: BackendAuth, settings: ConnectionSettings, section: string, now: () => number) {
    requireUsable(auth, section);
    this.#auth = auth;
    this.#settings = settings;
    if (auth.kind !== 'oauth2') return;
    const url = parseUrl(auth.tokenUrl, `${section}.auth.oauth2TokenUrl`);
    const connections = openConnections(url, 1, settings);
    this.#connections = connections;
    this.#tokens = new TokenSource(
      auth,
      (headers, body) => this.#fetchToken(connections, `${url.pathname}${url.search}`, headers, body),
      now,
    );
  }

  /** The header fields, or what became of getting them. Rejects when the signal ends the wait for a token. */
  async headers(signal: AbortSignal): Promise<CredentialHeaders> {
    const auth = this.#auth;
    if (auth.kind === 'bearer') return { headers: { authorization: `Bearer ${auth.token}` } };
    if (auth.kind === 'apiKey') return { headers: { [auth.header.toLowerCase()]: auth.key } };
    if (this.#tokens === undefined) return { headers: {} };
    const result = await this.#tokens.token(signal);
    if (result.kind === 'token') {
      return { headers: { authorization: `Bearer ${result.token}` }, token: result.token };
    }
    if (result.kind === 'aborted') throw new Error('ended while waiting for a token');
    return { outcome: result };
  }

  /** The token was not accepted: the next call gets a new one. */
  refuse(token: string): void {
    this.#tokens?.refuse(token);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connections?.destroy();
  }

  /** Shared by all requests that wait for the token, so it has a deadline of its own. */
  async #fetchToken(
    connections: Connections,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<TokenAnswer> {
    const deadline = new Deadline(this.#settings.timeoutMs, [this.#closing.signal]);
    try {
      return await exchange(connections, { path, method: 'POST', headers, body }, deadline.signal, {
        keepsText: true,
      });
    } catch (error) {
      if (!deadline.expired) throw error;
      throw Object.assign(new Error('token request too slow', { cause: error }), { code: 'ETIMEDOUT' });
    } finally {
      deadline.clear();
    }
  }
}

function requireUsable(auth: BackendAuth, section: string): void {
  const invalid = (key: string): SallyportError =>
    new SallyportError('CONFIGURATION_INVALID', { detail: `${section}.${key}` });
  if (auth.kind === 'bearer' && !isHeaderToken(auth.token)) throw invalid('auth.token');
  if (auth.kind !== 'apiKey') return;
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/.test(auth.header)) throw invalid('auth.apiKeyHeader');
  if (ownHeaders.has(auth.header.toLowerCase())) throw invalid('auth.apiKeyHeader');
  if (!isHeaderToken(auth.key)) throw invalid('auth.token');
}
