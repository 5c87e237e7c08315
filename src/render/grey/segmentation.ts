import { SallyportError } from '../../core/errors.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { firstItem, firstNumber, firstText, items, numbers } from '../../dicom/values.ts';
import { cielabToRgb, storedCielabToRgb } from '../color/cielab.ts';
import type { PixelDescription } from '../pixel-description.ts';
import type { CellLayout, Cells } from '../samples.ts';
import type { DrawSettings } from '../settings.ts';

type Rgb = readonly [number, number, number];

const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';
const labelMapSegmentationStorage = '1.2.840.10008.5.1.4.1.1.66.7';

const heightMapSegmentationStorage = '1.2.840.10008.5.1.4.1.1.66.8';

/** Throws SEGMENTATION_NOT_RENDERED for any kind of segmentation where the settings say so. */
export function refuseHeldSegmentation(dataSet: DataSet, how: DrawSettings['segmentations']): void {
  if (how !== 'hold') return;
  if (isSegmentation(dataSet) || firstText(dataSet, tags.SOPClassUID) === heightMapSegmentationStorage)
    throw new SallyportError('SEGMENTATION_NOT_RENDERED');
}

/** True for Segmentation and Label Map Segmentation objects, whose pixels are segments. */
export function isSegmentation(dataSet: DataSet): boolean {
  const sopClass = firstText(dataSet, tags.SOPClassUID);
  return sopClass === segmentationStorage || sopClass === labelMapSegmentationStorage;
}

/** Draws one frame, counted from 0, of a segmentation. */
export type SegmentationPainter = (
  cells: Cells,
  layout: CellLayout,
  frame: number,
) => { readonly channels: 1 | 3; readonly pixels: Uint8Array };

/**
 * Draws segmentations (PS3.3 C.8.20, C.8.23). Grey: masks white on black, fractions as parts of Maximum Fractional Value,
 * labels spread evenly over grey in the order of their segment numbers, the last one white. Color: the Recommended Display
 * CIELab Value of each segment, a color of the gateway's where it has none; fractions shaded towards black. In label maps 0
 * and the padding are background, black, and labels no segment describes are white: nothing is hidden. Throws
 * PIXEL_FORMAT_UNSUPPORTED for pixels that cannot be segments.
 */
export function segmentationPainter(
  dataSet: DataSet,
  pixels: PixelDescription,
  inColor: boolean,
): SegmentationPainter {
  if (pixels.sampleKind !== 'integer' || pixels.bitsAllocated > 16)
    throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'pixels of a segmentation' });
  return isLabelMap(dataSet) ? labelPainter(dataSet, pixels, inColor) : maskPainter(dataSet, pixels, inColor);
}

function isLabelMap(dataSet: DataSet): boolean {
  return (
    firstText(dataSet, tags.SOPClassUID) === labelMapSegmentationStorage ||
    firstText(dataSet, tags.SegmentationType) === 'LABELMAP'
  );
}

/** Numbers and colors of the segments described, by number. */
function readSegments(dataSet: DataSet): readonly { readonly number: number; readonly rgb: Rgb }[] {
  const found = items(dataSet, tags.SegmentSequence).flatMap((item) => {
    const number = firstNumber(item, tags.SegmentNumber);
    return number === undefined ? [] : [{ number, item }];
  });
  found.sort((a, b) => a.number - b.number);
  return found.map(({ number, item }, index) => ({ number, rgb: recommended(item) ?? assigned(index) }));
}

function recommended(segment: DataSet): Rgb | undefined {
  const [lightness, a, b] = numbers(segment, tags.RecommendedDisplayCIELabValue);
  if (lightness === undefined || a === undefined || b === undefined) return undefined;
  return storedCielabToRgb([lightness, a, b]);
}

/** Neighbours in the list lie a golden angle apart on the circle of hues: distinct however many there are. */
function assigned(index: number): Rgb {
  const hue = index * 2.399963;
  return cielabToRgb(65, 55 * Math.cos(hue), 55 * Math.sin(hue));
}

