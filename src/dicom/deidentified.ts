import type { DataSet } from './data-set.ts';

declare const deidentifiedBrand: unique symbol;

/**
 * A data set on which de-identification finished. Only `deidentify()` makes one (the brand has no value, and a test
 * holds every cast to this type against that one file); `render` and the payload builder accept nothing else.
 */
export interface Deidentified {
  readonly [deidentifiedBrand]: true;
  /** The edited data set, without group 0002. */
  readonly dataSet: DataSet;
  readonly sopClassUid: string;
  /** The new SOP Instance UID. */
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Names profile, options, rule tables and product version; changes whenever output could. */
  readonly profileRevision: string;
}
