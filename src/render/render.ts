import { asSallyportError, SallyportError } from '../core/errors.ts';
import type { DataSet } from '../dicom/data-set.ts';
import type { Deidentified } from '../dicom/deidentified.ts';
import { decoderOf } from './decode/decoder-table.ts';
import { asDescribed, type DecodedFrame, decodeFrame } from './decode/decoders.ts';
import { encapsulatedFrames, type Frames, nativeFrames } from './decode/frames.ts';
import { type SelectedFrames, selectedFrames } from './frame-selection.ts';
import { displaySizes } from './graphics/aspect-ratio.ts';
import { automaticWindow } from './grey/automatic-window.ts';
import { type FrameTransform, frameTransforms } from './grey/frame-transform.ts';
import { type EncodableFrame, type EncodedFrame, encodeFrame } from './output/encode-frame.ts';
import type { ImageSize } from './output/output-size.ts';
import type { EightBitImage } from './output/sharp.ts';
import { storedSamples } from './output/stored-samples.ts';
import { painter } from './painter.ts';
import { describePixels, type PixelDescription } from './pixel-description.ts';
import { type PixelMemory, releaseMemory, reusedMemory } from './pixel-memory.ts';
import type { DrawSettings, RenderSettings, RenderSurroundings } from './settings.ts';
import { videoFrames } from './video/video-frames.ts';

/** One frame as it is delivered. */
export interface RenderedFrame extends EncodedFrame {
  /** Counted from 1, as in the standard. */
  readonly frame: number;
  /** How many frames of the instance are delivered in all. */
  readonly framesSelected: number;
  /** Of a video, as counted in its stream; absent where Number of Frames holds. */
  readonly numberOfFrames?: number;
  /** Columns and Rows of the instance. */
  readonly width: number;
  readonly height: number;
  /** The window that was applied; absent where the image says none. */
  readonly windowCenter?: number;
  readonly windowWidth?: number;
  readonly voiLutFunction?: string;
  readonly rescaleSlope: number;
  readonly rescaleIntercept: number;
  /** Unit after rescale; absent where the image says none. */
  readonly rescaleType?: string;
}

/** One frame of an instance that is being rendered. */
interface OpenedFrame {
  readonly frame: number;
  /** How many frames of the instance are drawn in all. */
  readonly framesSelected: number;
  /** Of a video, as counted in its stream; absent where Number of Frames holds. */
  readonly numberOfFrames?: number;
  readonly transform: FrameTransform;
  /** Size with square pixels, where that is another than the image's. */
  readonly displaySize?: ImageSize | undefined;
  /** The profile that the colours of the image are those of; it is applied before they are encoded. */
  readonly iccProfile?: Uint8Array | undefined;
}

/** One frame before it is encoded. */
export interface DrawnFrame extends OpenedFrame {
  readonly image: EightBitImage;
}

/** One frame, decoded, not yet drawn. */
export interface DrawableFrame extends OpenedFrame, EncodableFrame {
  /** What it is drawn from, valid until the next frame; absent of a video, whose frames come drawn. */
  readonly decoded?: DecodedFrame;
}

/**
 * Renders the selected frames of a de-identified instance in the configured format, in order, one in memory at a time.
 * Throws NO_PIXEL_DATA, PIXEL_FORMAT_UNSUPPORTED, PIXEL_DATA_INVALID, PIXEL_LIMIT_EXCEEDED or ENCODE_FAILED, possibly after
 * some frames: the instance counts as rendered only when the generator ends.
 */
export function render(
  instance: Deidentified,
  settings: RenderSettings,
  surroundings: RenderSurroundings = {},
): AsyncGenerator<RenderedFrame> {
  return renderAsIs(instance.dataSet, instance.transferSyntaxUid, settings, surroundings);
}

/** Renders a data set nobody de-identified: for the offline command, never on the path to the backend. */
export async function* renderAsIs(
  dataSet: DataSet,
  transferSyntaxUid: string,
  settings: RenderSettings,
  surroundings: RenderSurroundings = {},
): AsyncGenerator<RenderedFrame> {
  const memory = reusedMemory();
  try {
    for await (const opened of openFrames(dataSet, transferSyntaxUid, settings, surroundings, memory)) {
      const { frame, framesSelected, numberOfFrames, width, height, transform } = opened;
      const { rescaleSlope, rescaleIntercept, rescaleType, window } = transform;
      yield {
        frame,
        framesSelected,
        ...(numberOfFrames === undefined ? {} : { numberOfFrames }),
        width,
        height,
        ...(await encodeFrame(opened, settings)),
        ...(window === undefined ? {} : appliedWindow(window)),
        rescaleSlope,
        rescaleIntercept,
        ...(rescaleType === undefined ? {} : { rescaleType }),
      };
    }
  } catch (thrown) {
    throw asRenderError(thrown);
  } finally {
    releaseMemory(memory);
  }
}

function appliedWindow({
  center,
  width,
  voiFunction,
}: NonNullable<FrameTransform['window']>): Pick<
  RenderedFrame,
  'windowCenter' | 'windowWidth' | 'voiLutFunction'
> {
  return { windowCenter: center, windowWidth: width, voiLutFunction: voiFunction };
}

/** Videos are color that nobody measures. */
const noTransform: FrameTransform = {
  rescaleSlope: 1,
  rescaleIntercept: 0,
  rescaleType: undefined,
  modalityTable: undefined,
  window: undefined,
  voiTable: undefined,
};

/**
 * The frames as 8-bit images, before any loss by JPEG; same failures as `render`. Videos are decoded by another program,
 * which reads the stream from a file in the scratch folder.
 */
