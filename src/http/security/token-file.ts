import {
  closeSync,
  existsSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { isActorName } from '../../config/http-security-formats.ts';
import { SallyportError } from '../../core/errors.ts';
import { isScope, type Scope } from '../../core/scopes.ts';

/** A row of the token file. Times are milliseconds since 1970. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the secret, base64url. */
  readonly secretHash: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly aeTitle?: string;
}

/** More than this is a mistake in a script, not a way to run a hospital. */
export const maxTokens = 1000;
const maxFileBytes = 1024 * 1024;
/** A writer that holds the lock longer has died: writing takes milliseconds. */
const staleLockMs = 30_000;
const lockWaitMs = 5000;

/** Tells one content of the file from another without reading it; undefined: there is no file. Throws TOKENS_UNUSABLE. */
export function tokenFileVersion(file: string): string | undefined {
  try {
    const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.mode}`;
  } catch (cause) {
    throw new SallyportError('TOKENS_UNUSABLE', { cause });
  }
}

/** The rows of the file; none where there is no file. Throws TOKENS_UNUSABLE for a file that is not as we write it. */
export function readTokenFile(file: string): readonly TokenRow[] {
  let text: string;
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    if (stat.size > maxFileBytes) throw unusable('too large');
    // Who can write the file can let in whom they like.
    if ((stat.mode & 0o022) !== 0) throw unusable('others may write it');
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause;
    throw new SallyportError('TOKENS_UNUSABLE', { cause });
  }
  const rows = rowsOf(text);
  if (rows.length > maxTokens) throw unusable('too many tokens');
  if (new Set(rows.map(({ id }) => id)).size < rows.length) throw unusable('an id twice');
  return rows;
}

/**
 * Replaces the rows by what `change` makes of them: alone among all writers, written aside, flushed, renamed, the folder
 * flushed. A crash leaves the old file or the new one. Throws TOKENS_UNUSABLE, STORAGE_FULL, and what `change` throws.
 */
export function changeTokenFile(
  file: string,
  change: (rows: readonly TokenRow[]) => readonly TokenRow[],
): void {
  const aside = `${file}.new`;
  makeFolder(dirname(file));
  const handle = lock(aside);
  try {
    try {
      const rows = change(readTokenFile(file));
      // The command line may run as root, the gateway as another user: the file belongs to whom the folder belongs.
      const folder = statSync(dirname(file));
      if (process.getuid?.() === 0) fchownSync(handle, folder.uid, folder.gid);
      writeFileSync(handle, `${JSON.stringify({ version: 1, tokens: rows }, null, 2)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(aside, file);
    flushFolder(dirname(file));
  } catch (cause) {
    rmSync(aside, { force: true });
    throw unwritten(cause);
  }
}

/** The file is as it was; on a full disk that is all there is to say. */
function unwritten(cause: unknown): SallyportError {
  if (cause instanceof SallyportError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new SallyportError(full ? 'STORAGE_FULL' : 'TOKENS_UNUSABLE', { cause });
}

/** Tokens can be made before the first start of the gateway. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new SallyportError('STORAGE_UNUSABLE', { cause });
  }
}

/** The file written aside is the lock too: it can be made once. */
function lock(aside: string): number {
  const until = Date.now() + lockWaitMs;
  for (;;) {
    try {
      return openSync(aside, 'wx', 0o600);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritten(cause);
    }
    const held = statSync(aside, { throwIfNoEntry: false });
    if (held !== undefined && Date.now() - held.mtimeMs > staleLockMs) rmSync(aside, { force: true });
    else if (existsSync(aside) && Date.now() > until) throw unusable('another program is writing it');
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
}

function flushFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function rowsOf(text: string): TokenRow[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new SallyportError('TOKENS_UNUSABLE', { detail: 'not JSON', cause });
  }
  const { version, tokens } = (content ?? {}) as { version?: unknown; tokens?: unknown };
  if (version !== 1 || !Array.isArray(tokens)) throw unusable('not of a form this version knows');
  return (tokens as unknown[]).map((entry, index) => {
    if (!isRow(entry)) throw unusable(`entry ${index + 1}`);
    return entry;
  });
}

const rowKeys: ReadonlySet<string> = new Set([
  'id',
  'name',
  'scopes',
  'secretHash',
  'createdAt',
  'expiresAt',
  'aeTitle',
]);

function isRow(entry: unknown): entry is TokenRow {
  if (typeof entry !== 'object' || entry === null) return false;
  const row = entry as Record<string, unknown>;
  const time = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
  return (
    Object.keys(row).every((key) => rowKeys.has(key)) &&
    typeof row.id === 'string' &&
    /^[0-9a-f]{12}$/.test(row.id) &&
    typeof row.name === 'string' &&
    isActorName(row.name) &&
    Array.isArray(row.scopes) &&
    row.scopes.length > 0 &&
    row.scopes.every(isScope) &&
    typeof row.secretHash === 'string' &&
    /^[A-Za-z0-9_-]{43}$/.test(row.secretHash) &&
    time(row.createdAt) &&
    (row.expiresAt === undefined || time(row.expiresAt)) &&
    (row.aeTitle === undefined || (typeof row.aeTitle === 'string' && row.aeTitle.length <= 16))
  );
}

function unusable(detail: string): SallyportError {
  return new SallyportError('TOKENS_UNUSABLE', { detail });
}
