import type { ErrorCode } from '../../core/errors.ts';
import type { IdentifierPair } from '../../core/identifier-pair.ts';
import type { InstanceReport } from '../../core/instance-report.ts';
import type { RedactionBox } from '../../core/redaction.ts';
import type { ProfileDefinition } from '../../deidentify/profile-definition.ts';
import type { InputStat } from '../../pipeline/instance-file.ts';
import type { PixelOutcome } from '../../pipeline/treat-instance.ts';

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
  /** Processor threads of one search for text. */
  readonly textThreads: number;
  /** Folder for pictures of pixels before and after; null: none are made. */
  readonly compare: string | null;
}

/** Main thread to worker: de-identify one file. */
export interface FileTask {
  readonly input: string;
  /** Where the output is written; the main thread gives it its name, or removes it. */
  readonly part: string;
}

/** A task as it goes to a thread. */
export interface ThreadFileTask extends FileTask {
  /** See pipeline/vital-signs.ts. */
  readonly vitalSigns: Int32Array;
}

/** Pictures of one instance for `--compare`. */
export interface ComparedPictures {
  /** Names in the folder. */
  readonly names: readonly string[];
  /** Frames with a picture of their own that were left out. */
  readonly leftOut: number;
}

/** Worker to main thread. `refused` is a verdict on the file, not a fault of the worker. */
export type FileReply =
  | {
      readonly kind: 'deidentified';
      readonly stat: InputStat;
      readonly studyInstanceUid: string;
      readonly seriesInstanceUid: string;
      readonly sopInstanceUid: string;
      /** Absent where nothing was to be done. */
      readonly pixels?: PixelOutcome;
      readonly boxes: readonly RedactionBox[];
      readonly pictures?: ComparedPictures;
      readonly report?: InstanceReport;
      readonly pairs?: readonly IdentifierPair[];
    }
  | {
      readonly kind: 'refused';
      readonly code: ErrorCode;
      readonly detail?: string;
      /** Null where the file could not even be looked at. */
      readonly stat: InputStat | null;
      /** What was found in the pixels. */
      readonly boxes?: readonly RedactionBox[];
      readonly pictures?: ComparedPictures;
      readonly report?: InstanceReport;
    };
