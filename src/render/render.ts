import { asSallyportError, SallyportError } from '../core/errors.ts';
import type { DataSet } from '../dicom/data-set.ts';
import type { Deidentified } from '../dicom/deidentified.ts';
import { tags } from '../dicom/tags.ts';
import { firstText } from '../dicom/values.ts';
import { renderColor } from './color/color.ts';
import { PaletteRenderer, readPalette } from './color/palette.ts';
import { asDescribed, type DecodedFrame, decodeFrame, decoderOf } from './decode/decoders.ts';
import { encapsulatedFrames, type Frames, nativeFrames } from './decode/frames.ts';
import { type SelectedFrames, selectedFrames } from './frame-selection.ts';
import { type FrameTransform, frameTransforms } from './grey/frame-transform.ts';
import { GrayscaleRenderer } from './grey/grayscale.ts';
import type { ContentType } from './output/content-type.ts';
import { type EightBitImage, encodeJpeg } from './output/sharp.ts';
import { describePixels, type PixelDescription } from './pixel-description.ts';
import { cellsOf, layoutOf } from './samples.ts';
import type { DrawSettings, RenderSettings } from './settings.ts';
import { videoFrames } from './video/video-frames.ts';

/** One frame as it is delivered. */
export interface RenderedFrame {
  /** Counted from 1, as in the standard. */
  readonly frame: number;
  /** How many frames of the instance are delivered in all. */
  readonly framesSelected: number;
  /** Columns and Rows of the instance. */
  readonly width: number;
  readonly height: number;
  /** The encoded image. */
  readonly data: Uint8Array;
  readonly contentType: ContentType;
  /** Pixels of the encoded image: width and height unless it was reduced or made square. */
  readonly dataWidth: number;
  readonly dataHeight: number;
  /** The window that was applied; absent where the image says none. */
  readonly windowCenter?: number;
  readonly windowWidth?: number;
  readonly rescaleSlope: number;
  readonly rescaleIntercept: number;
}

/** One frame before it is encoded. */
export interface DrawnFrame {
  readonly frame: number;
  /** How many frames of the instance are drawn in all. */
  readonly framesSelected: number;
  readonly image: EightBitImage;
  readonly transform: FrameTransform;
}

/**
 * Renders the selected frames of a de-identified instance as JPEG, in order, one in memory at a time. Throws NO_PIXEL_DATA,
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
  for (const { frame, framesSelected, image, transform } of drawFrames(
    dataSet,
    transferSyntaxUid,
    settings,
  )) {
    const { rescaleSlope, rescaleIntercept, window } = transform;
    yield {
      frame,
      framesSelected,
      width: image.width,
      height: image.height,
      data: await encodeJpeg(image, settings.quality),
      contentType: 'image/jpeg',
      dataWidth: image.width,
      dataHeight: image.height,
      ...(window === undefined ? {} : { windowCenter: window.center, windowWidth: window.width }),
      rescaleSlope,
      rescaleIntercept,
    };
  }
}

/**
 * The frames as 8-bit images, before any loss by JPEG; same failures as `render`. Videos are decoded by another program,
 * which reads the stream from a file in `scratchFolder`, the system's folder for temporary files where left out.
 */
export async function* drawAll(
  dataSet: DataSet,
  transferSyntaxUid: string,
  settings: DrawSettings,
  scratchFolder?: string,
): AsyncGenerator<DrawnFrame> {
  if (decoderOf(transferSyntaxUid)?.how !== 'video') {
    yield* drawFrames(dataSet, transferSyntaxUid, settings);
    return;
  }
  try {
    yield* drawVideo(dataSet, settings, scratchFolder);
  } catch (thrown) {
    throw asRenderError(thrown);
  }
}

async function* drawVideo(
  dataSet: DataSet,
  settings: DrawSettings,
  scratchFolder?: string,
): AsyncGenerator<DrawnFrame> {
  const pixels = describePixels(dataSet, settings);
  for await (const { index, ...frame } of videoFrames(pixels, settings, scratchFolder)) {
    yield { frame: index + 1, ...frame, transform: noTransform };
  }
}

/** What `drawAll` gives of everything but videos, without waiting; those are PIXEL_FORMAT_UNSUPPORTED here. */
export function* drawFrames(
  dataSet: DataSet,
  transferSyntaxUid: string,
  settings: DrawSettings,
): Generator<DrawnFrame> {
  try {
    yield* draw(dataSet, transferSyntaxUid, settings);
  } catch (thrown) {
    throw asRenderError(thrown);
  }
}

function asRenderError(thrown: unknown): SallyportError {
  const error = asSallyportError(thrown);
  // A range that leaves the source means that the pixels are not all there.
  return error.code === 'DATA_SET_TRUNCATED'
    ? new SallyportError('PIXEL_DATA_INVALID', { cause: error })
    : error;
}

/** Decoded frames, all or those selected, in order: what drawing starts from. Others are neither read nor decoded. */
export function* decodeFrames(
  dataSet: DataSet,
  transferSyntaxUid: string,
  pixels: PixelDescription,
  selected: SelectedFrames = selectedFrames({ kind: 'all' }, pixels.numberOfFrames),
): Generator<DecodedFrame> {
  const decoder = decoderOf(transferSyntaxUid);
  if (decoder === undefined || decoder.how === 'video')
    throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'transfer syntax' });
  const native = decoder.how === 'native';
  const frames: Frames = native ? nativeFrames(pixels) : encapsulatedFrames(dataSet, pixels);
  for (let position = 0; position < selected.count; position++) {
    const bytes = frames.read(selected.at(position));
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
  const selected = selectedFrames(settings.frames, pixels.numberOfFrames);
  const framesSelected = selected.count;
  let position = 0;
  for (const decoded of decodeFrames(dataSet, transferSyntaxUid, pixels, selected)) {
    const index = selected.at(position);
    position += 1;
    const transform = transformOf(index);
    const { channels, pixels: bytes } = toImage(decoded, transform);
    const image = { width, height, channels, pixels: bytes };
    yield { frame: index + 1, framesSelected, image, transform };
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
    const palette = new PaletteRenderer(readPalette(dataSet, pixels.signed), false);
    const count = pixels.rows * pixels.columns;
    return (frame) => ({
      channels: 3,
      pixels: palette.render(cellsOf(frame, pixels), layoutOf(frame, pixels), count),
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
