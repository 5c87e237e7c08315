import type { WindowChoice } from '../../core/render-choices.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { firstItem, firstText } from '../../dicom/values.ts';
import type { PixelDescription } from '../pixel-description.ts';
import { type LookupTable, readLookupTable } from './lookup-table.ts';
import { type ModalityTransform, maySignModality, modalityTransforms } from './modality.ts';
import { type Voi, voiOfFrames, type Window } from './voi.ts';

/** From stored values to what is shown, for one frame: PS3.3 C.11.1, C.11.2 and C.11.6. */
export interface FrameTransform {
  readonly rescaleSlope: number;
  readonly rescaleIntercept: number;
  /** Unit after the rescale: Rescale Type, or Dose Units of a dose; undefined where the image states none. */
  readonly rescaleType: string | undefined;
  /** Takes the place of the rescale where present. */
  readonly modalityTable: LookupTable | undefined;
  /** The window the frame is shown with, its own or an automatic one; undefined for colour and where `voiTable` is. */
  readonly window: Window | undefined;
  readonly voiTable: LookupTable | undefined;
}

/**
 * Gives the transform of each frame, counted from 0; the same object as long as nothing differs, so that tables made from
 * it can be kept. `automatic` makes the window of the frames that have no window or table of their own, once for the whole
 * instance; undefined for images that are not shown through a window. Throws PIXEL_DATA_INVALID for a damaged table.
 */
export function frameTransforms(
  dataSet: DataSet,
  pixels: PixelDescription,
  choice: WindowChoice,
  automatic: ((modalityOf: (frame: number) => ModalityTransform) => Window) | undefined,
): (frame: number) => FrameTransform {
  const modalityOf = modalityTransforms(dataSet, pixels);
  const voiOf =
    automatic === undefined
      ? (): Voi => ({})
      : voiOfFrames(dataSet, choice, maySignModality(modalityOf(0), pixels.signed));
  let made: Window | undefined;
  let last: { modality: ModalityTransform; transform: FrameTransform } | undefined;
  return (frame) => {
    const modality = modalityOf(frame);
    const { window: own, table } = voiOf(frame);
    if (own === undefined && table === undefined) made ??= automatic?.(modalityOf);
    const window = own ?? (table === undefined ? made : undefined);
    const kept = last?.transform;
    if (last?.modality === modality && kept?.voiTable === table && isSameWindow(kept?.window, window))
      return last.transform;
    const transform = {
      rescaleSlope: modality.slope,
      rescaleIntercept: modality.intercept,
      rescaleType: modality.type,
      modalityTable: modality.table,
      window,
      voiTable: table,
    };
    last = { modality, transform };
    return transform;
  };
}

function isSameWindow(a: Window | undefined, b: Window | undefined): boolean {
  return a?.center === b?.center && a?.width === b?.width && a?.voiFunction === b?.voiFunction;
}

/** The last step of the grey pipeline: PS3.3 C.11.6. */
export interface Presentation {
  readonly inverted: boolean;
  /** Presentation LUT, whose entries are P-values: nothing is inverted behind it. */
  readonly table: LookupTable | undefined;
}

/**
 * What stands between VOI and screen. Presentation LUT Shape INVERSE stands beside MONOCHROME1 in images: together they
 * are one inversion, not two. MONOCHROME1 with IDENTITY contradicts itself (C.8.11.3): it is inverted, as most viewers do.
 */
export function presentationOf(dataSet: DataSet, pixels: PixelDescription): Presentation {
  const item = firstItem(dataSet, tags.PresentationLUTSequence);
  const table = item && readLookupTable(item, tags.LUTDescriptor, tags.LUTData, false);
  if (table !== undefined && table.entries.length > 1) return { inverted: false, table };
  const inverted =
    pixels.photometricInterpretation === 'MONOCHROME1' ||
    firstText(dataSet, tags.PresentationLUTShape) === 'INVERSE';
  return { inverted, table: undefined };
}
