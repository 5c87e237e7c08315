import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { element, has, valueLength } from '../../dicom/values.ts';
import { textAt } from '../text.ts';

/** Without these no colour of a palette is known (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9). */
const tables = [
  tags.RedPaletteColorLookupTableDescriptor,
  tags.GreenPaletteColorLookupTableDescriptor,
  tags.BluePaletteColorLookupTableDescriptor,
  tags.RedPaletteColorLookupTableData,
  tags.GreenPaletteColorLookupTableData,
  tags.BluePaletteColorLookupTableData,
  tags.SegmentedRedPaletteColorLookupTableData,
  tags.SegmentedGreenPaletteColorLookupTableData,
  tags.SegmentedBluePaletteColorLookupTableData,
];

/**
 * Whether an image that is shown through a palette, its own or a supplemental one, lost a part of it on its way: nobody
 * could show what is left. Tables that an image has and does not use may go.
 */
export function losesPalette(received: DataSet, edited: DataSet): boolean {
  if (!has(received, tags.PixelData) || !usesPalette(received)) return false;
  return tables.some((tag) => isThere(received, tag) && !isThere(edited, tag));
}

function usesPalette(dataSet: DataSet): boolean {
  if (textAt(dataSet, tags.PhotometricInterpretation).toUpperCase() === 'PALETTE COLOR') return true;
  // PS3.3 C.7.6.19: supplemental.
  return ['COLOR', 'MIXED'].includes(textAt(dataSet, tags.PixelPresentation).toUpperCase());
}

function isThere(dataSet: DataSet, tag: number): boolean {
  const found = element(dataSet, tag);
  return found !== undefined && valueLength(found) !== 0;
}
