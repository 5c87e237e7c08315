import type { PixelDescription } from '../pixel-description.ts';
import type { CellLayout, Cells } from '../samples.ts';
import type { FrameTransform, Window } from './frame-transform.ts';
import type { LookupTable } from './lookup-table.ts';

/** Gives a grey level, 0 to 255 and not yet rounded, for a value after the modality transform. */
type Levels = (value: number) => number;

const maxTableBits = 16;

/**
 * Renders grey frames of one instance: modality LUT or rescale, then the first window, else the first VOI LUT, else the
 * range of the frame's own values without padding (PS3.3 C.11.1, C.11.2); inverted where `inverted`. Cells of up to 16
 * bits go through one table from cell to level, kept from frame to frame while nothing differs.
 */
export class GrayscaleRenderer {
  readonly #pixels: PixelDescription;
  readonly #inverted: boolean;
  #key: { transform: FrameTransform; layout: CellLayout; low: number; high: number } | undefined;
  #table: Uint8Array = new Uint8Array();

  constructor(pixels: PixelDescription, inverted: boolean) {
    this.#pixels = pixels;
    this.#inverted = inverted;
  }

  /** 8-bit levels of one frame. */
  render(cells: Cells, layout: CellLayout, transform: FrameTransform): Uint8Array {
    const tabled =
      (cells instanceof Uint8Array || cells instanceof Uint16Array) && layout.bitsStored <= maxTableBits;
    return tabled ? this.#byTable(cells, layout, transform) : this.#direct(cells, layout, transform);
  }

  #byTable(cells: Uint8Array | Uint16Array, layout: CellLayout, transform: FrameTransform): Uint8Array {
    const size = 2 ** layout.bitsStored;
    const mask = size - 1;
    const { shift } = layout;
    const automatic = transform.window === undefined && transform.voiTable === undefined;
    const range = automatic ? this.#storedRange(cells, layout) : { low: 0, high: 0 };
    const key = this.#key;
    if (
      key === undefined ||
      key.transform !== transform ||
      key.low !== range.low ||
      key.high !== range.high ||
      !isSameLayout(key.layout, layout)
    ) {
      this.#table = this.#buildTable(layout, transform, range);
      this.#key = { transform, layout, ...range };
    }
    const table = this.#table;
    const out = new Uint8Array(cells.length);
    if (shift === 0)
      for (let i = 0; i < out.length; i++) out[i] = table[(cells[i] as number) & mask] as number;
    else
      for (let i = 0; i < out.length; i++) out[i] = table[((cells[i] as number) >> shift) & mask] as number;
    return out;
  }

  #buildTable(
    layout: CellLayout,
    transform: FrameTransform,
    range: { low: number; high: number },
  ): Uint8Array {
    const size = 2 ** layout.bitsStored;
    const table = new Uint8Array(size);
    const first = layout.signed ? -size / 2 : 0;
    const ramp = rampOf(transform, modalityRange(transform, range));
    if (ramp !== undefined) {
      // Most of 65,536 entries lie outside the window: filling them makes the table five times as fast.
      const { rescaleSlope, rescaleIntercept } = transform;
      const rising = rescaleSlope > 0;
      const storedAt = (value: number): number => (value - rescaleIntercept) / rescaleSlope;
      const ends = [storedAt(ramp.start), storedAt(ramp.start + ramp.length)];
      const from = Math.min(first + size, Math.max(first, Math.floor(Math.min(...ends)) - 1));
      const to = Math.max(from, Math.min(first + size, Math.ceil(Math.max(...ends)) + 1));
      fill(table, first, from, this.#level(rising ? 0 : 255));
      for (let stored = from; stored < to; stored++) {
        table[stored & (size - 1)] = this.#level(
          ((toModality(transform, stored) - ramp.start) * 255) / ramp.length,
        );
      }
      fill(table, to, first + size, this.#level(rising ? 255 : 0));
      return table;
    }
    const levels = levelsOf(transform, modalityRange(transform, range));
    for (let stored = first; stored < first + size; stored++) {
      table[stored & (size - 1)] = this.#level(levels(toModality(transform, stored)));
    }
    return table;
  }

  /** Range of the stored values of a frame, padding left out; of all of them where nothing else is left. */
  #storedRange(cells: Uint8Array | Uint16Array, layout: CellLayout): { low: number; high: number } {
    // One bit has two levels whatever the frame holds: an all-ones mask is white, not black.
    if (layout.bitsStored === 1) return { low: 0, high: 1 };
    const { padding } = this.#pixels;
    const left = 32 - layout.bitsStored - layout.shift;
    const right = 32 - layout.bitsStored;
    const { signed } = layout;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < cells.length; i++) {
      const moved = (cells[i] as number) << left;
      const stored = signed ? moved >> right : moved >>> right;
      if (stored >= low && stored <= high) continue;
      if (padding !== undefined && stored >= padding.low && stored <= padding.high) continue;
      if (stored < low) low = stored;
      if (stored > high) high = stored;
    }
    return Number.isFinite(low) ? { low, high } : { low: 0, high: 0 };
  }

  #direct(cells: Cells, layout: CellLayout, transform: FrameTransform): Uint8Array {
    const valueAt = storedReader(cells, layout);
    const automatic = transform.window === undefined && transform.voiTable === undefined;
    const { padding } = this.#pixels;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    if (automatic) {
      for (let i = 0; i < cells.length; i++) {
        const stored = valueAt(i);
        if (!Number.isFinite(stored)) continue;
        if (padding !== undefined && stored >= padding.low && stored <= padding.high) continue;
        if (stored < low) low = stored;
        if (stored > high) high = stored;
      }
    }
    const range = Number.isFinite(low) ? { low, high } : { low: 0, high: 0 };
    const levels = levelsOf(transform, modalityRange(transform, range));
    const out = new Uint8Array(cells.length);
    for (let i = 0; i < out.length; i++) out[i] = this.#level(levels(toModality(transform, valueAt(i))));
    return out;
  }

  /** Rounded, clamped, inverted. What is no number (a float NaN) is shown as the lowest level. */
  #level(level: number): number {
    const rounded = level >= 255 ? 255 : level > 0 ? Math.round(level) : 0;
    return this.#inverted ? 255 - rounded : rounded;
  }
}

