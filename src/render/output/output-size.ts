/** Pixels of an image. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** libjpeg's JPEG_MAX_DIMENSION. */
const maxJpegDimension = 65_500;

/**
 * The size a JPEG is written in: `shown` (the image with square pixels), reduced in proportion until its longer side has at
 * most `maxLongEdge` pixels (0: no limit but the format's). Never larger than `shown`, never less than one pixel.
 */
export function outputSize(shown: ImageSize, maxLongEdge: number): ImageSize {
  const limit = maxLongEdge === 0 ? maxJpegDimension : Math.min(maxLongEdge, maxJpegDimension);
  const long = Math.max(shown.width, shown.height);
  if (long <= limit) return { width: shown.width, height: shown.height };
  const reduced = (side: number): number => Math.max(1, Math.round((side * limit) / long));
  return { width: reduced(shown.width), height: reduced(shown.height) };
}
