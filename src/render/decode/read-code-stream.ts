import { type CodeStream, invalid, isBoxType, startsCodeStream } from './code-stream.ts';
import { readJpeg2000Header } from './jpeg-2000-header.ts';
import { readJpegHeader } from './jpeg-header.ts';
import { readJpegXlHeader } from './jpeg-xl-header.ts';

/** Of a JPEG XL header no more than this is read; what is read of it is shorter. */
const jpegXlHeaderBytes = 64;

/**
 * Reads the header of a JPEG (T.81), JPEG-LS (T.87), JPEG 2000 or HTJ2K (T.800, T.814) or JPEG XL (18181) code stream,
 * also inside a JP2 or JPEG XL container. Throws PIXEL_DATA_INVALID where it has none, PIXEL_FORMAT_UNSUPPORTED for
 * processes no decoder here knows (arithmetic and hierarchical JPEG, components of different size or depth).
 */
export function readCodeStream(bytes: Uint8Array): CodeStream {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpegHeader(view);
    if (bytes[0] === 0xff && bytes[1] === 0x4f) return readJpeg2000Header(view, 0);
    if (bytes[0] === 0xff && bytes[1] === 0x0a) return readJpegXlHeader(bytes);
    if (startsCodeStream(bytes)) return readContainer(bytes, view);
  } catch (error) {
    if (error instanceof RangeError) throw invalid('code stream header ends early');
    throw error;
  }
  throw invalid('no code stream');
}

/** JP2 and JPEG XL share the box structure of ISO base media files. */
function readContainer(bytes: Uint8Array, view: DataView): CodeStream {
  const parts: Uint8Array[] = [];
  let partial = 0;
  for (let at = 0; at < bytes.length && partial < jpegXlHeaderBytes; ) {
    let length = view.getUint32(at);
    let header = 8;
    if (length === 1) {
      length = Number(view.getBigUint64(at + 8));
      header = 16;
    } else if (length === 0) length = bytes.length - at;
    if (length < header) throw invalid('box length');
    const body = at + header;
    if (isBoxType(bytes, at + 4, 'jp2c')) return readJpeg2000Header(view, body);
    if (isBoxType(bytes, at + 4, 'jxlc')) return readJpegXlHeader(bytes.subarray(body, at + length));
    // A code stream in pieces, each behind an index of four bytes (18181-2).
    if (isBoxType(bytes, at + 4, 'jxlp')) {
      const part = bytes.subarray(body + 4, at + length);
      parts.push(part);
      partial += part.length;
    }
    at += length;
  }
  if (parts.length === 0) throw invalid('no code stream in the container');
  return readJpegXlHeader(Buffer.concat(parts));
}
