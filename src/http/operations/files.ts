import type { AuditEntry } from '../../core/audit.ts';
import { asSallyportError, SallyportError } from '../../core/errors.ts';
import type { FileRecord } from '../../files/file-record.ts';
import type { FileShelf } from '../../files/file-shelf.ts';
import type { FileWork } from '../../files/file-work.ts';
import { flagIn } from '../contract/flag-words.ts';
import { type Operation, type OperationRequest, type Operations, ok, textOf } from '../operation.ts';
import { allows } from '../security/actor.ts';
import { anonymizeBase64 } from './base64.ts';
import { callerOf, goneOr, isUnreadable, plainReader, profileOf, receiveForm } from './uploads.ts';

export interface FileOperationParts {
  readonly shelf: FileShelf;
  readonly work: Pick<FileWork, 'deidentifyFile' | 'inspectFile'>;
  /** Durable when resolved. What it cannot record is not done. */
  readonly audit: (...entries: readonly AuditEntry[]) => Promise<void>;
}

/** uploadFile, getFileMetadata, anonymizeFile, downloadFile, getFileStatus, anonymizeBase64. */
export function fileOperations(parts: FileOperationParts): Operations {
  return {
    uploadFile: (request) => uploadFile(parts, request),
    getFileMetadata: (request) => getFileMetadata(parts, request),
    anonymizeFile: (request) => anonymizeFile(parts, request),
    downloadFile: (request) => downloadFile(parts, request),
    getFileStatus: async (request) => ok(statusOf(parts, recordOf(parts, request))),
    anonymizeBase64: anonymizeBase64(parts),
  };
}

async function uploadFile(
  { shelf, work, audit }: FileOperationParts,
  request: OperationRequest,
): ReturnType<Operation> {
  const actor = callerOf(request);
  const { signal } = request;
  const { file, fields } = await receiveForm(request, plainReader(shelf.temporary), {
    taken: ['anonymize', 'study_type'],
  });
  try {
    const anonymize = flagOf(fields.get('anonymize'));
    const studyType = studyTypeOf(fields.get('study_type') ?? '');
    const profile = profileOf(request);
    const identified = !anonymize && allows(request.actor(), 'identify');
    const { metadata } = await work
      .inspectFile({ input: file.path, metadata: identified ? 'identified' : 'safe', ...profile }, { signal })
      .catch((thrown) => {
        throw readingFault(goneOr(signal, thrown));
      });
    const about = { actor, studyType, callingAeTitle: profile.callingAeTitle ?? '' };
    const record = await shelf.add(file, about, anonymize);
    if (identified) await audit({ actor, action: 'file.viewed', object: { kind: 'file', id: record.id } });
    return ok({
      message: anonymize
        ? 'The file was taken and is being de-identified.'
        : 'The file was taken as it is, with its identifiers.',
      file_id: record.id,
      // What cannot be told without identifiers is not told; the status says why.
      metadata: metadata ?? {},
      status: record.state,
      study_type: record.studyType,
    });
  } finally {
    await file.remove();
  }
}

async function getFileMetadata(parts: FileOperationParts, request: OperationRequest): ReturnType<Operation> {
  const record = recordOf(parts, request);
  try {
    return ok(await attributesOf(parts, request, record));
  } catch (thrown) {
    const error = goneOr(request.signal, thrown);
    const now = recordOf(parts, request);
    // Its upload went when it was de-identified: it is read there now.
    if (error.code !== 'FILE_UNREADABLE' || now.state === record.state) throw error;
    return ok(await attributesOf(parts, request, now));
  }
}

async function attributesOf(
  { shelf, work, audit }: FileOperationParts,
  request: OperationRequest,
  record: FileRecord,
): Promise<object> {
  if (record.state === 'failed') throw notDeidentified(record.code);
  const { path, identified } = shelf.source(record);
  const isShown = record.kind === 'upload' && allows(request.actor(), 'identify');
  if (isShown)
    await audit({
      actor: callerOf(request),
      action: 'file.viewed',
      object: { kind: 'file', id: record.id },
    });
  const { callingAeTitle } = record;
  const inspection = await work.inspectFile(
    {
      input: path,
      // What is de-identified already is told as it is.
      metadata: identified && !isShown ? 'safe' : 'identified',
      ...(callingAeTitle === '' ? {} : { callingAeTitle }),
    },
    { signal: request.signal },
  );
  if (inspection.metadata === null) throw notDeidentified(inspection.heldCode);
  return inspection.metadata;
}

