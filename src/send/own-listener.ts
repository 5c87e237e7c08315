import type { SendTarget } from './association.ts';

export interface OwnListener {
  /** As configured: where it says every address, the loopback one is called. */
  readonly host: string;
  /** The port it truly listens on. */
  readonly port: number;
  readonly aeTitle: string;
  /** PEM; where the listener speaks TLS. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
}

/**
 * The gateway's own listener as a target. With TLS exactly its own certificate is trusted, whatever host it names, and it is
 * shown as ours too where the listener asks for one.
 */
export function ownListener({ host, port, aeTitle, tls }: OwnListener): SendTarget {
  const loopback: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const target = { host: loopback[host] ?? host, port, aeTitle };
  if (tls === undefined) return target;
  const { key, cert } = tls;
  return {
    ...target,
    tls: {
      key,
      cert,
      ca: cert,
      // The leaf itself is the anchor: the authority behind it need not be at hand.
      allowPartialTrustChain: true,
      rejectUnauthorized: true,
      checkServerIdentity: () => undefined,
    },
  };
}
