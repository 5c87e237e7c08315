import { asSallyportError, SallyportError } from '../core/errors.ts';
import type { DataSet } from '../dicom/data-set.ts';
import type { Deidentified } from '../dicom/deidentified.ts';
import { tags } from '../dicom/tags.ts';
import { firstText } from '../dicom/values.ts';
import { renderColor, renderPalette } from './color/color.ts';
import { asDescribed, type DecodedFrame, decodeFrame, decoderOf } from './decode/decoders.ts';
import { encapsulatedFrames, type Frames, nativeFrames } from './decode/frames.ts';
import { type FrameTransform, frameTransforms } from './grey/frame-transform.ts';
import { GrayscaleRenderer } from './grey/grayscale.ts';
import { readPalette } from './grey/lookup-table.ts';
import { type EightBitImage, encodeJpeg } from './output/sharp.ts';
import { describePixels, type PixelDescription } from './pixel-description.ts';
import { cellsOf, layoutOf } from './samples.ts';
import type { DrawSettings, RenderSettings } from './settings.ts';

/** One frame as it is delivered. */
export interface RenderedFrame {
  /** Counted from 1, as in the standard. */
  readonly frame: number;
  readonly width: number;
  readonly height: number;
  readonly jpeg: Uint8Array;
  /** The window that was applied; absent where the image says none. */
  readonly windowCenter?: number;
  readonly windowWidth?: number;
  readonly rescaleSlope: number;
  readonly rescaleIntercept: number;
}

/** One frame before it is encoded. */
export interface DrawnFrame {
  readonly frame: number;
  readonly image: EightBitImage;
  readonly transform: FrameTransform;
}

/**
 * Renders every frame of a de-identified instance as JPEG, in order, one in memory at a time. Throws NO_PIXEL_DATA,
 * PIXEL_FORMAT_UNSUPPORTED, PIXEL_DATA_INVALID or PIXEL_LIMIT_EXCEEDED, possibly after some frames: the instance counts
 * as rendered only when the generator ends.
 */
export function render(instance: Deidentified, settings: RenderSettings): AsyncGenerator<RenderedFrame> {
  return renderAsIs(instance.dataSet, instance.transferSyntaxUid, settings);
}

/** Renders a data set nobody de-identified: for the offline command, never on the path to the backend. */
export async function* renderAsIs(
  dataSet: DataSet,
  transferSyntaxUid: string,
  settings: RenderSettings,
): AsyncGenerator<RenderedFrame> {
  for (const { frame, image, transform } of drawFrames(dataSet, transferSyntaxUid, settings)) {
    const { rescaleSlope, rescaleIntercept, window } = transform;
    yield {
      frame,
      width: image.width,
      height: image.height,
      jpeg: await encodeJpeg(image, settings.quality),
      ...(window === undefined ? {} : { windowCenter: window.center, windowWidth: window.width }),
      rescaleSlope,
      rescaleIntercept,
    };
  }
}

/** The frames as 8-bit images, before any loss by JPEG; same failures as `render`. */
export function* drawFrames(
  dataSet: DataSet,
  transferSyntaxUid: string,
  settings: DrawSettings,
): Generator<DrawnFrame> {
  try {
    yield* draw(dataSet, transferSyntaxUid, settings);
  } catch (thrown) {
    const error = asSallyportError(thrown);
    // A range that leaves the source means that the pixels are not all there.
    throw error.code === 'DATA_SET_TRUNCATED'
      ? new SallyportError('PIXEL_DATA_INVALID', { cause: error })
      : error;
  }
}

/** Decoded frames with their description: what drawing starts from. */
export function* decodeFrames(
  dataSet: DataSet,
  transferSyntaxUid: string,
  pixels: PixelDescription,
): Generator<DecodedFrame> {
  const decoder = decoderOf(transferSyntaxUid);
  if (decoder === undefined)
    throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'transfer syntax' });
  const native = decoder.how === 'native';
  const frames: Frames = native ? nativeFrames(pixels) : encapsulatedFrames(dataSet, pixels);
  for (let index = 0; index < pixels.numberOfFrames; index++) {
    const bytes = frames.read(index);
    yield native
      ? asDescribed(bytes, pixels, dataSet.encoding.littleEndian)
      : decodeFrame(decoder, bytes, pixels);
  }
}

function* draw(dataSet: DataSet, transferSyntaxUid: string, settings: DrawSettings): Generator<DrawnFrame> {
  const pixels = describePixels(dataSet, settings);
  const { columns: width, rows: height } = pixels;
  const transformOf = frameTransforms(dataSet, pixels);
  const toImage = painter(dataSet, pixels);
  let index = 0;
  for (const decoded of decodeFrames(dataSet, transferSyntaxUid, pixels)) {
    const transform = transformOf(index);
    index += 1;
    const { channels, pixels: bytes } = toImage(decoded, transform);
    yield { frame: index, image: { width, height, channels, pixels: bytes }, transform };
  }
}

type Painter = (frame: DecodedFrame, transform: FrameTransform) => Pick<EightBitImage, 'channels' | 'pixels'>;

function painter(dataSet: DataSet, pixels: PixelDescription): Painter {
  if (pixels.samplesPerPixel === 3) {
    return (frame) => ({
      channels: 3,
      pixels: renderColor(frame, cellsOf(frame, pixels), layoutOf(frame, pixels), pixels),
    });
  }
  if (pixels.photometricInterpretation === 'PALETTE COLOR') {
    const palette = readPalette(dataSet, pixels.signed);
    return (frame) => ({
      channels: 3,
      pixels: renderPalette(cellsOf(frame, pixels), layoutOf(frame, pixels), palette),
    });
  }
  // PS3.3 C.11.6: INVERSE stands beside MONOCHROME1 in images; it is one inversion, not two.
  const inverted =
    pixels.photometricInterpretation === 'MONOCHROME1' ||
    firstText(dataSet, tags.PresentationLUTShape) === 'INVERSE';
  const grayscale = new GrayscaleRenderer(pixels, inverted);
  return (frame, transform) => ({
    channels: 1,
    pixels: grayscale.render(cellsOf(frame, pixels), layoutOf(frame, pixels), transform),
  });
}
