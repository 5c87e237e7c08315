import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import {
  element,
  firstNumber,
  firstText,
  has,
  numbers,
  rawBytes,
  valueLength,
  words,
} from '../../dicom/values.ts';
import type { EightBitImage } from '../output/sharp.ts';
import type { PixelDescription } from '../pixel-description.ts';
import type { Cells } from '../samples.ts';

/** Groups 6000, 6002, ... 601E: PS3.5 7.6. */
const groups = 16;
const groupStep = 0x0002_0000;
const white = 255;
/** 512 frames of 1024 by 1024; larger overlays are left out. */
const maxOverlayBytes = 64 * 1024 * 1024;

/** One overlay plane: PS3.3 C.9.2. */
export interface OverlayPlane {
  readonly rows: number;
  readonly columns: number;
  /** Row and column of the image, counted from 0, under the first bit; may be outside. */
  readonly top: number;
  readonly left: number;
  readonly kind: 'graphics' | 'region of interest';
  /** First frame of the image that has this overlay, counted from 0, and how many have their own. */
  readonly firstFrame: number;
  readonly frames: number;
  /** The one overlay frame lies on every frame of the image. */
  readonly repeated: boolean;
  /** Bits of all frames one after the other, the first in the lowest bit of the first byte; undefined: in `bit`. */
  readonly bits: Uint8Array | undefined;
  /** Bit of each cell of the Pixel Data that holds the overlay (retired in 2004). */
  readonly bit: number;
}

/**
 * The overlay planes of an image. A plane is left out where its attributes are missing or contradict each other, or its data
 * are shorter than described: the image itself is whole without it.
 */
export function overlayPlanes(dataSet: DataSet, pixels: PixelDescription): readonly OverlayPlane[] {
  return Array.from({ length: groups }, (_, i) => readPlane(dataSet, pixels, i * groupStep)).filter(
    (plane) => plane !== undefined,
  );
}

function readPlane(dataSet: DataSet, pixels: PixelDescription, group: number): OverlayPlane | undefined {
  const [rows = 0] = words(dataSet, tags.OverlayRows + group);
  const [columns = 0] = words(dataSet, tags.OverlayColumns + group);
  if (rows === 0 || columns === 0) return undefined;
  const [row = 1, column = 1] = numbers(dataSet, tags.OverlayOrigin + group);
  const described = firstNumber(dataSet, tags.NumberOfFramesInOverlay + group);
  const frames = described ?? 1;
  const origin = firstNumber(dataSet, tags.ImageFrameOrigin + group);
  const firstFrame = origin ?? 1;
  if (![row, column, frames, firstFrame].every(Number.isSafeInteger) || frames < 1) return undefined;
  const plane = {
    rows,
    columns,
    top: row - 1,
    left: column - 1,
    kind: firstText(dataSet, tags.OverlayType + group) === 'R' ? 'region of interest' : 'graphics',
    firstFrame: firstFrame - 1,
    frames,
    // As with DCMTK: an overlay that names no frames is of all.
    repeated: described === undefined && origin === undefined,
  } as const;
  if (has(dataSet, tags.OverlayData + group)) {
    const bits = overlayBits(dataSet, tags.OverlayData + group);
    return 8 * bits.length >= rows * columns * frames ? { ...plane, bits, bit: 0 } : undefined;
  }
  const [bitsAllocated = 0] = words(dataSet, tags.OverlayBitsAllocated + group);
  const [bit = 0] = words(dataSet, tags.OverlayBitPosition + group);
  const lowest = pixels.highBit + 1 - pixels.bitsStored;
  const inPixels =
    bitsAllocated === pixels.bitsAllocated &&
    pixels.samplesPerPixel === 1 &&
    pixels.sampleKind === 'integer' &&
    rows === pixels.rows &&
    columns === pixels.columns &&
    bit < bitsAllocated &&
    (bit > pixels.highBit || bit < lowest);
  // Bits of the pixels themselves go with every frame.
  return inPixels ? { ...plane, repeated: true, bits: undefined, bit } : undefined;
}

/** C.9.2.1.1: bits fill words of OW, and bytes of OB, from the least significant one on. */
function overlayBits(dataSet: DataSet, tag: number): Uint8Array {
  const found = element(dataSet, tag);
  if (found === undefined || (valueLength(found) ?? 0) > maxOverlayBytes) return new Uint8Array();
  const bytes = rawBytes(found, maxOverlayBytes);
  if (dataSet.encoding.littleEndian || found.vr === 'UN' || found.vr === 'OB') return bytes;
  return Uint8Array.from(bytes, (_, i) => bytes[i ^ 1] ?? 0);
}

/**
 * The image with the overlays of one frame, counted from 0, drawn over it in white: graphics as they are, of regions of
 * interest their outline, so that neither the region nor what is around it is hidden. `cellsOf` gives those of the frame,
 * with all their bits. Returns the image itself where nothing is to be drawn; never writes into its pixels.
 */
export function withOverlays(
  image: EightBitImage,
  planes: readonly OverlayPlane[],
  frame: number,
  cellsOf: () => Cells,
): EightBitImage {
  const shown = planes.filter(
    ({ firstFrame, frames, repeated }) => repeated || (frame >= firstFrame && frame < firstFrame + frames),
  );
  if (shown.length === 0) return image;
  // Not `slice`, which copies nothing of a Buffer.
  const pixels = new Uint8Array(image.pixels);
  for (const plane of shown) drawPlane({ ...image, pixels }, plane, frame, cellsOf);
  return { ...image, pixels };
}

function drawPlane(image: EightBitImage, plane: OverlayPlane, frame: number, cellsOf: () => Cells): void {
  const { rows, columns, top, left, kind } = plane;
  const isSet = bitReader(plane, frame, cellsOf);
  const { width, height, channels, pixels } = image;
  const isDrawn =
    kind === 'graphics'
      ? isSet
      : (row: number, column: number) =>
          isSet(row, column) &&
          !(
            isSet(row - 1, column) &&
            isSet(row + 1, column) &&
            isSet(row, column - 1) &&
            isSet(row, column + 1)
          );
  const lastRow = Math.min(rows, height - top);
  const lastColumn = Math.min(columns, width - left);
  for (let row = Math.max(0, -top); row < lastRow; row++) {
    for (let column = Math.max(0, -left); column < lastColumn; column++) {
      if (!isDrawn(row, column)) continue;
      const at = channels * ((row + top) * width + column + left);
      pixels.fill(white, at, at + channels);
    }
  }
}

type BitReader = (row: number, column: number) => boolean;

/** False outside the plane. */
function bitReader(plane: OverlayPlane, frame: number, cellsOf: () => Cells): BitReader {
  const { rows, columns, bits, bit } = plane;
  const isInside = (row: number, column: number): boolean =>
    row >= 0 && column >= 0 && row < rows && column < columns;
  if (bits === undefined) {
    const cells = cellsOf();
    return (row, column) =>
      isInside(row, column) && (((cells[row * columns + column] ?? 0) >>> bit) & 1) === 1;
  }
  // Frames follow each other without padding.
  const start = plane.repeated ? 0 : (frame - plane.firstFrame) * rows * columns;
  return (row, column) => {
    const index = start + row * columns + column;
    return isInside(row, column) && (((bits[Math.floor(index / 8)] ?? 0) >> (index % 8)) & 1) === 1;
  };
}
