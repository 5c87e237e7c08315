import { createHash } from 'node:crypto';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { type ClaimScopes, isActorName } from '../../config/http-security-formats.ts';
import { SallyportError } from '../../core/errors.ts';
import type { Scope } from '../../core/scopes.ts';
import { type Refusal, refusalOf } from './actor.ts';
import type { OidcKeys } from './oidc-keys.ts';
import type { BearerCheck, Proof } from './proof.ts';

export interface OidcSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly scopeClaim: string;
  readonly scopeMap: readonly ClaimScopes[];
  readonly nameClaim: string;
  readonly clockToleranceMs: number;
}

/** Signatures by keys whose public half is all we have. Neither `none` nor any shared secret (HS256...) will ever be here. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
/** Values of the scope claim that are looked at. */
const maxClaimValues = 500;

/**
 * JSON Web Tokens (RFC 7519, RFC 8725, RFC 9068) of the configured issuer: signed by one of its keys with a listed
 * algorithm, for our audience, not expired, not too early. `exp` is wanted: a token without an end is refused.
 */
export class OidcCheck implements BearerCheck {
  readonly #settings: OidcSettings;
  readonly #keys: OidcKeys;
  readonly #now: () => number;
  readonly #scopesOf: ReadonlyMap<string, readonly Scope[]>;

  constructor(settings: OidcSettings, keys: OidcKeys, now: () => number = Date.now) {
    this.#settings = settings;
    this.#keys = keys;
    this.#now = now;
    this.#scopesOf = new Map(settings.scopeMap.map(({ value, scopes }) => [value, scopes]));
  }

  /** Whoever the token is for; undefined for text that is no JSON Web Token in form. */
  async check(text: string): Promise<Proof | Refusal | undefined> {
    if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return undefined;
    try {
      const payload = await this.#verified(text);
      return payload === undefined ? refusalOf('NOT_AUTHENTICATED') : this.#proof(payload);
    } catch (error) {
      if (error instanceof SallyportError && error.code === 'ISSUER_UNAVAILABLE')
        return refusalOf('ISSUER_UNAVAILABLE', { retryAfterSeconds: 10 });
      throw error;
    }
  }

  async #verified(text: string): Promise<JWTPayload | undefined> {
    const first = await this.#verify(text, await this.#keys.keys());
    if (first !== 'unknown-key') return first;
    // Issuers change their keys; one that is not known may be a new one.
    const newer = await this.#keys.newerKeys();
    const second = newer === undefined ? undefined : await this.#verify(text, newer);
    return second === 'unknown-key' ? undefined : second;
  }

  async #verify(text: string, keys: JSONWebKeySet): Promise<JWTPayload | 'unknown-key' | undefined> {
    const { issuer, audience, clockToleranceMs, nameClaim } = this.#settings;
    try {
      const { payload } = await jwtVerify(text, createLocalJWKSet(keys), {
        algorithms,
        issuer,
        audience,
        requiredClaims: ['exp', nameClaim],
        clockTolerance: Math.floor(clockToleranceMs / 1000),
        currentDate: new Date(this.#now()),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key';
      // Whatever else is wrong with a token or its key, it proves nothing; that is no fault of ours to report.
      if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
        return undefined;
      throw error;
    }
  }

  #proof(payload: JWTPayload): Proof | Refusal {
    const { nameClaim, scopeClaim, clockToleranceMs } = this.#settings;
    const subject = payload[nameClaim];
    if (typeof subject !== 'string' || subject === '') return refusalOf('NOT_AUTHENTICATED');
    const scopes = new Set(
      valuesOf(claimOf(payload, scopeClaim)).flatMap((value) => this.#scopesOf.get(value) ?? []),
    );
    if (scopes.size === 0) return refusalOf('NOT_PERMITTED');
    const until = (payload.exp ?? 0) * 1000 + clockToleranceMs;
    return {
      actor: { kind: 'oidc', name: nameOf(subject), scopes: [...scopes], via: 'header' },
      key: `oidc ${subject}`,
      stillValid: () => this.#now() < until,
    };
  }
}

/** A claim by its name, or by a path into objects: `https://example.org/roles` is a name, `realm_access.roles` a path. */
function claimOf(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  let value: unknown = payload;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** Words of a text (RFC 8693 4.2 `scope`), or the texts of a list. */
function valuesOf(claim: unknown): string[] {
  const values: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return values.slice(0, maxClaimValues).filter((value) => typeof value === 'string');
}

/** The name in the audit trail. Of one that cannot be shown a digest, so that two people never look like one. */
function nameOf(subject: string): string {
  if (isActorName(subject) && !subject.startsWith('sha256:')) return subject;
  return `sha256:${createHash('sha256').update(subject).digest('hex').slice(0, 32)}`;
}
