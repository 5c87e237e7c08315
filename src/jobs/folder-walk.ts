import type { FileHandle } from 'node:fs/promises';
import { opendir } from 'node:fs/promises';
import { type ErrorCode, SallyportError } from '../core/errors.ts';
import type { PinnedFolder } from './pinned-folder.ts';

export interface WalkLimits {
  /** Entries that are no folders. */
  readonly maxFiles: number;
  /** Folders within folders. */
  readonly maxDepth: number;
}

/** An entry that is worked on, open; or why it is not. */
export type Found =
  | { readonly kind: 'file'; readonly handle: FileHandle }
  | { readonly kind: 'refused'; readonly code: ErrorCode };

/**
 * Every file below a folder. Links are told of and not followed, of whatever kind: each folder is opened in the one before
 * it, and each file in its folder. A file is open when it comes; whoever gets it closes it. Rejects with FOLDER_TOO_LARGE.
 */
export async function* walkFolder(top: PinnedFolder, limits: WalkLimits): AsyncGenerator<Found> {
  const budget = { left: limits.maxFiles };
  yield* inFolder(top, limits.maxDepth, budget);
}

async function* inFolder(
  folder: PinnedFolder,
  depthLeft: number,
  budget: { left: number },
): AsyncGenerator<Found> {
  if (depthLeft === 0) throw new SallyportError('FOLDER_TOO_LARGE', { detail: 'depth' });
  // In no order: names need not be held.
  for await (const { name } of await opendir(folder.path)) {
    const entry = await folder.entry(name).catch(() => undefined);
    if (entry?.kind === 'folder') {
      try {
        yield* inFolder(entry.folder, depthLeft - 1, budget);
      } finally {
        await entry.folder.close();
      }
      continue;
    }
    budget.left -= 1;
    if (budget.left < 0) {
      if (entry?.kind === 'file') await entry.handle.close();
      throw new SallyportError('FOLDER_TOO_LARGE', { detail: 'files' });
    }
    if (entry === undefined) yield { kind: 'refused', code: 'FILE_UNREADABLE' };
    else if (entry.kind === 'other') yield { kind: 'refused', code: 'LINK_NOT_FOLLOWED' };
    else yield entry;
  }
}
