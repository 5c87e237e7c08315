import type { JSONWebKeySet } from 'jose';
import { isSecureUrl } from '../../config/http-security-formats.ts';
import { SallyportError } from '../../core/errors.ts';
import type { EventFields } from '../../observe/events.ts';

export interface KeySource {
  readonly issuer: string;
  /** Empty: found by OpenID Connect Discovery 1.0 section 4. */
  readonly jwksUri: string;
}

export type IssuerFault = EventFields['http.issuerFailed']['fault'];

/** Keys are asked for again after this long, whether or not they were good for all tokens. */
const freshMs = 10 * 60_000;
/** A token with an unknown key makes us look for new keys no more often than this. */
const lookAgainMs = 30_000;
/** After a failure the issuer is left alone for this long: a flood of tokens must not become one against the issuer. */
const restMs = 10_000;
const timeoutMs = 5000;
const maxBytes = 256 * 1024;
const maxKeys = 100;

/** What went wrong with the issuer; thrown inside this file only. */
class IssuerFailure extends Error {
  readonly fault: IssuerFault;
  constructor(fault: IssuerFault, cause?: unknown) {
    super(fault, { cause });
    this.fault = fault;
  }
}

/**
 * The public keys of an issuer, asked for when they are first needed, kept for ten minutes, one question at a time. Without
 * keys that are fresh nothing can be checked: ISSUER_UNAVAILABLE, never a guess and never a key of yesterday.
 */
export class OidcKeys {
  readonly #source: KeySource;
  readonly #failed: (fault: IssuerFault) => void;
  readonly #now: () => number;
  #keys: JSONWebKeySet | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<JSONWebKeySet> | undefined;

  constructor(source: KeySource, failed: (fault: IssuerFault) => void, now: () => number = Date.now) {
    this.#source = source;
    this.#failed = failed;
    this.#now = now;
  }

  /** The keys. Throws ISSUER_UNAVAILABLE. */
  async keys(): Promise<JSONWebKeySet> {
    if (this.#keys !== undefined && this.#now() - this.#readAt < freshMs) return this.#keys;
    return this.#ask();
  }

  /** The keys anew, where those at hand do not know a token's; undefined where they were asked for a moment ago. */
  async newerKeys(): Promise<JSONWebKeySet | undefined> {
    if (this.#now() - this.#readAt < lookAgainMs) return undefined;
    return this.#ask();
  }

  /** One question for all who wait. */
  #ask(): Promise<JSONWebKeySet> {
    this.#asking ??= this.#askOnce().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #askOnce(): Promise<JSONWebKeySet> {
    if (this.#now() - this.#failedAt < restMs) throw new SallyportError('ISSUER_UNAVAILABLE');
    try {
      this.#keys = await this.#read();
      this.#readAt = this.#now();
      return this.#keys;
    } catch (cause) {
      this.#failedAt = this.#now();
      this.#failed(cause instanceof IssuerFailure ? cause.fault : 'unreachable');
      throw new SallyportError('ISSUER_UNAVAILABLE', { cause });
    }
  }

  async #read(): Promise<JSONWebKeySet> {
    // One deadline for both questions.
    const signal = AbortSignal.timeout(timeoutMs);
    const { jwksUri } = this.#source;
    return keySetOf(await readJson(jwksUri === '' ? await this.#discover(signal) : jwksUri, signal));
  }

  async #discover(signal: AbortSignal): Promise<string> {
    const { issuer } = this.#source;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const found = (await readJson(url, signal)) as { issuer?: unknown; jwks_uri?: unknown } | null;
    // Discovery 1.0 section 4.3: who answers for another issuer answers for none.
    if (found?.issuer !== issuer) throw new IssuerFailure('other-issuer');
    if (typeof found.jwks_uri !== 'string' || !isSecureUrl(found.jwks_uri))
      throw new IssuerFailure('malformed');
    return found.jwks_uri;
  }
}

async function readJson(url: string, signal: AbortSignal): Promise<unknown> {
  try {
    const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new IssuerFailure('status');
    }
    return parsed(await boundedText(response));
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new IssuerFailure('malformed', cause);
  }
}

/** A JSON Web Key Set (RFC 7517 5), of which only public keys are taken: a shared secret in it must never check anything. */
function keySetOf(content: unknown): JSONWebKeySet {
  const keys = (content as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length > maxKeys) throw new IssuerFailure('malformed');
  const usable = (keys as unknown[]).filter(
    (key): key is JSONWebKeySet['keys'][number] =>
      typeof key === 'object' &&
      key !== null &&
      'kty' in key &&
      typeof key.kty === 'string' &&
      ['RSA', 'EC', 'OKP'].includes(key.kty) &&
      !('d' in key),
  );
  return { keys: usable };
}
