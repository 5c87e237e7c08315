import type { RedactionBox } from '../../core/redaction.ts';
import type { DataSet } from '../../dicom/data-set.ts';

/** What redaction did to one element of the top level: `cleaned` pixels, `replaced` descriptions of them. */
export interface ElementChange {
  readonly tag: number;
  readonly how: 'inserted' | 'removed' | 'replaced' | 'cleaned';
}

declare const brand: unique symbol;

/**
 * What redaction did to the pixels of one object: the proof that `deidentify()` asks for before it lets pixels pass that
 * may carry text. Only `redact()` makes one: every frame was treated and looked at again, or the profile or a person said
 * that the pixels may leave without.
 */
export interface PixelTreatment {
  readonly [brand]: true;
  /** The object it stands for: pixels treated, header as received. */
  readonly dataSet: DataSet;
  /**
   * `all`, `identifying`: text was looked for in every frame and blanked as the profile says; `person`: a person looked at
   * it and drew the boxes; `none`: nobody looked for text, because the profile or a person waived it (boxes of device rules
   * may have been blanked).
   */
  readonly mode: 'all' | 'identifying' | 'person' | 'none';
  /**
   * True where every frame was treated and nothing identifying was found in the result: then, and only then, is the Clean
   * Pixel Data option (113101) claimed and Burned In Annotation set to NO. Never true for `none`.
   */
  readonly complete: boolean;
  /** True where a stored value differs from what was received. */
  readonly changed: boolean;
  /** Why text was feared, a fixed word; absent for images of low risk. */
  readonly risk?: string;
  readonly boxes: readonly RedactionBox[];
  /** What is otherwise in `dataSet` than it was received: a report compares with that. */
  readonly elements: readonly ElementChange[];
}
