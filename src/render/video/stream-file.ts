import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SallyportError } from '../../core/errors.ts';
import type { FragmentsBody } from '../../dicom/data-set.ts';

const chunkBytes = 1024 * 1024;

/** The joined fragments as a file that has no name: gone when its descriptors are closed, however the process ends. */
export interface StreamFile {
  /** A descriptor of its own for each reader, at the beginning of the file. */
  readonly descriptors: readonly number[];
  close(): void;
}

/**
 * Joins the fragments of a video, which are one stream (PS3.5 A.4.5 to A.4.10), in a file for a decoder: containers are
 * read back and forth, which a pipe does not allow. The name is removed before the first byte is written, so that no
 * crash leaves pixels behind. Throws PIXEL_DATA_INVALID where there are no bytes, DATA_SET_TRUNCATED where a fragment
 * leaves its source, SCRATCH_FULL where the disk is full, STORAGE_FAILED where the folder cannot take the file.
 */
export function writeStreamFile(
  body: FragmentsBody,
  options: { readonly folder: string; readonly readers: number; readonly onProgress: () => void },
): StreamFile {
  if (body.fragments.every(({ length }) => length === 0)) {
    throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'empty video' });
  }
  const { writer, descriptors } = ofStorage(() => createNameless(options.folder, options.readers));
  const close = (): void => {
    for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
  };
  try {
    copy(body, writer, options.onProgress);
  } catch (error) {
    close();
    throw error;
  } finally {
    closeSync(writer);
  }
  return { descriptors, close };
}

function createNameless(folder: string, readers: number): { writer: number; descriptors: number[] } {
  const path = join(folder, `sallyport-video-${randomUUID()}`);
  const writer = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  const descriptors: number[] = [];
  try {
    for (let reader = 0; reader < readers; reader++) descriptors.push(openSync(path, constants.O_RDONLY));
    return { writer, descriptors };
  } catch (error) {
    for (const descriptor of [writer, ...descriptors]) closeSync(descriptor);
    throw error;
  } finally {
    unlinkSync(path);
  }
}

function copy({ source, fragments }: FragmentsBody, writer: number, onProgress: () => void): void {
  for (const { offset, length } of fragments) {
    for (let done = 0; done < length; done += chunkBytes) {
      const bytes = source.read(offset + done, Math.min(chunkBytes, length - done));
      ofStorage(() => {
        for (let written = 0; written < bytes.length; ) written += writeSync(writer, bytes, written);
      });
      onProgress();
    }
  }
}

function ofStorage<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    // A full disk is no fault of the video.
    throw new SallyportError(code === 'ENOSPC' || code === 'EDQUOT' ? 'SCRATCH_FULL' : 'STORAGE_FAILED', {
      cause,
    });
  }
}
