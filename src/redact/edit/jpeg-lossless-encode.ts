import { BitWriter } from './bit-writer.ts';
import { bestHuffmanCode, type HuffmanCode, huffmanSegment } from './huffman-code.ts';

/** Samples of one frame as lossless JPEG takes them. */
export interface LosslessJpegImage {
  readonly columns: number;
  readonly rows: number;
  readonly components: 1 | 3;
  /** Bits of a sample, 2 to 16. */
  readonly precision: number;
  /** Interleaved, unsigned. */
  readonly samples: Uint8Array | Uint16Array;
}

/** T.81 H.1.2.2: the magnitude of differences in 17 categories. */
const categories = 17;

/**
 * Encodes as lossless JPEG, process 14 with the first predictor (T.81 Annex H), the form of PS3.5 A.4.2 that DICOM knows
 * best: one scan, one Huffman code made for the frame.
 */
export function encodeLosslessJpeg(image: LosslessJpegImage): Uint8Array {
  const { columns, rows, components, precision } = image;
  const differences = differencesOf(image);
  const occurrences = new Uint32Array(categories);
  for (const difference of differences) {
    const size = category(difference);
    occurrences[size] = (occurrences[size] as number) + 1;
  }
  const code = bestHuffmanCode(occurrences);
  const out = new BitWriter(differences.length + 1024);
  const ids = components === 1 ? [1] : [1, 2, 3];
  out.marker(0xd8);
  out.marker(0xc3, [
    precision,
    rows >> 8,
    rows & 0xff,
    columns >> 8,
    columns & 0xff,
    components,
    ...ids.flatMap((id) => [id, 0x11, 0]),
  ]);
  out.marker(0xc4, huffmanSegment(0, code));
  out.marker(0xda, [components, ...ids.flatMap((id) => [id, 0]), 1, 0, 0]);
  for (const difference of differences) write(out, code, difference);
  out.align();
  out.marker(0xd9);
  return out.result();
}

/** H.1.2.1: each sample less its left neighbour, at the beginning of a row less the one above, modulo 65,536. */
function differencesOf({ columns, rows, components, precision, samples }: LosslessJpegImage): Int16Array {
  const row = columns * components;
  const out = new Int16Array(rows * row);
  const first = 2 ** (precision - 1);
  for (let i = 0; i < out.length; i += 1) {
    const from = i % row < components ? (i < row ? -1 : i - row) : i - components;
    out[i] = (samples[i] as number) - (from < 0 ? first : (samples[from] as number));
  }
  return out;
}

function category(difference: number): number {
  return 32 - Math.clz32(Math.abs(difference));
}

/** The code of the category and the further bits of the difference; -32,768 stands for the one of 16, which has none. */
function write(out: BitWriter, { codes, lengths }: HuffmanCode, difference: number): void {
  const size = category(difference);
  out.bits(codes[size] as number, lengths[size] as number);
  if (size > 0 && size < 16) out.bits(difference < 0 ? difference + (1 << size) - 1 : difference, size);
}
