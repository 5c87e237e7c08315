import { SallyportError } from '../core/errors.ts';
import { faultPoint } from '../core/fault-points.ts';
import type { paths } from '../core/generated/backend.ts';
import { carefully, earlyAnswerMs, encodeBody } from './body.ts';
import { Credentials } from './credentials.ts';
import {
  type Connections,
  Deadline,
  exchange,
  openConnections,
  parseUrl,
  requireUsableTls,
} from './http-requests.ts';
import { outcomeOfFault, outcomeOfStatus, type PostOutcome } from './outcomes.ts';
import type { Post } from './posts.ts';
import type { BackendSettings } from './settings.ts';

// Breaks the build when the contract renames the operation.
const uploadPath = '/v1/images/upload' satisfies keyof paths;

export interface BackendClientDeps {
  /** Epoch milliseconds. */
  readonly now: () => number;
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
  readonly #connections: Connections;
  readonly #credentials: Credentials;
  readonly #closing = new AbortController();

  /** Throws CONFIGURATION_INVALID, naming the key, where the settings cannot work: URL, PEM, header name or value. */
  constructor(settings: BackendSettings, deps: BackendClientDeps) {
    const base = parseUrl(settings.baseUrl, 'backend.baseUrl');
    requireUsableTls(settings.tls, 'backend.tls');
    this.#settings = settings;
    this.#deps = deps;
    this.#path = `${base.pathname.replace(/\/+$/, '')}${uploadPath}`;
    this.#credentials = new Credentials(settings.auth, settings, 'backend', deps.now);
    this.#connections = openConnections(base, settings.concurrency, settings);
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
      this.#credentials.refuse(first.token);
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
    await Promise.all([this.#connections.destroy(), this.#credentials.close()]);
  }

  async #attempt(
    post: Post,
    deadline: Deadline,
    careful: boolean,
  ): Promise<{ readonly outcome: PostOutcome; readonly token?: string }> {
    const credentials = await this.#credentials.headers(deadline.signal);
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
      this.#connections,
      { path: this.#path, method: 'POST', headers, body: content },
      deadline.signal,
      { onHead: () => faultPoint('post.sent') },
    ).finally(() => answered.abort());
    const outcome = outcomeOfStatus(answer.status, answer.retryAfter, this.#deps.now());
    return credentials.token === undefined ? { outcome } : { outcome, token: credentials.token };
  }
}
