import type { Scope } from '../core/scopes.ts';
import type { ClaimScopes, TlsClient } from './http-security-formats.ts';

/** The part of `Config.http` that says who may call, and over what. */
export interface HttpSecurityConfig {
  readonly tls: {
    readonly certFile: string;
    readonly keyFile: string;
    readonly caFile: string;
    readonly clientAuth: 'none' | 'request' | 'require';
    readonly clients: readonly TlsClient[];
    readonly terminatedByProxy: boolean;
  };
  readonly oidc: {
    readonly issuer: string;
    readonly audience: string;
    readonly jwksUri: string;
    readonly scopeClaim: string;
    readonly scopeMap: readonly ClaimScopes[];
    readonly nameClaim: string;
    /** ms. */
    readonly clockTolerance: number;
    /** Empty: nobody signs in to the dashboard at the issuer. */
    readonly clientId: string;
    readonly clientSecretFile: string;
    readonly clientSecret: string;
    readonly signInScope: string;
    readonly publicUrl: string;
  };
  readonly session: { readonly idle: number; readonly longest: number };
  readonly attempts: { readonly limit: number; readonly longestWait: number };
  /** Requests per second; 0: no limit. */
  readonly rateLimit: number;
  readonly rateBurst: number;
  readonly allowedHosts: readonly string[];
}

const scopeWords: readonly Scope[] = ['read', 'operate', 'identify', 'admin'];

/** Options of the same, for the section `http` of the schema. */
export const httpSecuritySchema = {
  tls: {
    certFile: {
      doc: 'Path of a PEM file: certificate of the HTTP server, with its chain. Set together with keyFile to speak HTTPS only, TLS 1.2 or later. Both are read again when they change, without dropping connections.',
      format: 'text',
      default: '',
    },
    keyFile: { doc: 'Path of a PEM file: private key of the HTTP server.', format: 'text', default: '' },
    caFile: {
      doc: 'Path of a PEM file: authorities whose client certificates are looked at.',
      format: 'text',
      default: '',
    },
    clientAuth: {
      doc: 'Client certificates: `none` asks for none; `request` takes them beside tokens and sessions; `require` ends the handshake without one, also for health and metrics.',
      format: ['none', 'request', 'require'],
      default: 'none',
    },
    clients: {
      doc: 'Who a client certificate stands for: a list of { "fingerprint256": "AB:CD:..." or "subjectCommonName": "pacs1", "name": "pacs1", "scopes": ["operate"], "aeTitle": "PACS1" }; aeTitle is optional. A certificate of caFile that is not listed is no credential. In the environment: JSON.',
      format: 'tls-clients',
      default: [],
    },
    terminatedByProxy: {
      doc: 'A proxy before the gateway speaks TLS with callers: cookies are for HTTPS only, HSTS is sent, and the start does not warn of an open port. Set it only if nobody gets past that proxy.',
      format: 'true-or-false',
      default: false,
    },
  },
  oidc: {
    issuer: {
      doc: 'Issuer of JSON Web Tokens that are accepted as bearer tokens, and OpenID provider of sign-in to the dashboard: its URL exactly as in their `iss`, https but on loopback. Its keys are found by OpenID Connect Discovery. Authorities of a hospital: NODE_EXTRA_CA_CERTS. Empty: none are accepted.',
      format: 'base-url',
      default: '',
    },
    audience: {
      doc: 'What the `aud` of a bearer token must hold: tokens made for other applications must not open this one. Empty, with clientId set: no bearer tokens of the issuer are accepted, people sign in to the dashboard alone.',
      format: 'text',
      default: '',
    },
    jwksUri: {
      doc: 'URL of the keys of the issuer, where it offers no discovery.',
      format: 'base-url',
      default: '',
    },
    scopeClaim: {
      doc: 'Claim with scopes or roles, as a text of words or a list; `realm_access.roles` looks into an object.',
      format: 'text',
      default: 'scope',
    },
    scopeMap: {
      doc: 'What a value of that claim gives: a list of { "value": "radiology", "scopes": ["read", "operate"] }. A token without any such value is refused. In the environment: JSON.',
      format: 'claim-scopes',
      default: scopeWords.map((scope) => ({ value: `sallyport:${scope}`, scopes: [scope] })),
    },
    nameClaim: {
      doc: 'Claim with the name the audit trail shows. One that is not 1 to 64 printable ASCII characters is shown by a digest.',
      format: 'text',
      default: 'sub',
    },
    clockTolerance: {
      doc: 'How far the clocks of issuer and gateway may differ, at most 5 minutes.',
      format: 'duration',
      default: '30s',
    },
    clientId: {
      doc: 'Name under which the gateway is registered with the issuer, for sign-in to the dashboard (authorization code flow with PKCE). The issuer must offer discovery, and its ID token hold scopeClaim and nameClaim. Empty: no such sign-in.',
      format: 'text',
      default: '',
    },
    clientSecretFile: {
      doc: 'File with the secret of this registration. Without one the gateway is a public client.',
      format: 'text',
      default: '',
    },
    clientSecret: {
      doc: 'The secret itself. For secret stores that hand over environment variables.',
      format: 'text',
      default: '',
      sensitive: true,
    },
    signInScope: {
      doc: 'Scopes that the sign-in asks for, separated by blanks; `openid` among them.',
      format: 'text',
      default: 'openid',
    },
    publicUrl: {
      doc: 'URL under which browsers reach the dashboard, without a path, https but on loopback. Register this URL followed by `/api/session/openid/callback` with the issuer. Needed with clientId: what a request says of its host is not believed.',
      format: 'base-url',
      default: '',
    },
  },
  session: {
    idle: {
      doc: 'A session of the dashboard without a request for this long ends.',
      format: 'duration',
      default: '30m',
    },
    longest: {
      doc: 'A session of the dashboard ends after this long in any case.',
      format: 'duration',
      default: '12h',
    },
  },
  attempts: {
    limit: {
      doc: 'Requests with wrong credentials from one address (of IPv6: one /64) that are answered 401; further ones get 429 and have to wait. Right credentials are let in at any time, also from there.',
      format: 'count',
      default: 10,
    },
    longestWait: {
      doc: 'The wait starts at one second and doubles up to this.',
      format: 'duration',
      default: '15m',
    },
  },
  rateLimit: {
    doc: 'Requests per second of one caller (a credential; without one, an address), up to 1024; 0: no limit.',
    format: 'count-or-zero',
    default: 200,
  },
  rateBurst: { doc: 'Requests at once of a caller that rested.', format: 'count', default: 1000 },
  allowedHosts: {
    doc: 'Names under which the gateway is reached, without port; requests for others are refused (DNS rebinding). Addresses are always right. Empty: on loopback `localhost` only, else any name. Set it where a proxy passes on its own name. In the environment: comma separated.',
    format: 'host-list',
    default: [],
  },
};
