import { SallyportError } from '../../core/errors.ts';
import type { DecodedFrame } from '../../render/decode/decoders.ts';
import { isPairedChroma, type PixelDescription } from '../../render/pixel-description.ts';
import { type CellLayout, type Cells, cellsOf, layoutOf } from '../../render/samples.ts';

/**
 * The stored values of one decoded frame, to be read and written by place. Rows from the top, columns from the left, both
 * from 0; component 0, or 0 to 2 in the order of the photometric interpretation.
 */
export interface FrameSamples {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  /** Of the samples as they lie here: a code stream may have changed it. */
  readonly photometricInterpretation: string;
  readonly sampleKind: PixelDescription['sampleKind'];
  /** Of the stored values as they lie here. */
  readonly bitsStored: number;
  readonly signed: boolean;
  /** Stored values from low to high stand for no measurement; undefined where none do. */
  readonly padding: PixelDescription['padding'];
  /** Two pixels share their chrominance (PS3.3 C.7.6.3.1.2): writing that of one writes that of the other. */
  readonly paired: boolean;
  get(row: number, column: number, component: number): number;
  /** Writes a stored value, which has to fit into the stored bits; bits beside them become its sign. */
  set(row: number, column: number, component: number, value: number): void;
}

/** Samples with the cells they lie in: a copy of the decoded frame, one number a cell, in the order of the frame. */
export interface FrameCells extends FrameSamples {
  readonly cells: Cells;
  readonly layout: CellLayout;
  readonly planarConfiguration: 0 | 1;
}

/** A copy of a decoded frame for writing. Throws PIXEL_DATA_INVALID where it has fewer cells than pixels. */
export function frameCells(frame: DecodedFrame, pixels: PixelDescription): FrameCells {
  const { rows, columns, samplesPerPixel, sampleKind, padding } = pixels;
  const found = cellsOf(frame, pixels);
  const pairs = Math.ceil(columns / 2);
  const full = rows * columns * samplesPerPixel;
  const halved = 4 * rows * pairs;
  const paired =
    isPairedChroma(frame.photometricInterpretation) && (found.length === halved || found.length < full);
  const count = paired ? halved : full;
  if (found.length < count) throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'frame too short' });
  // Not `slice`, which copies nothing where the cells are a Buffer.
  const cells = copyOf(found.subarray(0, count));
  const layout = layoutOf(frame, pixels);
  const planar = samplesPerPixel === 3 && !paired && frame.planarConfiguration === 1;
  const plane = rows * columns;
  const indexOf = paired
    ? (row: number, column: number, component: number): number =>
        4 * (row * pairs + (column >> 1)) + (component === 0 ? column & 1 : 1 + component)
    : planar
      ? (row: number, column: number, component: number): number => component * plane + row * columns + column
      : (row: number, column: number, component: number): number =>
          (row * columns + column) * samplesPerPixel + component;
  const { read, write } = valuesIn(cells, layout, sampleKind);
  return {
    rows,
    columns,
    samplesPerPixel,
    sampleKind,
    padding,
    paired,
    cells,
    layout,
    photometricInterpretation: frame.photometricInterpretation,
    bitsStored: layout.bitsStored,
    signed: layout.signed,
    planarConfiguration: planar ? 1 : 0,
    get: (row, column, component) => read(indexOf(row, column, component)),
    set: (row, column, component, value) => write(indexOf(row, column, component), value),
  };
}

function copyOf(cells: Cells): Cells {
  if (cells instanceof Float32Array) return new Float32Array(cells);
  if (cells instanceof Float64Array) return new Float64Array(cells);
  if (cells instanceof Uint32Array) return new Uint32Array(cells);
  return cells instanceof Uint16Array ? new Uint16Array(cells) : new Uint8Array(cells);
}

interface Values {
  read(index: number): number;
  write(index: number, value: number): void;
}

/** Stored values in their cells: PS3.5 8.1.1. Shifts work on 32 bits, the most an integer cell has. */
function valuesIn(
  cells: Cells,
  { shift, bitsStored, signed }: CellLayout,
  sampleKind: FrameSamples['sampleKind'],
): Values {
  if (sampleKind !== 'integer') {
    return {
      read: (index) => cells[index] as number,
      write: (index, value) => {
        cells[index] = value;
      },
    };
  }
  const unused = 32 - bitsStored;
  const mask = 0xffff_ffff >>> unused;
  const above = shift + bitsStored >= 32 ? 0 : 0xffff_ffff << (shift + bitsStored);
  return {
    read(index) {
      const up = ((cells[index] as number) >>> shift) << unused;
      return signed ? up >> unused : up >>> unused;
    },
    write(index, value) {
      const bits = (value & mask) << shift;
      cells[index] = (signed && value < 0 ? bits | above : bits) >>> 0;
    },
  };
}
