import { isIP } from 'node:net';
import { isSecureUrl } from './http-security-formats.ts';
import type { HttpSecurityConfig } from './http-security-schema.ts';

const longestTolerance = 5 * 60_000;

/** Combinations of the options of http.tls, http.oidc, http.session and http.attempts that cannot be, as sentences. */
export function httpSecurityFaults(http: HttpSecurityConfig): string[] {
  const { tls, oidc, session, attempts } = http;
  const faults: string[] = signInFaults(http);
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
    fault(
      oidc.audience === '' && oidc.clientId === '',
      'http.oidc.issuer needs http.oidc.audience or http.oidc.clientId',
    );
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

/** Of the sign-in to the dashboard at the issuer. */
function signInFaults({ tls, oidc, allowedHosts }: HttpSecurityConfig): string[] {
  const faults: string[] = [];
  const fault = (wrong: boolean, text: string): void => {
    if (wrong) faults.push(text);
  };
  const { clientId, clientSecret, clientSecretFile, publicUrl, signInScope } = oidc;
  if (clientId === '') {
    fault(
      clientSecret !== '' || clientSecretFile !== '' || publicUrl !== '',
      'http.oidc.clientSecret, http.oidc.clientSecretFile and http.oidc.publicUrl need http.oidc.clientId',
    );
    return faults;
  }
  fault(oidc.issuer === '', 'http.oidc.clientId needs http.oidc.issuer');
  fault(!/^[\x20-\x7e]{1,256}$/.test(clientId), 'http.oidc.clientId must be 1 to 256 ASCII characters');
  fault(
    clientSecret !== '' && clientSecretFile !== '',
    'http.oidc.clientSecret and http.oidc.clientSecretFile exclude each other',
  );
  fault(
    !/^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(signInScope) ||
      !signInScope.split(' ').includes('openid'),
    'http.oidc.signInScope must be words separated by single blanks, openid among them',
  );
  const url = URL.parse(publicUrl);
  if (url === null) return [...faults, 'http.oidc.clientId needs http.oidc.publicUrl'];
  fault(!isSecureUrl(publicUrl), 'http.oidc.publicUrl must be https, but on loopback');
  fault(url.href !== `${url.origin}/`, 'http.oidc.publicUrl must be a scheme, a host and a port alone');
  const isSecure = tls.certFile !== '' || tls.terminatedByProxy;
  fault(
    (url.protocol === 'https:') !== isSecure,
    'http.oidc.publicUrl must be https where http.tls.certFile or http.tls.terminatedByProxy is set, and only there',
  );
  const { hostname } = url;
  const isAlwaysRight = isIP(hostname.replaceAll(/[[\]]/g, '')) !== 0 || /(?:^|\.)localhost$/.test(hostname);
  fault(
    allowedHosts.length > 0 && !isAlwaysRight && !allowedHosts.includes(hostname),
    'http.allowedHosts must hold the host of http.oidc.publicUrl',
  );
  return faults;
}
