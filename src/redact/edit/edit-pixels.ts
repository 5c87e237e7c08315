import { asSallyportError, type ErrorCode, type SallyportError } from '../../core/errors.ts';
import type { RedactionBox } from '../../core/redaction.ts';
import type { DeidentifyInput } from '../../deidentify/deidentify.ts';
import { embedsOverlay } from '../../deidentify/pixels/clean.ts';
import { isVideo } from '../../deidentify/pixels/codestreams.ts';
import type { PixelFill, RedactedEncoding } from '../../deidentify/pixels/pixel-policy.ts';
import { blankBoxes } from './blank-boxes.ts';
import { withEditedHeader, withoutEmbeddedOverlays } from './edited-header.ts';
import { inEditedJpeg } from './edited-jpeg.ts';
import { type EditedFrames, inFormThatLeaves } from './form-that-leaves.ts';
import { type FrameBoxes, frameBoxes } from './frame-boxes.ts';
import { asNative } from './native-form.ts';
import { type EditLimits, type OpenedPixels, openPixels } from './opened-pixels.ts';
import { staysAsStored, withStoredForm } from './stored-form.ts';
import { mayHaveUnusedBits, usesUnusedBits } from './used-bits.ts';

export interface EditOptions {
  readonly fill: PixelFill;
  /** Added to each side of a box, pixels; not to regions outside of the image, whose borders are exact. */
  readonly padding: number;
  /** Form of the pixels where the data set leaves. */
  readonly encoding: RedactedEncoding;
  /** Only frames drawn from the result leave: it stays uncompressed, of large instances a frame is made when it is read. */
  readonly onlyFramesLeave?: boolean;
  readonly limits: EditLimits;
}

export type EditResult =
  | {
      readonly kind: 'edited';
      /** The received input itself where nothing changed. It reads from the received one. */
      readonly input: DeidentifyInput;
      /** True where a stored value differs from what was received. */
      readonly changed: boolean;
    }
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly detail?: string };

/**
 * Blanks boxes in the stored values of a data set, whatever its photometric interpretation and transfer syntax; pixels
 * outside the boxes stay what they are when decoded, but for JPEG that keeps its form: there the blocks go that a box
 * touches (`inEditedJpeg`), and of subsampled chrominance what a decoder mixes with theirs. The header says what was done to the pixels, and nothing of what
 * stood there; it still identifies the patient. Compressed pixels that hold anything beside their stored bits, described
 * as overlay planes or not, are made anew even without boxes, since nothing else can take it out.
 *
 * Held: videos and pixels nobody can decode or write again (REDACTION_UNSUPPORTED), boxes that are none of this image
 * (PIXEL_REGION_INVALID), damaged pixels (PIXEL_DATA_INVALID). Frames of large instances are decoded when they are read:
 * such errors may then be thrown there.
 */
export function editPixels(
  input: DeidentifyInput,
  boxes: readonly RedactionBox[],
  options: EditOptions,
): EditResult {
  if (isVideo(input.transferSyntaxUid)) {
    return boxes.length === 0
      ? { kind: 'edited', input, changed: false }
      : { kind: 'held', code: 'REDACTION_UNSUPPORTED', detail: 'video' };
  }
  try {
    return edited(input, boxes, options);
  } catch (thrown) {
    return heldFor(asSallyportError(thrown));
  }
}

function edited(input: DeidentifyInput, boxes: readonly RedactionBox[], options: EditOptions): EditResult {
  const isCompressed = input.dataSet.elements.some(({ body }) => body.kind === 'fragments');
  const embeds = isCompressed && embedsOverlay(input.dataSet);
  const mayHide = embeds || mayHaveUnusedBits(input.dataSet);
  if (boxes.length === 0 && !mayHide) return { kind: 'edited', input, changed: false };
  const opened = openPixels(input, options.limits);
  // Planes that no attribute describes are seen only in the values.
  const hidesOverlays = embeds || (mayHide && usesUnusedBits(opened));
  const regions = frameBoxes(boxes, options.padding, opened.pixels);
  if (regions === undefined) return { kind: 'held', code: 'PIXEL_REGION_INVALID', detail: 'boxes' };
  const frames = editedFrames(opened, regions, { fill: options.fill, everyFrame: hidesOverlays });
  const changes = regions.frames.some((index) => frames.changes(index));
  if (!changes && !hidesOverlays) return { kind: 'edited', input, changed: false };
  const blanked = { regions, frames, everyFrame: hidesOverlays };
  return { kind: 'edited', input: inForm(opened, blanked, options), changed: true };
}

interface Blanked {
  readonly regions: FrameBoxes;
  readonly frames: EditedFrames;
  /** Bits beside the stored ones are to be taken out of frames without boxes too. */
  readonly everyFrame: boolean;
}

function inForm(
  opened: OpenedPixels,
  { regions, frames, everyFrame }: Blanked,
  { fill, encoding, onlyFramesLeave = false }: EditOptions,
): DeidentifyInput {
  const { dataSet, transferSyntaxUid } = opened.input;
  const header = withEditedHeader(dataSet, opened);
  const keepsForm =
    onlyFramesLeave || !(encoding === 'rle' || encoding === 'jpegLs' || encoding === 'jpeg2000');
  if (keepsForm && staysAsStored(opened)) {
    return {
      dataSet: withStoredForm(opened, header, (index) =>
        frames.isEdited(index) ? frames.cells(index) : undefined,
      ),
      transferSyntaxUid,
    };
  }
  const plain = withoutEmbeddedOverlays(header);
  if (onlyFramesLeave || encoding === 'native') return asNative(opened, plain, frames.cells);
  const edited = encoding === 'same' && !everyFrame ? inEditedJpeg(opened, header, regions, fill) : undefined;
  if (edited !== undefined) return edited;
  return inFormThatLeaves(opened, plain, frames, encoding);
}

function editedFrames(
  opened: OpenedPixels,
  regions: FrameBoxes,
  { fill, everyFrame }: { readonly fill: PixelFill; readonly everyFrame: boolean },
): EditedFrames {
  const { dataSet } = opened.input;
  const touched = new Set(regions.frames);
  const isEdited = (index: number): boolean => everyFrame || touched.has(index);
  return {
    isEdited,
    changes: (index) => blankBoxes(opened.cells(index), regions.at(index), fill, dataSet),
    cells(index) {
      const cells = opened.cells(index);
      if (isEdited(index)) blankBoxes(cells, regions.at(index), fill, dataSet);
      return cells;
    },
  };
}

function heldFor(error: SallyportError): EditResult {
  switch (error.code) {
    case 'DATA_SET_TRUNCATED':
      return { kind: 'held', code: 'PIXEL_DATA_INVALID', detail: 'pixel data shorter than described' };
    case 'PIXEL_FORMAT_UNSUPPORTED':
    case 'ENCODE_FAILED':
      return { kind: 'held', code: 'REDACTION_UNSUPPORTED', detail: error.detail ?? 'pixel format' };
    case 'UNEXPECTED':
      throw error;
    default:
      return error.detail === undefined
        ? { kind: 'held', code: error.code }
        : { kind: 'held', code: error.code, detail: error.detail };
  }
}
