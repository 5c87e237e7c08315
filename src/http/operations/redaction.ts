import type { AuditEntry } from '../../core/audit.ts';
import { errorRow, isErrorCode, SallyportError } from '../../core/errors.ts';
import type { RedactionBox } from '../../core/redaction.ts';
import { newFileId } from '../../files/file-record.ts';
import type { FileShelf } from '../../files/file-shelf.ts';
import type { FileWork } from '../../files/file-work.ts';
import type { FolderJobs } from '../../jobs/folder-jobs.ts';
import type { JobRecord } from '../../jobs/job-record.ts';
import {
  type Answer,
  type Operation,
  type OperationRequest,
  type Operations,
  ok,
  optionalText,
  textOf,
} from '../operation.ts';
import { problemOf } from '../problem.ts';
import { allows } from '../security/actor.ts';
import { fileAnswer } from './json-file.ts';
import { callerOf, goneOr, isUnreadable, plainReader, profileOf, receiveForm } from './uploads.ts';

export interface RedactionOperationParts {
  /** For temporary files. */
  readonly shelf: Pick<FileShelf, 'temporary'>;
  readonly work: Pick<FileWork, 'redactFile'>;
  readonly jobs: Pick<FolderJobs, 'begin' | 'list' | 'get' | 'cancel'>;
  /** Durable when resolved. What it cannot record is not done. */
  readonly audit: (...entries: readonly AuditEntry[]) => Promise<void>;
}

/** redactImage, redactFolder, listJobs, getJob, cancelJob. */
export function redactionOperations(parts: RedactionOperationParts): Operations {
  const { jobs } = parts;
  return {
    redactImage: (request) => redactImage(parts, request),
    redactFolder: async (request) => {
      const { folder_in, folder_out } = request.body as Readonly<Record<'folder_in' | 'folder_out', string>>;
      const { id } = await jobs.begin({
        folderIn: folder_in,
        folderOut: folder_out,
        actor: callerOf(request),
        callingAeTitle: profileOf(request).callingAeTitle ?? '',
      });
      return ok({ status: true, job_id: id });
    },
    listJobs: async () => ok({ jobs: jobs.list().map(jobView) }),
    getJob: async (request) => ok(jobView(jobs.get(textOf(request.params.id)))),
    cancelJob: async (request) => ok(jobView(jobs.cancel(textOf(request.params.id)))),
  };
}

async function redactImage(parts: RedactionOperationParts, request: OperationRequest): ReturnType<Operation> {
  const { shelf, audit } = parts;
  const actor = callerOf(request);
  const header = request.query.header === 'keep' ? 'keep' : 'deidentify';
  if (header === 'keep' && !allows(request.actor(), 'identify')) {
    const object = { kind: 'route', id: 'redactImage' } as const;
    await audit({ actor, action: 'access.refused', object, outcome: 'minor-failure', code: 'NOT_PERMITTED' });
    throw new SallyportError('NOT_PERMITTED', { detail: 'identify' });
  }
  const { file } = await receiveForm(request, plainReader(shelf.temporary), {
    ofQuery: ['fill', 'padding', 'use_metadata', 'header'],
  });
  try {
    return await redacted(parts, request, { input: file.path, bytes: file.bytes, header });
  } catch (thrown) {
    const error = goneOr(request.signal, thrown);
    // A file that cannot be read as DICOM is a fault of the request, whichever rule it breaks.
    if (!isUnreadable(error.code) || error.code === 'NOT_DICOM') throw error;
    throw new SallyportError('NOT_DICOM', { detail: error.code, cause: error });
  } finally {
    await file.remove();
  }
}

async function redacted(
  { shelf, work, audit }: RedactionOperationParts,
  request: OperationRequest,
  {
    input,
    bytes,
    header,
  }: { readonly input: string; readonly bytes: number; readonly header: 'deidentify' | 'keep' },
): Promise<Answer> {
  const { query, signal } = request;
  const fill = optionalText(query.fill);
  const output = shelf.temporary.reserve(bytes);
  const actor = callerOf(request);
  const entry = { actor, action: 'file.processed', object: { kind: 'file', id: newFileId() } } as const;
  try {
    const outcome = await work.redactFile(
      {
        input,
        output: output.path,
        ...profileOf(request),
        ...(fill === 'contrast' || fill === 'background' ? { fill } : {}),
        ...(typeof query.padding === 'number' ? { padding: query.padding } : {}),
        useMetadata: query.use_metadata !== false,
        header,
      },
      { signal },
    );
    if (outcome.outcome === 'held') {
      const { code, detail } = outcome;
      await audit({ ...entry, outcome: 'minor-failure', code });
      return heldAnswer(new SallyportError(code, detail === null ? {} : { detail }));
    }
    // Whoever may not see identifiers gets what is de-identified as a whole, or nothing.
    if (header === 'deidentify' && outcome.outcome !== 'deidentified')
      throw new SallyportError('DEIDENTIFICATION_FAILED');
    const profileRevision = outcome.outcome === 'deidentified' ? outcome.profileRevision : null;
    await audit({ ...entry, profileRevision });
    return await fileAnswer(output, {
      name: 'redacted_instance',
      after: { bboxes: JSON.stringify(outcome.boxes.map(boxView)) },
    });
  } finally {
    await output.remove();
  }
}

/** The problem of a code, as one that a file cannot be processed with. */
function heldAnswer(error: SallyportError): Answer {
  const { body, ...answer } = problemOf(error);
  return { ...answer, status: 422, body: { ...(body as object), status: 422 } };
}

function boxView({ left, top, width, height, frame, frames }: RedactionBox): object {
  return { x: left, y: top, width, height, frame, frames };
}

function jobView({
  id,
  state,
  code,
  startedAt,
  endedAt,
  files,
  done,
  redacted: whole,
  failed,
  failures,
}: JobRecord): object {
  return {
    id,
    state,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
    files,
    done,
    redacted: whole,
    failed,
    failures: Object.entries(failures).map(([failure, count]) => ({
      code: failure,
      files: count,
      ...(isErrorCode(failure) ? { reason: errorRow(failure).message } : {}),
    })),
    code,
    reason: code === null ? null : errorRow(code).message,
  };
}