/** Binary and fractional segmentations: each frame is of one segment. */
function maskPainter(dataSet: DataSet, pixels: PixelDescription, inColor: boolean): SegmentationPainter {
  const fractional = firstText(dataSet, tags.SegmentationType) === 'FRACTIONAL';
  const described = firstNumber(dataSet, tags.MaximumFractionalValue) ?? 255;
  // Anything but 0 of a binary mask belongs to the segment, also where it is stored in 8 bits.
  const full = fractional && pixels.bitsAllocated > 1 ? Math.max(1, described) : 1;
  const level = (value: number): number => Math.round((Math.min(value, full) * 255) / full);
  if (!inColor) {
    const table = new TableOfCells(pixels, (value) => [level(value), 0, 0]);
    return (cells, layout) => ({ channels: 1, pixels: table.grey(cells, layout) });
  }
  const colors = new Map(readSegments(dataSet).map(({ number, rgb }) => [number, rgb]));
  const tables = new Map<number, TableOfCells>();
  const segmentOf = segmentOfFrame(dataSet);
  return (cells, layout, frame) => {
    const segment = segmentOf(frame) ?? (colors.size === 1 ? [...colors.keys()][0] : undefined) ?? -1;
    let table = tables.get(segment);
    if (table === undefined) {
      const [red, green, blue] = colors.get(segment) ?? [255, 255, 255];
      const shade = (of: number, value: number): number => Math.round((of * level(value)) / 255);
      table = new TableOfCells(pixels, (value) => [
        shade(red, value),
        shade(green, value),
        shade(blue, value),
      ]);
      tables.set(segment, table);
    }
    return { channels: 3, pixels: table.color(cells, layout) };
  };
}

/** C.8.20.3.1: the segment of a frame stands in its own functional group, or in the shared ones. */
function segmentOfFrame(dataSet: DataSet): (frame: number) => number | undefined {
  const perFrame = items(dataSet, tags.PerFrameFunctionalGroupsSequence);
  const shared = firstItem(dataSet, tags.SharedFunctionalGroupsSequence);
  const read = (groups: DataSet | undefined): number | undefined => {
    const item = groups && firstItem(groups, tags.SegmentIdentificationSequence);
    return item && firstNumber(item, tags.ReferencedSegmentNumber);
  };
  return (frame) => read(perFrame[frame]) ?? read(shared);
}

function labelPainter(dataSet: DataSet, pixels: PixelDescription, inColor: boolean): SegmentationPainter {
  const { padding } = pixels;
  const isBackground = (label: number): boolean =>
    label === 0 || (padding !== undefined && label >= padding.low && label <= padding.high);
  const segments = readSegments(dataSet).filter(({ number }) => !isBackground(number));
  const black: Rgb = [0, 0, 0];
  const white: Rgb = [255, 255, 255];
  const shown = new Map<number, Rgb>();
  for (const [index, { number, rgb }] of segments.entries()) {
    const grey = Math.round((255 * (index + 1)) / segments.length);
    shown.set(number, inColor ? rgb : [grey, grey, grey]);
  }
  const table = new TableOfCells(pixels, (label) =>
    isBackground(label) ? black : (shown.get(label) ?? white),
  );
  return inColor
    ? (cells, layout) => ({ channels: 3, pixels: table.color(cells, layout) })
    : (cells, layout) => ({ channels: 1, pixels: table.grey(cells, layout) });
}

/** One color per stored value; grey is the first component. */
class TableOfCells {
  readonly #red: Uint8Array;
  readonly #green: Uint8Array;
  readonly #blue: Uint8Array;

  constructor({ bitsStored }: PixelDescription, colorOf: (value: number) => Rgb) {
    const size = 2 ** bitsStored;
    this.#red = new Uint8Array(size);
    this.#green = new Uint8Array(size);
    this.#blue = new Uint8Array(size);
    for (let value = 0; value < size; value++) {
      const [red, green, blue] = colorOf(value);
      this.#red[value] = red;
      this.#green[value] = green;
      this.#blue[value] = blue;
    }
  }

  grey(cells: Cells, { shift }: CellLayout): Uint8Array {
    const out = new Uint8Array(cells.length);
    const table = this.#red;
    const mask = table.length - 1;
    for (let i = 0; i < out.length; i++) out[i] = table[((cells[i] as number) >> shift) & mask] as number;
    return out;
  }

  color(cells: Cells, { shift }: CellLayout): Uint8Array {
    const out = new Uint8Array(3 * cells.length);
    const mask = this.#red.length - 1;
    for (let i = 0, to = 0; i < cells.length; i++) {
      const value = ((cells[i] as number) >> shift) & mask;
      out[to++] = this.#red[value] as number;
      out[to++] = this.#green[value] as number;
      out[to++] = this.#blue[value] as number;
    }
    return out;
  }
}
