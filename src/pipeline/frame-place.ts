import type { DataSet } from '../dicom/data-set.ts';
import { tags } from '../dicom/tags.ts';
import { firstNumber, firstText, items, numbers } from '../dicom/values.ts';
import type { Groups } from './frame-order.ts';

type Vector = number[] | null;

/** Where a frame lies. */
export interface FramePlace {
  readonly imagePositionPatient: Vector;
  readonly imageOrientationPatient: Vector;
  /** Column and row of the frame's first pixel in the whole slide, from 1. */
  readonly totalPixelMatrixPosition: Vector;
  readonly imagePositionVolume: Vector;
}

/**
 * Gives the place of each frame, counted from 0: what its functional groups say (PS3.3 C.7.6.16), or what follows from the
 * vectors of RT Dose (C.8.8.3.2) and of reconstructed NM (C.8.4.15, C.8.4.11), or from the order of tiles (C.7.6.17.3).
 */
export function framePlaces(dataSet: DataSet): (index: number, group: Groups) => FramePlace {
  const positionOf = stackedPositions(dataSet);
  const tileOf = tiles(dataSet);
  const detectors = items(dataSet, tags.DetectorInformationSequence);
  const detectorVector = numbers(dataSet, tags.DetectorVector);
  return (index, group) => {
    const detector = detectors[(detectorVector[index] ?? 1) - 1];
    const plane = group(tags.PlanePositionSequence);
    const orientation = group(tags.PlaneOrientationSequence);
    const position = vector(plane, tags.ImagePositionPatient, 3) ?? ofDetector(detector, position0, 3);
    const directions =
      vector(orientation, tags.ImageOrientationPatient, 6) ?? ofDetector(detector, orientation0, 6);
    const slide = group(tags.PlanePositionSlideSequence);
    const tile = [tags.ColumnPositionInTotalImagePixelMatrix, tags.RowPositionInTotalImagePixelMatrix].map(
      (tag) => firstNumber(slide, tag),
    );
    return {
      imagePositionPatient: positionOf === undefined ? position : positionOf(index, position, directions),
      imageOrientationPatient: directions,
      totalPixelMatrixPosition: tile.every((value) => value !== undefined) ? tile : tileOf(index),
      imagePositionVolume: vector(group(tags.PlanePositionVolumeSequence), tags.ImagePositionVolume, 3),
    };
  };
}

const position0 = tags.ImagePositionPatient;
const orientation0 = tags.ImageOrientationPatient;

function ofDetector(detector: DataSet | undefined, tag: number, count: number): Vector {
  return detector === undefined ? null : vector(detector, tag, count);
}

type Position = (index: number, first: Vector, directions: Vector) => Vector;

/** How the position of a frame follows from that of the first; undefined where each has its own or there is one only. */
function stackedPositions(dataSet: DataSet): Position | undefined {
  const offsets = numbers(dataSet, tags.GridFrameOffsetVector);
  if (offsets.length > 1) return (index, first, directions) => planeAt(offsets, index, first, directions);
  const slices = numbers(dataSet, tags.SliceVector);
  if (slices.length <= 1) return undefined;
  const spacing = firstNumber(dataSet, tags.SpacingBetweenSlices);
  // C.8.4.15: a positive spacing stacks behind the first slice, along the product of row and column direction.
  return (index, first, directions) => {
    const slice = slices[index];
    if (slice === undefined) return null;
    return slice === 1 ? first : along(first, directions, spacing && (slice - 1) * spacing);
  };
}

/** PS3.3 C.8.8.3.2: offsets along the normal, or, for axial planes, coordinates; which of both, the first value tells. */
function planeAt(offsets: readonly number[], index: number, first: Vector, directions: Vector): Vector {
  const [start] = offsets;
  if (start === 0) return along(first, directions, offsets[index]);
  const axial = directions?.every((value, i) => Math.abs(Math.abs(value) - (i % 4 === 0 ? 1 : 0)) < 1e-4);
  const z = offsets[index];
  if (first === null || !axial || z === undefined || Math.abs((start ?? 0) - (first[2] ?? 0)) > 1e-3) {
    return index === 0 ? first : null;
  }
  return finite([first[0] ?? 0, first[1] ?? 0, z]);
}

function along(first: Vector, directions: Vector, distance: number | undefined): Vector {
  if (first === null || directions === null || distance === undefined) return null;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = directions;
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
  return finite(normal.map((part, axis) => rounded((first[axis] ?? 0) + part * distance)));
}

/** Without the noise of binary fractions. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function finite(values: number[]): Vector {
  return values.every(Number.isFinite) ? values : null;
}

/**
 * PS3.3 C.7.6.17.3: tiles of TILED_FULL from left to right, then down; focal planes and optical paths begin anew. A part of
 * a concatenation (C.7.6.16.2.2.4) goes on where the one before it ended.
 */
function tiles(dataSet: DataSet): (index: number) => Vector {
  const [width, height, columns, rows] = [
    tags.TotalPixelMatrixColumns,
    tags.TotalPixelMatrixRows,
    tags.Columns,
    tags.Rows,
  ].map((tag) => firstNumber(dataSet, tag) ?? 0) as [number, number, number, number];
  const full = firstText(dataSet, tags.DimensionOrganizationType) === 'TILED_FULL';
  if (!full || width < 1 || height < 1 || columns < 1 || rows < 1) return () => null;
  const across = Math.ceil(width / columns);
  const inPlane = across * Math.ceil(height / rows);
  const before = firstNumber(dataSet, tags.ConcatenationFrameOffsetNumber) ?? 0;
  return (index) => {
    const tile = (before + index) % inPlane;
    return [(tile % across) * columns + 1, Math.floor(tile / across) * rows + 1];
  };
}

function vector(dataSet: DataSet, tag: number, count: number): Vector {
  const values = numbers(dataSet, tag);
  return values.length === count && values.every((value) => Number.isFinite(value)) ? [...values] : null;
}
