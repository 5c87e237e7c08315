import { createSecureContext } from 'node:tls';
import { type Dispatcher, Pool } from 'undici';
import { SallyportError } from '../core/errors.ts';
import { faultPoint } from '../core/fault-points.ts';
import type { paths } from '../core/generated/backend.ts';
import { carefully, earlyAnswerMs, encodeBody } from './body.ts';
import { isHeaderToken, type TokenAnswer, TokenSource } from './oauth2-token.ts';
import { outcomeOfFault, outcomeOfStatus, type PostOutcome } from './outcomes.ts';
import type { Post } from './posts.ts';
import type { BackendSettings } from './settings.ts';

/** What is read of an answer before the connection is dropped instead. */
const maxAnswerBytes = 64 * 1024;

// Breaks the build when the contract renames the operation.
const uploadPath = '/v1/images/upload' satisfies keyof paths;

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
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

export interface BackendClientDeps {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Start of the body; empty for a post. */
  readonly text: string;
}

/**
 * The HTTP side of delivery: sends posts of `openapi/backend.yaml` over a bounded pool of HTTP/1.1 connections. Holds no
 * opinion about when to send (see Destination). Proxy variables of the environment are not read, redirects not followed,
 * answers read up to a bound and kept nowhere.
 */
export class BackendClient {
  readonly #settings: BackendSettings;
  readonly #deps: BackendClientDeps;
  readonly #path: string;
  readonly #pool: Pool;
  readonly #tokenPool: Pool | undefined;
  readonly #tokens: TokenSource | undefined;
  readonly #closing = new AbortController();

