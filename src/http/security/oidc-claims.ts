import { createHash } from 'node:crypto';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { type ClaimScopes, isActorName } from '../../config/http-security-formats.ts';
import { SallyportError } from '../../core/errors.ts';
import type { Scope } from '../../core/scopes.ts';
import { type Actor, type Refusal, refusalOf } from './actor.ts';
import type { OidcKeys } from './oidc-keys.ts';

/** Signatures by keys whose public half is all we have. Neither `none` nor any shared secret (HS256...) will ever be here. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
/** Values of the scope claim that are looked at. */
const maxClaimValues = 500;

export interface WantedClaims {
  readonly issuer: string;
  readonly audience: string;
  /** Claims that must be there; `exp` is always wanted. */
  readonly required: readonly string[];
  readonly clockToleranceMs: number;
  /** Set: `iat` must be there, not in the future and not longer ago. */
  readonly maxAgeSeconds?: number;
}

export interface SignedClaims {
  readonly payload: JWTPayload;
  /** Of the signature. */
  readonly algorithm: string;
}

/** Whether a text has the form of a signed JSON Web Token (RFC 7515 7.1). */
export function isTokenForm(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text);
}

/**
 * The claims of a JSON Web Token (RFC 7519, RFC 8725) that is signed by a key of the issuer with a listed algorithm, for this
 * audience, not expired, not too early; undefined for any other. Throws ISSUER_UNAVAILABLE.
 */
export async function signedClaims(
  text: string,
  keys: OidcKeys,
  wanted: WantedClaims,
  now: () => number,
): Promise<SignedClaims | undefined> {
  if (!isTokenForm(text)) return undefined;
  const first = await verify(text, await keys.keys(), wanted, now);
  if (first !== 'unknown-key') return first;
  // Issuers change their keys; one that is not known may be a new one.
  const newer = await keys.newerKeys();
  const second = newer === undefined ? undefined : await verify(text, newer, wanted, now);
  return second === 'unknown-key' ? undefined : second;
}

async function verify(
  text: string,
  keys: JSONWebKeySet,
  { issuer, audience, required, clockToleranceMs, maxAgeSeconds }: WantedClaims,
  now: () => number,
): Promise<SignedClaims | 'unknown-key' | undefined> {
  try {
    const { payload, protectedHeader } = await jwtVerify(text, createLocalJWKSet(keys), {
      algorithms,
      issuer,
      audience,
      requiredClaims: ['exp', ...required],
      clockTolerance: Math.floor(clockToleranceMs / 1000),
      currentDate: new Date(now()),
      ...(maxAgeSeconds === undefined ? {} : { maxTokenAge: maxAgeSeconds }),
    });
    return { payload, algorithm: protectedHeader.alg };
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key';
    // Whatever else is wrong with a token or its key, it proves nothing; that is no fault of ours to report.
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
      return undefined;
    throw error;
  }
}

/** The refusal of whoever the issuer would have to speak for, while it cannot be asked; other errors are thrown on. */
export function refusalWithoutIssuer(error: unknown): Refusal {
  if (error instanceof SallyportError && error.code === 'ISSUER_UNAVAILABLE')
    return refusalOf('ISSUER_UNAVAILABLE', { retryAfterSeconds: 10 });
  throw error;
}

export interface ClaimSettings {
  readonly scopeClaim: string;
  readonly scopeMap: readonly ClaimScopes[];
  readonly nameClaim: string;
}

export interface ClaimedActor {
  readonly actor: Actor;
  /** As Proof.key. */
  readonly key: string;
}

/** Who claims speak of, with the rights that the map gives. Nobody without a name (401) or without any right (403). */
export class ClaimReader {
  readonly #settings: ClaimSettings;
  readonly #scopesOf: ReadonlyMap<string, readonly Scope[]>;

  constructor(settings: ClaimSettings) {
    this.#settings = settings;
    this.#scopesOf = new Map(settings.scopeMap.map(({ value, scopes }) => [value, scopes]));
  }

  read(payload: JWTPayload): ClaimedActor | Refusal {
    const { nameClaim, scopeClaim } = this.#settings;
    const subject = payload[nameClaim];
    if (typeof subject !== 'string' || subject === '') return refusalOf('NOT_AUTHENTICATED');
    const scopes = new Set(
      valuesOf(claimOf(payload, scopeClaim)).flatMap((value) => this.#scopesOf.get(value) ?? []),
    );
    if (scopes.size === 0) return refusalOf('NOT_PERMITTED');
    return {
      actor: { kind: 'oidc', name: nameOf(subject), scopes: [...scopes], via: 'header' },
      key: `oidc ${subject}`,
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
