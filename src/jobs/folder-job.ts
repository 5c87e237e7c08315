import type { FileHandle } from 'node:fs/promises';
import { asSallyportError, type ErrorCode, SallyportError } from '../core/errors.ts';
import { type FileWork, whileBusy } from '../files/file-work.ts';
import { storageFault } from '../files/temporary-files.ts';
import { Turns } from '../files/turns.ts';
import type { FolderOutput } from './folder-output.ts';
import { walkFolder } from './folder-walk.ts';
import { type PinnedFolder, pathOf } from './pinned-folder.ts';

export interface FolderJobParts {
  readonly input: PinnedFolder;
  readonly output: FolderOutput;
  readonly work: Pick<FileWork, 'redactFile'>;
  /** '' for the standard profile. */
  readonly callingAeTitle: string;
  /** Files at work at one time. */
  readonly concurrency: number;
  readonly maxFiles: number;
  /** Free space of the disk of the outputs that is not used, bytes. */
  readonly reserveBytes: number;
  readonly signal: AbortSignal;
  readonly onFound: () => void;
  /** Told once of each file found; undefined: its output stands. */
  readonly onDone: (code: ErrorCode | undefined) => void;
}

const maxDepth = 64;

/** Codes that are not of one file: the job ends with them. */
const endsAll: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'STORAGE_FULL',
  'CANCELLED',
  'SHUTTING_DOWN',
  'CROSSWALK_FAILED',
]);

/**
 * Redacts and de-identifies every file below a folder. Resolves when all is done; rejects with what ended it before:
 * CANCELLED, STORAGE_FULL, FOLDER_TOO_LARGE, FILE_UNREADABLE where the folder itself cannot be read any more.
 */
export async function runFolderJob(parts: FolderJobParts): Promise<void> {
  const { concurrency, maxFiles, onFound, onDone } = parts;
  const turns = new Turns(concurrency);
  const running = new Set<Promise<void>>();
  let fault: unknown;
  const ending = new AbortController();
  const signal = AbortSignal.any([parts.signal, ending.signal]);
  const end = (thrown: unknown): void => {
    fault ??= thrown;
    ending.abort();
  };
  try {
    for await (const found of walkFolder(parts.input, { maxFiles, maxDepth })) {
      if (signal.aborted) {
        if (found.kind === 'file') await found.handle.close();
        break;
      }
      onFound();
      if (found.kind === 'refused') {
        onDone(found.code);
        continue;
      }
      const run = turns
        .run(() => redactOne(found.handle, { ...parts, signal }))
        .then(onDone, end)
        .finally(() => running.delete(run));
      running.add(run);
      // One more than are at work, so that none has to wait for the folder to be read.
      if (running.size > concurrency) await Promise.race(running);
    }
  } catch (thrown) {
    end(thrown instanceof SallyportError ? thrown : new SallyportError('FILE_UNREADABLE', { cause: thrown }));
  }
  await Promise.all(running);
  if (parts.signal.aborted) throw new SallyportError('CANCELLED');
  if (fault !== undefined) throw fault;
}

/** Why there is no output of a file; undefined where there is. Rejects with what is to end the job. */
async function redactOne(
  input: FileHandle,
  { work, output, callingAeTitle, reserveBytes, signal }: FolderJobParts,
): Promise<ErrorCode | undefined> {
  const part = output.part();
  try {
    // An output is about as large as its input; the reserve is for what it is more.
    await output.checkRoom((await input.stat()).size, reserveBytes);
    const outcome = await whileBusy(signal, (call) =>
      work.redactFile(
        {
          input: pathOf(input),
          output: part,
          ...(callingAeTitle === '' ? {} : { callingAeTitle }),
          useMetadata: true,
          header: 'deidentify',
          fsync: true,
        },
        call,
      ),
    );
    if (outcome.outcome === 'held') return outcome.code;
    if (outcome.outcome !== 'deidentified') return 'DEIDENTIFICATION_FAILED';
    await output.commit(part, outcome).catch((thrown) => {
      throw storageFault(thrown);
    });
    return undefined;
  } catch (thrown) {
    const { code } = asSallyportError(thrown);
    if (endsAll.has(code)) throw thrown;
    return code;
  } finally {
    await input.close().catch(() => undefined);
    await output.discard(part);
  }
}