  /** Throws CONFIGURATION_INVALID, naming the key, where the settings cannot work: URL, PEM, header name or value. */
  constructor(settings: BackendSettings, deps: BackendClientDeps) {
    const base = parseUrl(settings.baseUrl, 'backend.baseUrl');
    requireUsable(settings);
    this.#settings = settings;
    this.#deps = deps;
    this.#path = `${base.pathname.replace(/\/+$/, '')}${uploadPath}`;
    this.#pool = this.#open(base, settings.concurrency);
    const { auth } = settings;
    if (auth.kind === 'oauth2') {
      const url = parseUrl(auth.tokenUrl, 'backend.auth.oauth2TokenUrl');
      const pool = this.#open(url, 1);
      this.#tokenPool = pool;
      this.#tokens = new TokenSource(
        auth,
        (headers, body) => this.#fetchToken(pool, `${url.pathname}${url.search}`, headers, body),
        deps.now,
      );
    }
  }

  /**
   * One attempt to deliver one post, within `timeoutMs` in all. Resolves to what became of it; everything the network or
   * the backend can do is an outcome. Rejects only for faults of our own: OUTPUT_LOST where a scratch file is gone.
   * `careful` costs up to `earlyAnswerMs` and is for a post that was cut before: it gives an early refusal its chance.
   */
  async post(post: Post, signal: AbortSignal, careful = false): Promise<PostOutcome> {
    const deadline = new Deadline(this.#settings.timeoutMs, [signal, this.#closing.signal]);
    try {
      const first = await this.#attempt(post, deadline, careful);
      if (first.outcome.kind !== 'paused' || first.token === undefined) return first.outcome;
      if (first.outcome.by !== 'backend' || first.outcome.httpStatus !== 401) return first.outcome;
      // The token may have been revoked before its time: one new one, one more attempt.
      this.#tokens?.refuse(first.token);
      return (await this.#attempt(post, deadline, careful)).outcome;
    } catch (error) {
      if (error instanceof SallyportError) throw error;
      if (deadline.expired) {
        return { kind: 'retry', code: 'BACKEND_TIMEOUT', httpStatus: 0, detail: 'DEADLINE' };
      }
      return deadline.signal.aborted ? { kind: 'aborted' } : outcomeOfFault(error);
    } finally {
      deadline.clear();
    }
  }

  /** Ends running posts as `aborted` and closes all connections. Nothing may be posted afterwards. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#pool.destroy(), this.#tokenPool?.destroy()]);
  }

  async #attempt(
    post: Post,
    deadline: Deadline,
    careful: boolean,
  ): Promise<{ readonly outcome: PostOutcome; readonly token?: string }> {
    const credentials = await this.#credentials(deadline);
    if ('outcome' in credentials) return credentials;
    const body = await encodeBody(post, this.#settings.gzip);
    const headers: Record<string, string> = {
      ...credentials.headers,
      accept: 'application/json, application/problem+json',
      'content-type': 'application/json',
      'idempotency-key': post.idempotencyKey,
      'user-agent': 'sallyport',
    };
    if (body.lengthBytes !== null) headers['content-length'] = String(body.lengthBytes);
    if (body.contentEncoding !== null) headers['content-encoding'] = body.contentEncoding;
    const answered = new AbortController();
    // The pause must leave most of the time to the post itself.
    const pauseMs = Math.min(earlyAnswerMs, this.#settings.timeoutMs / 8);
    // undici takes an async iterable, its type does not say so.
    const content = (
      careful ? carefully(body.content, answered.signal, pauseMs) : body.content
    ) as Uint8Array;
    const answer = await exchange(
      this.#pool,
      { path: this.#path, method: 'POST', headers, body: content },
      deadline.signal,
      'post',
    ).finally(() => answered.abort());
    const outcome = outcomeOfStatus(answer.status, answer.retryAfter, this.#deps.now());
    return credentials.token === undefined ? { outcome } : { outcome, token: credentials.token };
  }

  async #credentials(
    deadline: Deadline,
  ): Promise<
    | { readonly headers: Readonly<Record<string, string>>; readonly token?: string }
    | { readonly outcome: PostOutcome }
  > {
    const { auth } = this.#settings;
    if (auth.kind === 'bearer') return { headers: { authorization: `Bearer ${auth.token}` } };
    if (auth.kind === 'apiKey') return { headers: { [auth.header.toLowerCase()]: auth.key } };
    if (this.#tokens === undefined) return { headers: {} };
    const result = await this.#tokens.token(deadline.signal);
    if (result.kind === 'token') {
      return { headers: { authorization: `Bearer ${result.token}` }, token: result.token };
    }
    if (result.kind === 'aborted') throw new Error('ended while waiting for a token');
    return { outcome: result };
  }

  /** Shared by all posts that wait for the token, so it has a deadline of its own. */
  async #fetchToken(
    pool: Pool,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<TokenAnswer> {
    const deadline = new Deadline(this.#settings.timeoutMs, [this.#closing.signal]);
    try {
      return await exchange(pool, { path, method: 'POST', headers, body }, deadline.signal, 'token');
    } catch (error) {
      if (!deadline.expired) throw error;
      throw Object.assign(new Error('token request too slow', { cause: error }), { code: 'ETIMEDOUT' });
    } finally {
      deadline.clear();
    }
  }

  #open(url: URL, connections: number): Pool {
    const { timeoutMs, connectTimeoutMs, tls } = this.#settings;
    return new Pool(url.origin, {
      connections,
      pipelining: 1,
      // HTTP/2 would put all posts on one connection and share its flow control; one post a connection is predictable.
      allowH2: false,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      autoSelectFamily: true,
      connect: {
        timeout: connectTimeoutMs,
        // Said aloud so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off.
        rejectUnauthorized: true,
        ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
        ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
        ...(tls?.key === undefined ? {} : { key: tls.key }),
        ...(tls?.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
        ...(tls?.serverName === undefined ? {} : { servername: tls.serverName }),
      },
    });
  }
}

/** One request and its whole answer. Rejects where the answer is not complete; stops reading at `maxAnswerBytes`. */
async function exchange(
  pool: Pool,
  request: Omit<Dispatcher.RequestOptions, 'signal'>,
  signal: AbortSignal,
  purpose: 'post' | 'token',
): Promise<Answer> {
  const { statusCode, headers, body } = await pool.request({ ...request, signal });
  if (purpose === 'post') faultPoint('post.sent');
  const kept: Uint8Array[] = [];
  let bytes = 0;
  // Reading to the end tells a complete answer from one that was cut, and lets the connection be used again.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) break;
    if (purpose === 'token') kept.push(chunk);
  }
  const retryAfter = headers['retry-after'];
  return {
    status: statusCode,
    retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
    text: Buffer.concat(kept).toString('utf8'),
  };
}

/** A signal that ends by itself after a time or when one of `parents` does. `clear` lets go of timer and parents. */
class Deadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #parents: readonly AbortSignal[];
  readonly #timer: NodeJS.Timeout;
  readonly #abort = (): void => this.#controller.abort();
  #expired = false;

  constructor(timeoutMs: number, parents: readonly AbortSignal[]) {
    this.signal = this.#controller.signal;
    this.#parents = parents;
    this.#timer = setTimeout(() => {
      this.#expired = !this.signal.aborted;
      this.#abort();
    }, timeoutMs);
    for (const parent of parents) {
      if (parent.aborted) this.#abort();
      else parent.addEventListener('abort', this.#abort, { once: true });
    }
  }

  /** True when the time was over before anything else ended it. */
  get expired(): boolean {
    return this.#expired;
  }

  clear(): void {
    clearTimeout(this.#timer);
    for (const parent of this.#parents) parent.removeEventListener('abort', this.#abort);
  }
}

function parseUrl(text: string, key: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.hash !== '') {
    throw new SallyportError('CONFIGURATION_INVALID', { detail: key });
  }
  return url;
}

function requireUsable({ auth, tls }: BackendSettings): void {
  const invalid = (key: string, cause?: unknown): SallyportError =>
    new SallyportError('CONFIGURATION_INVALID', { detail: key, cause });
  if (auth.kind === 'bearer' && !isHeaderToken(auth.token)) throw invalid('backend.auth.token');
  if (auth.kind === 'apiKey') {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/.test(auth.header)) throw invalid('backend.auth.apiKeyHeader');
    if (ownHeaders.has(auth.header.toLowerCase())) throw invalid('backend.auth.apiKeyHeader');
    if (!isHeaderToken(auth.key)) throw invalid('backend.auth.token');
  }
  if (tls === undefined) return;
  const { ca, cert, key, passphrase } = tls;
  try {
    createSecureContext({ ca, cert, key, passphrase });
  } catch (error) {
    throw invalid('backend.tls', error);
  }
  if ((cert === undefined) !== (key === undefined)) throw invalid('backend.tls');
}
