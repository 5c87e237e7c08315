import type { ErrorCode } from '../../core/errors.ts';
import type { DataElement, DataSet, FragmentsBody } from '../../dicom/data-set.ts';
import { transferSyntax } from '../../dicom/uids.ts';
import { element, firstNumber, has } from '../../dicom/values.ts';
import type { ReportNote } from '../report.ts';
import { isVideo, stripperOf } from './codestreams.ts';
import { stripFragments } from './fragments.ts';
import { areExtendedTables, isOffsetTable } from './offset-tables.ts';
import { clearUnusedBits, frameLayout, isWholeFloat } from './unused-bits.ts';
import { trimWaveforms, waveformSequence } from './waveforms.ts';

export type CleanPixelsResult =
  | {
      readonly kind: 'clean';
      readonly dataSet: DataSet;
      readonly notes: readonly ReportNote[];
      /** Elements whose value was changed. */
      readonly cleaned: readonly number[];
    }
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly detail: string };

const pixelData = 0x7fe00010;
/** JPIP and DICOM-RTV: pixels that are fetched or streamed from somewhere else, where nobody has cleaned them. */
const pixelsElsewhere = /^1\.2\.840\.10008\.1\.2\.(?:4\.(?:94|95|204|205)|7\.\d+)$/;
const extendedOffsetTables = [0x7fe00001, 0x7fe00002];

/**
 * Takes out of the pixel data what is not pixels, so that nothing rides along: overlay planes in bits the image does not
 * use, bytes behind the last frame or sample, and comments and application segments inside compressed frames. Pixels as decoded
 * stay the same. Held: compressed frames that cannot be followed, or whose syntax this version does not know, and objects
 * whose pixels are elsewhere: an image without them is no use to anybody. A video passes as it is where `onlyFramesLeave`,
 * for then its container stays here.
 */
export function cleanPixels(
  received: DataSet,
  transferSyntaxUid: string,
  onlyFramesLeave = false,
): CleanPixelsResult {
  if (pixelsElsewhere.test(transferSyntaxUid)) {
    return { kind: 'held', code: 'NO_PIXEL_DATA', detail: 'pixels elsewhere' };
  }
  const waveforms = trimWaveforms(received);
  if (waveforms.kind === 'held') return waveforms;
  if (waveforms.kind === 'unchanged') return cleanImage(received, transferSyntaxUid, onlyFramesLeave);
  const image = cleanImage(waveforms.dataSet, transferSyntaxUid, onlyFramesLeave);
  if (image.kind === 'held') return image;
  return { ...image, cleaned: [waveformSequence, ...image.cleaned] };
}

function cleanImage(
  dataSet: DataSet,
  transferSyntaxUid: string,
  onlyFramesLeave: boolean,
): CleanPixelsResult {
  const pixels = element(dataSet, pixelData);
  const unchanged: CleanPixelsResult = { kind: 'clean', dataSet, notes: [], cleaned: [] };
  if (!isWholeFloat(dataSet)) {
    return { kind: 'held', code: 'PIXEL_DATA_INVALID', detail: 'length of float pixels' };
  }
  if (pixels === undefined) return unchanged;
  const syntax = transferSyntax(transferSyntaxUid);
  if (syntax === undefined) {
    return { kind: 'held', code: 'TRANSFER_SYNTAX_UNKNOWN', detail: 'of the pixel data' };
  }
  const { body } = pixels;
  if (syntax.encapsulated !== (body.kind === 'fragments')) {
    return { kind: 'held', code: 'PIXEL_DATA_INVALID', detail: 'native or encapsulated' };
  }
  if (onlyFramesLeave && isVideo(transferSyntaxUid)) return unchanged;
  if (body.kind === 'fragments') return cleanFragments(dataSet, pixels, body, transferSyntaxUid);
  const cleared = clearUnusedBits(dataSet, pixels, embedsOverlay(dataSet));
  if (cleared.kind === 'held') return cleared;
  if (cleared.kind === 'unchanged') return unchanged;
  return {
    kind: 'clean',
    dataSet: replaced(dataSet, cleared.element, []),
    notes: ['unused-bits-cleared'],
    cleaned: [pixelData],
  };
}

function cleanFragments(
  dataSet: DataSet,
  pixels: DataElement,
  body: FragmentsBody,
  transferSyntaxUid: string,
): CleanPixelsResult {
  if (embedsOverlay(dataSet)) {
    return { kind: 'held', code: 'DEIDENTIFICATION_FAILED', detail: 'overlay in compressed pixels' };
  }
  const strip = stripperOf(transferSyntaxUid, frameLayout(dataSet));
  if (strip === undefined) {
    return { kind: 'held', code: 'PIXEL_FORMAT_UNSUPPORTED', detail: 'frames nobody can look into' };
  }
  const stripped = stripFragments(body, strip, firstNumber(dataSet, 0x00280008) ?? 1);
  if (stripped.kind === 'held') return stripped;
  if (stripped.kind === 'changed') {
    return {
      kind: 'clean',
      // Offsets no longer fit; the Extended Offset Table is optional (PS3.3 C.7.6.3.1.8).
      dataSet: replaced(dataSet, { ...pixels, body: stripped.body }, extendedOffsetTables),
      notes: ['codestream-metadata-removed'],
      cleaned: [pixelData],
    };
  }
  return withoutFalseTables(dataSet, pixels, body);
}

/** Offset tables that hold anything but offsets are left empty or out, which is always allowed. */
function withoutFalseTables(dataSet: DataSet, pixels: DataElement, body: FragmentsBody): CleanPixelsResult {
  const extended = areExtendedTables(dataSet, body);
  const basic = isOffsetTable(body, dataSet.encoding.littleEndian);
  if (extended && basic) return { kind: 'clean', dataSet, notes: [], cleaned: [] };
  const offsetTable = basic ? body.offsetTable : { ...body.offsetTable, length: 0 };
  return {
    kind: 'clean',
    dataSet: replaced(
      dataSet,
      { ...pixels, body: { ...body, offsetTable } },
      extended ? [] : extendedOffsetTables,
    ),
    notes: [],
    cleaned: basic ? extendedOffsetTables.filter((tag) => has(dataSet, tag)) : [pixelData],
  };
}

function replaced(dataSet: DataSet, changed: DataElement, removed: readonly number[]): DataSet {
  const elements = dataSet.elements
    .filter(({ tag }) => !removed.includes(tag))
    .map((found) => (found.tag === changed.tag ? changed : found));
  return { ...dataSet, elements };
}

/**
 * Whether an overlay plane says that its bits are in Pixel Data: retired since 2004 (PS3.5 8.1.2), alive in archives.
 * Such a plane has a bit position and no data of its own.
 */
export function embedsOverlay(dataSet: DataSet): boolean {
  return dataSet.elements.some(({ tag }) => {
    const group = tag >>> 16;
    if (group >>> 8 !== 0x60 || (group & 1) === 1) return false;
    const base = (tag & 0xffff0000) >>> 0;
    return (
      !has(dataSet, base + 0x3000) &&
      ((firstNumber(dataSet, base + 0x0100) ?? 1) > 1 || (firstNumber(dataSet, base + 0x0102) ?? 0) > 0)
    );
  });
}
