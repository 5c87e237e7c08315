import { SallyportError } from '../../core/errors.ts';
import type { DeidentifyInput } from '../../deidentify/deidentify.ts';
import { type Decoder, decoderOf } from '../../render/decode/decoder-table.ts';
import { encapsulatedFrames, type Frames, nativeFrames } from '../../render/decode/frames.ts';
import { describePixels, type PixelDescription } from '../../render/pixel-description.ts';
import { frameDecoder } from '../../render/render.ts';
import type { DrawSettings } from '../../render/settings.ts';
import { type FrameCells, frameCells } from './frame-samples.ts';

/** What reading pixels is bounded by. */
export type EditLimits = Pick<DrawSettings, 'maxPixelsPerFrame' | 'maxFrames' | 'frames'>;

/** The pixels of a data set, ready to be read frame by frame. Frames count from 0. */
export interface OpenedPixels {
  readonly input: DeidentifyInput;
  readonly decoder: Decoder;
  readonly pixels: PixelDescription;
  /** Bytes as stored: of native pixels one frame in the order of its cells, else its code stream. Valid until the next call. */
  readonly stored: Frames;
  /** A frame for writing: a copy, made anew by every call. */
  cells(index: number): FrameCells;
}

/**
 * Opens the pixels of a data set. Throws PIXEL_FORMAT_UNSUPPORTED where nobody here can decode them (videos), and what
 * describing and decoding throw.
 */
export function openPixels(input: DeidentifyInput, limits: EditLimits): OpenedPixels {
  const { dataSet, transferSyntaxUid } = input;
  const decoder = decoderOf(transferSyntaxUid);
  if (decoder === undefined || decoder.how === 'video')
    throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'transfer syntax' });
  const pixels = describePixels(dataSet, limits);
  const stored =
    decoder.how === 'native'
      ? nativeFrames(pixels, dataSet.encoding.littleEndian)
      : encapsulatedFrames(dataSet, pixels);
  const frameAt = frameDecoder(dataSet, transferSyntaxUid, pixels);
  return { input, decoder, pixels, stored, cells: (index) => frameCells(frameAt(index), pixels) };
}
