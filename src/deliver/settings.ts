import type { RetryPolicy } from '../core/retry-policy.ts';

/** How the gateway proves itself to the backend. A client certificate (`tls`) goes with any of these. */
export type BackendAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'apiKey'; readonly header: string; readonly key: string }
  | {
      /** Client credentials, RFC 6749 4.4. */
      readonly kind: 'oauth2';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      /** Space-separated; sent when given. */
      readonly scope?: string;
      /** Sent when given, for the servers that ask for it. */
      readonly audience?: string;
      /** `basic`: HTTP Basic (RFC 6749 2.3.1), the default. `body`: form fields. */
      readonly clientAuthentication?: 'basic' | 'body';
    };

/** PEM texts, not paths. They hold for the backend and for the OAuth2 token server alike. */
export interface BackendTls {
  /** Replaces the built-in certificate authorities. */
  readonly ca?: string;
  /** Client certificate with its chain, and its key. */
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** Name to ask for and to verify, where it is not the host of `baseUrl`. */
  readonly serverName?: string;
}

/** Everything delivery needs to know of the backend; frozen configuration, handed in by the composition root. */
export interface BackendSettings {
  /** http or https, without credentials, query or fragment; a path is a prefix. */
  readonly baseUrl: string;
  /** For one whole post: connecting, sending, the answer. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Posts, and so connections, at one time. */
  readonly concurrency: number;
  readonly maxBodyBytes: number;
  readonly maxImagesPerPost: number;
  readonly gzip: boolean;
  readonly auth: BackendAuth;
  readonly tls?: BackendTls;
  /** Back-off between probes of a paused destination; `maxMs` also caps the time the circuit breaker stays open. */
  readonly retry: RetryPolicy;
  readonly breaker: {
    /** Failures in a row that open the circuit. */
    readonly failures: number;
    /** First time the circuit stays open; doubles with every failed probe. */
    readonly openMs: number;
  };
}
