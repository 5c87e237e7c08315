import { SallyportError } from '../../core/errors.ts';
import type { DeidentifyInput } from '../../deidentify/deidentify.ts';
import { embedsOverlay } from '../../deidentify/pixels/clean.ts';
import type { RedactedEncoding } from '../../deidentify/pixels/pixel-policy.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { withoutEmbeddedOverlays } from './edited-header.ts';
import { type EncodedFrame, encapsulatedValue, maxEncodedBytes } from './encapsulated-value.ts';
import { asExplicitLittleEndian } from './explicit-little-endian.ts';
import {
  type CompressedForm,
  canEncode,
  encodedPhotometric,
  encodeFrame,
  ownTransferSyntax,
} from './frame-encoders.ts';
import type { FrameCells } from './frame-samples.ts';
import { asNative, plainBytes } from './native-form.ts';
import { type EditLimits, type OpenedPixels, openPixels } from './opened-pixels.ts';
import { type PlainForm, plainDescription, plainFormOf, withPlainForm } from './pixel-form.ts';

/** The frames of opened pixels with their boxes blanked. */
export interface EditedFrames {
  /** Whether a frame, counted from 0, has boxes. */
  isEdited(index: number): boolean;
  /** Whether blanking its boxes changes a stored value. */
  changes(index: number): boolean;
  /** A copy of the frame, its boxes blanked. */
  cells(index: number): FrameCells;
}

/** What becomes of a received form: which lossless one, and whether frames without boxes may stay as they are. */
interface Successor {
  readonly form: CompressedForm;
  readonly transferSyntaxUid: string;
  readonly keepsFrames: boolean;
}

/** Forms that hold what was lossless as well as what was not: frames without boxes need not grow. */
const successors: Readonly<Record<string, readonly [CompressedForm, 'keeps' | 'anew']>> = {
  '1.2.840.10008.1.2.1.98': ['encapsulated', 'anew'],
  '1.2.840.10008.1.2.8.1': ['deflated', 'anew'],
  '1.2.840.10008.1.2.5': ['rle', 'keeps'],
  '1.2.840.10008.1.2.4.50': ['jpegLossless', 'anew'],
  '1.2.840.10008.1.2.4.51': ['jpegLossless', 'anew'],
  '1.2.840.10008.1.2.4.53': ['jpegLossless', 'anew'],
  '1.2.840.10008.1.2.4.55': ['jpegLossless', 'anew'],
  '1.2.840.10008.1.2.4.57': ['jpegLossless', 'keeps'],
  '1.2.840.10008.1.2.4.70': ['jpegLossless', 'keeps'],
  '1.2.840.10008.1.2.4.80': ['jpegLs', 'keeps'],
  '1.2.840.10008.1.2.4.81': ['jpegLs', 'anew'],
  '1.2.840.10008.1.2.4.90': ['jpeg2000', 'keeps'],
  '1.2.840.10008.1.2.4.91': ['jpeg2000', 'keeps'],
  '1.2.840.10008.1.2.4.201': ['htj2k', 'keeps'],
  '1.2.840.10008.1.2.4.202': ['htj2k', 'anew'],
  '1.2.840.10008.1.2.4.203': ['htj2k', 'keeps'],
  '1.2.840.10008.1.2.4.110': ['jpegXl', 'keeps'],
  '1.2.840.10008.1.2.4.111': ['jpegXl', 'anew'],
  '1.2.840.10008.1.2.4.112': ['jpegXl', 'anew'],
};

/**
 * Blanked pixels in a lossless form: the relative of what was received, or the one asked for. Frames
 * without boxes stay byte for byte where the form allows it. What no encoder here can keep exactly is left uncompressed.
 */
export function inFormThatLeaves(
  opened: OpenedPixels,
  dataSet: DataSet,
  frames: EditedFrames,
  encoding: RedactedEncoding,
): DeidentifyInput {
  const successor = successorOf(opened, frames, encoding);
  const encoded = successor === undefined ? undefined : encapsulated(opened, dataSet, frames, successor);
  return encoded ?? asNative(opened, dataSet, frames.cells);
}

