import { inflateRawSync } from 'node:zlib';
import { frameBytes, type PixelDescription } from '../pixel-description.ts';
import { type CodeStream, type CodeStreamKind, invalid, unsupported } from './code-stream.ts';
import type { Decoder } from './decoder-table.ts';
import { decodeNatively, type NativeCodec } from './native-codecs.ts';
import { decodedPhotometric } from './photometric.ts';
import { readCodeStream } from './read-code-stream.ts';
import { decodeRle } from './rle.ts';

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
      return asDescribed(encoded.subarray(0, length), pixels, true);
    case 'deflate':
      return asDescribed(inflate(encoded, length).subarray(0, length), pixels, true);
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
  const packed = bitsAllocated === 12;
  if (packed && !littleEndian) throw unsupported('packed bits, big endian');
  return {
    bytes: packed ? unpack(bytes, pixels.rows * pixels.columns) : bytes,
    littleEndian,
    bitsAllocated: packed ? 16 : bitsAllocated,
    depth: bitsAllocated,
    signedStream: false,
    planarConfiguration,
    photometricInterpretation,
  };
}

/** ACR-NEMA: two cells of 12 bits in three bytes, the first in the lower ones, as GDCM reads it. Cells of 16 bits. */
function unpack(bytes: Uint8Array, count: number): Uint8Array {
  const out = new Uint8Array(2 * count);
  for (let cell = 0, at = 0; cell < count; cell += 2, at += 3) {
    const middle = bytes[at + 1] ?? 0;
    out[2 * cell] = bytes[at] ?? 0;
    out[2 * cell + 1] = middle & 0x0f;
    if (cell + 1 === count) break;
    const high = bytes[at + 2] ?? 0;
    out[2 * cell + 2] = (middle >> 4) | ((high & 0x0f) << 4);
    out[2 * cell + 3] = high >> 4;
  }
  return out;
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
  if (bitsAllocated === 12) throw unsupported('packed bits in RLE');
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
  const bitsAllocated = stream.precision <= 8 ? 8 : 16;
  const bytes = decodeNatively(nativeCodecs[stream.kind], encoded, {
    columns: stream.columns,
    rows: stream.rows,
    samplesPerPixel: pixels.samplesPerPixel,
    bitsAllocated,
    bitsStored: stream.precision,
    signed: stream.signed,
  });
  const samples = pixels.rows * pixels.columns * pixels.samplesPerPixel;
  if (bytes.length !== samples * (bitsAllocated / 8)) throw invalid('decoded length');
  if (stream.kind === 'jpeg-xl' && stream.precision < bitsAllocated)
    toOwnRange(bytes, bitsAllocated, stream.precision);
  return {
    bytes: stream.planar && pixels.samplesPerPixel === 3 ? interleave(bytes, bitsAllocated) : bytes,
    littleEndian: true,
    bitsAllocated,
    depth: stream.precision,
    signedStream: stream.signed,
    planarConfiguration: 0,
    photometricInterpretation: decodedPhotometric(stream, pixels),
  };
}

function interleave(planes: Uint8Array, bitsAllocated: 8 | 16): Uint8Array {
  const out = new Uint8Array(planes.length);
  const cells = (bytes: Uint8Array): Uint8Array | Uint16Array =>
    bitsAllocated === 8 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  const from = cells(planes);
  const to = cells(out);
  const count = from.length / 3;
  for (let sample = 0; sample < 3; sample++) {
    for (let i = 0; i < count; i++) to[3 * i + sample] = from[sample * count + i] as number;
  }
  return out;
}

/** libjxl spreads samples of less than 8 or 16 bits over the whole range of the cell; this brings them back exactly. */
function toOwnRange(bytes: Uint8Array, bitsAllocated: 8 | 16, precision: number): void {
  const scale = (2 ** precision - 1) / (2 ** bitsAllocated - 1);
  const cells =
    bitsAllocated === 8 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  for (let i = 0; i < cells.length; i++) cells[i] = Math.round((cells[i] as number) * scale);
}

/**
 * Size and number of components must be those of the header: measurements, masks and the cleaning of pixel regions
 * depend on it. The depth may differ, as it does in files of many devices (lossless JPEG of 16 bits for 12 stored):
 * then the stream's depth decides how it is decoded and Bits Stored how the samples are read, as DCMTK and GDCM do.
 */
function checkAgainst(stream: CodeStream, pixels: PixelDescription): void {
  if (stream.columns !== pixels.columns || stream.rows !== pixels.rows)
    throw invalid('size of the code stream');
  if (stream.samplesPerPixel !== pixels.samplesPerPixel) throw invalid('components of the code stream');
  if (stream.precision > 16) throw unsupported('more than 16 bits');
  if (pixels.sampleKind !== 'integer' || pixels.bitsAllocated > 16) throw invalid('bits allocated');
  // The module's OpenJPEG wrapper writes one byte a sample for three components, whatever their depth: wrong pixels.
  if (stream.kind === 'jpeg-2000' && pixels.samplesPerPixel === 3 && stream.precision > 8)
    throw unsupported('JPEG 2000 color of more than 8 bits');
  // More bits than cells: the header cannot be describing this stream.
  if (stream.precision > Math.max(8, pixels.bitsAllocated)) throw invalid('depth of the code stream');
}
