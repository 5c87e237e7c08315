import { SallyportError } from '../../core/errors.ts';
import { type Codecs, createContext, withCodecs } from '../decode/native-codecs.ts';
import { withoutComments } from './strip-metadata.ts';

/** Samples to be kept exactly: interleaved, rows from the top. Uint16Array in the byte order of this machine. */
export interface LosslessImage {
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: RGB, 8 bits only. */
  readonly channels: 1 | 3;
  readonly samples: Uint8Array | Uint16Array;
}

export type NativeEncoder = 'EncodeJpegXl' | 'EncodeHtJpeg2000';

/** Stored values to be kept exactly, as data sets hold them. */
export interface StoredImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Interleaved cells of `bitsAllocated` bits, little endian, the sign of a value in all bits above it. */
  readonly bytes: Uint8Array;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** JPEG 2000: three channels may go through the reversible component transformation. */
  readonly componentTransformation: boolean;
}

/** JPEG-LS by CharLS, JPEG 2000 by OpenJPEG, HTJ2K by OpenJPH, JPEG XL by libjxl. */
export type StoredEncoder = NativeEncoder | 'EncodeJpegLs' | 'EncodeJpeg2000';

/** Number of RPCL in the module's enumeration: resolutions first, so that a reader may stop early. */
const progressionRpcl = 2;
/** LRCP: layers first, the default of the standard and of most encoders. */
const progressionLrcp = 0;

/**
 * Encodes without loss and without metadata: HTJ2K as a code stream (ISO/IEC 15444-15), JPEG XL as a code stream, for 16 bits
 * in the container that names the level they need (ISO/IEC 18181-2). Throws ENCODE_FAILED where the encoder does; its
 * instance of WebAssembly is then given up.
 */
export function encodeNatively(encoder: NativeEncoder, image: LosslessImage): Uint8Array {
  const { samples, width, height, channels } = image;
  const bits = samples.BYTES_PER_ELEMENT === 1 ? 8 : 16;
  return encodeStored(encoder, {
    width,
    height,
    channels,
    bytes: littleEndian(samples),
    bitsAllocated: bits,
    bitsStored: bits,
    signed: false,
    componentTransformation: true,
  });
}

/**
 * As `encodeNatively`, for stored values. Encoders fail in silence on forms they were not written for: whoever keeps what
 * comes out decodes it first. Throws ENCODE_FAILED.
 */
export function encodeStored(encoder: StoredEncoder, image: StoredImage): Uint8Array {
  try {
    const encoded = withCodecs((codecs) => encodeWith(codecs, encoder, image));
    const named = encoder === 'EncodeHtJpeg2000' || encoder === 'EncodeJpeg2000';
    return named ? withoutComments(encoded) : encoded;
  } catch (cause) {
    throw new SallyportError('ENCODE_FAILED', { cause });
  }
}

function encodeWith(codecs: Codecs, encoder: StoredEncoder, image: StoredImage): Uint8Array {
  const { call, memory } = codecs;
  const { bytes, width, height, channels, bitsAllocated, bitsStored, signed } = image;
  const context = createContext(codecs, {
    columns: width,
    rows: height,
    samplesPerPixel: channels,
    bitsAllocated,
    bitsStored,
    signed,
  });
  call('SetDecodedBufferSize', context, bytes.length);
  new Uint8Array(memory.buffer).set(bytes, call('GetDecodedBuffer', context));
  const parameters = call('CreateEncoderParameters');
  call('SetLossy', parameters, 0);
  call('SetAllowMct', parameters, image.componentTransformation ? 1 : 0);
  call('SetProgressionOrder', parameters, encoder === 'EncodeJpeg2000' ? progressionLrcp : progressionRpcl);
  call(encoder, context, parameters);
  const start = call('GetEncodedBuffer', context);
  const encoded = new Uint8Array(memory.buffer, start, call('GetEncodedBufferSize', context)).slice();
  call('ReleaseEncoderParameters', parameters);
  call('ReleaseCodecsContext', context);
  return encoded;
}

const hostIsLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The bytes of the samples as WebAssembly, which is little endian, reads them. */
function littleEndian(samples: Uint8Array | Uint16Array): Uint8Array {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  if (hostIsLittle || samples.BYTES_PER_ELEMENT === 1) return bytes;
  const copy = bytes.slice();
  Buffer.from(copy.buffer).swap16();
  return copy;
}
