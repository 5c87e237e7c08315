import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { element, firstItem, firstText, has, items } from '../../dicom/values.ts';
import type { PixelDescription } from '../pixel-description.ts';
import type { CellLayout, Cells } from '../samples.ts';
import { PaletteRenderer, readPalette } from './palette.ts';

/** Functional groups with Pixel Presentation of a frame: MR, CT and PET Image Frame Type (PS3.3 C.8.13.5.1 and others). */
const frameTypes = [
  tags.MRImageFrameTypeSequence,
  tags.CTImageFrameTypeSequence,
  tags.PETFrameTypeSequence,
] as const;

/**
 * Colours of a MONOCHROME2 image with a Supplemental Palette Color Lookup Table (PS3.3 C.7.6.19, C.8.16.2.1.1.1): stored
 * values from the first mapped one on are indexes of colours, the ones below are grey and go through the grey pipeline.
 */
export interface SupplementalPalette {
  /** Whether the frame, counted from 0, is to be shown in colour. */
  isColor(frame: number): boolean;
  /** The cells with a grey one in the place of every colour: indexes are no measurements. */
  greyOf(cells: Cells, layout: CellLayout): Cells;
  /** Interleaved RGB: the colours, and the grey levels where a cell is none. */
  paint(cells: Cells, layout: CellLayout, levels: Uint8Array): Uint8Array;
}

/**
 * Undefined for images that are all grey. Throws PIXEL_DATA_INVALID where Pixel Presentation says colour and the tables are
 * missing or broken.
 */
export function supplementalPalette(
  dataSet: DataSet,
  pixels: PixelDescription,
): SupplementalPalette | undefined {
  const presentation = firstText(dataSet, tags.PixelPresentation);
  const applies =
    (presentation === 'COLOR' || presentation === 'MIXED') &&
    pixels.photometricInterpretation === 'MONOCHROME2' &&
    pixels.sampleKind === 'integer' &&
    // COLOR without tables: nothing to show colours with, and the standard allows to show all as grey.
    has(dataSet, tags.RedPaletteColorLookupTableDescriptor);
  if (!applies) return undefined;
  const renderer = new PaletteRenderer(readPalette(dataSet, pixels.signed), true);
  const perFrame = items(dataSet, tags.PerFrameFunctionalGroupsSequence);
  const shared = presentationOf(firstItem(dataSet, tags.SharedFunctionalGroupsSequence));
  return {
    isColor: (frame) => (presentationOf(perFrame[frame]) ?? shared ?? 'COLOR') === 'COLOR',
    greyOf: (cells, layout) => renderer.greyOf(cells, layout),
    paint: (cells, layout, levels) => renderer.renderMixed(cells, layout, levels),
  };
}

function presentationOf(groups: DataSet | undefined): string | undefined {
  if (groups === undefined) return undefined;
  const tag = frameTypes.find((candidate) => element(groups, candidate) !== undefined);
  const item = tag === undefined ? undefined : firstItem(groups, tag);
  return item && firstText(item, tags.PixelPresentation);
}
