import type { ErrorCode } from '../../core/errors.ts';
import type { IdentifierPair } from '../../core/identifier-pair.ts';
import type { InstanceReport } from '../../core/instance-report.ts';
import type { DrawnBox, RedactionBox } from '../../core/redaction.ts';
import type { WindowChoice } from '../../core/render-choices.ts';
import type { ScreenFormat, ScreenPicture } from '../../render/screen-picture.ts';
import type { StudyReport } from '../../reports/study-report.ts';
import type { PixelWishes } from '../thread-profiles.ts';
import type { PixelOutcome } from '../treat-instance.ts';
import type { VitalSigns } from '../vital-signs.ts';

/** An instance in a file of the local disk, and by which profile it is judged. Plain data. */
export interface FileInput {
  /** Part 10 file, or a bare data set. */
  readonly input: string;
  /** Chooses the profile, as in the gateway; '' where it came by no association. */
  readonly callingAeTitle: string;
  /** A profile of the configuration by name, in place of that choice; null: by the AE title. */
  readonly profileName: string | null;
}

/** What a person decided about an instance. */
export interface Decisions {
  readonly releasedCodes: readonly string[];
  /** Regions to blank in place of the search for text; null: nobody drew any. */
  readonly drawnBoxes: readonly DrawnBox[] | null;
}

/** Treat one file and write the result. */
export interface TreatTask extends FileInput, Decisions {
  readonly kind: 'treat';
  /** Where the result is written, readable by its owner alone; removed by the main thread when it comes to nothing. */
  readonly output: string;
  readonly fsync: boolean;
  /**
   * `deidentify`: the whole instance is de-identified; `keep`: nothing changes but the pixels and what redaction says of
   * them in the header, which goes on identifying the patient. Every other element keeps its value byte for byte; only
   * group lengths (retired) are left out, and File Meta Information is our own.
   */
  readonly header: 'deidentify' | 'keep';
  readonly wishes: PixelWishes;
}

export type PictureSide = 'original' | 'deidentified';

/** Draw one frame. */
export interface PictureTask extends FileInput, Decisions {
  readonly kind: 'picture';
  /** From 1. */
  readonly frame: number;
  readonly side: PictureSide;
  /** Most pixels of the longer side. */
  readonly maxSide: number;
  readonly format: ScreenFormat;
  readonly quality: number;
  /** Null: as the gateway renders. */
  readonly window: WindowChoice | null;
  /** Of `deidentified`, what a search of the same file under the same profile found before; null: search. */
  readonly foundBoxes: readonly RedactionBox[] | null;
}

/** Look at a file. */
export interface InspectTask extends FileInput {
  readonly kind: 'inspect';
  /**
   * `safe`: attributes as they are after de-identification; `identified`: as they were received, for whoever may see
   * identifiers.
   */
  readonly metadata: 'none' | 'safe' | 'identified';
}

/** Tell what de-identification does to a file, or what is written down of an instance. */
export interface ReportTask extends Decisions {
  readonly kind: 'report';
  readonly of:
    | ({ readonly from: 'file' } & FileInput)
    | {
        readonly from: 'stored';
        readonly folder: string;
        /** New Study Instance UID. */
        readonly study: string;
        /** New SOP Instance UID, or the gateway's id of the instance; null: the whole study. */
        readonly instance: string | null;
      };
  readonly html: boolean;
}

export type OnDemandTask = TreatTask | PictureTask | InspectTask | ReportTask;

/** A task as it goes to a thread. */
export interface OnDemandThreadTask {
  readonly task: OnDemandTask;
  /** Folder for files that other programs read. */
  readonly scratchFolder: string;
  readonly vitalSigns: VitalSigns;
}

/** Boxes of a reply; `boxesLeftOut`: so many more there were. */
export interface ReplyBoxes {
  readonly boxes: readonly RedactionBox[];
  readonly boxesLeftOut: number;
}

export type FileOutcome = ReplyBoxes &
  (
    | {
        readonly outcome: 'deidentified';
        readonly studyInstanceUid: string;
        readonly seriesInstanceUid: string;
        readonly sopInstanceUid: string;
        readonly sopClassUid: string;
        readonly transferSyntaxUid: string;
        readonly modality: string | null;
        readonly profile: string;
        readonly profileRevision: string;
        readonly keyId: string;
        /** Null where nothing was to be done. */
        readonly pixels: PixelOutcome | null;
        /** Length of the output. */
        readonly bytes: number;
        readonly report: InstanceReport | null;
      }
    | {
        /** The header was kept: the output identifies the patient. */
        readonly outcome: 'redacted';
        readonly sopClassUid: string;
        readonly transferSyntaxUid: string;
        readonly pixels: PixelOutcome;
        readonly bytes: number;
      }
    | {
        /** A person has to decide, or it cannot be done; there is no output. */
        readonly outcome: 'held';
        readonly code: ErrorCode;
        readonly detail: string | null;
        readonly report: InstanceReport | null;
      }
  );

/** One frame for a screen, without any box drawn on it. */
export interface Picture extends ScreenPicture {
  readonly frame: number;
  /** Columns and Rows as stored: what boxes count in. */
  readonly columns: number;
  readonly rows: number;
  /** Frames there are; of a video as counted in its stream. */
  readonly frames: number;
  /** Pixels of the picture for one stored pixel. */
  readonly scale: number;
  /** Height of a pixel divided by its width: how much taller to show the picture. */
  readonly pixelAspect: number;
}

/** Without identifiers: numbers and defined terms. */
export interface FrameInfo {
  readonly sopClassUid: string | null;
  readonly sopClassName: string | null;
  readonly transferSyntaxUid: string;
  readonly modality: string | null;
  /** Null where the instance has no image. */
  readonly rows: number | null;
  readonly columns: number | null;
  readonly frames: number | null;
  /** False of a video, whose frames only its stream tells. */
  readonly framesCounted: boolean;
  readonly photometricInterpretation: string | null;
  readonly bytes: number;
}

export type AttributeValue = string | number | null | readonly (string | number)[] | readonly Attributes[];
export interface Attributes {
  readonly [keyword: string]: AttributeValue;
}

export interface Inspection extends FrameInfo {
  /** By keyword; null where none were asked for, or `safe` ones cannot be had: `heldCode` says why. */
  readonly metadata: Attributes | null;
  /** Attributes that were left out beyond the limits. */
  readonly metadataLeftOut: number;
  readonly heldCode: ErrorCode | null;
}

export interface ReportPage {
  readonly report: StudyReport;
  /** The same as a page; null where it was not asked for. */
  readonly html: string | null;
}

/** What comes back of each kind of task. */
export interface OnDemandValues {
  readonly treat: {
    readonly outcome: FileOutcome;
    /** To be on stable storage before the output is given to anybody. */
    readonly pairs: readonly IdentifierPair[];
  };
  readonly picture: {
    readonly picture: Picture;
    /** What a search found; null where there was none. */
    readonly foundBoxes: readonly RedactionBox[] | null;
  };
  readonly inspect: Inspection;
  readonly report: ReportPage;
}

/** Worker to main thread. `refused` is a verdict on the file or the request, not a fault of the worker. */
export type OnDemandReply =
  | { readonly kind: 'done'; readonly value: OnDemandValues[keyof OnDemandValues] }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly detail?: string };
