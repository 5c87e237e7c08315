import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { NoAssociationKind } from '../observe/association-observer.ts';

/** What OpenSSL calls bytes that are no TLS record. */
const plainBytes = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_HTTPS_PROXY_REQUEST',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_BAD_PACKET',
]);

/** The connection below TLS: it knows its address and bytes when the one above is gone already. */
export function belowTls(socket: TLSSocket): Socket | undefined {
  const parent: unknown = Reflect.get(socket, '_parent');
  return parent instanceof Socket ? parent : undefined;
}

/** Why a TLS handshake came to nothing, from what Node and OpenSSL tell of it. */
export function handshakeFailure(error: NodeJS.ErrnoException, socket: TLSSocket): NoAssociationKind {
  const code = error.code ?? '';
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'silent';
  if (plainBytes.has(code)) return 'speaks-plain';
  if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') return 'tls-no-certificate';
  // Node checks the certificate after the handshake and simply ends the connection.
  if (isText(Reflect.get(socket, 'authorizationError'))) return 'tls-certificate-refused';
  if (/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_(UNKNOWN|EXPIRED|REVOKED))/.test(code))
    return 'our-certificate-refused';
  if (code.startsWith('ERR_SSL')) return 'tls-handshake';
  // Many clients that do not trust a certificate hang up without an alert.
  return (belowTls(socket)?.bytesRead ?? 0) > 0 ? 'our-certificate-refused' : 'closed-at-once';
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
