import { isSecureUrl } from './http-security-formats.ts';
import type { HttpSecurityConfig } from './http-security-schema.ts';

const longestTolerance = 5 * 60_000;

/** Combinations of the options of http.tls, http.oidc, http.session and http.attempts that cannot be, as sentences. */
export function httpSecurityFaults({ tls, oidc, session, attempts }: HttpSecurityConfig): string[] {
  const faults: string[] = [];
  const fault = (wrong: boolean, text: string): void => {
    if (wrong) faults.push(text);
  };
  fault(
    (tls.certFile === '') !== (tls.keyFile === ''),
    'http.tls.certFile and http.tls.keyFile must be set together',
  );
  fault(
    tls.clientAuth !== 'none' && (tls.certFile === '' || tls.caFile === ''),
    'http.tls.clientAuth needs http.tls.certFile, http.tls.keyFile and http.tls.caFile',
  );
  fault(
    tls.caFile !== '' && tls.clientAuth === 'none',
    'http.tls.caFile needs http.tls.clientAuth request or require',
  );
  fault(
    tls.clients.length > 0 && tls.clientAuth === 'none',
    'http.tls.clients needs http.tls.clientAuth request or require',
  );
  if (oidc.issuer === '') {
    fault(
      oidc.audience !== '' || oidc.jwksUri !== '',
      'http.oidc.audience and http.oidc.jwksUri need http.oidc.issuer',
    );
  } else {
    fault(oidc.audience === '', 'http.oidc.issuer needs http.oidc.audience');
    fault(!isSecureUrl(oidc.issuer), 'http.oidc.issuer must be https, but on loopback');
    fault(
      oidc.jwksUri !== '' && !isSecureUrl(oidc.jwksUri),
      'http.oidc.jwksUri must be https, but on loopback',
    );
    fault(oidc.scopeClaim === '', 'http.oidc.scopeClaim must name a claim');
    fault(oidc.nameClaim === '', 'http.oidc.nameClaim must name a claim');
  }
  fault(oidc.clockTolerance > longestTolerance, 'http.oidc.clockTolerance must not be above 5m');
  fault(session.idle < 1000, 'http.session.idle must be at least 1s');
  fault(session.longest < session.idle, 'http.session.longest must not be below http.session.idle');
  fault(attempts.longestWait < 1000, 'http.attempts.longestWait must be at least 1s');
  return faults;
}
