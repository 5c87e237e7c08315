import { type CodeStream, invalid, unsupported } from './code-stream.ts';

/** T.800 table A.10 with amendments: the stream needs Part 2 (bit 15) or Part 15 (bit 14) of the standard. */
const part2 = 0x8000;
const part15 = 0x4000;
const startOfTilePart = 0xff90;
const endOfCodeStream = 0xffd9;
/** Isot has 16 bits. */
const maxTiles = 65_535;

/** Reads SIZ and COD of a JPEG 2000 or HTJ2K code stream that begins at `start`; failures as of `readCodeStream`. */
export function readJpeg2000Header(view: DataView, start: number): CodeStream {
  if (view.getUint16(start + 2) !== 0xff51) throw invalid('SIZ expected');
  const siz = start + 4;
  const capabilities = view.getUint16(siz + 2);
  if ((capabilities & part2) !== 0) throw unsupported('JPEG 2000 Part 2');
  const samplesPerPixel = view.getUint16(siz + 36);
  const depth = view.getUint8(siz + 38);
  const across = view.getUint8(siz + 39);
  const down = view.getUint8(siz + 40);
  if (across === 0 || down === 0) throw invalid('component size');
  for (let at = siz + 38; at < siz + 38 + 3 * samplesPerPixel; at += 3) {
    if (view.getUint8(at) !== depth || view.getUint8(at + 1) !== across || view.getUint8(at + 2) !== down) {
      throw unsupported('JPEG 2000 components differ');
    }
  }
  const main = readMainHeader(view, siz + view.getUint16(siz));
  checkTiles(view, siz, main.tiles);
  const kind = (capabilities & part15) !== 0 ? 'htj2k' : 'jpeg-2000';
  // The wrapper of OpenJPH takes the size of the reference grid for that of the components.
  if (kind === 'htj2k' && (across > 1 || down > 1)) throw unsupported('subsampled HTJ2K');
  // B.2: a component holds every sample of the grid whose coordinates the factors divide.
  const extent = (end: number, begin: number, factor: number): number =>
    Math.ceil(view.getUint32(siz + end) / factor) - Math.ceil(view.getUint32(siz + begin) / factor);
  return {
    kind,
    columns: extent(4, 12, across),
    rows: extent(8, 16, down),
    samplesPerPixel,
    precision: (depth & 0x7f) + 1,
    signed: (depth & 0x80) !== 0,
    planar: false,
    color: samplesPerPixel === 3 && main.used ? 'RGB' : undefined,
  };
}

/** Reads the main header to its end: whether COD asks for the multiple component transformation, where tiles begin. */
function readMainHeader(view: DataView, start: number): { readonly used: boolean; readonly tiles: number } {
  let used: boolean | undefined;
  for (let at = start; ; ) {
    const marker = view.getUint16(at);
    if (marker === startOfTilePart) {
      if (used === undefined) throw invalid('COD expected');
      return { used, tiles: at };
    }
    if (marker < 0xff00) throw invalid('marker expected');
    if (marker === 0xff52) used = view.getUint8(at + 8) === 1;
    at += 2 + view.getUint16(at + 2);
  }
}

/**
 * Decoders leave a tile black that no tile-part belongs to, and say nothing. So every tile of the grid must be there,
 * with as many parts as it claims (A.4.2). Lengths that leave the stream are left to the decoder, which refuses them.
 */
function checkTiles(view: DataView, siz: number, start: number): void {
  const along = (end: number, offset: number, size: number): number => {
    const length = view.getUint32(siz + size);
    if (length === 0) throw invalid('tile size');
    return Math.ceil((view.getUint32(siz + end) - view.getUint32(siz + offset)) / length);
  };
  const tiles = along(4, 28, 20) * along(8, 32, 24);
  if (!(tiles >= 1 && tiles <= maxTiles)) throw invalid('number of tiles');
  const seen = new Uint8Array(tiles);
  const claimed = new Uint8Array(tiles);
  const lastByte = view.getUint8(view.byteLength - 1);
  let at = start;
  while (at + 12 <= view.byteLength && view.getUint16(at) === startOfTilePart) {
    const tile = view.getUint16(at + 4);
    if (tile >= tiles) throw invalid('tile outside the image');
    seen[tile] = Math.min(255, (seen[tile] as number) + 1);
    claimed[tile] = Math.max(claimed[tile] as number, view.getUint8(at + 11));
    const length = view.getUint32(at + 6);
    // 0: it extends to the end of the code stream, behind which a byte of padding may stand.
    at = length === 0 ? view.byteLength - 2 - (lastByte === 0 ? 1 : 0) : at + Math.max(12, length);
  }
  // What stands there instead, zeros mostly, goes on before: a stream whose rest was lost, which decodes all the same.
  if (at + 2 <= view.byteLength && view.getUint16(at) !== endOfCodeStream)
    throw invalid('no end of code stream');
  if (seen.some((parts, tile) => parts === 0 || parts < (claimed[tile] as number)))
    throw invalid('tiles are missing');
}
