import type { RedactionBox } from '../../core/redaction.ts';
import type { DataSet } from '../../dicom/data-set.ts';

declare const brand: unique symbol;

/**
 * What redaction did to the pixels of one object: the proof that `deidentify()` asks for before it lets pixels pass that
 * may carry text. Only `redact()` makes one, after every frame was treated and looked at again.
 */
export interface PixelTreatment {
  readonly [brand]: true;
  /** The object it stands for: pixels treated, header as received. */
  readonly dataSet: DataSet;
  /** `person`: a person looked at it and drew the boxes, or none. */
  readonly mode: 'all' | 'identifying' | 'person';
  /** True where a stored value differs from what was received. */
  readonly changed: boolean;
  readonly boxes: readonly RedactionBox[];
}
