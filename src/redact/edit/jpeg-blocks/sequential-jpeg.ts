import type { DecodeTable } from './decode-table.ts';

/** One component of a frame (T.81 A.1.1), with the grid of its blocks of 8 by 8 samples. */
export interface JpegComponent {
  readonly id: number;
  /** Samples across and down in a minimum coded unit, in blocks. */
  readonly horizontal: number;
  readonly vertical: number;
  /** Samples of the image, without what fills the last blocks. */
  readonly width: number;
  readonly height: number;
  /** Blocks that hold samples of the image. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Blocks with those that fill the last minimum coded units; a block has the index `row * stride + column`. */
  readonly stride: number;
  readonly storedDown: number;
  /** What the DC coefficients of the component are multiplied with. */
  readonly dcStep: number;
}

export interface JpegScanComponent {
  /** Index of the component in the frame. */
  readonly index: number;
  /** Destinations of its tables, 0 to 3. */
  readonly dcTable: number;
  readonly acTable: number;
}

/** One scan (T.81 B.2.3): its header and where its entropy-coded segments lie in the stream. */
export interface JpegScan {
  readonly components: readonly JpegScanComponent[];
  /** Minimum coded units between restarts; 0: none. */
  readonly restartInterval: number;
  /** The marker segment, as it stands in the stream. */
  readonly header: Uint8Array;
  /** Entropy-coded segments between restarts, as many as the restart interval asks for: [start, end) in the stream. */
  readonly segments: readonly (readonly [start: number, end: number])[];
  /** By destination, as defined where the scan begins. */
  readonly dcTables: readonly (DecodeTable | undefined)[];
  readonly acTables: readonly (DecodeTable | undefined)[];
}

/** What a stream consists of, in its order: marker segments that stay as they are, and scans. Huffman tables are left out. */
export type JpegPart =
  | { readonly kind: 'segment'; readonly bytes: Uint8Array }
  | { readonly kind: 'scan'; readonly scan: JpegScan };

/** A sequential JPEG image of 8 bits in Huffman codes (T.81 processes 1 and 2), each component in one scan. */
export interface SequentialJpeg {
  readonly stream: Uint8Array;
  readonly columns: number;
  readonly rows: number;
  readonly components: readonly JpegComponent[];
  /** The largest factors of all components. */
  readonly mostHorizontal: number;
  readonly mostVertical: number;
  /** Minimum coded units of interleaved scans. */
  readonly unitsAcross: number;
  readonly unitsDown: number;
  readonly parts: readonly JpegPart[];
}
