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
/** Longer than any key: a wrong path is noticed before it becomes one. */
const maxFileBytes = 64 * 1024;

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
    return { bytes: readSecretFile(settings.secretFile), created: false, file: settings.secretFile };
  const file = join(storageDir, 'pseudonym-secret');
  const created = createSecretFile(file);
  return { bytes: readSecretFile(file), created, file };
}

/**
 * The secrets of the key ring, the active one first, then those of `furtherSecretFiles` in their order. Throws
 * SECRET_UNUSABLE.
 */
export function readPseudonymSecrets(
  settings: {
    readonly secret: string;
    readonly secretFile: string;
    readonly furtherSecretFiles: readonly string[];
  },
  storageDir: string,
): { readonly active: PseudonymSecret; readonly all: readonly Uint8Array[] } {
  const active = readPseudonymSecret(settings, storageDir);
  return { active, all: [active.bytes, ...settings.furtherSecretFiles.map(readSecretFile)] };
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

/**
 * The key in a file: at least 64 hexadecimal digits, or at least 32 bytes of any kind. Throws SECRET_UNUSABLE, also for
 * hexadecimal digits that a slip cut short: read as text they would be another key.
 */
export function readSecretFile(file: string): Uint8Array {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    throw new SallyportError('SECRET_UNUSABLE', { cause: error });
  }
  if (content.length > maxFileBytes) throw new SallyportError('SECRET_UNUSABLE', { detail: 'too long' });
  const text = content.toString('latin1').trim();
  if (/^[0-9a-fA-F]+$/.test(text)) {
    if (text.length < 2 * secretBytes || text.length % 2 !== 0)
      throw new SallyportError('SECRET_UNUSABLE', { detail: 'not 64 hexadecimal digits or more' });
    return Buffer.from(text, 'hex');
  }
  if (content.length < secretBytes)
    throw new SallyportError('SECRET_UNUSABLE', { detail: 'shorter than 32 bytes' });
  return content;
}

/**
 * Makes a random key of 32 bytes in a file of mode 0600, as hexadecimal digits; false where a file of that name exists,
 * which is left as it is. Written aside, flushed, then linked under its name: a crash on the way leaves no half key that
 * would be used. Throws STORAGE_UNUSABLE.
 */
export function createSecretFile(file: string): boolean {
  if (existsSync(file)) return false;
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(aside, `${randomBytes(secretBytes).toString('hex')}\n`, {
        mode: 0o600,
        flag: 'wx',
        flush: true,
      });
      linkSync(aside, file);
    } finally {
      rmSync(aside, { force: true });
    }
  } catch (error) {
    // Also what stands where a folder is needed "exists".
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && existsSync(file)) return false;
    throw new SallyportError('STORAGE_UNUSABLE', { cause: error });
  }
  const directory = openSync(dirname(file), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
  return true;
}
