import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { firstNumber } from '../../dicom/values.ts';
import { readCodeStream } from '../../render/decode/read-code-stream.ts';
import type { OpenedPixels } from './opened-pixels.ts';

/** Whether compressed pixels leave bits of a cell beside the stored ones (PS3.5 8.1.1). */
export function mayHaveUnusedBits(dataSet: DataSet): boolean {
  if (!dataSet.elements.some(({ body }) => body.kind === 'fragments')) return false;
  const allocated = firstNumber(dataSet, tags.BitsAllocated) ?? 0;
  return allocated > 1 && allocated > (firstNumber(dataSet, tags.BitsStored) ?? allocated);
}

/**
 * Whether any frame has anything beside its stored bits but zeros or the sign: planes of overlays, described or not, which
 * whoever decodes all bits sees. Throws what decoding throws.
 */
export function usesUnusedBits(opened: OpenedPixels): boolean {
  for (let index = 0; index < opened.pixels.numberOfFrames; index += 1) {
    if (!mayHoldMore(opened, index)) continue;
    const { cells, layout, sampleKind } = opened.cells(index);
    if (sampleKind !== 'integer') return false;
    const { shift, bitsStored } = layout;
    const bits = 8 * cells.BYTES_PER_ELEMENT;
    if (bits <= bitsStored) continue;
    const above = bits - shift - bitsStored;
    const most = above > 0 ? 2 ** above - 1 : 0;
    const below = 2 ** shift - 1;
    const signBit = shift + bitsStored - 1;
    for (const cell of cells) {
      if ((cell & below) !== 0) return true;
      const upper = above > 0 ? cell >>> (shift + bitsStored) : 0;
      // Bits above repeat the sign of a negative value.
      if (upper !== 0 && !(upper === most && ((cell >>> signBit) & 1) === 1)) return true;
    }
  }
  return false;
}

const codeStreams: ReadonlySet<string> = new Set(['jpeg', 'jpeg-ls', 'jpeg-2000', 'jpeg-xl']);

/** A code stream of no more bits than are stored has none beside them: it need not be decoded to know that. */
function mayHoldMore({ decoder, pixels, stored }: OpenedPixels, index: number): boolean {
  if (!codeStreams.has(decoder.how) || pixels.highBit !== pixels.bitsStored - 1) return true;
  return readCodeStream(stored.read(index)).precision > pixels.bitsStored;
}
