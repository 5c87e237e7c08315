import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { firstItem, firstNumber, firstText, items, numbers } from '../../dicom/values.ts';
import type { PixelDescription } from '../pixel-description.ts';
import { type LookupTable, lookUp, readLookupTable } from './lookup-table.ts';

/** From stored values to values with a meaning: PS3.3 C.11.1. */
export interface ModalityTransform {
  readonly slope: number;
  readonly intercept: number;
  /** Rescale Type (0028,1054) or Dose Units (3004,0002), as written; undefined where the image states none. */
  readonly type: string | undefined;
  /** Takes the place of slope and intercept where present. */
  readonly table: LookupTable | undefined;
}

/** A stored value in modality units. */
export function toModality(transform: ModalityTransform, stored: number): number {
  const { table } = transform;
  return table === undefined ? stored * transform.slope + transform.intercept : lookUp(table, stored);
}

/** X-ray angiography, also of two planes, and radiofluoroscopy. */
const fluoroscopy = [
  '1.2.840.10008.5.1.4.1.1.12.1',
  '1.2.840.10008.5.1.4.1.1.12.2',
  '1.2.840.10008.5.1.4.1.1.12.3',
];
const none: Rescale = { slope: 1, intercept: 0, type: undefined };

/**
 * Gives the modality transform of each frame, counted from 0: the first Modality LUT, else the rescale of the frame's own
 * functional group, else of the shared ones (PS3.3 C.7.6.16.2.9), else of the top level, else Dose Grid Scaling (C.8.8.3)
 * as a slope, else none. None for angiography and fluoroscopy, where the transform leads back to X-ray intensity and is not
 * meant for display (PS3.3 C.8.7.1.1.2): windows are of stored values there, as in DCMTK and Cornerstone. The same object
 * comes back as long as nothing differs. Throws PIXEL_DATA_INVALID for a table shorter than described.
 */
export function modalityTransforms(
  dataSet: DataSet,
  pixels: Pick<PixelDescription, 'signed'>,
): (frame: number) => ModalityTransform {
  if (fluoroscopy.includes(firstText(dataSet, tags.SOPClassUID) ?? '')) {
    const stored = { ...none, table: undefined };
    return () => stored;
  }
  const table = readModalityTable(dataSet, pixels.signed);
  const perFrame = items(dataSet, tags.PerFrameFunctionalGroupsSequence);
  const shared = firstItem(dataSet, tags.SharedFunctionalGroupsSequence);
  const common = rescaleOfGroups(shared) ?? readRescale(dataSet) ?? readDoseGrid(dataSet) ?? none;
  let last: ModalityTransform = { ...common, table };
  return (frame) => {
    const own = rescaleOfGroups(perFrame[frame]) ?? common;
    if (own.slope !== last.slope || own.intercept !== last.intercept || own.type !== last.type)
      last = { ...own, table };
    return last;
  };
}

/** True where a value after the transform can be negative. */
export function maySignModality(transform: ModalityTransform, signed: boolean): boolean {
  if (transform.table !== undefined) return false;
  return signed || transform.intercept < 0 || transform.slope < 0;
}

type Rescale = Omit<ModalityTransform, 'table'>;

function readModalityTable(dataSet: DataSet, signed: boolean): LookupTable | undefined {
  const item = firstItem(dataSet, tags.ModalityLUTSequence);
  return item === undefined ? undefined : readLookupTable(item, tags.LUTDescriptor, tags.LUTData, signed);
}

function rescaleOfGroups(groups: DataSet | undefined): Rescale | undefined {
  const item = groups && firstItem(groups, tags.PixelValueTransformationSequence);
  return item && readRescale(item);
}

/** A slope of zero would make every image flat: it is what some devices write for "none", and DCMTK reads it so. */
function readRescale(dataSet: DataSet): Rescale | undefined {
  const [slope = Number.NaN] = numbers(dataSet, tags.RescaleSlope);
  const [intercept = Number.NaN] = numbers(dataSet, tags.RescaleIntercept);
  if (slope === 0 || (!Number.isFinite(slope) && !Number.isFinite(intercept))) return undefined;
  return {
    slope: Number.isFinite(slope) ? slope : 1,
    intercept: Number.isFinite(intercept) ? intercept : 0,
    type: firstText(dataSet, tags.RescaleType),
  };
}

function readDoseGrid(dataSet: DataSet): Rescale | undefined {
  const slope = firstNumber(dataSet, tags.DoseGridScaling);
  if (slope === undefined || !Number.isFinite(slope) || slope === 0) return undefined;
  return { slope, intercept: 0, type: firstText(dataSet, tags.DoseUnits) };
}
