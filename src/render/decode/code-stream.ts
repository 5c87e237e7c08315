import { SallyportError } from '../../core/errors.ts';

export type CodeStreamKind = 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k' | 'jpeg-xl';

/** What a code stream says of itself, read before any decoder sees it. */
export interface CodeStream {
  readonly kind: CodeStreamKind;
  readonly columns: number;
  readonly rows: number;
  /** 0 where the header does not say it in a place read here (JPEG XL). */
  readonly samplesPerPixel: number;
  /** Bits per sample; 0 as above. */
  readonly precision: number;
  readonly signed: boolean;
  /**
   * Three-component JPEG: what marks in the stream say of its colour (JFIF, Adobe APP14, component identifiers, as
   * libjpeg reads them); undefined where nothing in the stream tells.
   */
  readonly color: 'RGB' | 'YBR' | undefined;
  /** JPEG 2000: the multiple component transformation is used, so the decoder gives back RGB. */
  readonly multipleComponentTransformation: boolean;
}

function invalid(detail: string): SallyportError {
  return new SallyportError('PIXEL_DATA_INVALID', { detail });
}

function unsupported(detail: string): SallyportError {
  return new SallyportError('PIXEL_FORMAT_UNSUPPORTED', { detail });
}

/** First bytes that start a new code stream: SOI, SOC, a JPEG XL code stream, a JP2 or JPEG XL container. */
export function startsCodeStream(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  if (a === 0xff) return (b === 0xd8 && c === 0xff) || (b === 0x4f && c === 0xff && d === 0x51) || b === 0x0a;
  return (
    a === 0 && b === 0 && c === 0 && d === 12 && (isBoxType(bytes, 4, 'jP  ') || isBoxType(bytes, 4, 'JXL '))
  );
}

/**
 * Reads the header of a JPEG (T.81), JPEG-LS (T.87), JPEG 2000 or HTJ2K (T.800, T.814) or JPEG XL (18181) code stream,
 * also inside a JP2 or JPEG XL container. Throws PIXEL_DATA_INVALID where it has none, PIXEL_FORMAT_UNSUPPORTED for
 * processes no decoder here knows (arithmetic and hierarchical JPEG, components of different size or depth).
 */
export function readCodeStream(bytes: Uint8Array): CodeStream {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpeg(view);
    if (bytes[0] === 0xff && bytes[1] === 0x4f) return readJpeg2000(view, 0);
    if (bytes[0] === 0xff && bytes[1] === 0x0a) return readJpegXl(bytes.subarray(2));
    if (startsCodeStream(bytes)) return readContainer(bytes, view);
  } catch (error) {
    if (error instanceof RangeError) throw invalid('code stream header ends early');
    throw error;
  }
  throw invalid('no code stream');
}

function readJpeg(view: DataView): CodeStream {
  let jfif = false;
  let adobe: number | undefined;
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) throw invalid('marker expected');
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // T.81 B.1.1.2: fill bytes
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    if (marker === 0xd9 || marker === 0xda) throw invalid('no frame header');
    const length = view.getUint16(at + 2);
    if (length < 2) throw invalid('marker segment length');
    const body = at + 4;
    if (marker === 0xe0 && length >= 7 && view.getUint32(body) === 0x4a464946) jfif = true;
    if (marker === 0xee && length >= 14 && view.getUint32(body) === 0x41646f62)
      adobe = view.getUint8(body + 11);
    if (isFrameHeader(marker)) return readFrameHeader(view, body, marker, jfif, adobe);
    at += 2 + length;
  }
}

function isFrameHeader(marker: number): boolean {
  return marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
}

function readFrameHeader(
  view: DataView,
  body: number,
  marker: number,
  jfif: boolean,
  adobe: number | undefined,
): CodeStream {
  // SOF0..SOF3 are the Huffman processes; differential (hierarchical) and arithmetic ones follow them.
  if (marker !== 0xf7 && marker > 0xc3) throw unsupported('JPEG process');
  const samplesPerPixel = view.getUint8(body + 5);
  const lossless = marker === 0xc3;
  const ids: number[] = [];
  const factors: number[] = [];
  for (let i = 0; i < samplesPerPixel; i++) {
    ids.push(view.getUint8(body + 6 + 3 * i));
    factors.push(view.getUint8(body + 7 + 3 * i));
  }
  const subsampled = factors.some((factor) => factor !== factors[0]);
  if (lossless && subsampled) throw unsupported('subsampled lossless JPEG');
  return {
    kind: marker === 0xf7 ? 'jpeg-ls' : 'jpeg',
    precision: view.getUint8(body),
    rows: view.getUint16(body + 1),
    columns: view.getUint16(body + 3),
    samplesPerPixel,
    signed: false,
    color: marker === 0xf7 || lossless ? undefined : jpegColor(ids, subsampled, jfif, adobe),
    multipleComponentTransformation: false,
  };
}

