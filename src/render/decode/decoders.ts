import { inflateRawSync } from 'node:zlib';
import { SallyportError } from '../../core/errors.ts';
import { frameBytes, type PixelDescription } from '../pixel-description.ts';
import { type CodeStream, type CodeStreamKind, readCodeStream } from './code-stream.ts';
import { decodeNatively, type NativeCodec } from './native-codecs.ts';
import { decodeRle } from './rle.ts';

/** Who decodes the frames of a transfer syntax. */
export interface Decoder {
  readonly transferSyntaxUid: string;
  readonly how:
    | 'native'
    | 'fragment'
    | 'deflate'
    | 'rle'
    | 'jpeg'
    | 'jpeg-ls'
    | 'jpeg-2000'
    | 'jpeg-xl'
    | 'video';
  /** Package of the decoder and its version; null for own code, Node's zlib and what is no part of this product. */
  readonly package: string | null;
  /** The library inside the package. */
  readonly library: string | null;
}

const codecs = 'dcmjs-codecs@0.0.8';
const own = { package: null, library: null } as const;
const ijg = { package: codecs, library: 'IJG libjpeg 6b, 8/12/16 bit, lossless' } as const;
const charls = { package: codecs, library: 'CharLS 2.3.4' } as const;
const openJpeg = { package: codecs, library: 'OpenJPEG 2.5' } as const;
const openJph = { package: codecs, library: 'OpenJPH 0.18.2' } as const;
/** See ../video: where there is none, such instances are held. */
const ffmpeg = { package: null, library: 'ffmpeg (external), 4.4 or later' } as const;
const jxl = { package: codecs, library: 'libjxl 0.11.2' } as const;

/**
 * The decoder of every renderable transfer syntax; what is not listed cannot be rendered. On the test corpus these give
 * the same samples as GDCM, bit by bit. Within the JPEG family (50 to 70), and between JPEG 2000 and HTJ2K, the code
 * stream itself decides on the process, because devices and archives mislabel them.
 */
export const decoders: readonly Decoder[] = [
  { transferSyntaxUid: '1.2.840.10008.1.2', how: 'native', ...own },
  { transferSyntaxUid: '1.2.840.10008.1.2.1', how: 'native', ...own },
  { transferSyntaxUid: '1.2.840.10008.1.2.1.99', how: 'native', ...own },
  { transferSyntaxUid: '1.2.840.10008.1.2.2', how: 'native', ...own },
  { transferSyntaxUid: '1.2.840.10008.1.2.1.98', how: 'fragment', ...own },
  { transferSyntaxUid: '1.2.840.10008.1.2.8.1', how: 'deflate', ...own },
  { transferSyntaxUid: '1.2.840.10008.1.2.5', how: 'rle', ...own },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.50', how: 'jpeg', ...ijg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.51', how: 'jpeg', ...ijg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.53', how: 'jpeg', ...ijg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.55', how: 'jpeg', ...ijg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.57', how: 'jpeg', ...ijg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.70', how: 'jpeg', ...ijg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.80', how: 'jpeg-ls', ...charls },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.81', how: 'jpeg-ls', ...charls },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.90', how: 'jpeg-2000', ...openJpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.91', how: 'jpeg-2000', ...openJpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.201', how: 'jpeg-2000', ...openJph },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.202', how: 'jpeg-2000', ...openJph },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.203', how: 'jpeg-2000', ...openJph },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.110', how: 'jpeg-xl', ...jxl },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.111', how: 'jpeg-xl', ...jxl },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.112', how: 'jpeg-xl', ...jxl },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.100', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.100.1', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.101', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.101.1', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.102', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.102.1', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.103', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.103.1', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.104', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.104.1', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.105', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.105.1', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.107', how: 'video', ...ffmpeg },
  { transferSyntaxUid: '1.2.840.10008.1.2.4.108', how: 'video', ...ffmpeg },
];

