import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import {
  element,
  firstItem,
  firstNumber,
  firstText,
  items,
  rawBytes,
  valueLength,
} from '../../dicom/values.ts';

/** Profiles of whole slide scanners have up to about one million bytes. */
const maxProfileBytes = 4 * 1024 * 1024;
const headerBytes = 128;
/** ICC.1 7.2: input, display, output and colour space profiles; others do not describe colours of a device. */
const deviceClasses = ['scnr', 'mntr', 'prtr', 'spac'];
const connectionSpaces = ['XYZ ', 'Lab '];

/**
 * The ICC profile of each frame of a colour image, counted from 0: that of the frame's optical path (PS3.3 C.8.12.5), else
 * that of the image (C.11.15). Undefined where there is none, or one that is no profile of an RGB device: such colours are
 * shown as they are stored, as viewers do. The same bytes come back for frames of the same profile.
 */
export function iccProfiles(
  dataSet: DataSet,
  numberOfFrames: number,
): (frame: number) => Uint8Array | undefined {
  const own = readProfile(dataSet);
  const paths = items(dataSet, tags.OpticalPathSequence);
  if (paths.length === 0) return () => own;
  const identifiers = paths.map((path) => firstText(path, tags.OpticalPathIdentifier));
  const profiles = paths.map((path) => readProfile(path) ?? own);
  const perFrame = items(dataSet, tags.PerFrameFunctionalGroupsSequence);
  const shared = pathOf(firstItem(dataSet, tags.SharedFunctionalGroupsSequence));
  return (frame) => {
    const identifier = pathOf(perFrame[frame]) ?? shared;
    const index =
      identifier === undefined
        ? impliedPath(dataSet, frame, numberOfFrames, paths.length)
        : identifiers.indexOf(identifier);
    return profiles[index] ?? own;
  };
}

function pathOf(groups: DataSet | undefined): string | undefined {
  const item = groups && firstItem(groups, tags.OpticalPathIdentificationSequence);
  return item && firstText(item, tags.OpticalPathIdentifier);
}

/**
 * C.7.6.17.3: where tiles are in the implied order, all of one optical path come before those of the next; in a part of a
 * concatenation they are counted from its first part on.
 */
function impliedPath(dataSet: DataSet, frame: number, numberOfFrames: number, paths: number): number {
  const described = firstNumber(dataSet, tags.NumberOfOpticalPaths) ?? paths;
  if (described !== paths) return 0;
  const before = firstNumber(dataSet, tags.ConcatenationFrameOffsetNumber);
  if (before !== undefined) return Math.floor((before + frame) / tilesOfPath(dataSet));
  return numberOfFrames % paths === 0 ? Math.floor(frame / (numberOfFrames / paths)) : 0;
}

/** Infinity where the data set does not tell. */
function tilesOfPath(dataSet: DataSet): number {
  const along = (total: number, tile: number): number =>
    Math.ceil((firstNumber(dataSet, total) ?? 0) / (firstNumber(dataSet, tile) ?? 1));
  const inPlane =
    along(tags.TotalPixelMatrixColumns, tags.Columns) * along(tags.TotalPixelMatrixRows, tags.Rows);
  const tiles = inPlane * (firstNumber(dataSet, tags.TotalPixelMatrixFocalPlanes) ?? 1);
  return tiles > 0 ? tiles : Number.POSITIVE_INFINITY;
}

function readProfile(dataSet: DataSet): Uint8Array | undefined {
  const found = element(dataSet, tags.ICCProfile);
  const length = found === undefined ? 0 : (valueLength(found) ?? 0);
  if (found === undefined || length < headerBytes || length > maxProfileBytes) return undefined;
  const bytes = rawBytes(found);
  return isRgbProfile(bytes) ? bytes : undefined;
}

/** ICC.1 7.2 and 7.3: the header is that of a profile from device RGB, and its tags lie inside it. */
export function isRgbProfile(bytes: Uint8Array): boolean {
  if (bytes.length < headerBytes + 4) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(0);
  const signature = (at: number): string => Buffer.from(bytes.subarray(at, at + 4)).toString('latin1');
  if (size < headerBytes + 4 || size > bytes.length || signature(36) !== 'acsp') return false;
  if (!deviceClasses.includes(signature(12)) || signature(16) !== 'RGB ') return false;
  if (!connectionSpaces.includes(signature(20))) return false;
  const count = view.getUint32(headerBytes);
  const tableEnd = headerBytes + 4 + 12 * count;
  if (count === 0 || tableEnd > size) return false;
  for (let at = headerBytes + 4; at < tableEnd; at += 12) {
    const offset = view.getUint32(at + 4);
    if (offset < tableEnd || offset + view.getUint32(at + 8) > size) return false;
  }
  return true;
}
