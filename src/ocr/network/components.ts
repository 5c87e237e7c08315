/** A connected region of the probability map, in its pixels; `right` and `bottom` are exclusive. */
export interface Component {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Mean probability of its pixels. */
  readonly score: number;
  readonly pixels: number;
}

/** A rectangle of the map, ends exclusive. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Regions of eight-connected pixels at or above `threshold` inside a window of a probability map, ordered by their topmost
 * row. By runs and union of their labels: one pass, memory by the number of runs.
 */
export function components(
  map: Float32Array,
  mapWidth: number,
  window: Window,
  threshold: number,
): readonly Component[] {
  const regions = new Regions();
  let above: Run[] = [];
  for (let y = window.top; y < window.bottom; y += 1) {
    const row: Run[] = [];
    const base = y * mapWidth;
    let x = window.left;
    let candidate = 0;
    while (x < window.right) {
      if ((map[base + x] ?? 0) < threshold) {
        x += 1;
        continue;
      }
      const start = x;
      let sum = 0;
      while (x < window.right && (map[base + x] ?? 0) >= threshold) {
        sum += map[base + x] ?? 0;
        x += 1;
      }
      const label = regions.add({ left: start, top: y, right: x, bottom: y + 1, sum, pixels: x - start });
      while (candidate < above.length && (above[candidate]?.end ?? 0) < start) candidate += 1;
      for (let index = candidate; index < above.length; index += 1) {
        const run = above[index];
        if (run === undefined || run.start > x) break;
        regions.join(label, run.label);
      }
      row.push({ start, end: x, label });
    }
    above = row;
  }
  return regions.all();
}

interface Run {
  readonly start: number;
  readonly end: number;
  readonly label: number;
}

interface Region {
  left: number;
  top: number;
  right: number;
  bottom: number;
  sum: number;
  pixels: number;
}

class Regions {
  readonly #parents: number[] = [];
  readonly #regions: Region[] = [];

  add(region: Region): number {
    this.#parents.push(this.#parents.length);
    this.#regions.push(region);
    return this.#parents.length - 1;
  }

  join(one: number, other: number): void {
    const into = this.#root(Math.min(one, other));
    const from = this.#root(Math.max(one, other));
    const [root, child] = into < from ? [into, from] : [from, into];
    const kept = this.#regions[root];
    const merged = this.#regions[child];
    if (root === child || kept === undefined || merged === undefined) return;
    this.#parents[child] = root;
    kept.left = Math.min(kept.left, merged.left);
    kept.top = Math.min(kept.top, merged.top);
    kept.right = Math.max(kept.right, merged.right);
    kept.bottom = Math.max(kept.bottom, merged.bottom);
    kept.sum += merged.sum;
    kept.pixels += merged.pixels;
  }

  all(): readonly Component[] {
    return this.#regions
      .filter((_, label) => this.#parents[label] === label)
      .map(({ sum, ...rest }) => ({ ...rest, score: sum / rest.pixels }));
  }

  #root(label: number): number {
    let root = label;
    while (this.#parents[root] !== root) root = this.#parents[root] ?? root;
    this.#parents[label] = root;
    return root;
  }
}