const byUid: ReadonlyMap<string, Decoder> = new Map(decoders.map((row) => [row.transferSyntaxUid, row]));

/** The decoder of a transfer syntax, or undefined when it cannot be rendered. */
export function decoderOf(transferSyntaxUid: string): Decoder | undefined {
  return byUid.get(transferSyntaxUid);
}

/** How the samples of one decoded frame lie in memory, and what they mean where the code stream knows better. */
export interface DecodedFrame {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly bitsAllocated: number;
  /** Bits per sample of the code stream; without one, Bits Allocated. */
  readonly depth: number;
  /** The code stream says that its samples are signed. */
  readonly signedStream: boolean;
  readonly planarConfiguration: 0 | 1;
  /** Photometric interpretation of the samples as they lie here. */
  readonly photometricInterpretation: string;
}

const kinds: Readonly<Partial<Record<Decoder['how'], readonly CodeStreamKind[]>>> = {
  jpeg: ['jpeg'],
  'jpeg-ls': ['jpeg-ls'],
  'jpeg-2000': ['jpeg-2000', 'htj2k'],
  'jpeg-xl': ['jpeg-xl'],
};
const nativeCodecs: Readonly<Record<CodeStreamKind, NativeCodec>> = {
  jpeg: 'DecodeJpeg',
  'jpeg-ls': 'DecodeJpegLs',
  'jpeg-2000': 'DecodeJpeg2000',
  htj2k: 'DecodeHtJpeg2000',
  'jpeg-xl': 'DecodeJpegXl',
};

/**
 * Decodes one encapsulated frame. Throws PIXEL_DATA_INVALID where the stream is damaged or is not the image the header
 * describes, PIXEL_FORMAT_UNSUPPORTED where no decoder here knows its process.
 */
export function decodeFrame(decoder: Decoder, encoded: Uint8Array, pixels: PixelDescription): DecodedFrame {
  const length = frameBytes(pixels);
  switch (decoder.how) {
    case 'native':
    case 'fragment':
      if (encoded.length < length) throw invalid('frame shorter than described');
      return asDescribed(encoded, pixels, true);
    case 'deflate':
      return asDescribed(inflate(encoded, length), pixels, true);
    case 'rle':
      return decodeRleFrame(encoded, pixels);
    default:
      return decodeCodeStream(decoder, encoded, pixels);
  }
}

/** A frame whose samples lie as the header says. */
export function asDescribed(
  bytes: Uint8Array,
  pixels: PixelDescription,
  littleEndian: boolean,
): DecodedFrame {
  const { bitsAllocated, planarConfiguration, photometricInterpretation } = pixels;
  return {
    bytes,
    littleEndian,
    bitsAllocated,
    depth: bitsAllocated,
    signedStream: false,
    planarConfiguration,
    photometricInterpretation,
  };
}

function invalid(detail: string, cause?: unknown): SallyportError {
  return new SallyportError('PIXEL_DATA_INVALID', { detail, cause });
}

/** PS3.5 A.4.13: each frame is one deflate stream. One byte of padding may follow the samples. */
function inflate(encoded: Uint8Array, length: number): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = inflateRawSync(encoded, { maxOutputLength: length + 1 });
  } catch (error) {
    throw invalid('deflate stream', error);
  }
  if (bytes.length < length) throw invalid('frame shorter than described');
  return bytes;
}

function decodeRleFrame(encoded: Uint8Array, pixels: PixelDescription): DecodedFrame {
  const { rows, columns, samplesPerPixel, bitsAllocated, photometricInterpretation } = pixels;
  const bytes =
    bitsAllocated === 1
      ? decodeRle(encoded, Math.ceil((rows * columns) / 8), samplesPerPixel, 1)
      : decodeRle(encoded, rows * columns, samplesPerPixel, bitsAllocated / 8);
  // PS3.3 C.7.6.3.1.2: RLE always separates the components; YBR_FULL_422 cannot be.
  const photometric = photometricInterpretation === 'YBR_FULL_422' ? 'YBR_FULL' : photometricInterpretation;
  return {
    bytes,
    littleEndian: true,
    bitsAllocated,
    depth: bitsAllocated,
    signedStream: false,
    planarConfiguration: 0,
    photometricInterpretation: photometric,
  };
}

