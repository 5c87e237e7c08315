import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { firstItem, items, numbers } from '../../dicom/values.ts';
import type { ImageSize } from '../output/output-size.ts';
import type { PixelDescription } from '../pixel-description.ts';
import type { DrawSettings } from '../settings.ts';

/** A side that differs less is left as it is: nobody sees it, and every resampling blurs. */
const visible = 0.01;
/** Beyond, what is stated cannot be meant: the image would be all but a line. */
const maxRatio = 20;
/** libjpeg's JPEG_MAX_DIMENSION. */
const maxDimension = 65_500;

/** Attributes that tell the shape of a pixel, in the order DCMTK looks for them: vertical, then horizontal. */
const ownTags = [
  tags.PixelSpacing,
  tags.ImagerPixelSpacing,
  tags.NominalScannedPixelSpacing,
  tags.PixelAspectRatio,
] as const;

/**
 * Height of a pixel divided by its width, for each frame, counted from 0: by the Pixel Measures of its functional groups
 * (PS3.3 C.7.6.16.2.1), else the spacings of the image, else Pixel Aspect Ratio (C.7.6.3.1.7), which the standard has where
 * there is no spacing. 1 where nothing is said, or nothing that can be.
 */
export function pixelShapes(dataSet: DataSet): (frame: number) => number {
  const perFrame = items(dataSet, tags.PerFrameFunctionalGroupsSequence);
  const shared = measuredShape(firstItem(dataSet, tags.SharedFunctionalGroupsSequence));
  const own = ownTags.map((tag) => shapeOf(dataSet, tag)).find((shape) => shape !== undefined);
  return (frame) => measuredShape(perFrame[frame]) ?? shared ?? own ?? 1;
}

function measuredShape(groups: DataSet | undefined): number | undefined {
  const measures = groups && firstItem(groups, tags.PixelMeasuresSequence);
  return measures && shapeOf(measures, tags.PixelSpacing);
}

function shapeOf(dataSet: DataSet, tag: number): number | undefined {
  const [height = Number.NaN, width = Number.NaN] = numbers(dataSet, tag);
  if (!(height > 0) || !(width > 0)) return undefined;
  const shape = height / width;
  return shape <= maxRatio && shape >= 1 / maxRatio ? shape : undefined;
}

/**
 * The size in which each frame, counted from 0, has square pixels: one side enlarged, none reduced. Undefined where the
 * image is to be left as it is: pixels are square, or the settings say `stored`, or the size would go beyond the limits.
 */
export function displaySizes(
  dataSet: DataSet,
  pixels: Pick<PixelDescription, 'rows' | 'columns'>,
  settings: Pick<DrawSettings, 'aspectRatio' | 'maxPixelsPerFrame'>,
): (frame: number) => ImageSize | undefined {
  if (settings.aspectRatio === 'stored') return () => undefined;
  const shapeAt = pixelShapes(dataSet);
  const { rows, columns } = pixels;
  return (frame) => {
    const shape = shapeAt(frame);
    if (Math.max(shape, 1 / shape) - 1 < visible) return undefined;
    const width = shape < 1 ? Math.round(columns / shape) : columns;
    const height = shape > 1 ? Math.round(rows * shape) : rows;
    if (width === columns && height === rows) return undefined;
    const tooLarge =
      width * height > settings.maxPixelsPerFrame || width > maxDimension || height > maxDimension;
    return tooLarge ? undefined : { width, height };
  };
}