export async function* drawAll(
  dataSet: DataSet,
  transferSyntaxUid: string,
  settings: DrawSettings,
  surroundings: RenderSurroundings = {},
): AsyncGenerator<DrawnFrame> {
  try {
    for await (const opened of openFrames(dataSet, transferSyntaxUid, settings, surroundings))
      yield drawn(opened);
  } catch (thrown) {
    throw asRenderError(thrown);
  }
}

/** What `drawAll` gives before it is drawn, with the decoded samples beside it; same failures. */
export async function* openAll(
  dataSet: DataSet,
  transferSyntaxUid: string,
  settings: DrawSettings,
  surroundings: RenderSurroundings = {},
): AsyncGenerator<DrawableFrame> {
  try {
    yield* openFrames(dataSet, transferSyntaxUid, settings, surroundings);
  } catch (thrown) {
    throw asRenderError(thrown);
  }
}

async function* openFrames(
  dataSet: DataSet,
  transferSyntaxUid: string,
  settings: DrawSettings,
  surroundings: RenderSurroundings,
  memory?: PixelMemory,
): AsyncGenerator<DrawableFrame> {
  if (decoderOf(transferSyntaxUid)?.how === 'video') yield* openVideo(dataSet, settings, surroundings);
  else yield* open(dataSet, transferSyntaxUid, settings, memory);
}

async function* openVideo(
  dataSet: DataSet,
  settings: DrawSettings,
  surroundings: RenderSurroundings,
): AsyncGenerator<DrawableFrame> {
  const pixels = describePixels(dataSet, settings);
  const { videoFrameEdit = (received) => received } = surroundings;
  for await (const { index, image: received, ...frame } of videoFrames(pixels, settings, surroundings)) {
    const image = videoFrameEdit(received, index + 1);
    const { width, height } = image;
    yield {
      frame: index + 1,
      ...frame,
      width,
      height,
      transform: noTransform,
      draw: () => image,
      samples: undefined,
    };
  }
}

/** What `drawAll` gives of everything but videos, without waiting; those are PIXEL_FORMAT_UNSUPPORTED here. */
export function* drawFrames(
  dataSet: DataSet,
  transferSyntaxUid: string,
  settings: DrawSettings,
): Generator<DrawnFrame> {
  try {
    for (const opened of open(dataSet, transferSyntaxUid, settings)) yield drawn(opened);
  } catch (thrown) {
    throw asRenderError(thrown);
  }
}

function drawn({ draw, samples, decoded, ...opened }: DrawableFrame): DrawnFrame {
  return { ...opened, image: draw() };
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
  const frameAt = frameDecoder(dataSet, transferSyntaxUid, pixels);
  for (let position = 0; position < selected.count; position++) yield frameAt(selected.at(position));
}

/**
 * Decodes any frame, counted from 0; the frame asked for last is kept. What it gives is valid until another frame is asked
 * for.
 */
export function frameDecoder(
  dataSet: DataSet,
  transferSyntaxUid: string,
  pixels: PixelDescription,
): (index: number) => DecodedFrame {
  const decoder = decoderOf(transferSyntaxUid);
  if (decoder === undefined || decoder.how === 'video')
    throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'transfer syntax' });
  const native = decoder.how === 'native';
  const frames: Frames = native
    ? nativeFrames(pixels, dataSet.encoding.littleEndian)
    : encapsulatedFrames(dataSet, pixels);
  let last: { index: number; frame: DecodedFrame } | undefined;
  return (index) => {
    if (last?.index === index) return last.frame;
    last = undefined;
    const bytes = frames.read(index);
    const frame = native
      ? asDescribed(bytes, pixels, dataSet.encoding.littleEndian)
      : decodeFrame(decoder, bytes, pixels);
    last = { index, frame };
    return frame;
  };
}

function* open(
  dataSet: DataSet,
  transferSyntaxUid: string,
  settings: DrawSettings,
  memory?: PixelMemory,
): Generator<DrawableFrame> {
  const pixels = describePixels(dataSet, settings);
  const { columns: width, rows: height } = pixels;
  const frameAt = frameDecoder(dataSet, transferSyntaxUid, pixels);
  const instance = painter(dataSet, pixels, settings, memory);
  const hasPalette = pixels.photometricInterpretation === 'PALETTE COLOR';
  const isWindowed = pixels.samplesPerPixel === 1 && !hasPalette && instance.kind !== 'segmentation';
  const transformOf = frameTransforms(
    dataSet,
    pixels,
    settings.window,
    isWindowed
      ? (modalityOf) =>
          automaticWindow(dataSet, pixels, modalityOf, (index) => instance.greyCells(frameAt(index)))
      : undefined,
  );
  const displaySizeOf = displaySizes(dataSet, pixels, settings);
  const selected = selectedFrames(settings.frames, pixels.numberOfFrames);
  const framesSelected = selected.count;
  const isMeasured = pixels.samplesPerPixel === 1 && !hasPalette && instance.kind !== 'color';
  for (let position = 0; position < selected.count; position++) {
    const index = selected.at(position);
    // First, as an automatic window is made from other frames.
    const transform = transformOf(index);
    const decoded = frameAt(index);
    yield {
      frame: index + 1,
      framesSelected,
      width,
      height,
      transform,
      displaySize: displaySizeOf(index),
      iccProfile: instance.iccProfileOf(index),
      decoded,
      draw: () => instance.paint(decoded, transform, index),
      samples: isMeasured ? () => storedSamples(decoded, pixels) : undefined,
    };
  }
}
