import { type Disposition, type ErrorRow, errorRegistry } from './error-registry.ts';

export type ErrorCode = keyof typeof errorRegistry;

/** The row of a code, with the optional fields visible. */
export function errorRow(code: ErrorCode): ErrorRow {
  return errorRegistry[code];
}

/** Codes for which a person may accept an instance as it is. */
export const releasableCodes: readonly ErrorCode[] = (Object.keys(errorRegistry) as ErrorCode[]).filter(
  (code) => errorRow(code).releasable === true,
);

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorRegistry, code);
}

/**
 * The only error class that crosses a module border. `detail` is for numbers, tags and registry words alone (a tag, a
 * byte offset, an HTTP status): never a value of a data set.
 */
export class SallyportError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, options: { detail?: string; cause?: unknown } = {}) {
    const text =
      options.detail === undefined ? errorRow(code).message : `${errorRow(code).message} (${options.detail})`;
    super(text, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SallyportError';
    this.code = code;
    this.detail = options.detail;
  }

  get disposition(): Disposition {
    return errorRow(this.code).disposition;
  }
}

/** Any thrown value as a SallyportError; what nobody foresaw becomes UNEXPECTED with its cause kept. */
export function asSallyportError(thrown: unknown): SallyportError {
  return thrown instanceof SallyportError ? thrown : new SallyportError('UNEXPECTED', { cause: thrown });
}

/**
 * Where in our code an error came from, as `file.ts:12`: its message may have a value of a data set in it, a file name and a
 * line have not. Undefined where its stack does not tell.
 */
export function placeInCode(error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return /[\\/]([\w.-]+\.[jt]s:\d+):\d+\)?$/m.exec(stack)?.[1];
}

/** Exit codes of the command line, after BSD sysexits where one fits. */
export const exitCodes = {
  ok: 0,
  someRefused: 1,
  usage: 64,
  /** `verify` found an identifier. */
  leaksFound: 65,
  /** `audit verify` found a chain that does not hold. */
  auditBroken: 65,
  /** Something to work on is absent or unreadable. */
  noInput: 66,
  unavailable: 69,
  software: 70,
  cannotCreate: 73,
  configuration: 78,
} as const;
