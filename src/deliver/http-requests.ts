import { createSecureContext } from 'node:tls';
import { type Dispatcher, Pool } from 'undici';
import { SallyportError } from '../core/errors.ts';
import type { BackendTls } from './settings.ts';

/** What is read of an answer before the connection is dropped instead. */
const maxAnswerBytes = 64 * 1024;

export interface ConnectionSettings {
  /** For one whole request: connecting, sending, the answer. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly tls?: BackendTls;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Start of the body; empty where it is not kept. */
  readonly text: string;
}

/** Connections to one server. Nothing of undici is known outside of this file. */
export type Connections = Pool;

/** HTTP/1.1 connections, as many as requests at one time; proxy variables of the environment are not read. */
export function openConnections(
  url: URL,
  connections: number,
  { timeoutMs, connectTimeoutMs, tls }: ConnectionSettings,
): Connections {
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

export interface ExchangeOptions {
  /** Keep the start of the body. */
  readonly keepsText?: boolean;
  /** The head of the answer is there. */
  readonly onHead?: () => void;
}

/** One request and its whole answer. Rejects where the answer is not complete; stops reading at `maxAnswerBytes`. */
export async function exchange(
  connections: Connections,
  request: Omit<Dispatcher.RequestOptions, 'signal'>,
  signal: AbortSignal,
  { keepsText = false, onHead }: ExchangeOptions = {},
): Promise<Answer> {
  const { statusCode, headers, body } = await connections.request({ ...request, signal });
  onHead?.();
  const kept: Uint8Array[] = [];
  let bytes = 0;
  // Reading to the end tells a complete answer from one that was cut, and lets the connection be used again.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) break;
    if (keepsText) kept.push(chunk);
  }
  const retryAfter = headers['retry-after'];
  return {
    status: statusCode,
    retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
    text: Buffer.concat(kept).toString('utf8'),
  };
}

/** A signal that ends by itself after a time or when one of `parents` does. `clear` lets go of timer and parents. */
export class Deadline {
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

/** Throws CONFIGURATION_INVALID, naming the key. */
export function parseUrl(text: string, key: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.hash !== '') {
    throw new SallyportError('CONFIGURATION_INVALID', { detail: key });
  }
  return url;
}

/** Throws CONFIGURATION_INVALID, naming the key, where the PEM texts cannot be used. */
export function requireUsableTls(tls: BackendTls | undefined, key: string): void {
  if (tls === undefined) return;
  const { ca, cert, key: privateKey, passphrase } = tls;
  try {
    createSecureContext({ ca, cert, key: privateKey, passphrase });
  } catch (error) {
    throw new SallyportError('CONFIGURATION_INVALID', { detail: key, cause: error });
  }
  if ((cert === undefined) !== (privateKey === undefined))
    throw new SallyportError('CONFIGURATION_INVALID', { detail: key });
}