function isSameLayout(a: CellLayout, b: CellLayout): boolean {
  return a.shift === b.shift && a.bitsStored === b.bitsStored && a.signed === b.signed;
}

function storedReader(cells: Cells, layout: CellLayout): (index: number) => number {
  if (!(cells instanceof Uint32Array)) return (index) => cells[index] as number;
  const left = 32 - layout.bitsStored - layout.shift;
  const right = 32 - layout.bitsStored;
  return layout.signed
    ? (index) => ((cells[index] as number) << left) >> right
    : (index) => ((cells[index] as number) << left) >>> right;
}

function toModality(transform: FrameTransform, stored: number): number {
  return transform.modalityTable === undefined
    ? stored * transform.rescaleSlope + transform.rescaleIntercept
    : lookUp(transform.modalityTable, stored);
}

/** C.11.1.1: values before the first and behind the last mapped one take the first and last entry. */
function lookUp(table: LookupTable, value: number): number {
  const index = Math.min(table.entries.length - 1, Math.max(0, Math.round(value) - table.firstMapped));
  return table.entries[index] ?? 0;
}

function modalityRange(
  transform: FrameTransform,
  stored: { low: number; high: number },
): { low: number; high: number } {
  const table = transform.modalityTable;
  if (table === undefined) {
    const ends = [toModality(transform, stored.low), toModality(transform, stored.high)];
    return { low: Math.min(...ends), high: Math.max(...ends) };
  }
  // A table need not be monotonous.
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let value = stored.low; value <= stored.high; value++) {
    const entry = lookUp(table, value);
    low = Math.min(low, entry);
    high = Math.max(high, entry);
  }
  return { low, high };
}

function levelsOf(transform: FrameTransform, range: { low: number; high: number }): Levels {
  if (transform.window !== undefined) return windowLevels(transform.window);
  if (transform.voiTable !== undefined) {
    const table = transform.voiTable;
    const scale = 255 / (2 ** table.bits - 1);
    return (value) => lookUp(table, value) * scale;
  }
  const span = range.high - range.low;
  if (!(span > 0)) return () => 0;
  return (value) => ((value - range.low) / span) * 255;
}

/** Sets the entries of the stored values [from, to), where negative ones stand in the upper half. */
function fill(table: Uint8Array, from: number, to: number, level: number): void {
  if (from < 0) table.fill(level, table.length + from, table.length + Math.min(0, to));
  if (to > 0) table.fill(level, Math.max(0, from), to);
}

/**
 * Where the levels begin to rise and over what length, in modality units, if they do so in a straight line all the way
 * from the stored value: rescale, and a linear window or the range of the frame.
 */
function rampOf(
  transform: FrameTransform,
  range: { low: number; high: number },
): { start: number; length: number } | undefined {
  const { window } = transform;
  if (transform.modalityTable !== undefined || window?.voiFunction === 'SIGMOID') return undefined;
  if (window === undefined && transform.voiTable !== undefined) return undefined;
  let start = range.low;
  let length = range.high - range.low;
  if (window !== undefined) {
    const linear = window.voiFunction === 'LINEAR';
    length = linear ? window.width - 1 : window.width;
    start = window.center - (linear ? 0.5 : 0) - length / 2;
  }
  return length > 0 && Number.isFinite(start) ? { start, length } : undefined;
}

/** The three functions of C.11.2.1.2 and C.11.2.1.3 with an output range of 0 to 255. */
function windowLevels({ center, width, voiFunction }: Window): Levels {
  switch (voiFunction) {
    case 'SIGMOID':
      return (value) => 255 / (1 + Math.exp((-4 * (value - center)) / width));
    case 'LINEAR_EXACT':
      return (value) => ((value - center) / width + 0.5) * 255;
    default:
      if (width === 1) return (value) => (value <= center - 0.5 ? 0 : 255);
      return (value) => ((value - (center - 0.5)) / (width - 1) + 0.5) * 255;
  }
}
