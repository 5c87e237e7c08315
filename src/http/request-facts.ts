import type { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import type { AuthenticationRequest } from './security/actor.ts';
import { clientCertificateOf } from './security/certificates.ts';

/** Whether bytes of a body follow the headers. */
export function hasBytes({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** `Content-Length`, bytes. */
export function lengthOf({ headers }: FastifyRequest): number | undefined {
  return headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
}

/** The body is compressed, or written in some other way than as it is (RFC 9110 8.4). */
export function isEncoded({ headers }: FastifyRequest): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding.trim().toLowerCase() !== 'identity';
}

/**
 * The host that is asked: of a target in absolute form, that one, whatever the header says (RFC 9112 3.2.2). Two headers
 * name none.
 */
export function hostOf({ headers, raw }: FastifyRequest): string | undefined {
  const target = raw.url ?? '';
  if ((raw.headersDistinct.host?.length ?? 0) > 1) return '';
  return target.startsWith('/') || target === '*' ? headers.host : (URL.parse(target)?.host ?? '');
}

/** The connection is TLS. */
export function isSecure(request: FastifyRequest): boolean {
  return (request.socket as Partial<TLSSocket>).encrypted === true;
}

/** What of a request tells who asks. */
export function authenticationOf(request: FastifyRequest): AuthenticationRequest {
  const { headers, method, ip: address } = request;
  const text = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    authorization: authorizationOf(request),
    cookie: headers.cookie,
    clientCertificate: clientCertificateOf(request.socket),
    address,
    method,
    csrf: text('x-csrf-token'),
    origin: headers.origin,
    fetchSite: text('sec-fetch-site'),
    host: hostOf(request),
    secure: isSecure(request),
  };
}

/** Of several headers Node takes the first, a proxy perhaps the last: several are none that is right. */
function authorizationOf({ headers, raw }: FastifyRequest): string | undefined {
  return (raw.headersDistinct.authorization?.length ?? 0) > 1 ? '' : headers.authorization;
}
