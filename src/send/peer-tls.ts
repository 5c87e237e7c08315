import type { ConnectionOptions } from 'node:tls';

/** Certificates of the DICOM listener, PEM. */
export interface ListenerCertificates {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** Authorities whose clients the listener accepts. */
  readonly ca?: string | Buffer;
}

/**
 * How a test reaches another DICOM node over TLS: those that may sign for callers may sign for it too, instead of the public
 * authorities, and our own certificate is shown to a node that asks. Its name is checked against the host that was asked.
 */
export function peerTls(own: ListenerCertificates | undefined): ConnectionOptions {
  if (own === undefined) return { rejectUnauthorized: true };
  const { key, cert, ca } = own;
  return { rejectUnauthorized: true, key, cert, ...(ca === undefined ? {} : { ca }) };
}
