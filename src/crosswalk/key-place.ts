import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { SallyportError } from '../core/errors.ts';

/**
 * Throws CROSSWALK_UNUSABLE where the key lies inside one of the folders, links followed: who copies, backs up or steals
 * the folder would have both.
 */
export function assertKeyApart(keyFile: string, folders: readonly string[]): void {
  const key = realPath(keyFile);
  for (const folder of folders) {
    const way = relative(realPath(folder), key);
    if (way === '' || (!isAbsolute(way) && way.split(/[\\/]/)[0] !== '..'))
      throw new SallyportError('CROSSWALK_UNUSABLE', { detail: 'the key lies beside what it encrypts' });
  }
}

/** The path without links, also of what does not exist yet. */
function realPath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const parent = dirname(whole);
    return parent === whole ? whole : join(realPath(parent), relative(parent, whole));
  }
}
