import { statSync } from 'node:fs';
import { SallyportError } from '../core/errors.ts';
import type { Deidentified } from '../dicom/deidentified.ts';
import { encodePart10 } from '../dicom/encode.ts';
import { encodeFileMeta } from '../dicom/file-meta.ts';
import { type FileBuffer, type FileSource, openFileSource, wholeFileBytes } from './file-source.ts';
import { type WriteFileOptions, writeFile } from './write-file.ts';

/** By what one tells that a file is still the same. */
export interface InputStat {
  readonly bytes: number;
  /** Time of the last modification, whole milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** Size and time of a file. Throws FILE_UNREADABLE, also for a folder, or a pipe, which would never end. */
export function statInput(path: string): InputStat {
  const found = orUnreadable(() => statSync(path));
  if (!found.isFile()) throw new SallyportError('FILE_UNREADABLE');
  return { bytes: found.size, modifiedMs: Math.trunc(found.mtimeMs) };
}

/** Opens a file as `openFileSource` does. Throws FILE_UNREADABLE. */
export function openInput(path: string, buffer: FileBuffer): FileSource {
  return orUnreadable(() => openFileSource(path, wholeFileBytes, buffer));
}

/** What cannot be opened is no fault of the folder of outputs. */
function orUnreadable<T>(open: () => T): T {
  try {
    return open();
  } catch (cause) {
    throw cause instanceof SallyportError ? cause : new SallyportError('FILE_UNREADABLE', { cause });
  }
}

/**
 * Writes a de-identified instance as a Part 10 file and returns its length in bytes. Throws DATA_SET_MALFORMED where a UID
 * has other characters than the standard allows: a profile may retain UIDs, anything may stand where one belongs, and
 * here they become names of files.
 */
export function writeInstance(path: string, value: Deidentified, options: WriteFileOptions): number {
  for (const uid of [value.studyInstanceUid, value.seriesInstanceUid, value.sopInstanceUid]) {
    if (!/^[0-9.]{1,64}$/.test(uid) || /^\.+$/.test(uid))
      throw new SallyportError('DATA_SET_MALFORMED', { detail: 'a UID with other characters' });
  }
  return writeFile(path, encodePart10({ ...value, head: encodeFileMeta(value) }), options);
}
