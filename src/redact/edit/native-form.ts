import { SallyportError } from '../../core/errors.ts';
import type { DeidentifyInput } from '../../deidentify/deidentify.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { asExplicitLittleEndian } from './explicit-little-endian.ts';
import { bytesOfCells, littleEndianOrder, packedBits, plainCells } from './frame-bytes.ts';
import type { FrameCells, FrameSamples } from './frame-samples.ts';
import { bodyOf, joinedFrames, type MadeFrames } from './joined-frames.ts';
import { type EditLimits, type OpenedPixels, openPixels } from './opened-pixels.ts';
import { type PlainForm, plainFormOf, plainPhotometric, withPlainForm } from './pixel-form.ts';

const explicitVrLittleEndianUid = '1.2.840.10008.1.2.1';

/** Changes the stored values of one frame, counted from 0. Called whenever the frame is read: it has to do the same again. */
export type FrameEdit = (frameIndex: number, samples: FrameSamples) => void;

/**
 * Any data set whose pixels can be decoded with uncompressed pixels in explicit VR little endian, frames changed by a
 * function. Small values are made at once; of large ones a frame is decoded and changed when it is read, so `input` has to
 * stay readable. Stored values that are not changed stay what they are; the header says how they lie now, and nothing of
 * what was done to them. Throws what decoding throws.
 */
export function nativeForm(input: DeidentifyInput, limits: EditLimits, edit?: FrameEdit): DeidentifyInput {
  const opened = openPixels(input, limits);
  return asNative(opened, input.dataSet, (index) => {
    const cells = opened.cells(index);
    edit?.(index, cells);
    return cells;
  });
}

/**
 * Opened pixels as uncompressed ones in explicit VR little endian, in a data set that differs from the opened one by other
 * attributes alone.
 */
export function asNative(
  opened: OpenedPixels,
  dataSet: DataSet,
  cellsAt: (index: number) => FrameCells,
): DeidentifyInput {
  const form = plainFormOf(opened);
  const value = joinedFrames(plainFrames(opened, form, cellsAt));
  return {
    dataSet: withPlainForm(asExplicitLittleEndian(dataSet), opened.pixels.element.tag, form, bodyOf(value)),
    transferSyntaxUid: explicitVrLittleEndianUid,
  };
}

/** The frames of opened pixels in a plain form, little endian. */
export function plainFrames(
  { pixels }: OpenedPixels,
  form: PlainForm,
  cellsAt: (index: number) => FrameCells,
): MadeFrames {
  const { rows, columns, numberOfFrames } = pixels;
  return {
    count: numberOfFrames,
    frameBits: rows * columns * form.samplesPerPixel * form.bitsAllocated,
    make: (index) => plainBytes(cellsAt(index), form),
  };
}

/** One frame in a plain form, little endian; of one-bit pixels from the lowest bit of the first byte on. */
export function plainBytes(cells: FrameCells, form: PlainForm): Uint8Array {
  const { bitsAllocated, photometricInterpretation } = form;
  // Code streams may each say another colour space: then no header is right for all.
  if (plainPhotometric(cells.photometricInterpretation) !== photometricInterpretation)
    throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'frames of different color' });
  const plain = plainCells(cells, bitsAllocated);
  return bitsAllocated === 1 ? packedBits(plain) : bytesOfCells(plain, littleEndianOrder);
}
