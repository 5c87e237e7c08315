import type { CallingAeProfile, CallingPeer } from './formats.ts';
import type { HttpSecurityConfig } from './http-security-schema.ts';

/** The effective configuration: frozen, durations in milliseconds, sizes in bytes. Paths and names are those of the schema. */
export interface Config {
  readonly dimse: {
    readonly host: string;
    readonly port: number;
    readonly aeTitle: string;
    readonly requireCalledAeTitle: boolean;
    readonly callingPeers: readonly CallingPeer[];
    readonly allowedAddresses: readonly string[];
    readonly maxAssociations: number;
    readonly maxAssociationsPerPeer: number;
    readonly maxPduBytes: number;
    readonly maxInstanceBytes: number;
    readonly associationRequestTimeout: number;
    readonly idleTimeout: number;
    readonly acceptUnknownSopClasses: boolean;
    readonly tls: { readonly certFile: string; readonly keyFile: string; readonly caFile: string };
  };
  readonly http: HttpSecurityConfig & {
    readonly host: string;
    readonly port: number;
    readonly maxConnections: number;
    readonly openMetrics: boolean;
    readonly ingestAeTitle: string;
    readonly maxUploadBytes: number;
    readonly maxBase64Bytes: number;
    /** Times in ms. */
    readonly ingest: {
      readonly maxRequests: number;
      readonly instanceTimeout: number;
      readonly requestTimeout: number;
    };
    /** ms, and bytes per second. */
    readonly body: { readonly idleTimeout: number; readonly leastRate: number };
    readonly files: {
      readonly keep: number;
      readonly keepUploads: number;
      readonly maxFiles: number;
      readonly maxBytes: number;
    };
    readonly folderRoots: readonly string[];
    readonly apiTokenFile: string;
    readonly apiToken: string;
  };
  readonly storage: {
    readonly dir: string;
    readonly reserve: number;
    readonly duplicateContent: 'hold' | 'revision';
    readonly keepDelivered: number;
    readonly forgetAfter: number;
    readonly reports: boolean;
    readonly keepReports: number;
  };
  readonly deidentify: {
    readonly profile: string;
    readonly profileByCallingAe: readonly CallingAeProfile[];
    readonly secretFile: string;
    readonly secret: string;
    readonly furtherSecretFiles: readonly string[];
  };
  readonly crosswalk: { readonly keyFile: string; readonly dir: string; readonly forgetAfter: number };
  readonly render: {
    readonly jpegQuality: number;
    readonly maxPixelsPerFrame: number;
    readonly maxFrames: number;
    /** ms. */
    readonly frameTimeout: number;
    readonly format: 'jpeg' | 'png' | 'jxl' | 'htj2k';
    readonly maxLongEdge: number;
    readonly frames: string;
    readonly window: string;
    readonly overlays: boolean;
    readonly shutters: boolean;
    readonly aspectRatio: 'square' | 'stored';
    readonly segmentations: 'grey' | 'color' | 'hold';
    readonly ffmpeg: string;
  };
  readonly pipeline: {
    readonly prepareTimeout: number;
    readonly maxReadyBytes: number;
    readonly groupingWindow: number;
    readonly lease: number;
  };
  readonly backend: {
    readonly baseUrl: string;
    readonly timeout: number;
    readonly connectTimeout: number;
    readonly concurrency: number;
    readonly maxBodyBytes: number;
    readonly maxImagesPerPost: number;
    readonly gzip: boolean;
    readonly retryInitial: number;
    readonly retryMax: number;
    readonly breakerFailures: number;
    readonly breakerOpen: number;
    readonly auth: {
      readonly kind: 'none' | 'bearer' | 'api-key' | 'oauth2';
      readonly token: string;
      readonly tokenFile: string;
      readonly apiKeyHeader: string;
      readonly oauth2TokenUrl: string;
      readonly oauth2ClientId: string;
      readonly oauth2ClientSecret: string;
      readonly oauth2ClientSecretFile: string;
      readonly oauth2Scope: string;
    };
    readonly tls: { readonly caFile: string; readonly certFile: string; readonly keyFile: string };
  };
  readonly fhir: {
    readonly baseUrl: string;
    readonly idleBeforePost: number;
    readonly keepUnposted: number;
    readonly patientSystem: string;
    readonly accessionSystem: string;
    readonly timeout: number;
    readonly connectTimeout: number;
    readonly concurrency: number;
    readonly retryInitial: number;
    readonly retryMax: number;
    readonly auth: Config['backend']['auth'];
    readonly tls: Config['backend']['tls'];
  };
  readonly audit: {
    readonly keep: number;
    readonly syslog: {
      readonly host: string;
      readonly port: number;
      readonly transport: 'tls' | 'tcp';
      readonly caFile: string;
      readonly certFile: string;
      readonly keyFile: string;
      readonly sourceId: string;
      readonly siteId: string;
    };
  };
  readonly workers: number;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
  readonly shutdownTimeout: number;
}
