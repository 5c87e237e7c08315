import { deflateRawSync } from 'node:zlib';
import { arranged, cellBytes, cellSize, modulo, packBits } from './cells.ts';
import { encodeDctJpeg } from './jpeg-dct.ts';
import { encodeLosslessJpeg } from './jpeg-lossless.ts';
import { type PixelSpec, samplesOf } from './pixel-spec.ts';
import { encodeRle } from './rle-encoder.ts';
import { type EncoderName, encodeByWasm } from './wasm-encoders.ts';

const wasmEncoders: Readonly<Partial<Record<PixelSpec['syntax'], EncoderName>>> = {
  'jpeg-ls': 'EncodeJpegLs',
  'jpeg-ls-near': 'EncodeJpegLs',
  'jpeg-2000': 'EncodeJpeg2000',
  'jpeg-2000-lossy': 'EncodeJpeg2000',
  htj2k: 'EncodeHtJpeg2000',
  'htj2k-rpcl': 'EncodeHtJpeg2000',
  'htj2k-lossy': 'EncodeHtJpeg2000',
  'jpeg-xl': 'EncodeJpegXl',
  'jpeg-xl-lossy': 'EncodeJpegXl',
};

/** One frame as the fragment of an encapsulated syntax would hold it. Throws an Error where its encoder cannot. */
export function encodeFrame(stored: Float64Array, spec: PixelSpec): Uint8Array {
  const samples = samplesOf(spec);
  switch (spec.syntax) {
    case 'rle': {
      const cells = spec.bitsAllocated === 1 ? packBits(cellBytes(stored, spec)) : cellBytes(stored, spec);
      const columns = spec.bitsAllocated === 1 ? Math.ceil(spec.columns / 8) : spec.columns;
      return encodeRle(cells, samples, cellSize(spec), { ...spec.codec, columns });
    }
    case 'jpeg-baseline':
    case 'jpeg-extended':
      return encodeDct(stored, spec);
    case 'jpeg-lossless':
    case 'jpeg-lossless-sv1': {
      const { restarts = 0, ...codec } = spec.codec;
      return encodeLosslessJpeg(streamSamples(stored, spec), {
        columns: spec.columns,
        rows: spec.rows,
        components: samples,
        precision: streamPrecision(spec),
        ...codec,
        selection: spec.syntax === 'jpeg-lossless-sv1' ? 1 : (codec.selection ?? 1),
        restartLines: restarts,
      });
    }
    default: {
      const encoder = wasmEncoders[spec.syntax];
      if (encoder !== undefined) return encodeWithLibrary(encoder, stored, spec);
      const cells = arranged(cellBytes(stored, spec), spec, cellSize(spec));
      const bytes = spec.bitsAllocated === 1 ? packBits(cells) : cells;
      return spec.syntax === 'deflated-frame' ? deflateRawSync(bytes) : bytes;
    }
  }
}

/** Bits of a sample in the stream: those up to the high bit, or the whole cell where the bits above mean something. */
function streamPrecision(spec: PixelSpec): number {
  return spec.unusedBits === 'garbage' ? spec.bitsAllocated : Math.max(2, spec.highBit + 1);
}

/** The cells as unsigned numbers: lossless JPEG knows no others. */
function streamSamples(stored: Float64Array, spec: PixelSpec): Uint16Array {
  const bytes = cellBytes(stored, spec);
  return spec.bitsAllocated > 8 ? new Uint16Array(bytes.buffer) : Uint16Array.from(bytes);
}

function encodeDct(stored: Float64Array, spec: PixelSpec): Uint8Array {
  const { codec } = spec;
  const [horizontal, vertical] = codec.sampling ?? [1, 1];
  const ids = codec.ids ?? [1, 2, 3];
  const components =
    samplesOf(spec) === 1
      ? [{ id: 1, horizontal: 1, vertical: 1 }]
      : ids.map((id, index) =>
          index === 0 ? { id, horizontal, vertical } : { id, horizontal: 1, vertical: 1 },
        );
  return encodeDctJpeg(streamSamples(stored, spec), {
    columns: spec.columns,
    rows: spec.rows,
    precision: spec.bitsStored > 8 ? 12 : 8,
    extended: spec.syntax === 'jpeg-extended',
    components,
    mark: codec.mark ?? 'none',
    restartInterval: codec.restarts ?? 0,
    quantisation: codec.quantisation ?? 1,
  });
}

function encodeWithLibrary(encoder: EncoderName, stored: Float64Array, spec: PixelSpec): Uint8Array {
  const whole = spec.unusedBits === 'garbage' || spec.highBit + 1 !== spec.bitsStored;
  const bits = whole ? streamPrecision(spec) : spec.bitsStored;
  // The cells the decoder will give: the encoder for JPEG 2000 confuses others.
  const bitsAllocated = bits > 8 ? 16 : 8;
  // Libraries want the sign in the whole cell; shifted cells have no sign of their own.
  const signed = spec.signed && !whole;
  const samples = whole
    ? cellBytes(stored, spec)
    : new Uint8Array(
        (bitsAllocated === 8
          ? Uint8Array.from(stored, (value) => modulo(value, 256))
          : Uint16Array.from(stored, (value) => modulo(value, 65_536))
        ).buffer,
      );
  return encodeByWasm(encoder, samples, {
    columns: spec.columns,
    rows: spec.rows,
    samplesPerPixel: samplesOf(spec),
    bitsAllocated,
    bitsStored: bits,
    signed,
    lossy: spec.syntax.endsWith('-lossy') || spec.syntax === 'jpeg-ls-near',
    ...(spec.syntax === 'htj2k-rpcl' ? { progression: 2 } : {}),
    ...(spec.codec.progression === undefined ? {} : { progression: spec.codec.progression }),
    ...(spec.codec.componentTransformation === undefined
      ? {}
      : { componentTransformation: spec.codec.componentTransformation }),
  });
}
