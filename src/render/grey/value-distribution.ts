import type { CellLayout, Cells } from '../samples.ts';
import { type ModalityTransform, toModality } from './modality.ts';

/** Stored values from low to high that stand for no measurement; undefined where none do. */
export type StoredPadding = { readonly low: number; readonly high: number } | undefined;

/** How often which value occurs, in modality units. */
export interface Distribution {
  /** Ascending, each once. Empty where there is no value. */
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/** Most values kept of wide cells and of frames with rescales of their own. */
const maxSamples = 131_072;

/** Collects the values of some frames; padding and what is no finite number is left out. */
export interface ValueCollector {
  add(cells: Cells, layout: CellLayout, modality: ModalityTransform): void;
  distribution(): Distribution;
}

/**
 * Frames of up to 16 bits that share one modality transform are counted exactly; others are sampled evenly, their least
 * and greatest value kept. `frames`: how many will be added. A frame whose cells lie otherwise than those of the first
 * (a code stream of another depth) is left out.
 */
export function collectValues(padding: StoredPadding, frames: number, sameModality: boolean): ValueCollector {
  let first: CellLayout | undefined;
  let used: ValueCollector = new Sampler(padding, Math.floor(maxSamples / frames));
  return {
    add(cells, layout, modality) {
      if (first === undefined && isNarrow(cells) && layout.bitsStored <= 16 && sameModality)
        used = new Histogram(padding);
      first ??= layout;
      const same = first.bitsStored === layout.bitsStored && first.signed === layout.signed;
      if (same) used.add(cells, layout, modality);
    },
    distribution: () => used.distribution(),
  };
}

function isNarrow(cells: Cells): cells is Uint8Array | Uint16Array {
  return cells instanceof Uint8Array || cells instanceof Uint16Array;
}

class Histogram implements ValueCollector {
  readonly #padding: StoredPadding;
  #bins = new Uint32Array(0);
  #last: { layout: CellLayout; modality: ModalityTransform } | undefined;

  constructor(padding: StoredPadding) {
    this.#padding = padding;
  }

  add(cells: Cells, layout: CellLayout, modality: ModalityTransform): void {
    const size = 2 ** layout.bitsStored;
    if (this.#bins.length < size) this.#bins = new Uint32Array(size);
    this.#last = { layout, modality };
    if (cells instanceof Uint16Array) countWords(cells, this.#bins, layout.shift, size - 1);
    else if (cells instanceof Uint8Array) countBytes(cells, this.#bins, layout.shift, size - 1);
  }

  distribution(): Distribution {
    if (this.#last === undefined) return ofSamples(new Float64Array(0));
    const { layout, modality } = this.#last;
    const { table } = modality;
    const found = this.#counted(layout);
    if (table === undefined) {
      const values = Float64Array.from(found.values, (stored) => toModality(modality, stored));
      if (modality.slope > 0) return { values, counts: found.counts };
      return { values: values.reverse(), counts: found.counts.reverse() };
    }
    // A table need not be monotonous, nor injective.
    const bins = new Float64Array(65_536);
    for (let i = 0; i < found.values.length; i++) {
      const entry = toModality(modality, found.values[i] as number);
      bins[entry] = (bins[entry] as number) + (found.counts[i] as number);
    }
    return compact(bins, 0);
  }

  /** Stored values in order without padding; with it where nothing else is left. */
  #counted(layout: CellLayout): Distribution {
    const size = 2 ** layout.bitsStored;
    const half = layout.signed ? size / 2 : 0;
    const ordered = new Float64Array(size);
    for (let bits = 0; bits < size; bits++) ordered[(bits + half) & (size - 1)] = this.#bins[bits] as number;
    const all = compact(ordered, -half);
    const padding = this.#padding;
    if (padding === undefined) return all;
    const from = Math.max(0, Math.ceil(padding.low) + half);
    const to = Math.min(size - 1, Math.floor(padding.high) + half);
    if (from <= to) ordered.fill(0, from, to + 1);
    const rest = compact(ordered, -half);
    return rest.values.length === 0 ? all : rest;
  }
}

function countWords(cells: Uint16Array, bins: Uint32Array, shift: number, mask: number): void {
  for (let i = 0; i < cells.length; i++) {
    const bin = ((cells[i] as number) >> shift) & mask;
    bins[bin] = (bins[bin] as number) + 1;
  }
}

function countBytes(cells: Uint8Array, bins: Uint32Array, shift: number, mask: number): void {
  for (let i = 0; i < cells.length; i++) {
    const bin = ((cells[i] as number) >> shift) & mask;
    bins[bin] = (bins[bin] as number) + 1;
  }
}

/** The occupied bins; bin 0 stands for the value `first`. */
function compact(bins: Float64Array, first: number): Distribution {
  let occupied = 0;
  for (let i = 0; i < bins.length; i++) if (bins[i] !== 0) occupied += 1;
  const values = new Float64Array(occupied);
  const counts = new Float64Array(occupied);
  for (let i = 0, to = 0; i < bins.length; i++) {
    if (bins[i] === 0) continue;
    values[to] = first + i;
    counts[to++] = bins[i] as number;
  }
  return { values, counts };
}

class Sampler implements ValueCollector {
  readonly #padding: StoredPadding;
  readonly #perFrame: number;
  readonly #parts: Float64Array[] = [];

  constructor(padding: StoredPadding, perFrame: number) {
    this.#padding = padding;
    this.#perFrame = Math.max(16, perFrame);
  }

  add(cells: Cells, layout: CellLayout, modality: ModalityTransform): void {
    const { shift, bitsStored, signed } = layout;
    const integer = !(cells instanceof Float32Array || cells instanceof Float64Array);
    const right = 32 - bitsStored;
    const left = right - shift;
    const low = this.#padding?.low ?? Number.NaN;
    const high = this.#padding?.high ?? Number.NaN;
    const step = Math.max(1, Math.ceil(cells.length / this.#perFrame));
    const kept = new Float64Array(Math.ceil(cells.length / step) + 2);
    let count = 0;
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let i = 0, next = 0; i < cells.length; i++) {
      const cell = cells[i] as number;
      const stored = !integer ? cell : signed ? (cell << left) >> right : (cell << left) >>> right;
      if (i === next) next += step;
      else if (stored >= least && stored <= greatest) continue;
      if (stored - stored !== 0 || (stored >= low && stored <= high)) continue;
      if (stored < least) least = stored;
      if (stored > greatest) greatest = stored;
      if (i + step === next) kept[count++] = toModality(modality, stored);
    }
    if (least > greatest) return;
    kept[count++] = toModality(modality, least);
    kept[count++] = toModality(modality, greatest);
    this.#parts.push(kept.subarray(0, count));
  }

  distribution(): Distribution {
    const all = new Float64Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return ofSamples(all.sort());
  }
}

function ofSamples(sorted: Float64Array): Distribution {
  const values: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (values.at(-1) === value) counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
    else if (Number.isFinite(value)) {
      values.push(value);
      counts.push(1);
    }
  }
  return { values: Float64Array.from(values), counts: Float64Array.from(counts) };
}
