import { type CodeStream, invalid, unsupported } from './code-stream.ts';

/** T.800 table A.10 with amendments: the stream needs Part 2 (bit 15) or Part 15 (bit 14) of the standard. */
const part2 = 0x8000;
const part15 = 0x4000;

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
    color: samplesPerPixel === 3 && usesTransformation(view, siz + view.getUint16(siz)) ? 'RGB' : undefined,
  };
}

/** Looks for COD in the main header and tells whether it asks for the multiple component transformation. */
function usesTransformation(view: DataView, start: number): boolean {
  for (let at = start; ; ) {
    const marker = view.getUint16(at);
    if (marker === 0xff52) return view.getUint8(at + 8) === 1;
    if (marker === 0xff90 || marker < 0xff00) throw invalid('COD expected');
    at += 2 + view.getUint16(at + 2);
  }
}