function decodeCodeStream(decoder: Decoder, encoded: Uint8Array, pixels: PixelDescription): DecodedFrame {
  const stream = readCodeStream(encoded);
  if (kinds[decoder.how]?.includes(stream.kind) !== true) throw invalid('code stream of another kind');
  checkAgainst(stream, pixels);
  const described = stream.precision === 0 ? pixels.bitsStored : stream.precision;
  const bitsAllocated = described <= 8 ? 8 : 16;
  const bytes = decodeNatively(nativeCodecs[stream.kind], encoded, {
    columns: stream.columns,
    rows: stream.rows,
    samplesPerPixel: pixels.samplesPerPixel,
    bitsAllocated,
    bitsStored: described,
    signed: stream.kind === 'jpeg-xl' ? false : stream.signed,
  });
  const samples = pixels.rows * pixels.columns * pixels.samplesPerPixel;
  if (bytes.length !== samples * (bitsAllocated / 8)) throw invalid('decoded length');
  return {
    bytes,
    littleEndian: true,
    bitsAllocated,
    depth: described,
    signedStream: stream.signed,
    planarConfiguration: 0,
    photometricInterpretation: actualPhotometric(stream, pixels),
  };
}

/**
 * Size and number of components must be those of the header: measurements, masks and the cleaning of pixel regions
 * depend on it. The depth may differ, as it does in files of many devices (lossless JPEG of 16 bits for 12 stored):
 * then the stream's depth decides how it is decoded and Bits Stored how the samples are read, as DCMTK and GDCM do.
 */
function checkAgainst(stream: CodeStream, pixels: PixelDescription): void {
  if (stream.columns !== pixels.columns || stream.rows !== pixels.rows)
    throw invalid('size of the code stream');
  if (stream.samplesPerPixel !== 0 && stream.samplesPerPixel !== pixels.samplesPerPixel) {
    throw invalid('components of the code stream');
  }
  if (stream.precision > 16)
    throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'more than 16 bits' });
  if (pixels.sampleKind !== 'integer' || pixels.bitsAllocated > 16) throw invalid('bits allocated');
  // The module's OpenJPEG wrapper writes one byte a sample for three components, whatever their depth: wrong pixels.
  if (stream.kind === 'jpeg-2000' && pixels.samplesPerPixel === 3 && stream.precision > 8) {
    throw new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail: 'JPEG 2000 color of more than 8 bits' });
  }
  // More bits than cells: the header cannot be describing this stream.
  if (stream.precision > Math.max(8, pixels.bitsAllocated)) throw invalid('depth of the code stream');
}

function actualPhotometric(stream: CodeStream, pixels: PixelDescription): string {
  const described = pixels.photometricInterpretation;
  if (pixels.samplesPerPixel !== 3) return described;
  switch (stream.kind) {
    case 'jpeg':
      if (stream.color === 'RGB') return 'RGB';
      if (stream.color === 'YBR') return 'YBR_FULL';
      return described === 'RGB' ? 'RGB' : 'YBR_FULL';
    case 'jpeg-2000':
    case 'htj2k':
      // PS3.5 8.2.4: with the transformation the decoder gives RGB; YBR_RCT or _ICT without it were RGB already.
      if (stream.multipleComponentTransformation) return 'RGB';
      return described.startsWith('YBR_FULL') ? 'YBR_FULL' : 'RGB';
    case 'jpeg-xl':
      return 'RGB';
    default:
      // Decoded samples are never subsampled.
      return described.startsWith('YBR_FULL') ? 'YBR_FULL' : described;
  }
}
