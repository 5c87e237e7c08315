import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { createSecureContext, type Server } from 'node:tls';
import type { HttpSecurityConfig } from '../../config/http-security-schema.ts';
import { SallyportError } from '../../core/errors.ts';
import type { Emit } from '../../observe/events.ts';

type TlsConfig = HttpSecurityConfig['tls'];

const dayMs = 86_400_000;
/** How often the files are looked at. */
const watchMs = 30_000;
/** A certificate that ends within this time is told of once a day. */
const endsSoonDays = 14;

/** What HTTPS listens with; null: no certificate is configured. Throws CONFIGURATION_INVALID naming the option. */
export function tlsListenerOptions(tls: TlsConfig): ServerOptions | null {
  if (tls.certFile === '') return null;
  return {
    ...readMaterial(tls),
    minVersion: 'TLSv1.2',
    honorCipherOrder: true,
    requestCert: tls.clientAuth !== 'none',
    // With `request`, a certificate that does not hold is no credential; the server looks at `authorized`.
    rejectUnauthorized: tls.clientAuth === 'require',
  };
}

interface Material {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
}

function readMaterial(tls: TlsConfig): Material {
  const material: Material = {
    cert: readPem(tls.certFile, 'http.tls.certFile'),
    key: readPem(tls.keyFile, 'http.tls.keyFile'),
    ...(tls.caFile === '' ? {} : { ca: readPem(tls.caFile, 'http.tls.caFile') }),
  };
  try {
    // Also finds a certificate and the key of another one.
    createSecureContext(material);
  } catch (cause) {
    throw invalid(
      'http.tls.certFile, http.tls.keyFile or http.tls.caFile is no PEM file of its kind, or the key is of another certificate',
      cause,
    );
  }
  return material;
}

/** Whole days until the certificate ends; negative once it has. */
function daysLeft(cert: Buffer, now: number): number {
  return Math.floor((new X509Certificate(cert).validToDate.getTime() - now) / dayMs);
}

function readPem(file: string, option: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw invalid(`${option} cannot be read`, cause);
  }
}

function invalid(detail: string, cause?: unknown): SallyportError {
  return new SallyportError('CONFIGURATION_INVALID', { detail, cause });
}

/**
 * Takes new certificates into use when their files change: connections that are open go on with the old ones, new
 * handshakes get the new. Files that cannot be used (half written, of two kinds) change nothing and are told of once.
 */
export class CertificateWatch {
  readonly #tls: TlsConfig;
  readonly #server: Pick<Server, 'setSecureContext'>;
  readonly #emit: Emit;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #version: string;
  #inUse: Buffer;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    tls: TlsConfig,
    server: Pick<Server, 'setSecureContext'>,
    emit: Emit,
    { everyMs = watchMs, now = Date.now }: { readonly everyMs?: number; readonly now?: () => number } = {},
  ) {
    this.#tls = tls;
    this.#server = server;
    this.#emit = emit;
    this.#now = now;
    this.#version = this.#versionNow();
    this.#inUse = readPem(tls.certFile, 'http.tls.certFile');
    this.#timer = setInterval(() => this.look(), everyMs);
    this.#timer.unref();
    this.#tellEnd();
  }

  /** Looks at the files now. */
  look(): void {
    const version = this.#versionNow();
    if (version !== this.#version) this.#reload(version);
    this.#tellEnd();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #reload(version: string): void {
    this.#version = version;
    try {
      const material = readMaterial(this.#tls);
      const days = daysLeft(material.cert, this.#now());
      if (days < 0) {
        this.#emit('http.certificateUnusable', { fault: 'expired', validForDays: days });
        return;
      }
      this.#server.setSecureContext({ ...material, minVersion: 'TLSv1.2', honorCipherOrder: true });
      this.#inUse = material.cert;
      this.#toldAt = Number.NEGATIVE_INFINITY;
      this.#emit('http.certificateReloaded', { validForDays: days });
    } catch {
      // The event is the report: the message of a TLS library may quote the file.
      this.#emit('http.certificateUnusable', { fault: 'unreadable', validForDays: 0 });
    }
  }

  #tellEnd(): void {
    if (this.#now() - this.#toldAt < dayMs) return;
    const days = daysLeft(this.#inUse, this.#now());
    if (days >= endsSoonDays) return;
    this.#toldAt = this.#now();
    this.#emit('http.certificateUnusable', { fault: days < 0 ? 'expired' : 'ends-soon', validForDays: days });
  }

  #versionNow(): string {
    const { certFile, keyFile, caFile } = this.#tls;
    return [certFile, keyFile, caFile]
      .filter((file) => file !== '')
      .map((file) => {
        const stat = statSync(file, { throwIfNoEntry: false });
        return stat === undefined ? 'none' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
      })
      .join(' ');
  }
}
