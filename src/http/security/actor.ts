import { type ErrorCode, errorRow } from '../../core/errors.ts';
import type { Scope } from '../../core/scopes.ts';

/**
 * Rights of a caller. None implies another, but for one: `admin` (settings, tokens, connections) includes `read`
 * and `operate`. It does not include `identify`: seeing identified data is a right of its own, and who runs a gateway
 * needs no patient for it.
 */
const implied: Readonly<Record<Scope, readonly Scope[]>> = {
  read: ['read'],
  operate: ['operate'],
  identify: ['identify'],
  admin: ['admin', 'read', 'operate'],
};

/** Who calls, proven. Its name comes from configuration, a token's row or a signed claim; never from a data set. */
export interface Actor {
  readonly kind: 'token' | 'user' | 'oidc' | 'certificate';
  /** 1 to 64 printable ASCII characters; what the audit trail shows. */
  readonly name: string;
  /** As granted, before implication: ask `allows`. */
  readonly scopes: readonly Scope[];
  /** The AE title under which this caller's instances enter, for the choice of profile. */
  readonly aeTitle?: string;
  readonly via: 'header' | 'session' | 'certificate';
}

/** Whether the actor may do what wants this scope. */
export function allows(actor: Pick<Actor, 'scopes'>, scope: Scope): boolean {
  return actor.scopes.some((granted) => implied[granted].includes(scope));
}

/** The scopes among those asked for that the actor may not hand on, because it does not have them itself. */
export function ungrantable(actor: Pick<Actor, 'scopes'>, asked: readonly Scope[]): readonly Scope[] {
  return asked.filter((scope) => !allows(actor, scope));
}

/** The certificate a client showed in the TLS handshake. */
export interface ClientCertificate {
  /** The handshake checked it against `http.tls.caFile`; anything else proves nothing. */
  readonly authorized: boolean;
  /** SHA-256 of the certificate, as upper-case hexadecimal pairs with colons. */
  readonly fingerprint256: string;
  readonly commonName?: string;
}

/** What of a request tells who asks. Header values as they came; undefined where absent. */
export interface AuthenticationRequest {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
  readonly clientCertificate?: ClientCertificate | undefined;
  /** Address of the peer of the connection. */
  readonly address: string;
  readonly method: string;
  /** `X-CSRF-Token`. */
  readonly csrf?: string | undefined;
  readonly origin?: string | undefined;
  /** `Sec-Fetch-Site`. */
  readonly fetchSite?: string | undefined;
  readonly host?: string | undefined;
  /** The connection is TLS. */
  readonly secure?: boolean | undefined;
}

/** Why a request is refused: a code of the registry, which has message, advice and HTTP status. */
export interface Refusal {
  readonly refused: ErrorCode;
  readonly httpStatus: number;
  /** For `Retry-After`, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** For `WWW-Authenticate`. */
  readonly challenge?: string;
  /** A word that goes with the code: the right that is lacking. */
  readonly detail?: string;
}

/** A refusal by a code of the registry, with the HTTP status of its row. */
export function refusalOf(
  refused: ErrorCode,
  more: Pick<Refusal, 'retryAfterSeconds' | 'challenge'> = {},
): Refusal {
  return { refused, httpStatus: errorRow(refused).httpStatus ?? 500, ...more };
}

export function isRefusal(answer: Actor | Refusal): answer is Refusal {
  return Object.hasOwn(answer, 'refused');
}

/** One way to prove who asks. */
export interface Authenticator {
  /** The actor; why these credentials are refused; undefined: the request carries no credentials of this kind. */
  authenticate(request: AuthenticationRequest): Promise<Actor | Refusal | undefined>;
}
