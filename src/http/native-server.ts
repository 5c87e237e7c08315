import {
  createServer as createPlainServer,
  type ServerOptions as PlainOptions,
  type Server as PlainServer,
  type RequestListener,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https';
import { endStalledReaders } from './stalled-readers.ts';

/** A client that is this slow to send its headers is let go, ms. */
const headersTimeoutMs = 10_000;
const keepAliveTimeoutMs = 65_000;

/** Makes the server the framework runs on, with the limits that hold before there is a request. */
export function nativeServerFactory({
  tls,
  maxConnections,
}: {
  readonly tls: TlsOptions | null;
  readonly maxConnections: number;
}): (handler: RequestListener) => PlainServer {
  const limits: PlainOptions = {
    headersTimeout: headersTimeoutMs,
    // Bodies are watched one by one: a file of gigabytes may take long, a form may not.
    requestTimeout: 0,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: 2_000,
  };
  return (handler) => {
    const server =
      tls === null ? createPlainServer(limits, handler) : createTlsServer({ ...tls, ...limits }, handler);
    server.maxConnections = maxConnections;
    endStalledReaders(server, tls === null ? 'connection' : 'secureConnection');
    return server;
  };
}
