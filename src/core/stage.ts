import type { StudyPlace } from './catalogue.ts';
import type { ErrorCode } from './errors.ts';
import type { RedactionBox } from './redaction.ts';

/**
 * What a stage made of one instance. A stage never touches the ledger, sleeps or decides a retry: the lane turns an
 * outcome into advance, retry, hold or fail, and an exception nobody foresaw into hold.
 */
export type Outcome<T> =
  | { readonly kind: 'advance'; readonly output: T }
  | {
      readonly kind: 'retry';
      readonly code: ErrorCode;
      readonly detail?: string;
      readonly afterMs?: number;
      /**
       * It fails again and again while others succeed: the fault seems to be its own and not the peer's. `divisible`: the
       * peer said no each time, so that nothing of it can have been taken under another name.
       */
      readonly suspect?: 'whole' | 'divisible';
    }
  | {
      readonly kind: 'hold';
      readonly code: ErrorCode;
      readonly detail?: string;
      /** What was found in the pixels, for whoever decides. */
      readonly boxes?: readonly RedactionBox[];
      /** Pseudonyms of the study and series it belongs to, where they can be told. */
      readonly place?: StudyPlace;
    }
  | { readonly kind: 'fail'; readonly code: ErrorCode; readonly detail?: string };
