import type { InstanceState } from './instance.ts';

/**
 * What is known of an instance, its series and its study once it is prepared: values of the de-identified data set only,
 * as they leave, and no more than a FHIR ImagingStudy tells. What the profile removed is null.
 */
export interface CatalogueEntry {
  /** See PreparedInstance: values of one revision complete each other, those of another take their place. */
  readonly profileRevision: string;
  readonly patientPseudonym: string | null;
  readonly accessionPseudonym: string | null;
  /** DA, YYYYMMDD. */
  readonly studyDate: string | null;
  /** TM, HHMMSS with an optional fraction. */
  readonly studyTime: string | null;
  /** Timezone Offset From UTC (0008,0201), &ZZXX; without it a time of day cannot be told in FHIR. */
  readonly timezoneOffset: string | null;
  readonly studyDescription: string | null;
  readonly modality: string | null;
  readonly seriesNumber: number | null;
  readonly seriesDescription: string | null;
  readonly bodyPart: string | null;
  /** R or L, of the series. */
  readonly laterality: 'R' | 'L' | null;
  readonly seriesDate: string | null;
  readonly seriesTime: string | null;
  /** New SOP Instance UID. */
  readonly imageUid: string;
  readonly sopClassUid: string;
  readonly instanceNumber: number | null;
  /** Values of Image Type (0008,0008), joined by `\`. */
  readonly imageType: string | null;
}

/** Where an instance that is held belongs. */
export interface StudyPlace {
  readonly studyPseudonym: string;
  readonly seriesPseudonym: string | null;
}

/** An entry with what is known when the last frame is counted. */
export interface CataloguedInstance extends CatalogueEntry {
  /** Frames that are delivered of it. */
  readonly frames: number;
}

/** `forgotten`: delivered, and its row removed by retention since. */
export type TallyState = InstanceState | 'forgotten';

/** Instances of one study that came by one AE title and are in one state for one reason. */
export interface Tally {
  readonly callingAeTitle: string;
  readonly state: TallyState;
  readonly code: string | null;
  readonly instances: number;
}

/** How far posting a study to a FHIR server has come. */
export interface FhirProgress {
  /** Grows with every instance delivered; 0 while none is. */
  readonly version: number;
  /** The version that was last answered for good, posted or refused. */
  readonly settledVersion: number;
  /** Epoch milliseconds of the last post that was accepted. */
  readonly postedAt: number | null;
  /** Failures since. */
  readonly attempts: number;
  /** Not to be tried again before this time; epoch milliseconds. */
  readonly dueAt: number;
  readonly code: string | null;
  readonly detail: string | null;
}

/** One study. Times are epoch milliseconds. */
export interface StudyRow
  extends Pick<
    CatalogueEntry,
    'patientPseudonym' | 'accessionPseudonym' | 'studyDate' | 'studyTime' | 'timezoneOffset'
  > {
  readonly studyPseudonym: string;
  readonly description: string | null;
  readonly firstReceivedAt: number;
  readonly lastReceivedAt: number;
  /** When an instance of it last changed its state. */
  readonly changedAt: number;
  /** Sorted, at most `maxModalities`. */
  readonly modalities: readonly string[];
  readonly seriesCount: number;
  readonly tallies: readonly Tally[];
  readonly fhir: FhirProgress;
}

export interface SeriesRow
  extends Pick<
    CatalogueEntry,
    | 'modality'
    | 'seriesNumber'
    | 'seriesDescription'
    | 'bodyPart'
    | 'laterality'
    | 'seriesDate'
    | 'seriesTime'
  > {
  readonly seriesPseudonym: string;
}

/** A series with what it holds that was prepared. */
export interface CountedSeries extends SeriesRow {
  readonly instances: number;
  readonly frames: number;
}

/** An instance that was delivered. */
export interface ImageRow
  extends Pick<CatalogueEntry, 'imageUid' | 'sopClassUid' | 'instanceNumber' | 'imageType'> {
  readonly seriesPseudonym: string;
  readonly frames: number;
}

/** All a FHIR ImagingStudy is made of. */
export interface CataloguedStudy {
  readonly study: StudyRow;
  readonly series: readonly SeriesRow[];
  /** In the order of their arrival; null where there are more than asked for. */
  readonly images: readonly ImageRow[] | null;
}

export interface StudyFilter {
  /** All of it, or how it begins. */
  readonly studyPseudonym?: string;
  readonly patientPseudonym?: string;
  /** Studies with an instance from there. */
  readonly callingAeTitle?: string;
  /** Studies with an instance in one of these. */
  readonly states?: readonly InstanceState[];
  readonly code?: string;
  readonly modality?: string;
  /** Of the first instance; epoch milliseconds, included. */
  readonly receivedFrom?: number;
  /** Of the first instance; epoch milliseconds, not included. */
  readonly receivedTo?: number;
  readonly fhir?: 'waiting' | 'retrying' | 'posted' | 'refused';
  /** `next` of the page before. One that is none is CURSOR_INVALID. */
  readonly cursor?: string;
  readonly limit: number;
}

export interface StudyPage {
  readonly studies: readonly StudyRow[];
  readonly next: string | null;
}

/** Modalities, and AE titles, that are told of one study. */
export const maxModalities = 32;
