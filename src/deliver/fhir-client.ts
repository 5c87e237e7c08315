import { Credentials } from './credentials.ts';
import {
  type ConnectionSettings,
  type Connections,
  Deadline,
  exchange,
  openConnections,
  parseUrl,
  requireUsableTls,
} from './http-requests.ts';
import { outcomeOfFault, outcomeOfStatus, type PostOutcome, unavailable } from './outcomes.ts';
import type { BackendAuth } from './settings.ts';

/** Everything the client needs to know of the FHIR server; frozen configuration, handed in by the composition root. */
export interface FhirServerSettings extends ConnectionSettings {
  /** Service base URL, http or https, without credentials, query or fragment. */
  readonly baseUrl: string;
  /** Requests, and so connections, at one time. */
  readonly concurrency: number;
  readonly auth: BackendAuth;
}

/** What became of one attempt to put a resource. `httpStatus` 0 means that there was no complete answer. */
export type FhirOutcome =
  | { readonly kind: 'accepted'; readonly httpStatus: number }
  | {
      readonly kind: 'retry';
      readonly code: 'FHIR_UNREACHABLE' | 'FHIR_UNAVAILABLE' | 'FHIR_UNAUTHORIZED';
      readonly httpStatus: number;
      /** From `Retry-After`. */
      readonly afterMs?: number;
      /** Error code of the runtime or of undici: a registry word, never a message. */
      readonly detail?: string;
    }
  | { readonly kind: 'refused'; readonly code: 'FHIR_REFUSED'; readonly httpStatus: number }
  /** The caller's signal ended the attempt. */
  | { readonly kind: 'aborted' };

/** FHIR `id`. */
const idForm = /^[A-Za-z0-9.-]{1,64}$/;

/**
 * Puts resources to a FHIR R4 server by update (http://hl7.org/fhir/R4/http.html#update): the server creates the resource
 * under our id or replaces it, so that a repetition does no harm. Redirects are not followed, bodies of answers not kept.
 */
export class FhirClient {
  readonly #settings: FhirServerSettings;
  readonly #path: string;
  readonly #connections: Connections;
  readonly #credentials: Credentials;
  readonly #now: () => number;
  readonly #closing = new AbortController();

  /** Throws CONFIGURATION_INVALID, naming the key, where the settings cannot work. */
  constructor(settings: FhirServerSettings, now: () => number) {
    const base = parseUrl(settings.baseUrl, 'fhir.baseUrl');
    requireUsableTls(settings.tls, 'fhir.tls');
    this.#settings = settings;
    this.#now = now;
    this.#path = base.pathname.replace(/\/+$/, '');
    this.#credentials = new Credentials(settings.auth, settings, 'fhir', now);
    this.#connections = openConnections(base, settings.concurrency, settings);
  }

  /** One attempt, within `timeoutMs` in all. Everything the network or the server can do is an outcome. */
  async put(resourceType: string, id: string, body: Uint8Array, signal: AbortSignal): Promise<FhirOutcome> {
    // An id that is none would become another path.
    if (!idForm.test(id) || /^\.+$/.test(id)) return { kind: 'refused', code: 'FHIR_REFUSED', httpStatus: 0 };
    const deadline = new Deadline(this.#settings.timeoutMs, [signal, this.#closing.signal]);
    const path = `${this.#path}/${resourceType}/${id}`;
    try {
      const first = await this.#attempt(path, body, deadline.signal);
      if (first.token === undefined || first.outcome.kind !== 'paused' || first.outcome.by !== 'backend')
        return fhirOutcome(first.outcome);
      // The token may have been revoked before its time: one new one, one more attempt.
      this.#credentials.refuse(first.token);
      return fhirOutcome((await this.#attempt(path, body, deadline.signal)).outcome);
    } catch (error) {
      if (deadline.expired)
        return { kind: 'retry', code: 'FHIR_UNREACHABLE', httpStatus: 0, detail: 'DEADLINE' };
      return deadline.signal.aborted ? { kind: 'aborted' } : fhirOutcome(outcomeOfFault(error));
    } finally {
      deadline.clear();
    }
  }

  /** Ends running requests as `aborted` and closes all connections. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#connections.destroy(), this.#credentials.close()]);
  }

  async #attempt(
    path: string,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<{ readonly outcome: PostOutcome; readonly token?: string }> {
    const credentials = await this.#credentials.headers(signal);
    if ('outcome' in credentials) return credentials;
    const headers = {
      ...credentials.headers,
      accept: 'application/fhir+json',
      'content-type': 'application/fhir+json; charset=utf-8',
      'content-length': String(body.length),
      prefer: 'return=minimal',
      'user-agent': 'sallyport',
    };
    const answer = await exchange(this.#connections, { path, method: 'PUT', headers, body }, signal);
    // 409: another update of the same resource at this moment; unlike the backend's, it does not mean "taken before".
    const outcome =
      answer.status === 409
        ? unavailable(409, answer.retryAfter, this.#now())
        : outcomeOfStatus(answer.status, answer.retryAfter, this.#now());
    return credentials.token === undefined ? { outcome } : { outcome, token: credentials.token };
  }
}

function fhirOutcome(outcome: PostOutcome): FhirOutcome {
  switch (outcome.kind) {
    case 'delivered':
      return { kind: 'accepted', httpStatus: outcome.httpStatus };
    case 'paused':
      return { kind: 'retry', code: 'FHIR_UNAUTHORIZED', httpStatus: outcome.httpStatus };
    case 'hold':
      return { kind: 'refused', code: 'FHIR_REFUSED', httpStatus: outcome.httpStatus };
    case 'retry': {
      const { httpStatus, afterMs, detail } = outcome;
      return {
        kind: 'retry',
        code: outcome.code === 'BACKEND_UNAVAILABLE' ? 'FHIR_UNAVAILABLE' : 'FHIR_UNREACHABLE',
        httpStatus,
        ...(afterMs === undefined ? {} : { afterMs }),
        ...(detail === undefined ? {} : { detail }),
      };
    }
    case 'aborted':
      return outcome;
    default:
      return outcome satisfies never;
  }
}
