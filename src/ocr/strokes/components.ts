/** Connected pixels (also over corners) of one class. */
export interface Component {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly count: number;
  /** Stretches of pixels in a row: `count / runs` is how thick it is from left to right. */
  readonly runs: number;
  readonly key: number;
  /** Sum of the differences to the pixels beside the stretches, and of their amounts. */
  readonly contrast: number;
  readonly amount: number;
  /** Differences summed. */
  readonly edges: number;
  /** Greatest single step on the way in from two pixels outside, over the whole rise, 0 to 1: 1 is a hard edge. */
  readonly sharpness: number;
}

/** Sizes of components that may be characters, pixels. */
export interface ComponentLimits {
  readonly least: number;
  readonly most: number;
}

/** Room for the labels of one window, used again and again. */
export class Labeller {
  readonly #parent: Int32Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #keys: Int32Array;
  readonly #rowOf: Int32Array;

  /** `pixels`: of the largest window. */
  constructor(pixels: number) {
    this.#parent = new Int32Array(pixels);
    this.#starts = new Int32Array(pixels);
    this.#ends = new Int32Array(pixels);
    this.#keys = new Int32Array(pixels);
    this.#rowOf = new Int32Array(pixels);
  }

  /**
   * The components of a window whose longer side is within limits. Pixels with the key `skip` are none; `grey` gives the
   * values that contrasts are measured in. Linear in the number of pixels.
   */
  components(
    keys: Int32Array,
    grey: Uint8Array,
    width: number,
    height: number,
    { least, most }: ComponentLimits,
    skip: number,
  ): Component[] {
    const runs = this.#label(keys, width, height, skip);
    return this.#collect(runs, grey, width, least, most);
  }

