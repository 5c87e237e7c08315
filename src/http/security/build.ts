import type { HttpSecurityConfig } from '../../config/http-security-schema.ts';
import type { AuditEntry } from '../../core/audit.ts';
import type { Emit } from '../../observe/events.ts';
import type { Authenticator } from './actor.ts';
import { CertificateAuthenticator } from './certificates.ts';
import { configuredToken } from './configured-token.ts';
import { SecurityGatekeeper } from './gatekeeper.ts';
import { isLoopback } from './hosts.ts';
import { OidcCheck } from './oidc-check.ts';
import { IdTokenCheck } from './oidc-id-token.ts';
import type { IssuerFault } from './oidc-issuer.ts';
import { OidcKeys } from './oidc-keys.ts';
import { OidcProvider } from './oidc-provider.ts';
import { OidcSignIn } from './oidc-sign-in.ts';
import type { BearerCheck } from './proof.ts';
import { TokenStore } from './token-store.ts';

type HttpConfig = HttpSecurityConfig & { readonly host: string };

export interface SecurityParts {
  readonly storageDir: string;
  /** The token of `http.apiToken` or its file; null: there is none. */
  readonly configuredToken: string | null;
  /** The secret of `http.oidc.clientSecret` or its file; null: there is none. */
  readonly oidcClientSecret: string | null;
  readonly emit: Emit;
  readonly audit: (entry: AuditEntry) => void;
  readonly now?: () => number;
}

/** Every way in that the configuration opens: bearer credentials in the order they are asked, and client certificates. */
export function buildAuthenticators(
  http: HttpConfig,
  { storageDir, configuredToken: token, oidcClientSecret, emit, now }: SecurityParts,
): {
  readonly bearers: readonly BearerCheck[];
  readonly certificates: Authenticator | undefined;
  readonly tokens: TokenStore;
  /** Sign-in to the dashboard at the issuer, where it is offered. */
  readonly oidcSignIn: OidcSignIn | undefined;
} {
  const { oidc, tls, allowedHosts } = http;
  const tokens = new TokenStore(storageDir, now);
  const failed = (fault: IssuerFault): void => emit('http.issuerFailed', { fault });
  const keys = new OidcKeys(oidc, failed, now);
  const claims = { ...oidc, clockToleranceMs: oidc.clockTolerance };
  return {
    bearers: [
      ...(token === null ? [] : [configuredToken(token)]),
      tokens,
      // Without an audience tokens for anybody would do.
      ...(oidc.issuer === '' || oidc.audience === '' ? [] : [new OidcCheck(claims, keys, now)]),
    ],
    certificates:
      tls.clientAuth === 'none' ? undefined : new CertificateAuthenticator(tls.clients, allowedHosts),
    tokens,
    oidcSignIn:
      oidc.clientId === ''
        ? undefined
        : new OidcSignIn(
            {
              provider: new OidcProvider(
                {
                  ...oidc,
                  clientSecret: oidcClientSecret,
                  scope: oidc.signInScope,
                  redirectUrl: publicUrlOf(oidc.publicUrl, `${signInPath}/callback`),
                },
                failed,
                now,
              ),
              tokens: new IdTokenCheck(claims, keys, now),
              startUrl: publicUrlOf(oidc.publicUrl, signInPath),
            },
            now,
          ),
  };
}

/** As in the contract. */
const signInPath = '/api/session/openid';

function publicUrlOf(base: string, path: string): string {
  return new URL(path, base).href;
}

/** The gatekeeper of the configuration, the store of its tokens, and sign-in at the issuer where it is offered. */
export function buildSecurity(
  http: HttpConfig,
  parts: SecurityParts,
): {
  readonly gatekeeper: SecurityGatekeeper;
  readonly tokens: TokenStore;
  readonly oidcSignIn: OidcSignIn | undefined;
} {
  const { bearers, certificates, tokens, oidcSignIn } = buildAuthenticators(http, parts);
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
  return { gatekeeper, tokens, oidcSignIn };
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
