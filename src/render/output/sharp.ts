import sharp, { type Sharp } from 'sharp';
import { SallyportError } from '../../core/errors.ts';
import type { LosslessImage } from './native-encoders.ts';
import type { ImageSize } from './output-size.ts';
import { profiledTiff } from './profiled-tiff.ts';
import { withoutPngMetadata } from './strip-metadata.ts';

// One encode at a time per worker thread and nothing kept between frames: the pool of workers is the concurrency.
sharp.concurrency(1);
sharp.cache(false);

/** 8-bit pixels, interleaved, rows from the top. */
export interface EightBitImage {
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: RGB. */
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

/**
 * Encodes as baseline JPEG without chroma subsampling and without metadata, in the given size (default: as it is). `quality`
 * 1 to 100. Huffman tables are not optimised: measured 1.5 ms instead of 2.5 ms CPU for 512x512 grey, for a few per cent of
 * size. Throws ENCODE_FAILED.
 */
export async function encodeJpeg(
  image: EightBitImage,
  quality: number,
  size: ImageSize = image,
): Promise<Uint8Array> {
  const { width, height, channels, pixels } = image;
  return await encoded(() => {
    const resized = inSize(rawInput({ width, height, channels, samples: pixels }), image, size);
    // Without this, sharp turns grey into three components.
    const own = channels === 1 ? resized.toColourspace('b-w') : resized;
    return own.jpeg({ quality, chromaSubsampling: '4:4:4', optimizeCoding: false });
  });
}

/**
 * Encodes as PNG of 8 or 16 bits, grey or RGB, without metadata, in the given size (default: as it is, and the samples come
 * back bit by bit). Level and filter: measured on CT of 16 bits, higher levels cost twice the time for less than a tenth of the size. Throws ENCODE_FAILED.
 */
export async function encodePng(image: LosslessImage, size: ImageSize = image): Promise<Uint8Array> {
  const { channels, samples } = image;
  const grey = samples.BYTES_PER_ELEMENT === 2 ? 'grey16' : 'b-w';
  const png = await encoded(() => {
    const input = inSize(rawInput(image), image, size);
    const own = channels === 3 ? input : input.toColourspace(grey);
    return own.png({ compressionLevel: 3, adaptiveFiltering: true, palette: false });
  });
  return withoutPngMetadata(png);
}

/** Encodes as WebP with loss and without metadata, in the given size (default: as it is). Throws ENCODE_FAILED. */
export async function encodeWebp(
  image: EightBitImage,
  quality: number,
  size: ImageSize = image,
): Promise<Uint8Array> {
  const { width, height, channels, pixels } = image;
  return await encoded(() => {
    const resized = inSize(rawInput({ width, height, channels, samples: pixels }), image, size);
    return resized.webp({ quality, effort: 2 });
  });
}

function inSize(input: Sharp, image: ImageSize, { width, height }: ImageSize): Sharp {
  if (width === image.width && height === image.height) return input;
  return input.resize({ width, height, fit: 'fill', kernel: 'lanczos3' });
}

function rawInput({ samples, width, height, channels }: LosslessImage): Sharp {
  return sharp(samples, { raw: { width, height, channels }, limitInputPixels: false });
}

/** sharp refuses some arguments at once, others when it runs. */
async function encoded(pipeline: () => Sharp): Promise<Uint8Array> {
  try {
    return await pipeline().toBuffer();
  } catch (cause) {
    throw new SallyportError('ENCODE_FAILED', { cause });
  }
}

/**
 * Interleaved RGB in the colours of sRGB, perceptual intent (LittleCMS inside libvips), of an RGB image whose colours are
 * those of an ICC profile. libvips passes over a profile it cannot use without a word: the pixels then come back as they
 * are. Throws ENCODE_FAILED.
 */
export async function convertToSrgb(image: EightBitImage, profile: Uint8Array): Promise<Uint8Array> {
  const tiff = profiledTiff(image.width, image.height, image.pixels, profile);
  return await encoded(() => sharp(tiff, { limitInputPixels: false }).toColourspace('srgb').raw());
}

/** Versions of what makes the bytes of an image: others may make other bytes of the same pixels. */
export const imageLibraryVersions = [sharp.versions.vips, sharp.versions.mozjpeg, sharp.versions.lcms].join(
  '/',
);
