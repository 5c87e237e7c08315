import { type ErrorCode, errorRow } from '../core/errors.ts';

/** Statuses this gateway answers with: PS3.7 annex C and, for C-STORE, PS3.4 B.2.3. */
export const dimseStatus = {
  success: 0x0000,
  invalidObjectInstance: 0x0117,
  sopClassNotSupported: 0x0122,
  unrecognizedOperation: 0x0211,
  /** Out of resources. */
  outOfResources: 0xa700,
  dataSetMismatch: 0xa900,
  cannotUnderstand: 0xc000,
  unexpected: 0xc001,
} as const;

/** What a response says: its status and, unless it is Success, Error Comment (0000,0902). */
export interface DimseOutcome {
  readonly status: number;
  readonly comment?: string;
}

export const SUCCESS: DimseOutcome = { status: dimseStatus.success };

/** LO: PS3.5 6.2. */
export const MAX_ERROR_COMMENT = 64;

/**
 * The answer for an error of the registry. The comment is the code and the beginning of its advice: it tells the sender
 * which case it met and cannot hold a value of the data set.
 */
export function outcomeOf(code: ErrorCode): DimseOutcome {
  const row = errorRow(code);
  return {
    status: row.dicomStatus ?? dimseStatus.unexpected,
    comment: errorComment(code, row.advice),
  };
}

/** Error Comment of at most 64 characters, cut at a word. A backslash would split the value (PS3.5 6.2). */
export function errorComment(code: string, advice: string): string {
  const whole = `${code}: ${advice}`.replaceAll('\\', '/');
  if (whole.length <= MAX_ERROR_COMMENT) return whole;
  const cut = whole.slice(0, MAX_ERROR_COMMENT + 1);
  const lastSpace = cut.lastIndexOf(' ');
  return (lastSpace > code.length + 1 ? cut.slice(0, lastSpace) : cut.slice(0, MAX_ERROR_COMMENT)).trimEnd();
}
