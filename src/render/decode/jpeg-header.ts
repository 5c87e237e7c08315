import { type CodeStream, invalid, unsupported } from './code-stream.ts';
import { checkScans } from './jpeg-scans.ts';
import { nextSegment } from './jpeg-segments.ts';

/** Reads a JPEG (T.81) or JPEG-LS (T.87) stream up to its frame header; failures as of `readCodeStream`. */
export function readJpegHeader(view: DataView): CodeStream {
  let jfif = false;
  let adobe: number | undefined;
  let at = 2;
  for (;;) {
    const { marker, body, length } = nextSegment(view, at);
    if (marker === 0xda) throw invalid('no frame header');
    if (marker === 0xe0 && length >= 7 && view.getUint32(body) === 0x4a464946) jfif = true;
    if (marker === 0xee && length >= 14 && view.getUint32(body) === 0x41646f62)
      adobe = view.getUint8(body + 11);
    if (isFrameHeader(marker)) {
      const frame = readFrameHeader(view, body, marker, jfif, adobe);
      const behind = body - 2 + length;
      if (frame.kind === 'jpeg-ls') return { ...frame, planar: isPlanar(view, behind) };
      checkScans(view, behind, componentIds(view, body), marker === 0xc2);
      return frame;
    }
    at = body - 2 + length;
  }
}

/** Reads the scan header of JPEG-LS (T.87 C.2.3): whether components are interleaved, and mapping tables. */
function isPlanar(view: DataView, start: number): boolean {
  let segment = nextSegment(view, start);
  while (segment.marker !== 0xda) segment = nextSegment(view, segment.body - 2 + segment.length);
  const { body } = segment;
  // CharLS can be minutes at work on a stream that is cut short and padded (measured), and refuses it in the end.
  if (!endsBehind(view, body)) throw invalid('no end of image');
  const components = view.getUint8(body);
  for (let i = 0; i < components; i++) {
    if (view.getUint8(body + 2 + 2 * i) !== 0) throw unsupported('JPEG-LS mapping table');
  }
  return view.getUint8(body + 2 + 2 * components) === 0;
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
  const ids = componentIds(view, body);
  const factors = ids.map((_, i) => view.getUint8(body + 7 + 3 * i));
  const subsampled = factors.some((factor) => factor !== factors[0]);
  if ((lossless || marker === 0xf7) && subsampled) throw unsupported('subsampled lossless JPEG');
  return {
    kind: marker === 0xf7 ? 'jpeg-ls' : 'jpeg',
    precision: view.getUint8(body),
    rows: view.getUint16(body + 1),
    columns: view.getUint16(body + 3),
    samplesPerPixel,
    signed: false,
    planar: false,
    color: marker === 0xf7 || lossless ? undefined : jpegColor(ids, subsampled, jfif, adobe),
  };
}

function componentIds(view: DataView, body: number): number[] {
  return Array.from({ length: view.getUint8(body + 5) }, (_, i) => view.getUint8(body + 6 + 3 * i));
}

/**
 * The rule of libjpeg's default_decompress_parms, but for one point: without any mark, identifiers 1, 2, 3 prove
 * nothing, and the header decides (libjpeg would say YCbCr), unless the chroma is subsampled, which RGB never is.
 * PS3.5 8.2.1: what the stream says of itself goes before what the data elements say.
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

/** Whether EOI comes behind `start`: no data of a scan look like a marker (T.87 A.1, bit stuffing). */
function endsBehind(view: DataView, start: number): boolean {
  for (let at = view.byteLength - 2; at > start; at--) {
    if (view.getUint16(at) === 0xffd9) return true;
  }
  return false;
}
