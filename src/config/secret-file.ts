import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { SallyportError } from '../core/errors.ts';

const secretBytes = 32;

export interface PseudonymSecret {
  readonly bytes: Uint8Array;
  /** True when this start made it. */
  readonly created: boolean;
  /** Where it lies; undefined when it came with the configuration. */
  readonly file: string | undefined;
}

/**
 * The pseudonym secret: from the configuration, else from `secretFile`, else from the storage folder, where the first
 * start makes one (mode 0600, flushed before use: an output made with a secret that a power cut takes away could never
 * be linked again). Throws SECRET_UNUSABLE. A configured file is never created: a wrong path must not start a new key.
 */
export function readPseudonymSecret(
  settings: { readonly secret: string; readonly secretFile: string },
  storageDir: string,
): PseudonymSecret {
  if (settings.secret !== '')
    return { bytes: Buffer.from(settings.secret, 'hex'), created: false, file: undefined };
  if (settings.secretFile !== '')
    return { bytes: readSecret(settings.secretFile), created: false, file: settings.secretFile };
  const file = join(storageDir, 'pseudonym-secret');
  const created = createIfAbsent(file);
  return { bytes: readSecret(file), created, file };
}

/** A secret kept in a file, as text without the line end. Throws SECRET_UNUSABLE-like CONFIGURATION_INVALID. */
export function readTextSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new SallyportError('CONFIGURATION_INVALID', {
      detail: 'a secret file cannot be read',
      cause: error,
    });
  }
}

function readSecret(file: string): Uint8Array {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    throw new SallyportError('SECRET_UNUSABLE', { cause: error });
  }
  const text = content.toString('latin1').trim();
  const bytes = /^([0-9a-fA-F]{2}){32,}$/.test(text) ? Buffer.from(text, 'hex') : content;
  if (bytes.length < secretBytes)
    throw new SallyportError('SECRET_UNUSABLE', { detail: 'shorter than 32 bytes' });
  return bytes;
}

/** Written aside, flushed, then linked under its name: a crash on the way leaves no half secret that would be used. */
function createIfAbsent(file: string): boolean {
  if (existsSync(file)) return false;
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(aside, `${randomBytes(secretBytes).toString('hex')}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new SallyportError('STORAGE_UNUSABLE', { cause: error });
  } finally {
    rmSync(aside, { force: true });
  }
  const directory = openSync(dirname(file), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
  return true;
}
