import type { Cells } from '../../render/samples.ts';
import type { FrameCells, FrameSamples } from './frame-samples.ts';

/** How cells are written: bytes of little endian, or big endian whose units of so many bytes are turned. */
export interface CellOrder {
  readonly littleEndian: boolean;
  /** OW swaps by words of 16 bits, whatever the cell. */
  readonly unit: 2 | 4 | 8;
}

export const littleEndianOrder: CellOrder = { littleEndian: true, unit: 2 };
const hostIsLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The bytes of cells; they share memory with the cells where no order has to change. */
export function bytesOfCells(cells: Cells, { littleEndian, unit }: CellOrder): Uint8Array {
  const bytes = new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);
  if (cells.BYTES_PER_ELEMENT === 1 || littleEndian === hostIsLittle) return bytes;
  const copy = Buffer.from(new Uint8Array(bytes).buffer);
  if (unit === 2) copy.swap16();
  else if (unit === 4) copy.swap32();
  else copy.swap64();
  return new Uint8Array(copy.buffer);
}

/** PS3.5 8.1.1: the first pixel stands in the least significant bit; `bits` are cells of 0 or 1. */
export function packedBits(bits: Cells): Uint8Array {
  const out = new Uint8Array(Math.ceil(bits.length / 8));
  for (let i = 0; i < bits.length; i++)
    out[i >> 3] = (out[i >> 3] as number) | (((bits[i] as number) & 1) << (i & 7));
  return out;
}

/** Cells that hold stored values and nothing beside them. */
export type PlainCells = Cells;

/**
 * The stored values of a frame alone: interleaved, each in the lowest bits of a cell of so many bits (8 where they are 1),
 * its sign in the bits above, chrominance for every pixel. What else the bits of the cells held is gone.
 */
export function plainCells(frame: FrameCells, bitsAllocated: number): PlainCells {
  const { rows, columns, samplesPerPixel, sampleKind, paired, planarConfiguration, layout } = frame;
  const count = rows * columns * samplesPerPixel;
  const out = emptyCells(count, bitsAllocated, sampleKind);
  if (!paired && planarConfiguration === 0) {
    if (sampleKind !== 'integer' || (fills(layout, frame) && out.constructor === frame.cells.constructor)) {
      out.set(frame.cells.subarray(0, count));
      return out;
    }
    const { shift, bitsStored, signed } = layout;
    const unused = 32 - bitsStored;
    for (let i = 0; i < count; i++) {
      const up = ((frame.cells[i] as number) >>> shift) << unused;
      out[i] = signed ? up >> unused : up >>> unused;
    }
    return out;
  }
  for (let row = 0, to = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let component = 0; component < samplesPerPixel; component++)
        out[to++] = frame.get(row, column, component);
    }
  }
  return out;
}

function fills({ shift, bitsStored }: FrameCells['layout'], { cells }: FrameCells): boolean {
  return shift === 0 && bitsStored === 8 * cells.BYTES_PER_ELEMENT;
}

function emptyCells(count: number, bitsAllocated: number, kind: FrameSamples['sampleKind']): Cells {
  if (kind === 'float') return new Float32Array(count);
  if (kind === 'double') return new Float64Array(count);
  if (bitsAllocated > 16) return new Uint32Array(count);
  return bitsAllocated > 8 ? new Uint16Array(count) : new Uint8Array(count);
}
