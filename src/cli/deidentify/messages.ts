import type { ErrorCode } from '../../core/errors.ts';
import type { IdentifierPair } from '../../core/identifier-pair.ts';
import type { InstanceReport } from '../../core/instance-report.ts';
import type { ProfileDefinition } from '../../deidentify/profile-definition.ts';

/** Given to every worker thread once, when it starts. */
export interface WorkerSetup {
  readonly profile: ProfileDefinition;
  /** Pseudonym secret; never logged, never sent back. */
  readonly secret: Uint8Array;
  /** For conditions of the profile's own rules; null: none. */
  readonly callingAeTitle: string | null;
  /** Tell what was done to every instance. */
  readonly reports: boolean;
  /** Tell which identifiers became which pseudonyms, for a crosswalk. */
  readonly pairs: boolean;
  /** Flush every output before it gets its name. */
  readonly fsync: boolean;
}

/** Main thread to worker: de-identify one file. */
export interface FileTask {
  readonly input: string;
  /** Where the output is written; the main thread gives it its name, or removes it. */
  readonly part: string;
}

/** Worker to main thread. `refused` is a verdict on the file, not a fault of the worker. */
export type FileReply =
  | {
      readonly kind: 'deidentified';
      readonly stat: InputStat;
      readonly studyInstanceUid: string;
      readonly seriesInstanceUid: string;
      readonly sopInstanceUid: string;
      readonly report?: InstanceReport;
      readonly pairs?: readonly IdentifierPair[];
    }
  | {
      readonly kind: 'refused';
      readonly code: ErrorCode;
      readonly detail?: string;
      /** Null where the file could not even be looked at. */
      readonly stat: InputStat | null;
      readonly report?: InstanceReport;
    };

/** By what a later run tells that an input is still the same. */
export interface InputStat {
  readonly bytes: number;
  /** Time of the last modification, whole milliseconds since 1970. */
  readonly modifiedMs: number;
}
