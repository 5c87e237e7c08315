import type { HttpSecurityConfig } from '../../config/http-security-schema.ts';
import type { AuditEntry } from '../../core/audit.ts';
import type { Emit } from '../../observe/events.ts';
import type { Authenticator } from './actor.ts';
import { CertificateAuthenticator } from './certificates.ts';
import { configuredToken } from './configured-token.ts';
import { SecurityGatekeeper } from './gatekeeper.ts';
import { isLoopback } from './hosts.ts';
import { OidcCheck } from './oidc-check.ts';
import { OidcKeys } from './oidc-keys.ts';
import type { BearerCheck } from './proof.ts';
import { TokenStore } from './token-store.ts';

type HttpConfig = HttpSecurityConfig & { readonly host: string };

export interface SecurityParts {
  readonly storageDir: string;
  /** The token of `http.apiToken` or its file; null: there is none. */
  readonly configuredToken: string | null;
  readonly emit: Emit;
  readonly audit: (entry: AuditEntry) => void;
  readonly now?: () => number;
}

/** Every way in that the configuration opens: bearer credentials in the order they are asked, and client certificates. */
export function buildAuthenticators(
  http: HttpConfig,
  { storageDir, configuredToken: token, emit, now }: SecurityParts,
): {
  readonly bearers: readonly BearerCheck[];
  readonly certificates: Authenticator | undefined;
  readonly tokens: TokenStore;
} {
  const { oidc, tls, allowedHosts } = http;
  const tokens = new TokenStore(storageDir, now);
  const keys = new OidcKeys(oidc, (fault) => emit('http.issuerFailed', { fault }), now);
  return {
    bearers: [
      ...(token === null ? [] : [configuredToken(token)]),
      tokens,
      ...(oidc.issuer === ''
        ? []
        : [new OidcCheck({ ...oidc, clockToleranceMs: oidc.clockTolerance }, keys, now)]),
    ],
    certificates:
      tls.clientAuth === 'none' ? undefined : new CertificateAuthenticator(tls.clients, allowedHosts),
    tokens,
  };
}

/** The gatekeeper of the configuration, and the store of its tokens. */
export function buildSecurity(
  http: HttpConfig,
  parts: SecurityParts,
): { readonly gatekeeper: SecurityGatekeeper; readonly tokens: TokenStore } {
  const { bearers, certificates, tokens } = buildAuthenticators(http, parts);
  const gatekeeper = new SecurityGatekeeper(
    {
      secure: isReachedByTls(http),
      allowedHosts: http.allowedHosts,
      loopback: isLoopback(http.host),
      session: { idleMs: http.session.idle, longestMs: http.session.longest },
      attempts: { attempts: http.attempts.limit, longestWaitMs: http.attempts.longestWait },
      rate: { perSecond: http.rateLimit, burst: http.rateBurst },
    },
    { ...parts, bearers, certificates },
  );
  return { gatekeeper, tokens };
}

/**
 * Tells at the start where callers from other hosts reach the server without TLS: credentials would be read on the way. It
 * is allowed, because a proxy may stand before it that the configuration does not tell of.
 */
export function tellIfUnprotected(http: HttpConfig, port: number, emit: Emit): void {
  if (!isReachedByTls(http) && !isLoopback(http.host)) emit('http.unprotected', { port });
}

function isReachedByTls({ tls }: HttpConfig): boolean {
  return tls.certFile !== '' || tls.terminatedByProxy;
}
