import { join } from 'node:path';
import type { Config } from './config/config.ts';
import type { AuditEntry } from './core/audit.ts';
import { FileShelf } from './files/file-shelf.ts';
import type { FileWork } from './files/file-work.ts';
import type { OnStop } from './gateway-lanes.ts';
import { FolderJobs } from './jobs/folder-jobs.ts';
import type { Emit } from './observe/events.ts';

export interface FileParts {
  readonly work: FileWork;
  readonly audit: (...entries: readonly AuditEntry[]) => Promise<void>;
  readonly emit: Emit;
  readonly onStop: OnStop;
  /** Worker threads that files may have at one time. */
  readonly concurrency: number;
}

/** Single files and folders that people have de-identified beside the spool. */
export interface GatewayFiles {
  readonly shelf: FileShelf;
  readonly jobs: FolderJobs;
}

export async function openFiles(config: Config, parts: FileParts): Promise<GatewayFiles> {
  const { storage, http } = config;
  const { work, audit, emit, onStop, concurrency } = parts;
  const shelf = new FileShelf(
    {
      folder: join(storage.dir, 'files'),
      keepMs: http.files.keep,
      keepUploadsMs: http.files.keepUploads,
      maxFiles: http.files.maxFiles,
      maxBytes: http.files.maxBytes,
      reserveBytes: storage.reserve,
      concurrency,
    },
    { work, audit, emit, now: Date.now },
  );
  await shelf.start();
  onStop('files', () => shelf.stop());
  const jobs = new FolderJobs(
    {
      folder: join(storage.dir, 'jobs'),
      roots: http.folderRoots,
      closed: [storage.dir, ...(config.crosswalk.dir === '' ? [] : [config.crosswalk.dir])],
      reserveBytes: storage.reserve,
      concurrency,
    },
    { work, audit, emit, now: Date.now },
  );
  await jobs.start();
  onStop('jobs', () => jobs.stop());
  return { shelf, jobs };
}
