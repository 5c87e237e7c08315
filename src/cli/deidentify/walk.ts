import { type Dirent, opendirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Names of one folder held at a time. A folder with more of them is read several times. */
export const defaultPageNames = 100_000;

/**
 * Every file under the paths, each folder in order of names (by code unit), links to files followed, links to folders not.
 * Folders of `leftOut` and what is below them are passed over. A path that is no folder comes out as it is, so that it gets its line;
 * so does a folder that cannot be read.
 *
 * Memory holds the names of one page per level and never a whole tree: a folder of millions is read once per page, and
 * its order is the same as if it had been sorted whole.
 */
export function* walk(
  paths: readonly string[],
  leftOut: readonly string[],
  pageNames: number = defaultPageNames,
): Generator<string> {
  for (const path of paths) {
    if (!isFolder(path)) yield path;
    else if (!leftOut.includes(resolve(path))) yield* inFolder(path, leftOut, pageNames);
  }
}

function* inFolder(folder: string, leftOut: readonly string[], pageNames: number): Generator<string> {
  let after: string | undefined;
  for (;;) {
    let page: Dirent[];
    try {
      page = readPage(folder, after, pageNames);
    } catch {
      // A name that cannot be opened as a file either: the run reports it and goes on.
      yield folder;
      return;
    }
    for (const entry of page) {
      const path = join(folder, entry.name);
      // A link to a folder could lead in a circle.
      if (entry.isDirectory()) {
        if (!leftOut.includes(resolve(path))) yield* inFolder(path, leftOut, pageNames);
      } else if (entry.isFile() || (entry.isSymbolicLink() && leadsToFile(path))) yield path;
    }
    if (page.length < pageNames) return;
    after = page.at(-1)?.name;
  }
}

/** The next names of a folder in order, at most `pageNames`. */
function readPage(folder: string, after: string | undefined, pageNames: number): Dirent[] {
  const directory = opendirSync(folder, { bufferSize: 256 });
  let page: Dirent[] = [];
  /** Names beyond this one are on a later page for certain. */
  let last: string | undefined;
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      if (after !== undefined && entry.name <= after) continue;
      if (last !== undefined && entry.name > last) continue;
      page.push(entry);
      if (page.length < 2 * pageNames) continue;
      page = sorted(page).slice(0, pageNames);
      last = page.at(-1)?.name;
    }
  } finally {
    directory.closeSync();
  }
  return sorted(page).slice(0, pageNames);
}

function sorted(page: Dirent[]): Dirent[] {
  return page.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** True for a link to a file, and for one that leads nowhere: a file that cannot be had is to be told of. */
function leadsToFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return true;
  }
}
