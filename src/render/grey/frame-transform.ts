import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { firstItem, firstText, items, numbers } from '../../dicom/values.ts';
import type { PixelDescription } from '../pixel-description.ts';
import { type LookupTable, readLookupTable } from './lookup-table.ts';

export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

export interface Window {
  readonly center: number;
  readonly width: number;
  readonly voiFunction: VoiFunction;
}

/** From stored values to what is shown, for one frame: PS3.3 C.11.1 and C.11.2. */
export interface FrameTransform {
  readonly rescaleSlope: number;
  readonly rescaleIntercept: number;
  /** Takes the place of the rescale where present. */
  readonly modalityTable: LookupTable | undefined;
  readonly window: Window | undefined;
  /** Used where there is no window. */
  readonly voiTable: LookupTable | undefined;
}

/**
 * Gives the transform of each frame, counted from 0. What a functional group of the frame says goes before the shared
 * groups (PS3.3 C.7.6.16.2.9 and .10), these before the top level. The same object comes back as long as nothing
 * differs, so that tables made from it can be kept.
 */
export function frameTransforms(
  dataSet: DataSet,
  pixels: PixelDescription,
): (frame: number) => FrameTransform {
  const perFrame = items(dataSet, tags.PerFrameFunctionalGroupsSequence);
  const shared = firstItem(dataSet, tags.SharedFunctionalGroupsSequence);
  const sharedRescale = shared && firstItem(shared, tags.PixelValueTransformationSequence);
  const sharedWindow = shared && firstItem(shared, tags.FrameVOILUTSequence);
  const modality = firstItem(dataSet, tags.ModalityLUTSequence);
  const modalityTable =
    modality === undefined
      ? undefined
      : readLookupTable(modality, tags.LUTDescriptor, tags.LUTData, pixels.signed);
  const voi = firstItem(dataSet, tags.VOILUTSequence);
  const topRescale = readRescale(dataSet);
  // C.11.2.1.1: signed when what goes into the table can be negative.
  const signedVoi =
    modalityTable === undefined &&
    (pixels.signed || (topRescale !== undefined && (topRescale.intercept < 0 || topRescale.slope < 0)));
  const voiTable =
    voi === undefined ? undefined : readLookupTable(voi, tags.LUTDescriptor, tags.LUTData, signedVoi);
  const topWindow = readWindow(dataSet);
  let last: FrameTransform | undefined;
  return (frame) => {
    const own = perFrame[frame];
    const rescale = readRescale(own && firstItem(own, tags.PixelValueTransformationSequence)) ??
      readRescale(sharedRescale) ??
      topRescale ?? { slope: 1, intercept: 0 };
    const window =
      readWindow(own && firstItem(own, tags.FrameVOILUTSequence)) ?? readWindow(sharedWindow) ?? topWindow;
    const next = {
      rescaleSlope: rescale.slope,
      rescaleIntercept: rescale.intercept,
      modalityTable,
      window,
      voiTable,
    };
    if (last === undefined || !isSame(last, next)) last = next;
    return last;
  };
}

function isSame(a: FrameTransform, b: FrameTransform): boolean {
  return (
    a.rescaleSlope === b.rescaleSlope &&
    a.rescaleIntercept === b.rescaleIntercept &&
    a.window?.center === b.window?.center &&
    a.window?.width === b.window?.width &&
    a.window?.voiFunction === b.window?.voiFunction
  );
}

/** A slope of zero would make every image flat: it is what some devices write for "none". */
function readRescale(dataSet: DataSet | undefined): { slope: number; intercept: number } | undefined {
  if (dataSet === undefined) return undefined;
  const [slope = Number.NaN] = numbers(dataSet, tags.RescaleSlope);
  const [intercept = Number.NaN] = numbers(dataSet, tags.RescaleIntercept);
  if (!Number.isFinite(slope) && !Number.isFinite(intercept)) return undefined;
  return {
    slope: Number.isFinite(slope) && slope !== 0 ? slope : 1,
    intercept: Number.isFinite(intercept) ? intercept : 0,
  };
}

/** First window; undefined where there is none or its width cannot be. */
function readWindow(dataSet: DataSet | undefined): Window | undefined {
  if (dataSet === undefined) return undefined;
  const [center = Number.NaN] = numbers(dataSet, tags.WindowCenter);
  const [width = Number.NaN] = numbers(dataSet, tags.WindowWidth);
  if (!Number.isFinite(center) || !Number.isFinite(width) || width <= 0) return undefined;
  const described = firstText(dataSet, tags.VOILUTFunction);
  if (described === 'SIGMOID' || described === 'LINEAR_EXACT')
    return { center, width, voiFunction: described };
  // C.11.2.1.2.1: LINEAR needs a width of at least 1. Devices write smaller ones for values rescaled to fractions,
  // where only the exact function makes sense.
  return { center, width, voiFunction: width < 1 ? 'LINEAR_EXACT' : 'LINEAR' };
}
