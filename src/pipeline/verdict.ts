import { asSallyportError, type ErrorCode, placeInCode, SallyportError } from '../core/errors.ts';

/** What became of a file, by the registry. */
export interface Verdict {
  readonly code: ErrorCode;
  readonly detail?: string;
}

/** The verdict that an exception of a worker thread stands for; what nobody foresaw is UNEXPECTED with its place in our code. */
export function verdictOf(error: unknown): Verdict {
  const { code, detail } = error instanceof SallyportError ? error : unforeseen(error);
  return { code, ...(detail === undefined ? {} : { detail }) };
}

/** The same where a file is written: faults of the file system are the folder's, not the instance's. */
export function fileVerdictOf(error: unknown): Verdict {
  return error instanceof Error && 'syscall' in error ? { code: 'STORAGE_FAILED' } : verdictOf(error);
}

function unforeseen(error: unknown): SallyportError {
  const place = placeInCode(error);
  if (place === undefined) return asSallyportError(error);
  return new SallyportError('UNEXPECTED', { detail: place, cause: error });
}
