import type { JSONWebKeySet } from 'jose';
import {
  discover,
  endpointOf,
  IssuerAnswer,
  IssuerFailure,
  type IssuerFault,
  readJson,
} from './oidc-issuer.ts';

export interface KeySource {
  readonly issuer: string;
  /** Empty: found by OpenID Connect Discovery 1.0 section 4. */
  readonly jwksUri: string;
}

const maxKeys = 100;

/** The public keys of an issuer. Without keys that are fresh nothing can be checked: see IssuerAnswer. */
export class OidcKeys {
  readonly #answer: IssuerAnswer<JSONWebKeySet>;

  constructor(source: KeySource, failed: (fault: IssuerFault) => void, now: () => number = Date.now) {
    this.#answer = new IssuerAnswer((signal) => readKeys(source, signal), failed, now);
  }

  /** The keys. Throws ISSUER_UNAVAILABLE. */
  keys(): Promise<JSONWebKeySet> {
    return this.#answer.get();
  }

  /** The keys anew, where those at hand do not know a token's; undefined where they were asked for a moment ago. */
  newerKeys(): Promise<JSONWebKeySet | undefined> {
    return this.#answer.newer();
  }
}

/** One deadline for both questions. */
async function readKeys({ issuer, jwksUri }: KeySource, signal: AbortSignal): Promise<JSONWebKeySet> {
  const url = jwksUri === '' ? endpointOf(await discover(issuer, signal), 'jwks_uri') : jwksUri;
  return keySetOf(await readJson(url, signal));
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
