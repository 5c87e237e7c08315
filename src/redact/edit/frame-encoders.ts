import { deflateRawSync } from 'node:zlib';
import { SallyportError } from '../../core/errors.ts';
import { decoderOf } from '../../render/decode/decoder-table.ts';
import { decodeFrame } from '../../render/decode/decoders.ts';
import { encodeStored, type StoredEncoder } from '../../render/output/native-encoders.ts';
import type { PixelDescription } from '../../render/pixel-description.ts';
import { frameCells } from './frame-samples.ts';
import { encodeLosslessJpeg } from './jpeg-lossless-encode.ts';
import { plainBytes } from './native-form.ts';
import type { PlainForm } from './pixel-form.ts';
import { encodeRle } from './rle-encode.ts';

/** A lossless compressed form that can be made here. */
export type CompressedForm =
  | 'encapsulated'
  | 'deflated'
  | 'rle'
  | 'jpegLossless'
  | 'jpegLs'
  | 'jpeg2000'
  | 'htj2k'
  | 'jpegXl';

/** The transfer syntax each form has by itself; others allow the same code streams. */
export const ownTransferSyntax: Readonly<Record<CompressedForm, string>> = {
  encapsulated: '1.2.840.10008.1.2.1.98',
  deflated: '1.2.840.10008.1.2.8.1',
  rle: '1.2.840.10008.1.2.5',
  jpegLossless: '1.2.840.10008.1.2.4.70',
  jpegLs: '1.2.840.10008.1.2.4.80',
  jpeg2000: '1.2.840.10008.1.2.4.90',
  htj2k: '1.2.840.10008.1.2.4.201',
  jpegXl: '1.2.840.10008.1.2.4.110',
};

const libraries: Readonly<Partial<Record<CompressedForm, StoredEncoder>>> = {
  jpegLs: 'EncodeJpegLs',
  jpeg2000: 'EncodeJpeg2000',
  htj2k: 'EncodeHtJpeg2000',
  jpegXl: 'EncodeJpegXl',
};

/** Whether samples of this form can be encoded so at all (PS3.5 8.2 and Annex A). */
export function canEncode(form: CompressedForm, plain: PlainForm, sampleKind: string): boolean {
  const { bitsAllocated, samplesPerPixel } = plain;
  // C.7.6.24, C.7.6.25: float pixels are never encapsulated.
  if (sampleKind !== 'integer') return false;
  if (form === 'encapsulated' || form === 'deflated') return true;
  if (form === 'rle') return bitsAllocated === 1 ? samplesPerPixel === 1 : true;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) return false;
  return form !== 'jpegXl' || plain.photometricInterpretation !== 'YBR_FULL';
}

/** How the samples are called once encoded. */
export function encodedPhotometric(form: CompressedForm, plain: PlainForm): string {
  const transformed = form === 'jpeg2000' || form === 'htj2k';
  return transformed && plain.photometricInterpretation === 'RGB'
    ? 'YBR_RCT'
    : plain.photometricInterpretation;
}

export interface EncodeRequest {
  readonly form: CompressedForm;
  readonly plain: PlainForm;
  /** Of the result, as whoever reads it will make it. */
  readonly described: PixelDescription;
}

/**
 * Encodes the bytes of a frame in its plain form, and decodes them again: what comes back has to be the same. Throws
 * ENCODE_FAILED where it is not.
 */
export function encodeFrame(bytes: Uint8Array, request: EncodeRequest): Uint8Array {
  const encoded = encodedBy(bytes, request);
  const decoder = decoderOf(ownTransferSyntax[request.form]);
  if (decoder === undefined) throw new SallyportError('ENCODE_FAILED', { detail: 'no decoder' });
  const frame = decodeFrame(decoder, encoded, request.described);
  const decoded = plainBytes(frameCells(frame, request.described), request.plain);
  if (Buffer.compare(decoded, bytes) !== 0)
    throw new SallyportError('ENCODE_FAILED', { detail: 'other pixels' });
  return encoded;
}

function encodedBy(bytes: Uint8Array, { form, plain, described }: EncodeRequest): Uint8Array {
  const { columns, rows } = described;
  const { samplesPerPixel, bitsAllocated, signed } = plain;
  switch (form) {
    case 'encapsulated':
      return bytes;
    case 'deflated':
      return deflateRawSync(bytes);
    case 'rle':
      // Rows of one-bit pixels need not end with a byte: the frame is one row then.
      return bitsAllocated === 1
        ? encodeRle(bytes, 1, 1, bytes.length)
        : encodeRle(bytes, samplesPerPixel, bitsAllocated / 8, columns);
    case 'jpegLossless':
      return encodeLosslessJpeg({
        columns,
        rows,
        components: samplesPerPixel,
        precision: Math.max(2, streamBits(plain)),
        samples: bitsAllocated === 8 ? bytes : wordsOf(bytes),
      });
    default: {
      const encoder = libraries[form];
      if (encoder === undefined) throw new SallyportError('ENCODE_FAILED', { detail: 'no encoder' });
      // OpenJPH takes signed cells of 8 bits for unsigned ones and gives a stream that only it can read.
      const narrowSigned = form === 'htj2k' && signed && plain.bitsStored <= 8;
      const whole = form === 'jpegXl' || narrowSigned;
      const bits = form === 'jpegLs' ? streamBits(plain) : whole ? bitsAllocated : plain.bitsStored;
      // The cells the decoder will give: encoders confuse others.
      const wide = bits > 8;
      return encodeStored(encoder, {
        width: columns,
        height: rows,
        channels: samplesPerPixel,
        bytes: wide || bitsAllocated === 8 ? bytes : lowBytes(bytes),
        bitsAllocated: wide ? 16 : 8,
        bitsStored: bits,
        // JPEG-LS and JPEG XL know no sign: its bits are stored like others.
        signed: signed && (form === 'jpeg2000' || (form === 'htj2k' && wide)),
        componentTransformation: described.photometricInterpretation === 'YBR_RCT',
      });
    }
  }
}

/**
 * Bits of a sample in a code stream that knows no sign. Negative values take the whole cell, so that readers that take the
 * cells as they come find the sign where they look for it. DCMTK and GDCM refuse streams of 8 bits for cells of 16.
 */
function streamBits({ signed, bitsStored, bitsAllocated }: PlainForm): number {
  return signed || 2 * bitsStored <= bitsAllocated ? bitsAllocated : bitsStored;
}

function wordsOf(bytes: Uint8Array): Uint16Array {
  const words = new Uint16Array(bytes.length >> 1);
  for (let i = 0; i < words.length; i += 1)
    words[i] = (bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8);
  return words;
}

function lowBytes(bytes: Uint8Array): Uint8Array {
  const low = new Uint8Array(bytes.length >> 1);
  for (let i = 0; i < low.length; i += 1) low[i] = bytes[2 * i] as number;
  return low;
}