/**
 * The rule of libjpeg's default_decompress_parms, but for one point: without any mark, identifiers 1, 2, 3 prove
 * nothing, and the header decides (libjpeg would say YCbCr), unless the chroma is subsampled, which RGB never is.
 */
function jpegColor(
  ids: readonly number[],
  subsampled: boolean,
  jfif: boolean,
  adobe: number | undefined,
): 'RGB' | 'YBR' | undefined {
  if (ids.length !== 3) return undefined;
  if (jfif) return 'YBR';
  if (adobe !== undefined) return adobe === 0 ? 'RGB' : 'YBR';
  if (ids[0] === 0x52 && ids[1] === 0x47 && ids[2] === 0x42) return 'RGB';
  return subsampled ? 'YBR' : undefined;
}

function readJpeg2000(view: DataView, start: number): CodeStream {
  if (view.getUint16(start + 2) !== 0xff51) throw invalid('SIZ expected');
  const siz = start + 4;
  const capabilities = view.getUint16(siz + 2);
  const samplesPerPixel = view.getUint16(siz + 36);
  const depth = view.getUint8(siz + 38);
  for (let i = 0; i < samplesPerPixel; i++) {
    const at = siz + 38 + 3 * i;
    if (view.getUint8(at) !== depth || view.getUint8(at + 1) !== 1 || view.getUint8(at + 2) !== 1) {
      throw unsupported('JPEG 2000 components differ');
    }
  }
  return {
    kind: (capabilities & 0x4000) !== 0 ? 'htj2k' : 'jpeg-2000', // Rsiz bit 14: Part 15 or CAP marker present
    columns: view.getUint32(siz + 4) - view.getUint32(siz + 12),
    rows: view.getUint32(siz + 8) - view.getUint32(siz + 16),
    samplesPerPixel,
    precision: (depth & 0x7f) + 1,
    signed: (depth & 0x80) !== 0,
    color: undefined,
    multipleComponentTransformation: findCod(view, siz + view.getUint16(siz)),
  };
}

/** Looks for COD in the main header and tells whether it asks for the multiple component transformation. */
function findCod(view: DataView, start: number): boolean {
  for (let at = start; ; ) {
    const marker = view.getUint16(at);
    if (marker === 0xff52) return view.getUint8(at + 8) === 1;
    if (marker === 0xff90 || marker < 0xff00) throw invalid('COD expected');
    at += 2 + view.getUint16(at + 2);
  }
}

function isBoxType(bytes: Uint8Array, at: number, type: string): boolean {
  for (let i = 0; i < 4; i++) if (bytes[at + i] !== type.charCodeAt(i)) return false;
  return true;
}

/** JP2 and JPEG XL share the box structure of ISO base media files. */
function readContainer(bytes: Uint8Array, view: DataView): CodeStream {
  for (let at = 0; at < bytes.length; ) {
    let length = view.getUint32(at);
    let header = 8;
    if (length === 1) {
      length = Number(view.getBigUint64(at + 8));
      header = 16;
    } else if (length === 0) length = bytes.length - at;
    if (length < header) throw invalid('box length');
    if (isBoxType(bytes, at + 4, 'jp2c')) return readJpeg2000(view, at + header);
    if (isBoxType(bytes, at + 4, 'jxlc')) return readJpegXl(bytes.subarray(at + header + 2));
    if (isBoxType(bytes, at + 4, 'jxlp')) return readJpegXl(bytes.subarray(at + header + 6));
    at += length;
  }
  throw invalid('no code stream in the container');
}

/** The size header of ISO/IEC 18181-1: little-endian bit order. */
function readJpegXl(bytes: Uint8Array): CodeStream {
  let position = 0;
  const bits = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++, position++) {
      const byte = bytes[position >> 3];
      if (byte === undefined) throw new RangeError('size header');
      value += ((byte >> (position & 7)) & 1) * 2 ** i;
    }
    return value;
  };
  const size = (small: boolean): number =>
    small ? 8 * (1 + bits(5)) : 1 + bits([9, 13, 18, 30][bits(2)] ?? 30);
  const small = bits(1) === 1;
  const rows = size(small);
  const ratio = bits(3);
  // 18181-1 table of fixed aspect ratios, columns : rows.
  const ratios = [0, 1, 12 / 10, 4 / 3, 3 / 2, 16 / 9, 5 / 4, 2];
  const columns = ratio === 0 ? size(small) : Math.floor(rows * (ratios[ratio] ?? 1));
  return {
    kind: 'jpeg-xl',
    columns,
    rows,
    samplesPerPixel: 0,
    precision: 0,
    signed: false,
    color: undefined,
    multipleComponentTransformation: false,
  };
}
