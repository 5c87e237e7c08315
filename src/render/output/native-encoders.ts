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

/** Number of RPCL in the module's enumeration: resolutions first, so that a reader may stop early. */
const progressionRpcl = 2;

/**
 * Encodes without loss and without metadata: HTJ2K as a code stream (ISO/IEC 15444-15), JPEG XL as a code stream, for 16 bits
 * in the container that names the level they need (ISO/IEC 18181-2). Throws ENCODE_FAILED where the encoder does; its
 * instance of WebAssembly is then given up.
 */
export function encodeNatively(encoder: NativeEncoder, image: LosslessImage): Uint8Array {
  try {
    const encoded = withCodecs((codecs) => encodeWith(codecs, encoder, image));
    return encoder === 'EncodeHtJpeg2000' ? withoutComments(encoded) : encoded;
  } catch (cause) {
    throw new SallyportError('ENCODE_FAILED', { cause });
  }
}

function encodeWith(codecs: Codecs, encoder: NativeEncoder, image: LosslessImage): Uint8Array {
  const { call, memory } = codecs;
  const { samples, width, height, channels } = image;
  const bits = samples.BYTES_PER_ELEMENT === 1 ? 8 : 16;
  const context = createContext(codecs, {
    columns: width,
    rows: height,
    samplesPerPixel: channels,
    bitsAllocated: bits,
    bitsStored: bits,
    signed: false,
  });
  const bytes = littleEndian(samples);
  call('SetDecodedBufferSize', context, bytes.length);
  new Uint8Array(memory.buffer).set(bytes, call('GetDecodedBuffer', context));
  const parameters = call('CreateEncoderParameters');
  call('SetLossy', parameters, 0);
  call('SetProgressionOrder', parameters, progressionRpcl);
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
