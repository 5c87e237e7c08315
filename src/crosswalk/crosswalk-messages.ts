import type { ErrorCode } from '../core/errors.ts';
import type { IdentifierPair } from '../core/identifier-pair.ts';

/** Given to the crosswalk's thread when it starts. The key is never sent back. */
export interface CrosswalkSetup {
  readonly dir: string;
  readonly key: Uint8Array;
}

/** Main thread to crosswalk's thread; null: finish and close. Times are epoch milliseconds. */
export type CrosswalkCall =
  | { readonly name: 'record'; readonly pairs: readonly IdentifierPair[]; readonly now: number }
  | { readonly name: 'forget'; readonly before: number; readonly limit: number }
  | null;

export type CrosswalkAnswer =
  | { readonly ok: true; readonly count: number }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };
