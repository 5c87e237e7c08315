import type { ByteSource } from '../../dicom/byte-source.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { withElements } from '../../dicom/edit.ts';
import { frameBytes } from '../../render/pixel-description.ts';
import { bytesOfCells, packedBits } from './frame-bytes.ts';
import type { FrameCells } from './frame-samples.ts';
import { bodyOf, joinedFrames, turnedWords } from './joined-frames.ts';
import type { OpenedPixels } from './opened-pixels.ts';

/**
 * Whether native pixels can be changed where they lie. Packed cells of 12 bits cannot, and of 32 bits those with bits to
 * spare are better made anew: nobody behind this clears what those bits hold.
 */
export function staysAsStored({ decoder, pixels }: OpenedPixels): boolean {
  if (decoder.how !== 'native' || pixels.bitsAllocated === 12) return false;
  return pixels.bitsAllocated !== 32 || pixels.bitsStored === 32;
}

/**
 * Native pixels with some frames changed, in the very layout they were received in: byte order, planes, place of the stored
 * bits. `editedAt` gives the cells of a changed frame, undefined for others, which are read where they are.
 */
export function withStoredForm(
  opened: OpenedPixels,
  dataSet: DataSet,
  editedAt: (index: number) => FrameCells | undefined,
): DataSet {
  const { pixels, stored } = opened;
  const { element, numberOfFrames, rows, columns, samplesPerPixel, bitsAllocated } = pixels;
  const { littleEndian } = dataSet.encoding;
  const unit = element.vr === 'OW' || bitsAllocated === 16 ? 2 : bitsAllocated === 64 ? 8 : 4;
  const value: ByteSource = joinedFrames({
    count: numberOfFrames,
    frameBits: bitsAllocated === 1 ? rows * columns * samplesPerPixel : 8 * frameBytes(pixels),
    make(index) {
      const edited = editedAt(index);
      if (edited === undefined) return stored.read(index);
      return bitsAllocated === 1
        ? packedBits(edited.cells)
        : bytesOfCells(edited.cells, { littleEndian, unit });
    },
  });
  const inWords = !littleEndian && element.vr === 'OW' && bitsAllocated <= 8;
  const body = bodyOf(inWords ? turnedWords(value) : value);
  return withElements(dataSet, new Map([[element.tag, { ...element, body }]]));
}
