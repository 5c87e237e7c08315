import { SallyportError } from '../../core/errors.ts';
import type { PixelDescription } from '../pixel-description.ts';
import { freshMemory, type PixelMemory } from '../pixel-memory.ts';
import type { CellLayout, Cells } from '../samples.ts';
import { drawWide } from './direct-levels.ts';
import type { FrameTransform, Presentation } from './frame-transform.ts';
import { levelTable } from './level-table.ts';

/**
 * Renders grey frames of one instance: modality LUT or rescale, then window or VOI LUT, then the presentation (PS3.3
 * C.11.1, C.11.2, C.11.6). Cells of up to 16 bits go through one table from cell to level, kept from frame to frame while
 * nothing differs.
 */
export class GrayscaleRenderer {
  readonly #presentation: Presentation;
  readonly #pixels: Pick<PixelDescription, 'rows' | 'columns' | 'padding'>;
  readonly #memory: PixelMemory;
  #kept: { transform: FrameTransform; layout: CellLayout; table: Uint8Array } | undefined;

  constructor(
    presentation: Presentation,
    pixels: Pick<PixelDescription, 'rows' | 'columns' | 'padding'>,
    memory: PixelMemory = freshMemory,
  ) {
    this.#presentation = presentation;
    this.#pixels = pixels;
    this.#memory = memory;
  }

  /**
   * 8-bit levels of one frame, in memory of the constructor's. Cells behind the last pixel are padding of the frame; throws
   * PIXEL_DATA_INVALID where there are too few.
   */
  render(cells: Cells, layout: CellLayout, transform: FrameTransform): Uint8Array {
    const { rows, columns, padding } = this.#pixels;
    if (cells.length < rows * columns)
      throw new SallyportError('PIXEL_DATA_INVALID', { detail: 'frame shorter than described' });
    const out = this.#memory(rows * columns);
    if (cells instanceof Uint16Array) lookUpWords(cells, this.#table(16, layout, transform), out);
    else if (cells instanceof Uint8Array) lookUpBytes(cells, this.#table(8, layout, transform), out);
    else drawWide(cells, layout, transform, this.#presentation, padding, out);
    return out;
  }

  #table(cellBits: 8 | 16, layout: CellLayout, transform: FrameTransform): Uint8Array {
    const kept = this.#kept;
    if (kept !== undefined && kept.transform === transform && isSameLayout(kept.layout, layout))
      return kept.table;
    const table = levelTable(cellBits, layout, transform, this.#presentation);
    this.#kept = { transform, layout, table };
    return table;
  }
}

function isSameLayout(a: CellLayout, b: CellLayout): boolean {
  return a.shift === b.shift && a.bitsStored === b.bitsStored && a.signed === b.signed;
}

// One function per kind of cell: shared by both, the loop takes twice the time.

function lookUpWords(cells: Uint16Array, table: Uint8Array, out: Uint8Array): void {
  const { length } = out;
  for (let i = 0; i < length; i++) out[i] = table[cells[i] as number] as number;
}

function lookUpBytes(cells: Uint8Array, table: Uint8Array, out: Uint8Array): void {
  const { length } = out;
  for (let i = 0; i < length; i++) out[i] = table[cells[i] as number] as number;
}