/**
 * Any data set whose pixels can be decoded in a lossless compressed form, each frame decoded again and compared; undefined
 * where the form cannot hold them exactly. Throws what decoding throws.
 */
export function encodeForm(
  input: DeidentifyInput,
  form: CompressedForm,
  limits: EditLimits,
): DeidentifyInput | undefined {
  const opened = openPixels(input, limits);
  const frames: EditedFrames = { isEdited: () => true, changes: () => false, cells: opened.cells };
  const anew = { form, transferSyntaxUid: ownTransferSyntax[form], keepsFrames: false };
  return encapsulated(opened, withoutEmbeddedOverlays(input.dataSet), frames, anew);
}

function successorOf(
  { input, pixels }: OpenedPixels,
  frames: EditedFrames,
  encoding: RedactedEncoding,
): Successor | undefined {
  const { transferSyntaxUid } = input;
  const [relative, keeping] = successors[transferSyntaxUid] ?? [];
  const form =
    encoding === 'same' || encoding === 'lossless' ? relative : encoding === 'native' ? undefined : encoding;
  if (form === undefined) return undefined;
  // Of one-bit pixels in RLE, only who sent them can be trusted to have readers.
  if (form === 'rle' && relative !== 'rle' && pixels.bitsAllocated === 1) return undefined;
  const anew: Successor = { form, transferSyntaxUid: ownTransferSyntax[form], keepsFrames: false };
  if (form !== relative || keeping !== 'keeps') return anew;
  const everyFrame = Array.from({ length: pixels.numberOfFrames }, (_, index) => index);
  if (everyFrame.every((index) => frames.isEdited(index))) return anew;
  // Bits of other frames that the header no longer speaks of would stay, and a lossy transformation cannot be continued.
  const stays =
    pixels.highBit === pixels.bitsStored - 1 &&
    pixels.bitsAllocated <= 16 &&
    pixels.photometricInterpretation !== 'YBR_ICT' &&
    !embedsOverlay(input.dataSet);
  return stays ? { form, transferSyntaxUid, keepsFrames: true } : anew;
}

/** Undefined where it cannot be done: an encoder that fails, or more memory than is given. */
function encapsulated(
  opened: OpenedPixels,
  dataSet: DataSet,
  frames: EditedFrames,
  { form, transferSyntaxUid, keepsFrames }: Successor,
): DeidentifyInput | undefined {
  const { pixels, stored } = opened;
  const plain = plainFormOf(opened);
  if (!canEncode(form, plain, pixels.sampleKind)) return undefined;
  const photometricInterpretation = keepsFrames
    ? pixels.photometricInterpretation
    : encodedPhotometric(form, plain);
  const described = {
    ...plainDescription(pixels, plain),
    photometricInterpretation,
  };
  const made: EncodedFrame[] = [];
  let total = 0;
  for (let index = 0; index < pixels.numberOfFrames; index += 1) {
    if (keepsFrames && !frames.isEdited(index)) {
      made.push({ received: index, length: stored.read(index).length });
      continue;
    }
    const encoded = encodedFrame(frames.cells(index), { form, plain, described });
    if (encoded === undefined) return undefined;
    total += encoded.length;
    if (total > maxEncodedBytes) return undefined;
    made.push(encoded);
  }
  // PS3.3 C.7.6.3.1.3 with C.8.5.6.1.16: RLE separates the components.
  const planarConfiguration = form === 'rle' ? 1 : 0;
  const written: PlainForm = { ...plain, photometricInterpretation, planarConfiguration };
  const body = encapsulatedValue(made, stored);
  return {
    dataSet: withPlainForm(asExplicitLittleEndian(dataSet), pixels.element.tag, written, body),
    transferSyntaxUid,
  };
}

function encodedFrame(
  cells: FrameCells,
  request: { form: CompressedForm; plain: PlainForm; described: OpenedPixels['pixels'] },
): Uint8Array | undefined {
  try {
    return encodeFrame(plainBytes(cells, request.plain), request);
  } catch (thrown) {
    if (thrown instanceof SallyportError && /^(ENCODE_FAILED|PIXEL_)/.test(thrown.code)) return undefined;
    throw thrown;
  }
}
