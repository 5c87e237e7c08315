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
const maxSamples = 32_768;

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
    if (this.#last === undefined) this.#bins = new Uint32Array(size);
    this.#last = { layout, modality };
    if (cells instanceof Uint16Array) countWords(cells, this.#bins, layout.shift, size - 1);
    else if (cells instanceof Uint8Array) countBytes(cells, this.#bins, layout.shift, size - 1);
  }

  distribution(): Distribution {
    if (this.#last === undefined) return ofSamples(new Float64Array(0));
    const { layout, modality } = this.#last;
    const half = layout.signed ? 2 ** (layout.bitsStored - 1) : 0;
    const rest = compact(this.#bins, half, this.#padding);
    const found = rest.values.length === 0 ? compact(this.#bins, half, undefined) : rest;
    return modality.table === undefined ? rescaled(found, modality) : tabulated(found, modality);
  }
}

function countWords(cells: Uint16Array, bins: Uint32Array, shift: number, mask: number): void {
  const { length } = cells;
  if (shift === 0 && mask === 0xffff) {
    for (let i = 0; i < length; i++) (bins[cells[i] as number] as number)++;
    return;
  }
  for (let i = 0; i < length; i++) (bins[((cells[i] as number) >> shift) & mask] as number)++;
}

function countBytes(cells: Uint8Array, bins: Uint32Array, shift: number, mask: number): void {
  const { length } = cells;
  for (let i = 0; i < length; i++) (bins[((cells[i] as number) >> shift) & mask] as number)++;
}

/** The occupied bins in the order of the stored values, from -half on, without padding. */
function compact(bins: Uint32Array, half: number, padding: StoredPadding): Distribution {
  const mask = bins.length - 1;
  const low = padding?.low ?? Number.NaN;
  const high = padding?.high ?? Number.NaN;
  // Most images use few of the bins: what is empty at either end is passed over first.
  let from = 0;
  let end = bins.length;
  while (from < end && bins[(from - half) & mask] === 0) from += 1;
  while (from < end && bins[(end - 1 - half) & mask] === 0) end -= 1;
  const values = new Float64Array(end - from);
  const counts = new Float64Array(end - from);
  let to = 0;
  for (let i = from; i < end; i++) {
    const stored = i - half;
    const count = bins[stored & mask] as number;
    if (count === 0 || (stored >= low && stored <= high)) continue;
    values[to] = stored;
    counts[to++] = count;
  }
  return { values: values.subarray(0, to), counts: counts.subarray(0, to) };
}

function rescaled({ values, counts }: Distribution, modality: ModalityTransform): Distribution {
  for (let i = 0; i < values.length; i++) values[i] = toModality(modality, values[i] as number);
  return modality.slope > 0 ? { values, counts } : { values: values.reverse(), counts: counts.reverse() };
}

/** A table need not be monotonous, nor injective. */
function tabulated({ values, counts }: Distribution, modality: ModalityTransform): Distribution {
  const bins = new Uint32Array(65_536);
  for (let i = 0; i < values.length; i++) {
    const entry = toModality(modality, values[i] as number);
    bins[entry] = (bins[entry] as number) + (counts[i] as number);
  }
  return compact(bins, 0, undefined);
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
  const values = new Float64Array(sorted.length);
  const counts = new Float64Array(sorted.length);
  let to = 0;
  for (const value of sorted) {
    if (!Number.isFinite(value)) continue;
    if (to === 0 || values[to - 1] !== value) values[to++] = value;
    counts[to - 1] = (counts[to - 1] as number) + 1;
  }
  return { values: values.subarray(0, to), counts: counts.subarray(0, to) };
}
