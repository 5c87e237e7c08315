import { category, flatCode, huffmanTable, JpegWriter, writeSigned } from './jpeg-bits.ts';

export interface LosslessJpegOptions {
  readonly columns: number;
  readonly rows: number;
  readonly components: number;
  /** Bits per sample, 2 to 16. */
  readonly precision: number;
  /** Predictor, 1 to 7 (T.81 table H.1). */
  readonly selection: number;
  /** Low bits that are cut off before coding; the decoder gives them back as zeros. 0 where left out. */
  readonly pointTransform?: number;
  /** Lines between restart markers; none where left out or 0. */
  readonly restartLines?: number;
  /** One scan for each component instead of one interleaved scan. */
  readonly separateScans?: boolean;
}

const categories = flatCode(Array.from({ length: 17 }, (_, i) => i));

/**
 * Encodes samples (interleaved, unsigned) as lossless JPEG: process 14, T.81 annex H, Huffman coding, all predictors.
 * Deterministic; meant for tests, so the Huffman table is a flat one.
 */
export function encodeLosslessJpeg(samples: ArrayLike<number>, options: LosslessJpegOptions): Uint8Array {
  const { columns, rows, components, precision, restartLines = 0 } = options;
  const out = new JpegWriter();
  const ids = Array.from({ length: components }, (_, i) => i + 1);
  out.marker(0xd8);
  out.segment(0xc3, [
    precision,
    rows >> 8,
    rows & 0xff,
    columns >> 8,
    columns & 0xff,
    components,
    ...ids.flatMap((id) => [id, 0x11, 0]),
  ]);
  out.segment(0xc4, huffmanTable(0, categories));
  if (restartLines > 0) {
    const interval = restartLines * columns;
    out.segment(0xdd, [interval >> 8, interval & 0xff]);
  }
  const scans = options.separateScans === true ? ids.map((id) => [id]) : [ids];
  for (const scan of scans) writeScan(out, samples, scan, options);
  out.marker(0xd9);
  return out.bytes();
}

function writeScan(
  out: JpegWriter,
  samples: ArrayLike<number>,
  scan: readonly number[],
  options: LosslessJpegOptions,
): void {
  const { columns, rows, components, precision, selection, pointTransform = 0, restartLines = 0 } = options;
  out.segment(0xda, [scan.length, ...scan.flatMap((id) => [id, 0]), selection, 0, pointTransform]);
  const start = 2 ** (precision - pointTransform - 1);
  const at = (row: number, column: number, id: number): number =>
    (samples[(row * columns + column) * components + id - 1] ?? 0) >>> pointTransform;
  let restarts = 0;
  for (let row = 0; row < rows; row++) {
    if (restartLines > 0 && row > 0 && row % restartLines === 0) {
      out.flush();
      out.marker(0xd0 + (restarts++ % 8));
    }
    const first = restartLines > 0 ? row % restartLines === 0 : row === 0;
    for (let column = 0; column < columns; column++) {
      for (const id of scan) {
        const left = column > 0 ? at(row, column - 1, id) : 0;
        const above = first ? 0 : at(row - 1, column, id);
        const aboveLeft = first || column === 0 ? 0 : at(row - 1, column - 1, id);
        const predicted = first
          ? column === 0
            ? start
            : left
          : column === 0
            ? above
            : predict(selection, left, above, aboveLeft);
        writeDifference(out, at(row, column, id) - predicted);
      }
    }
  }
  out.flush();
}

/** Table H.1, with Ra left, Rb above and Rc above left. */
function predict(selection: number, left: number, above: number, aboveLeft: number): number {
  switch (selection) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return aboveLeft;
    case 4:
      return left + above - aboveLeft;
    case 5:
      return left + ((above - aboveLeft) >> 1);
    case 6:
      return above + ((left - aboveLeft) >> 1);
    default:
      return (left + above) >> 1;
  }
}

/** Differences are counted modulo 65,536 (H.1.2.1); category 16, which has no further bits, is 32,768. */
function writeDifference(out: JpegWriter, difference: number): void {
  const wrapped = ((difference + 32_768) & 0xffff) - 32_768;
  if (wrapped === -32_768) writeSigned(out, categories, 16, 0, 0);
  else writeSigned(out, categories, category(wrapped), wrapped, category(wrapped));
}