  #label(keys: Int32Array, width: number, height: number, skip: number): number {
    const parent = this.#parent;
    const starts = this.#starts;
    const ends = this.#ends;
    const runKeys = this.#keys;
    const rowOf = this.#rowOf;
    let count = 0;
    let before = 0;
    let beforeEnd = 0;
    for (let y = 0; y < height; y++) {
      const first = count;
      let above = before;
      const row = y * width;
      for (let x = 0; x < width; ) {
        const key = keys[row + x] as number;
        const start = x;
        do x++;
        while (x < width && keys[row + x] === key);
        if (key === skip) continue;
        starts[count] = start;
        ends[count] = x;
        runKeys[count] = key;
        rowOf[count] = y;
        parent[count] = count;
        while (above < beforeEnd && (ends[above] as number) < start) above++;
        for (let other = above; other < beforeEnd && (starts[other] as number) <= x; other++)
          if (runKeys[other] === key) join(parent, other, count);
        count++;
      }
      before = first;
      beforeEnd = count;
    }
    return count;
  }

  #collect(runs: number, grey: Uint8Array, width: number, least: number, most: number): Component[] {
    const parent = this.#parent;
    const starts = this.#starts;
    const ends = this.#ends;
    const rowOf = this.#rowOf;
    // Roots come before their runs, and runs in order of rows: top and bottom of a root follow from first and last run.
    const slots = new Int32Array(runs);
    let roots = 0;
    for (let run = 0; run < runs; run++) {
      const root = find(parent, run);
      if (root === run) slots[run] = roots++;
      else slots[run] = slots[root] as number;
    }
    const boxes = new Int32Array(roots * 6);
    for (let run = 0; run < runs; run++) {
      const at = (slots[run] as number) * 6;
      const start = starts[run] as number;
      const end = ends[run] as number;
      if (boxes[at + 5] === 0) {
        boxes[at] = start;
        boxes[at + 1] = end;
        boxes[at + 2] = rowOf[run] as number;
      } else {
        if (start < (boxes[at] as number)) boxes[at] = start;
        if (end > (boxes[at + 1] as number)) boxes[at + 1] = end;
      }
      boxes[at + 3] = (rowOf[run] as number) + 1;
      boxes[at + 4] = (boxes[at + 4] as number) + end - start;
      boxes[at + 5] = (boxes[at + 5] as number) + 1;
    }
    return this.#measured({ runs, slots, boxes, roots }, grey, width, least, most);
  }

  #measured(
    found: { runs: number; slots: Int32Array; boxes: Int32Array; roots: number },
    grey: Uint8Array,
    width: number,
    least: number,
    most: number,
  ): Component[] {
    const { runs, slots, boxes, roots } = found;
    const kept = new Int32Array(roots).fill(-1);
    let count = 0;
    for (let root = 0; root < roots; root++) {
      const at = root * 6;
      const wide = (boxes[at + 1] as number) - (boxes[at] as number);
      const tall = (boxes[at + 3] as number) - (boxes[at + 2] as number);
      const longer = Math.max(wide, tall);
      if (longer >= least && longer <= most) kept[root] = count++;
    }
    const sums = new Float64Array(sumsEach * count);
    for (let run = 0; run < runs; run++) {
      const slot = kept[slots[run] as number] as number;
      if (slot < 0) continue;
      const row = (this.#rowOf[run] as number) * width;
      const start = this.#starts[run] as number;
      const end = this.#ends[run] as number;
      const at = sumsEach * slot;
      const middle = row + ((start + end - 1) >> 1);
      if (start > 0) {
        addDifference(sums, at, (grey[row + start] as number) - (grey[row + start - 1] as number));
        addRise(sums, at, grey, row + Math.max(0, start - 2), Math.min(middle, row + start + 1), middle);
      }
      if (end < width) {
        addDifference(sums, at, (grey[row + end - 1] as number) - (grey[row + end] as number));
        addRise(sums, at, grey, row + Math.min(width - 1, end + 1), Math.max(middle, row + end - 2), middle);
      }
    }
    const components: Component[] = new Array(count);
    for (let run = 0; run < runs; run++) {
      const root = slots[run] as number;
      const slot = kept[root] as number;
      if (slot < 0 || components[slot] !== undefined) continue;
      const at = root * 6;
      components[slot] = {
        left: boxes[at] as number,
        top: boxes[at + 2] as number,
        width: (boxes[at + 1] as number) - (boxes[at] as number),
        height: (boxes[at + 3] as number) - (boxes[at + 2] as number),
        count: boxes[at + 4] as number,
        runs: boxes[at + 5] as number,
        key: this.#keys[run] as number,
        contrast: sums[sumsEach * slot] as number,
        amount: sums[sumsEach * slot + 1] as number,
        edges: sums[sumsEach * slot + 2] as number,
        sharpness: (sums[sumsEach * slot + 3] as number) / Math.max(1, sums[sumsEach * slot + 4] as number),
      };
    }
    return components;
  }
}

const sumsEach = 5;

/** The rise from a pixel outside to the middle of a stretch, and its steepest step up to `inside`. */
function addRise(
  sums: Float64Array,
  at: number,
  grey: Uint8Array,
  outside: number,
  inside: number,
  middle: number,
): void {
  const rise = (grey[middle] as number) - (grey[outside] as number);
  const sign = rise < 0 ? -1 : 1;
  const way = inside < outside ? -1 : 1;
  let steepest = 0;
  for (let i = outside; i !== inside; i += way) {
    const step = sign * ((grey[i + way] as number) - (grey[i] as number));
    if (step > steepest) steepest = step;
  }
  sums[at + 3] = (sums[at + 3] as number) + Math.min(steepest, sign * rise);
  sums[at + 4] = (sums[at + 4] as number) + sign * rise;
}

function addDifference(sums: Float64Array, at: number, difference: number): void {
  sums[at] = (sums[at] as number) + difference;
  sums[at + 1] = (sums[at + 1] as number) + Math.abs(difference);
  sums[at + 2] = (sums[at + 2] as number) + 1;
}

function find(parent: Int32Array, run: number): number {
  let root = run;
  while (parent[root] !== root) {
    const next = parent[parent[root] as number] as number;
    parent[root] = next;
    root = next;
  }
  return root;
}

/** The earlier run becomes the root. */
function join(parent: Int32Array, one: number, other: number): void {
  const a = find(parent, one);
  const b = find(parent, other);
  if (a < b) parent[b] = a;
  else parent[a] = b;
}
