import type {
  CataloguedStudy,
  CountedSeries,
  StudyFilter,
  StudyPage,
  StudyRow,
  Tally,
} from '../core/catalogue.ts';

/** What is known of studies, beside the rows of their instances. Values are de-identified ones as they leave, or our own. */
export interface StudyCatalogue {
  /**
   * The newest first, by the arrival of their first instance; with `studyPseudonym` in the order of pseudonyms. A call looks
   * at `maxStudiesExamined` at most, so that a page may be short, even empty, where more follow: the last one is that
   * whose `next` is null.
   */
  list(filter: StudyFilter): Promise<StudyPage>;
  get(studyPseudonym: string): Promise<StudyRow | undefined>;
  /** In the order of their numbers, up to `limit`. */
  series(studyPseudonym: string, limit: number): Promise<readonly CountedSeries[]>;
  /** Of those instances whose study is known: id and study pseudonym. */
  studiesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Instances whose study is not known, or not yet; the largest groups first. Delivered ones are not among them. */
  unassigned(limit: number): Promise<readonly Tally[]>;
  /** What its ImagingStudy is made of; undefined where there is no such study. */
  whole(studyPseudonym: string, maxImages: number): Promise<CataloguedStudy | undefined>;
  /**
   * Studies to be posted: an instance was delivered since the last post, none waits, none changed its state after
   * `changedBefore`, and a failed attempt is not to be repeated after `now` only. The longest unchanged first.
   */
  due(request: DueRequest): Promise<readonly DueStudy[]>;
  /** Writes down what came of posting a study; with its audit record, where it was answered for good. */
  settle(settled: SettledStudy): Promise<void>;
  /** The study is due for posting again, whatever came of it before. False where there is none with an instance delivered. */
  postAgain(studyPseudonym: string): Promise<boolean>;
  /** Studies that were refused are due again; returns how many. */
  postRefusedAgain(): Promise<number>;
  /** Studies that the FHIR server did not take, a thousand at most. */
  troubles(): Promise<FhirTroubles>;
}

export interface FhirTroubles {
  /** Not tried again by themselves. */
  readonly refused: number;
  /** Failed, and tried again. */
  readonly retried: number;
}

export interface DueRequest {
  readonly changedBefore: number;
  readonly now: number;
  readonly limit: number;
}

export interface DueStudy {
  readonly studyPseudonym: string;
  readonly version: number;
  /** Failures since the last post. */
  readonly attempts: number;
}

export type SettledStudy = {
  readonly studyPseudonym: string;
  /** The version that was put. */
  readonly version: number;
} & (
  | { readonly kind: 'posted'; readonly at: number }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string | null }
  | { readonly kind: 'retry'; readonly code: string; readonly detail: string | null; readonly dueAt: number }
);

/** Studies one call of `list` looks at: bounds the time the ledger is busy with it (some 10 ms). */
export const maxStudiesExamined = 5000;
