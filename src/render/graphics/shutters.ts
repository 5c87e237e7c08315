import type { DataSet } from '../../dicom/data-set.ts';
import { tags } from '../../dicom/tags.ts';
import { firstItem, firstNumber, items, numbers, text, words } from '../../dicom/values.ts';
import { storedCielabToRgb } from '../color/cielab.ts';
import type { EightBitImage } from '../output/sharp.ts';
import { pixelShapes } from './aspect-ratio.ts';
import { polygonSpans } from './polygon.ts';

/** Columns of a row that stay visible, counted from 0, both included; from > to: none. */
export interface Span {
  readonly from: number;
  readonly to: number;
}
/** Visible spans of a row, in order and apart. */
type Shape = (row: number) => readonly Span[];

/** A display shutter of one frame: PS3.3 C.7.6.11. */
export interface Shutter {
  readonly shapes: readonly Shape[];
  /** What hides the image, 8 bits; for images in colour and in grey. */
  readonly rgb: readonly [number, number, number];
  readonly grey: number;
}

/**
 * The shutter of each frame, counted from 0: that of its functional groups (C.7.6.16.2.16), else that of the image; undefined
 * where there is none, or none that can be drawn. `columns` and `rows` are those of the image.
 */
export function displayShutters(
  dataSet: DataSet,
  rows: number,
  columns: number,
): (frame: number) => Shutter | undefined {
  const shapeAt = pixelShapes(dataSet);
  const perFrame = items(dataSet, tags.PerFrameFunctionalGroupsSequence);
  const shared = firstItem(dataSet, tags.SharedFunctionalGroupsSequence, tags.FrameDisplayShutterSequence);
  let last: { item: DataSet; pixelShape: number; shutter: Shutter | undefined } | undefined;
  return (frame) => {
    const groups = perFrame[frame];
    const item = (groups && firstItem(groups, tags.FrameDisplayShutterSequence)) ?? shared ?? dataSet;
    const pixelShape = shapeAt(frame);
    if (last?.item !== item || last.pixelShape !== pixelShape) {
      last = { item, pixelShape, shutter: readShutter(item, rows, columns, pixelShape) };
    }
    return last.shutter;
  };
}

function readShutter(
  dataSet: DataSet,
  rows: number,
  columns: number,
  pixelShape: number,
): Shutter | undefined {
  const names = text(dataSet, tags.ShutterShape);
  const shapes = [
    names.includes('RECTANGULAR') ? rectangle(dataSet) : undefined,
    names.includes('CIRCULAR') ? circle(dataSet, pixelShape) : undefined,
    names.includes('POLYGONAL') ? polygon(dataSet, rows, columns) : undefined,
  ].filter((shape) => shape !== undefined);
  if (shapes.length === 0) return undefined;
  // A shutter that hides all of the image is a mistake of its writer.
  const hidesAll = Array.from({ length: rows }, (_, row) => visible(shapes, row, columns)).every(
    (spans) => spans.length === 0,
  );
  if (hidesAll) return undefined;
  // P-values from 0 (black) to 65535 (white), whatever the depth of the image; black where nothing is said.
  const grey = (words(dataSet, tags.ShutterPresentationValue)[0] ?? 0) >> 8;
  const [lightness, a, b] = words(dataSet, tags.ShutterPresentationColorCIELabValue);
  const rgb: Shutter['rgb'] =
    lightness === undefined || a === undefined || b === undefined
      ? [grey, grey, grey]
      : storedCielabToRgb([lightness, a, b]);
  return { shapes, rgb, grey };
}

/** The first and the last visible rows and columns; edges may lie outside the image. */
function rectangle(dataSet: DataSet): Shape | undefined {
  const [left, right, upper, lower] = [
    tags.ShutterLeftVerticalEdge,
    tags.ShutterRightVerticalEdge,
    tags.ShutterUpperHorizontalEdge,
    tags.ShutterLowerHorizontalEdge,
  ].map((tag) => firstNumber(dataSet, tag));
  if (left === undefined || right === undefined || upper === undefined || lower === undefined)
    return undefined;
  return (row) => (row + 1 >= upper && row + 1 <= lower ? [{ from: left - 1, to: right - 1 }] : []);
}

/** The radius counts pixels along a row; across rows of higher pixels it has fewer. */
function circle(dataSet: DataSet, pixelShape: number): Shape | undefined {
  const [centerRow = Number.NaN, centerColumn = Number.NaN] = numbers(dataSet, tags.CenterOfCircularShutter);
  const radius = firstNumber(dataSet, tags.RadiusOfCircularShutter);
  if (radius === undefined || Number.isNaN(centerRow) || Number.isNaN(centerColumn)) return undefined;
  return (row) => {
    const distance = (row + 1 - centerRow) * pixelShape;
    const half = Math.sqrt(radius * radius - distance * distance);
    if (Number.isNaN(half)) return [];
    return [{ from: Math.ceil(centerColumn - 1 - half), to: Math.floor(centerColumn - 1 + half) }];
  };
}

/** Vertices as row and column, counted from 1. */
function polygon(dataSet: DataSet, rows: number, columns: number): Shape | undefined {
  const values = numbers(dataSet, tags.VerticesOfThePolygonalShutter);
  if (values.some(Number.isNaN)) return undefined;
  const vertices = Array.from({ length: Math.floor(values.length / 2) }, (_, i) => ({
    y: (values[2 * i] as number) - 1,
    x: (values[2 * i + 1] as number) - 1,
  }));
  const spans = polygonSpans(vertices, rows, columns);
  return spans && ((row) => spans[row] ?? []);
}

/** What of a row all shapes leave visible: the least is shown. */
function visible(shapes: readonly Shape[], row: number, columns: number): readonly Span[] {
  let spans: readonly Span[] = [{ from: 0, to: columns - 1 }];
  for (const shape of shapes) {
    const others = shape(row);
    spans = spans.flatMap((span) =>
      others
        .map((other) => ({ from: Math.max(span.from, other.from), to: Math.min(span.to, other.to) }))
        .filter(({ from, to }) => from <= to),
    );
  }
  return spans;
}

/** The image with everything outside the shutter replaced; its own pixels are not written into. */
export function withShutter(image: EightBitImage, shutter: Shutter): EightBitImage {
  const { width, height, channels } = image;
  const pixels = new Uint8Array(image.pixels.length);
  const [red, green, blue] = shutter.rgb;
  if (channels === 1) pixels.fill(shutter.grey);
  else {
    for (let i = 0; i < pixels.length; i += 3) {
      pixels[i] = red;
      pixels[i + 1] = green;
      pixels[i + 2] = blue;
    }
  }
  for (let row = 0; row < height; row++) {
    for (const { from, to } of visible(shutter.shapes, row, width)) {
      const start = channels * (row * width + from);
      pixels.set(image.pixels.subarray(start, channels * (row * width + to + 1)), start);
    }
  }
  return { ...image, pixels };
}
