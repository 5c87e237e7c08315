import type { ErrorCode } from '../core/errors.ts';

/** What a test of a connection found, step by step; plain JSON. Holds no byte and no text of the peer. */
export interface TestReport {
  readonly ok: boolean;
  readonly ms: number;
  readonly steps: readonly TestStep[];
}

export type TestStepName = 'connect' | 'associate' | 'echo' | 'store' | 'release';

export interface TestStep {
  readonly name: TestStepName;
  readonly outcome: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly ms: number;
  /** DIMSE status, such as 0xA700, where there was a response. */
  readonly status: string | null;
  readonly code: ErrorCode | null;
  readonly what: string;
  readonly advice: string | null;
}
