import { toStandardRgb } from './color/standard-rgb.ts';
import { outputSize } from './output/output-size.ts';
import { encodeJpeg, encodePng, encodeWebp } from './output/sharp.ts';
import type { DrawnFrame } from './render.ts';

/** What browsers show. */
export const screenFormats = ['jpeg', 'png', 'webp'] as const;
export type ScreenFormat = (typeof screenFormats)[number];

export interface ScreenPicture {
  readonly data: Uint8Array;
  readonly contentType: `image/${ScreenFormat}`;
  /** Pixels of the picture. */
  readonly width: number;
  readonly height: number;
}

/**
 * A drawn frame as a picture for a screen, in the colours of sRGB, without metadata, its pixels in the shape they are stored
 * in: reduced in proportion until its longer side has at most `maxSide` pixels, never enlarged. `quality` 1 to 100, of JPEG
 * and WebP. Throws ENCODE_FAILED.
 */
export async function screenPicture(
  { image, iccProfile }: Pick<DrawnFrame, 'image' | 'iccProfile'>,
  {
    format,
    maxSide,
    quality,
  }: { readonly format: ScreenFormat; readonly maxSide: number; readonly quality: number },
): Promise<ScreenPicture> {
  const shown = iccProfile === undefined ? image : await toStandardRgb(image, iccProfile);
  const size = outputSize(shown, maxSide);
  const { width, height, channels, pixels } = shown;
  const encode = (): Promise<Uint8Array> => {
    switch (format) {
      case 'jpeg':
        return encodeJpeg(shown, quality, size);
      case 'webp':
        return encodeWebp(shown, quality, size);
      case 'png':
        return encodePng({ width, height, channels, samples: pixels }, size);
      default:
        return format satisfies never;
    }
  };
  return { data: await encode(), contentType: `image/${format}`, ...size };
}
