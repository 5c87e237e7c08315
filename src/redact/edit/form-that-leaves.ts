import type { DeidentifyInput } from '../../deidentify/deidentify.ts';
import type { RedactedEncoding } from '../../deidentify/pixels/pixel-policy.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import type { FrameCells } from './frame-samples.ts';
import { asNative } from './native-form.ts';
import type { OpenedPixels } from './opened-pixels.ts';

/** The frames of opened pixels with their boxes blanked. */
export interface EditedFrames {
  /** Whether a frame, counted from 0, has boxes. */
  isEdited(index: number): boolean;
  /** Whether blanking its boxes changes a stored value. */
  changes(index: number): boolean;
  /** A copy of the frame, its boxes blanked. */
  cells(index: number): FrameCells;
}

export function inFormThatLeaves(
  opened: OpenedPixels,
  dataSet: DataSet,
  frames: EditedFrames,
  encoding: RedactedEncoding,
): DeidentifyInput {
  void encoding;
  return asNative(opened, dataSet, frames.cells);
}