async function anonymizeFile(
  { shelf }: FileOperationParts,
  request: OperationRequest,
): ReturnType<Operation> {
  const record = shelf.get(textOf(request.params.file_id));
  const original_file_id = record.id;
  if (record.kind === 'result') {
    if (record.state === 'failed') throw notDeidentified(record.code);
    // As its upload was asked to be: there is one id for both.
    const message = 'The file is de-identified, or being so, since it was uploaded.';
    return ok({ message, original_file_id, anonymized_file_id: record.id, status: 'processing' });
  }
  const result = await shelf.anonymize(record, callerOf(request));
  const message = 'The file is being de-identified.';
  return ok({ message, original_file_id, anonymized_file_id: result.id, status: 'processing' });
}

async function downloadFile(
  { shelf, audit }: FileOperationParts,
  request: OperationRequest,
): ReturnType<Operation> {
  const record = shelf.get(textOf(request.params.file_id));
  const { id, kind, state, code, bytes } = record;
  const entry = { actor: callerOf(request), object: { kind: 'file', id } } as const;
  if (kind === 'upload' && !allows(request.actor(), 'identify')) {
    await audit({ ...entry, action: 'access.refused', outcome: 'minor-failure', code: 'NOT_PERMITTED' });
    throw new SallyportError('NOT_PERMITTED', { detail: 'identify' });
  }
  if (state === 'processing') throw new SallyportError('FILE_NOT_READY');
  if (state === 'failed') throw notDeidentified(code);
  const handle = await shelf.open(record);
  try {
    // Before the first byte.
    await audit({ ...entry, action: 'file.downloaded' });
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    status: 200,
    contentType: 'application/dicom',
    headers: {
      'content-length': String(bytes),
      'content-disposition': `attachment; filename="${id}.dcm"`,
    },
    body: handle.createReadStream(),
  };
}

function recordOf({ shelf }: FileOperationParts, request: OperationRequest): FileRecord {
  return shelf.get(textOf(request.params.file_id));
}

function statusOf({ shelf }: FileOperationParts, record: FileRecord): object {
  const { state, code, detail } = shelf.stateOf(record);
  const { id, studyType } = record;
  return {
    status: state,
    file_id: id,
    study_type: studyType,
    ...(code === null ? {} : { code, detail: asSallyportError(failure(code, detail)).message }),
  };
}

function failure(code: NonNullable<FileRecord['code']>, detail: string | null): SallyportError {
  return new SallyportError(code, detail === null ? {} : { detail });
}

function notDeidentified(code: FileRecord['code'] | undefined): SallyportError {
  return new SallyportError('FILE_NOT_DEIDENTIFIED', { detail: code ?? 'UNEXPECTED' });
}

/** A file that cannot be read as DICOM is a fault of the request, whichever rule it breaks. */
function readingFault(error: SallyportError): SallyportError {
  if (!isUnreadable(error.code) || error.code === 'NOT_DICOM') return error;
  return new SallyportError('NOT_DICOM', { detail: error.code, cause: error });
}

function flagOf(text: string | undefined): boolean {
  // Left out or left empty: what says nothing is de-identified.
  const flag = text === undefined || text === '' ? true : flagIn(text);
  if (flag === undefined) throw new SallyportError('REQUEST_INVALID', { detail: 'anonymize: true or false' });
  return flag;
}

function studyTypeOf(text: string): string {
  if (/^[\p{L}\p{M}\p{N} _.,()+&/:-]{0,64}$/u.test(text)) return text;
  throw new SallyportError('REQUEST_INVALID', {
    detail: 'study_type: up to 64 letters, digits, blanks and _.,()+&/:-',
  });
}
