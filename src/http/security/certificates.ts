import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { fingerprintOf, type TlsClient } from '../../config/http-security-formats.ts';
import {
  type Actor,
  type AuthenticationRequest,
  type Authenticator,
  type ClientCertificate,
  type Refusal,
  refusalOf,
} from './actor.ts';
import { isOfOtherPage, isSafeMethod, isSameOrigin } from './hosts.ts';

/** A connection keeps its certificate; reading it from OpenSSL costs as much as the rest of a small request. */
const bySocket = new WeakMap<
  Socket,
  { readonly certificate: ClientCertificate; readonly from: number; readonly to: number }
>();

/**
 * The certificate the client of this connection showed; undefined without TLS or certificate. One whose time is over
 * while the connection lasts is no longer `authorized`.
 */
export function clientCertificateOf(socket: Socket, now: number = Date.now()): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const known = bySocket.get(socket) ?? readCertificate(socket);
  if (known === undefined) return undefined;
  bySocket.set(socket, known);
  return known.from <= now && now <= known.to
    ? known.certificate
    : { ...known.certificate, authorized: false };
}

function readCertificate(socket: TLSSocket) {
  const peer = socket.getPeerCertificate();
  if (peer === null || typeof peer.fingerprint256 !== 'string') return undefined;
  // A subject with two common names is meant to be misread.
  const commonName: unknown = peer.subject?.CN;
  const certificate: ClientCertificate = {
    authorized: socket.authorized,
    fingerprint256: peer.fingerprint256,
    ...(typeof commonName === 'string' ? { commonName } : {}),
  };
  return { certificate, from: Date.parse(peer.valid_from), to: Date.parse(peer.valid_to) };
}

/**
 * Client certificates that the configuration names. The fingerprint goes before the common name. A browser shows its
 * certificate to whatever page asks it to send a request, so requests that change something must not come from a page of
 * somebody else (programs, which say nothing of pages, pass).
 */
export class CertificateAuthenticator implements Authenticator {
  readonly #byFingerprint = new Map<string, Actor>();
  readonly #byCommonName = new Map<string, Actor>();
  readonly #allowedHosts: readonly string[];

  constructor(clients: readonly TlsClient[], allowedHosts: readonly string[]) {
    this.#allowedHosts = allowedHosts;
    for (const { fingerprint256, subjectCommonName, name, scopes, aeTitle } of clients) {
      const actor: Actor = {
        kind: 'certificate',
        name,
        scopes,
        via: 'certificate',
        ...(aeTitle === undefined ? {} : { aeTitle }),
      };
      const fingerprint = fingerprintOf(fingerprint256);
      if (fingerprint !== undefined) this.#byFingerprint.set(fingerprint, actor);
      if (subjectCommonName !== undefined) this.#byCommonName.set(subjectCommonName, actor);
    }
  }

  /** Undefined also for certificates that nobody named: where they are merely required, a token says who it is. */
  async authenticate(request: AuthenticationRequest): Promise<Actor | Refusal | undefined> {
    const { clientCertificate } = request;
    if (clientCertificate === undefined || !clientCertificate.authorized) return undefined;
    const { fingerprint256, commonName } = clientCertificate;
    const actor =
      this.#byFingerprint.get(fingerprint256) ??
      (commonName === undefined ? undefined : this.#byCommonName.get(commonName));
    if (actor === undefined) return undefined;
    if (isOfOtherPage(request)) return refusalOf('CROSS_SITE_REQUEST');
    if (!isSafeMethod(request.method) && !isSameOrigin(request, this.#allowedHosts, 'or-silent'))
      return refusalOf('CROSS_SITE_REQUEST');
    return actor;
  }
}
