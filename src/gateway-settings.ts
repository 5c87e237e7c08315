import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type SyslogSettings, syslogSettings } from './audit/syslog-settings.ts';
import type { Config } from './config/config.ts';
import { isApiToken } from './config/formats.ts';
import { ConfigurationFaults } from './config/load.ts';
import { readTextSecret } from './config/secret-file.ts';
import { SallyportError } from './core/errors.ts';
import { parseFrameSelection, parseWindowChoice } from './core/render-choices.ts';
import type { ProfileDefinition } from './deidentify/profile-definition.ts';
import type { FhirServerSettings } from './deliver/fhir-client.ts';
import type { BackendAuth, BackendSettings } from './deliver/settings.ts';
import { tlsListenerOptions } from './http/security/tls-listener.ts';
import type { HttpServerSettings } from './http/server.ts';
import type { ProfileChoice } from './pipeline/messages.ts';
import { loadProfileFile, ProfileFaults } from './profiles/profile-files.ts';
import type { ListenerSettings } from './receive/settings.ts';
import type { RenderSettings } from './render/settings.ts';

/** The listener's settings from the configuration, certificates read. Throws CONFIGURATION_INVALID. */
export function listenerSettings({ dimse }: Config): ListenerSettings {
  const { tls, associationRequestTimeout, idleTimeout, ...same } = dimse;
  const secured =
    tls.certFile === ''
      ? {}
      : {
          tls: {
            cert: readPem(tls.certFile, 'dimse.tls.certFile'),
            key: readPem(tls.keyFile, 'dimse.tls.keyFile'),
            ...(tls.caFile === '' ? {} : { ca: readPem(tls.caFile, 'dimse.tls.caFile') }),
            requireClientCertificate: tls.caFile !== '',
          },
        };
  return {
    ...same,
    associationRequestTimeoutMs: associationRequestTimeout,
    idleTimeoutMs: idleTimeout,
    ...secured,
  };
}

/** Delivery's settings from the configuration, secrets and certificates read. Throws CONFIGURATION_INVALID. */
export function backendSettings({ backend }: Config): BackendSettings {
  return {
    baseUrl: backend.baseUrl,
    timeoutMs: backend.timeout,
    connectTimeoutMs: backend.connectTimeout,
    concurrency: backend.concurrency,
    maxBodyBytes: backend.maxBodyBytes,
    maxImagesPerPost: backend.maxImagesPerPost,
    gzip: backend.gzip,
    auth: authOf(backend.auth),
    ...pemOf(backend.tls, 'backend.tls'),
    retry: { initialMs: backend.retryInitial, maxMs: backend.retryMax },
    breaker: { failures: backend.breakerFailures, openMs: backend.breakerOpen },
  };
}

/** The token that the configuration names, or null. Throws CONFIGURATION_INVALID. */
export function configuredApiToken({ http }: Config): string | null {
  const { apiToken, apiTokenFile } = http;
  const token = apiTokenFile === '' ? apiToken : readTextSecret(apiTokenFile);
  if (apiTokenFile === '' && token === '') return null;
  if (!isApiToken(token))
    throw new SallyportError('CONFIGURATION_INVALID', {
      detail: 'the file of http.apiTokenFile does not hold at least 16 characters without blanks',
    });
  return token;
}

/** The secret of the gateway at the OpenID issuer, or null. Throws CONFIGURATION_INVALID. */
export function oidcClientSecret({ http }: Config): string | null {
  const { clientSecret, clientSecretFile } = http.oidc;
  const secret = clientSecretFile === '' ? clientSecret : readTextSecret(clientSecretFile);
  if (secret !== '') return secret;
  if (clientSecretFile === '') return null;
  throw new SallyportError('CONFIGURATION_INVALID', {
    detail: 'the file of http.oidc.clientSecretFile is empty',
  });
}

/** The HTTP server's settings from the configuration. */
export function httpServerSettings({ http, dimse }: Config): HttpServerSettings {
  const { host, port, maxConnections, openMetrics } = http;
  return {
    host,
    port,
    tls: tlsListenerOptions(http.tls),
    maxConnections,
    openMetrics,
    bodyIdleMs: http.body.idleTimeout,
    leastBodyRate: http.body.leastRate,
    bodyLimits: {
      json: maxJsonBytes,
      upload: http.maxUploadBytes,
      base64: http.maxBase64Bytes,
      instance: dimse.maxInstanceBytes,
      stow: dimse.maxInstanceBytes * maxStowInstances,
    },
  };
}

const maxJsonBytes = 256 * 1024;
/** One STOW request may bring a whole series: so many times the limit of an instance, which each in it has. */
export const maxStowInstances = 16;

