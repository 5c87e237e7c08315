import { readFileSync } from 'node:fs';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { SallyportError } from '../core/errors.ts';

/** `--tls`, `--ca FILE`, `--cert FILE`, `--key FILE` as `parseArgs` takes them. */
export const tlsOptions = {
  tls: { type: 'boolean', default: false },
  ca: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
} as const;

export interface TlsArguments {
  readonly tls: boolean;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * TLS settings from the arguments, files read; undefined without `--tls`. The peer's certificate is always checked. Throws
 * CONFIGURATION_INVALID where the arguments or the files do not go together.
 */
export function tlsSettings({ tls, ca, cert, key }: TlsArguments): ConnectionOptions | undefined {
  if (!tls) {
    if (ca !== undefined || cert !== undefined || key !== undefined)
      throw invalid('--ca, --cert, --key need --tls');
    return undefined;
  }
  if ((cert === undefined) !== (key === undefined)) throw invalid('--cert and --key go together');
  const settings = {
    ...(ca === undefined ? {} : { ca: readPem(ca, '--ca') }),
    ...(cert === undefined ? {} : { cert: readPem(cert, '--cert') }),
    ...(key === undefined ? {} : { key: readPem(key, '--key') }),
  };
  try {
    createSecureContext(settings);
  } catch (cause) {
    throw invalid('--ca, --cert or --key is no PEM file of its kind', cause);
  }
  // Said aloud so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off.
  return { ...settings, rejectUnauthorized: true };
}

function readPem(path: string, argument: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw invalid(`the file of ${argument} cannot be read`, cause);
  }
}

function invalid(detail: string, cause?: unknown): SallyportError {
  return new SallyportError('CONFIGURATION_INVALID', { detail, cause });
}
