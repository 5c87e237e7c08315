import { toStandardRgb } from '../color/standard-rgb.ts';
import type { OutputFormat, RenderSettings } from '../settings.ts';
import { type ContentType, contentTypes } from './content-type.ts';
import { encodeNatively, type LosslessImage } from './native-encoders.ts';
import { type ImageSize, outputSize } from './output-size.ts';
import { type EightBitImage, encodeJpeg, encodePng } from './sharp.ts';
import type { StoredSamples } from './stored-samples.ts';

/** A frame that can be had in two ways; only the one that is needed is made. */
export interface EncodableFrame {
  /** Columns and Rows of the instance. */
  readonly width: number;
  readonly height: number;
  readonly draw: () => EightBitImage;
  /** The profile that the colours of the image are those of (PS3.3 C.11.15). */
  readonly iccProfile?: Uint8Array | undefined;
  /** Size with square pixels, where that is another than the image's. */
  readonly displaySize?: ImageSize | undefined;
  /** Grey frames alone have stored values that a grey image can hold; undefined for colour. */
  readonly samples: (() => StoredSamples) | undefined;
}

/** An encoded image and what it takes to read it. */
export interface EncodedFrame {
  readonly data: Uint8Array;
  readonly contentType: ContentType;
  readonly dataWidth: number;
  readonly dataHeight: number;
  /** Only where the samples are stored values: stored value = sample * slope + intercept. */
  readonly sampleBits?: 8 | 16;
  readonly sampleSlope?: number;
  readonly sampleIntercept?: number;
  /** The sample that stands for no value. */
  readonly sampleNoValue?: number;
}

/**
 * Encodes a frame in the configured format: JPEG of the drawn image, reduced to the configured size and with square pixels;
 * or, without loss and in the stored size, the stored values of a grey frame, and the drawn RGB of a colour frame. Throws
 * ENCODE_FAILED.
 */
export async function encodeFrame(
  frame: EncodableFrame,
  settings: Pick<RenderSettings, 'format' | 'quality' | 'maxLongEdge'>,
): Promise<EncodedFrame> {
  const { format, quality, maxLongEdge } = settings;
  if (format === 'jpeg') {
    const image = await inStandardRgb(frame);
    const size = outputSize(frame.displaySize ?? image, maxLongEdge);
    const data = await encodeJpeg(image, quality, size);
    return { data, contentType: contentTypes.jpeg, dataWidth: size.width, dataHeight: size.height };
  }
  if (frame.samples === undefined) {
    const { pixels, ...image } = await inStandardRgb(frame);
    return encodeLossless({ ...image, samples: pixels }, format);
  }
  const { samples, slope, intercept, noValue } = frame.samples();
  const { width, height } = frame;
  return {
    ...(await encodeLossless({ width, height, channels: 1, samples }, format)),
    sampleBits: samples.BYTES_PER_ELEMENT === 1 ? 8 : 16,
    sampleSlope: slope,
    sampleIntercept: intercept,
    ...(noValue === undefined ? {} : { sampleNoValue: noValue }),
  };
}

/** No output carries a profile, so its colours are those of sRGB. */
async function inStandardRgb({ draw, iccProfile }: EncodableFrame): Promise<EightBitImage> {
  return iccProfile === undefined ? draw() : toStandardRgb(draw(), iccProfile);
}

async function encodeLossless(
  image: LosslessImage,
  format: Exclude<OutputFormat, 'jpeg'>,
): Promise<EncodedFrame> {
  const data =
    format === 'png'
      ? await encodePng(image)
      : encodeNatively(format === 'jxl' ? 'EncodeJpegXl' : 'EncodeHtJpeg2000', image);
  return { data, contentType: contentTypes[format], dataWidth: image.width, dataHeight: image.height };
}
