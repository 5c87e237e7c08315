import { SallyportError } from '../../core/errors.ts';
import type { DeidentifyInput } from '../../deidentify/deidentify.ts';
import type { KeptRange } from '../../deidentify/pixels/fragments.ts';
import { jpegStripper } from '../../deidentify/pixels/jpeg-segments.ts';
import type { PixelFill } from '../../deidentify/pixels/pixel-policy.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { decodeFrame } from '../../render/decode/decoders.ts';
import { fillsOf } from './blank-boxes.ts';
import { type EncodedFrame, encapsulatedValue, maxEncodedBytes } from './encapsulated-value.ts';
import type { FrameBoxes } from './frame-boxes.ts';
import type { FrameCells } from './frame-samples.ts';
import { blankedBlocks, type FilledBox } from './jpeg-blocks/blanked-blocks.ts';
import { isOnlyBlanked } from './jpeg-blocks/only-blanked.ts';
import { readSequentialJpeg } from './jpeg-blocks/read-sequential-jpeg.ts';
import { writeJpeg } from './jpeg-blocks/write-jpeg.ts';
import type { OpenedPixels } from './opened-pixels.ts';
import { withEncapsulated } from './pixel-form.ts';

/** JPEG Baseline and Extended: the syntaxes of what is edited here, of which the second one may hold 12 bits too. */
const sequential: ReadonlySet<string> = new Set(['1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.51']);

/**
 * JPEG of 8 bits, baseline or extended, blanked in its own form: every block of 8 by 8 samples that holds anything of a box
 * becomes flat, the coefficients of all others stay exactly as they were; frames without boxes stay byte for byte. Beside a
 * box that is up to 7 pixels; where chrominance is shared by pixels, its larger blocks reach further, and luminance goes
 * with them wherever the colour would be another one. No
 * further loss: what is kept is not quantized again, so the history of lossy compression (PS3.3 C.7.6.1.1.5) gets no step.
 * Every edited frame is decoded and compared. Undefined where a frame is any other JPEG, is damaged, or does not come out
 * as it should. Throws what decoding the received frames throws. `dataSet` is the header of the result.
 */
export function inEditedJpeg(
  opened: OpenedPixels,
  dataSet: DataSet,
  regions: FrameBoxes,
  fill: PixelFill,
): DeidentifyInput | undefined {
  const { pixels, stored, input } = opened;
  if (!sequential.has(input.transferSyntaxUid) || pixels.sampleKind !== 'integer') return undefined;
  // A neighbour in a palette may be any colour: there no fill is near enough.
  if (pixels.photometricInterpretation === 'PALETTE COLOR') return undefined;
  const made: EncodedFrame[] = [];
  let total = 0;
  for (let index = 0; index < pixels.numberOfFrames; index += 1) {
    const boxes = regions.at(index);
    if (boxes.length === 0) {
      made.push({ received: index, length: stored.read(index).length });
      continue;
    }
    const edited = editedFrame(opened, index, (cells) => {
      const fills = fillsOf(cells, boxes, fill, dataSet);
      return boxes.map((box, i) => ({ box, fill: fills[i] ?? [] }));
    });
    if (edited === undefined) return undefined;
    total += edited.length;
    if (total > maxEncodedBytes) return undefined;
    made.push(edited);
  }
  const body = encapsulatedValue(made, stored);
  return {
    dataSet: withEncapsulated(dataSet, pixels.element, body),
    transferSyntaxUid: input.transferSyntaxUid,
  };
}

function editedFrame(
  { decoder, pixels, stored, cells: cellsAt }: OpenedPixels,
  index: number,
  filledBoxes: (cells: FrameCells) => FilledBox[],
): Uint8Array | undefined {
  const stream = withoutMetadata(stored.read(index));
  const jpeg = stream === undefined ? undefined : readSequentialJpeg(stream);
  if (jpeg === undefined) return undefined;
  const cells = cellsAt(index);
  const { layout, cells: before } = cells;
  // Samples are written as they are read: whole bytes without a sign.
  if (!(before instanceof Uint8Array) || layout.shift !== 0 || layout.bitsStored !== 8 || layout.signed)
    return undefined;
  const blanked = blankedBlocks(jpeg, filledBoxes(cells), before);
  const encoded = writeJpeg(jpeg, blanked);
  if (encoded === undefined) return undefined;
  try {
    const { bytes: after } = decodeFrame(decoder, encoded, pixels);
    return isOnlyBlanked(before, after, jpeg, blanked) ? encoded : undefined;
  } catch (thrown) {
    if (thrown instanceof SallyportError && /^PIXEL_/.test(thrown.code)) return undefined;
    throw thrown;
  }
}

/**
 * A copy of a stream without what de-identification takes out of it: a small picture of what was blanked may be among it.
 * Undefined where nobody can tell what that is.
 */
function withoutMetadata(stream: Uint8Array): Uint8Array | undefined {
  const result = jpegStripper.strip(stream);
  switch (result.kind) {
    case 'whole':
      return new Uint8Array(stream);
    case 'parts':
      return joined(stream, result.ranges);
    default:
      return undefined;
  }
}

function joined(stream: Uint8Array, ranges: readonly KeptRange[]): Uint8Array {
  return new Uint8Array(Buffer.concat(ranges.map(([start, end]) => stream.subarray(start, end))));
}