/** Rendering's settings from the configuration. */
export function renderSettings({ render }: Config): RenderSettings {
  const { jpegQuality, frameTimeout, frames, window, ffmpeg, ...same } = render;
  return {
    ...same,
    quality: jpegQuality,
    frameTimeoutMs: frameTimeout,
    // The configuration was checked with the same parsers; the defaults are for the type.
    frames: parseFrameSelection(frames) ?? { kind: 'all' },
    window: parseWindowChoice(window) ?? { kind: 'nth', n: 1 },
    ffmpeg: ffmpeg === '' ? null : ffmpeg,
  };
}

/**
 * The profiles of the configuration, their files read: the standard one, and those of certain calling AE titles. Throws
 * ConfigurationFaults with every fault of every file; also where two files give one name to different profiles, because
 * the name is what a receiver sees.
 */
export function profileChoice({ deidentify }: Config): ProfileChoice {
  const faults: string[] = [];
  const byPath = new Map<string, ProfileDefinition>();
  const revisions = new Map<string, { readonly revision: string; readonly path: string }>();
  for (const path of [deidentify.profile, ...deidentify.profileByCallingAe.map(({ profile }) => profile)]) {
    if (byPath.has(path)) continue;
    try {
      const { id, revision, definition } = loadProfileFile(path);
      byPath.set(path, definition);
      const other = revisions.get(id);
      if (other !== undefined && other.revision !== revision)
        faults.push(`${other.path} and ${path} are different profiles of one name, ${id}; rename one`);
      revisions.set(id, { revision, path });
    } catch (error) {
      if (!(error instanceof ProfileFaults)) throw error;
      // A file may be named more than once.
      faults.push(...error.faults.filter((fault) => !faults.includes(fault)));
    }
  }
  const standard = byPath.get(deidentify.profile);
  if (faults.length > 0 || standard === undefined) throw new ConfigurationFaults(faults);
  return {
    standard,
    byCallingAeTitle: deidentify.profileByCallingAe.map(({ callingAeTitle, profile }) => ({
      callingAeTitle: callingAeTitle.trim(),
      definition: byPath.get(profile) ?? standard,
    })),
  };
}

/** The FHIR server's settings from the configuration, secrets and certificates read. Throws CONFIGURATION_INVALID. */
export function fhirServerSettings({ fhir }: Config): FhirServerSettings {
  return {
    baseUrl: fhir.baseUrl,
    timeoutMs: fhir.timeout,
    connectTimeoutMs: fhir.connectTimeout,
    concurrency: fhir.concurrency,
    auth: authOf(fhir.auth),
    ...pemOf(fhir.tls, 'fhir.tls'),
  };
}

/** Where audit messages go; undefined: nowhere. Throws CONFIGURATION_INVALID. */
export function auditSyslogSettings({ audit, dimse }: Config): SyslogSettings | undefined {
  const origin = { hostName: hostname(), processId: process.pid };
  return syslogSettings(audit.syslog, dimse.aeTitle, origin, readPem);
}

function pemOf(
  tls: Config['backend']['tls'],
  section: string,
): { readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string } } {
  const pem = {
    ...(tls.caFile === '' ? {} : { ca: readPem(tls.caFile, `${section}.caFile`) }),
    ...(tls.certFile === '' ? {} : { cert: readPem(tls.certFile, `${section}.certFile`) }),
    ...(tls.keyFile === '' ? {} : { key: readPem(tls.keyFile, `${section}.keyFile`) }),
  };
  return Object.keys(pem).length === 0 ? {} : { tls: pem };
}

function authOf(auth: Config['backend']['auth']): BackendAuth {
  const secret = (value: string, file: string): string => (file === '' ? value : readTextSecret(file));
  switch (auth.kind) {
    case 'none':
      return { kind: 'none' };
    case 'bearer':
      return { kind: 'bearer', token: secret(auth.token, auth.tokenFile) };
    case 'api-key':
      return { kind: 'apiKey', header: auth.apiKeyHeader, key: secret(auth.token, auth.tokenFile) };
    case 'oauth2':
      return {
        kind: 'oauth2',
        tokenUrl: auth.oauth2TokenUrl,
        clientId: auth.oauth2ClientId,
        clientSecret: secret(auth.oauth2ClientSecret, auth.oauth2ClientSecretFile),
        ...(auth.oauth2Scope === '' ? {} : { scope: auth.oauth2Scope }),
      };
    default:
      return auth.kind satisfies never;
  }
}

function readPem(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SallyportError('CONFIGURATION_INVALID', { detail: `${option} cannot be read`, cause: error });
  }
}
