import type { Context } from './place.ts';

/** A part of a compressed image: a marker segment, a box, a chunk, or what stands between them. */
export interface Segment {
  readonly offset: number;
  readonly length: number;
  readonly name: string;
  readonly context: Context;
  /** Brotli-compressed content to look into (JPEG XL "brob"). */
  readonly isBrotli: boolean;
}

const maxSegments = 100_000;

/** The segments of a JPEG (also LS and 2000) code stream, a JP2 or JPEG XL file, or a PNG; undefined for other bytes. */
export function imageSegments(bytes: Uint8Array): Segment[] | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (head.startsWith('\xff\xd8\xff')) return jpegSegments(bytes);
  if (head.startsWith('\xff\x4f\xff')) return jpegSegments(bytes);
  if (head.startsWith('\x89PNG\r\n')) return pngChunks(bytes);
  if (u32(bytes, 0) === 12 && (head.startsWith('jP ', 4) || head.startsWith('JXL ', 4))) return boxes(bytes);
  return undefined;
}

const noLength = new Set([0x01, 0xd8, 0x4f, ...Array.from({ length: 8 }, (_, index) => 0xd0 + index)]);
/** Markers after which coded data stands: Start of Scan, Start of Data. */
const startsData = new Set([0xda, 0x93]);
const endMarkers = new Set([0xd9]);

function jpegSegments(bytes: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  let offset = 0;
  const add = (from: number, to: number, name: string, context: Context): void => {
    if (to > from) segments.push({ offset: from, length: to - from, name, context, isBrotli: false });
  };
  while (offset + 2 <= bytes.length && segments.length < maxSegments) {
    if (bytes[offset] !== 0xff) break;
    const marker = bytes[offset + 1] ?? 0;
    if (endMarkers.has(marker)) {
      add(offset + 2, bytes.length, 'after the end of the image', 'binary');
      return segments;
    }
    if (noLength.has(marker) || marker === 0xff) {
      offset += marker === 0xff ? 1 : 2;
      continue;
    }
    const length = ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0);
    const end = Math.min(bytes.length, offset + 2 + length);
    const isText = marker === 0xfe || marker === 0x64 || (marker >= 0xe0 && marker <= 0xef);
    add(offset + 4, end, `segment ${marker.toString(16).toUpperCase()}`, isText ? 'binary' : 'structure');
    offset = end;
    if (!startsData.has(marker)) continue;
    const next = nextMarker(bytes, offset);
    add(offset, next, 'coded data', 'bulk');
    offset = next;
  }
  add(offset, bytes.length, 'behind the segments', 'bulk');
  return segments;
}

/** The next marker that is not part of coded data: neither a stuffed FF, nor a restart, nor one inside a tile-part. */
function nextMarker(bytes: Uint8Array, from: number): number {
  for (let offset = from; offset + 1 < bytes.length; offset += 1) {
    if (bytes[offset] !== 0xff) continue;
    const marker = bytes[offset + 1] ?? 0;
    if (marker === 0xd9 || marker === 0xfe || marker === 0xda || marker === 0xc4 || marker === 0xdb)
      return offset;
    if (marker >= 0xe0 && marker <= 0xef) return offset;
    // Start of Tile-part of JPEG 2000.
    if (marker === 0x90 && bytes[offset + 2] === 0 && bytes[offset + 3] === 10) return offset;
  }
  return bytes.length;
}

function u32(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset] ?? 0) * 0x1000000 +
    ((bytes[offset + 1] ?? 0) << 16) +
    (((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0))
  );
}

function boxes(bytes: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  let offset = 0;
  while (offset + 8 <= bytes.length && segments.length < maxSegments) {
    let length = u32(bytes, offset);
    let header = 8;
    const type = Buffer.from(bytes.subarray(offset + 4, offset + 8)).toString('latin1');
    if (length === 1) {
      length = u32(bytes, offset + 8) * 2 ** 32 + u32(bytes, offset + 12);
      header = 16;
    }
    if (length === 0) length = bytes.length - offset;
    if (length < header) break;
    const end = Math.min(bytes.length, offset + length);
    const isCoded = type === 'jp2c' || type === 'jxlc' || type === 'jxlp';
    // A type is four letters of the file's choice.
    const name = /^(?:jP {2}|ftyp|jp2h|jp2c|JXL |jxl[clpi]|jbrd|brob|Exif|xml |uuid|uinf|asoc|jumb)$/.test(
      type,
    )
      ? `box ${type.trim()}`
      : 'box';
    segments.push({
      offset: offset + header,
      length: Math.max(0, end - offset - header),
      name,
      context: isCoded ? 'bulk' : 'binary',
      isBrotli: type === 'brob',
    });
    offset = end;
  }
  if (offset < bytes.length)
    segments.push({
      offset,
      length: bytes.length - offset,
      name: 'behind the boxes',
      context: 'bulk',
      isBrotli: false,
    });
  return segments;
}

function pngChunks(bytes: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  let offset = 8;
  while (offset + 12 <= bytes.length && segments.length < maxSegments) {
    const end = Math.min(bytes.length, offset + 12 + u32(bytes, offset));
    const type = Buffer.from(bytes.subarray(offset + 4, offset + 8)).toString('latin1');
    const isText = type !== 'IDAT';
    const name = /^(?:IHDR|IDAT|PLTE|tEXt|zTXt|iTXt|eXIf|tIME|IEND)$/.test(type) ? `chunk ${type}` : 'chunk';
    segments.push({
      offset: offset + 8,
      length: Math.max(0, end - offset - 12),
      name,
      context: isText ? 'binary' : 'bulk',
      isBrotli: false,
    });
    offset = end;
  }
  if (offset < bytes.length)
    segments.push({
      offset,
      length: bytes.length - offset,
      name: 'behind the chunks',
      context: 'binary',
      isBrotli: false,
    });
  return segments;
}
