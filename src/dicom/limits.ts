/** Bounds on what reading one instance may cost. */
export interface ReadLimits {
  /** Sequences inside sequences; 1 allows a sequence at the top level only. At most 256. */
  readonly maxDepth: number;
  /** Elements, items and pixel data fragments together. */
  readonly maxElements: number;
  /** Bytes of a deflated data set, before and after inflating. */
  readonly maxInflatedBytes: number;
}

/** An element or item costs about 220 bytes of memory (measured): a million fits a worker. */
export const defaultReadLimits: ReadLimits = {
  maxDepth: 64,
  maxElements: 1_000_000,
  maxInflatedBytes: 256 * 1024 * 1024,
};
