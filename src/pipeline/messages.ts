import type { StudyPlace } from '../core/catalogue.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { IdentifierPair } from '../core/identifier-pair.ts';
import type { InstanceReport } from '../core/instance-report.ts';
import type { PreparedInstance } from '../core/prepared.ts';
import type { DrawnBox, RedactionBox } from '../core/redaction.ts';
import type { ProfileDefinition } from '../deidentify/profile-definition.ts';
import type { RenderSettings } from '../render/settings.ts';

/** Which profile holds for an instance. Plain data; the same object where two AE titles have the same profile. */
export interface ProfileChoice {
  readonly standard: ProfileDefinition;
  /** By calling AE title, without the blanks around it; all others get the standard one. */
  readonly byCallingAeTitle: readonly {
    readonly callingAeTitle: string;
    readonly definition: ProfileDefinition;
  }[];
}

/** Given to every worker thread once, when it starts. */
export interface WorkerSetup {
  readonly profiles: ProfileChoice;
  /** Pseudonym secrets, the active one first; never logged, never sent back. */
  readonly secrets: readonly Uint8Array[];
  /** True: replies name the pseudonyms given, for the crosswalk. */
  readonly recordPairs: boolean;
  readonly render: RenderSettings;
  /** Processor threads of one search for text. */
  readonly textThreads: number;
  /** Tell what was done to every instance. */
  readonly reports: boolean;
  /** Output beyond this goes to the scratch file of the task, bytes. */
  readonly maxMemoryBytes: number;
  /** Output beyond one post is told of as it is made. */
  readonly post: { readonly maxBodyBytes: number; readonly maxImagesPerPost: number };
  /** Free space of the scratch folder's disk that is not used, bytes. */
  readonly reserveBytes: number;
}

/** Main thread to worker: prepare one instance. */
export interface PrepareTask {
  readonly instanceId: string;
  /** Part 10 file in the spool. */
  readonly path: string;
  /** Where a large output may be written; removed by the main thread after delivery. */
  readonly scratchPath: string;
  readonly releasedCodes: readonly string[];
  /** Regions a person drew, in place of the search for text; null: nobody did. */
  readonly drawnBoxes: readonly DrawnBox[] | null;
  /** Calling AE title of the association it came by; chooses the profile. */
  readonly callingAeTitle: string;
}

/** A task as it goes to a thread. */
export interface ThreadTask extends PrepareTask {
  /** Tells the output of this attempt from that of another. */
  readonly number: number;
  /** See vital-signs.ts. */
  readonly vitalSigns: Int32Array;
}

/** All of the output but the images. */
export interface PreparedHead extends Omit<PreparedInstance, 'instanceId' | 'images' | 'imagesBytes'> {
  /** To be on stable storage before anything of this is delivered; empty where nothing is recorded. */
  readonly pairs: readonly IdentifierPair[];
}

/** Worker to main thread. `held` is a verdict on the instance, not a fault of the worker. */
export type PrepareReply =
  | (PreparedHead & {
      readonly kind: 'prepared';
      /** All images one after another when small enough for memory, else null: they are in the scratch file. */
      readonly images: Uint8Array | null;
      /** Offset and length of each image in `images` or in the scratch file, flat: [offset, length, offset, length, ...]. */
      readonly ranges: Float64Array;
    })
  | {
      readonly kind: 'held';
      readonly code: ErrorCode;
      readonly detail?: string;
      /** What was found in the pixels. */
      readonly boxes?: readonly RedactionBox[];
      readonly report?: InstanceReport;
      /** Where it belongs, by the pseudonyms it would leave under. */
      readonly place?: StudyPlace;
    };

/** Worker to main thread while it renders what exceeds one post. May come late or not at all: the reply says it all again. */
export interface OutputNews {
  readonly number: number;
  /** With the first news. */
  readonly head?: PreparedHead;
  /** Images there will be in all. */
  readonly count: number;
  /** As in the reply: of the images that are in the scratch file since the last news. */
  readonly ranges: Float64Array;
}
