import { type CodeStream, unsupported } from './code-stream.ts';

/** Choices of a number by two bits (18181-1 clause 9.2): a base and how many bits are added to it. */
type Distribution = readonly [Choice, Choice, Choice, Choice];
type Choice = readonly [base: number, bits: number];

const sizes: Distribution = [
  [1, 9],
  [1, 13],
  [1, 18],
  [1, 30],
];
const integerDepths: Distribution = [
  [8, 0],
  [10, 0],
  [12, 0],
  [1, 6],
];
const extraChannels: Distribution = [
  [0, 0],
  [1, 0],
  [2, 4],
  [1, 12],
];
const enumeration: Distribution = [
  [0, 0],
  [1, 0],
  [2, 4],
  [18, 6],
];
/** Fixed aspect ratios, columns : rows; 0 where columns are told. */
const ratios = [0, 1, 12 / 10, 4 / 3, 3 / 2, 16 / 9, 5 / 4, 2];
const grey = 1;

/** Bits in little-endian order. RangeError behind the end. */
class BitReader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, startByte: number) {
    this.#bytes = bytes;
    this.#position = 8 * startByte;
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#position++) {
      const byte = this.#bytes[this.#position >> 3];
      if (byte === undefined) throw new RangeError('JPEG XL header');
      value += ((byte >> (this.#position & 7)) & 1) * 2 ** i;
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  choose(from: Distribution): number {
    const [base, bits] = from[this.bits(2)] as Choice;
    return base + this.bits(bits);
  }
}

/**
 * Reads size, depth and kind of colour of a bare JPEG XL code stream (18181-1 annex D). Throws PIXEL_FORMAT_UNSUPPORTED
 * for what no image of DICOM is: animated, turned, with a preview, with further channels or with float samples.
 */
export function readJpegXlHeader(bytes: Uint8Array): CodeStream {
  const reader = new BitReader(bytes, 2);
  const size = readSize(reader);
  return {
    kind: 'jpeg-xl',
    ...size,
    ...readMetadata(reader),
    signed: false,
    planar: false,
    color: undefined,
  };
}

function readSize(reader: BitReader): Pick<CodeStream, 'columns' | 'rows'> {
  const small = reader.flag();
  const length = (): number => (small ? 8 * (1 + reader.bits(5)) : reader.choose(sizes));
  const rows = length();
  const ratio = reader.bits(3);
  const columns = ratio === 0 ? length() : Math.floor(rows * (ratios[ratio] ?? 1));
  return { columns, rows };
}

function readMetadata(reader: BitReader): Pick<CodeStream, 'precision' | 'samplesPerPixel'> {
  if (reader.flag()) return { precision: 8, samplesPerPixel: 3 }; // all default
  if (reader.flag()) {
    if (reader.bits(3) !== 0) throw unsupported('JPEG XL orientation');
    if (reader.flag()) readSize(reader); // intrinsic size: a wish for display
    if (reader.flag()) throw unsupported('JPEG XL preview');
    if (reader.flag()) throw unsupported('JPEG XL animation');
  }
  if (reader.flag()) throw unsupported('JPEG XL float samples');
  const precision = reader.choose(integerDepths);
  reader.flag(); // 16-bit buffers suffice
  if (reader.choose(extraChannels) > 0) throw unsupported('JPEG XL extra channels');
  reader.flag(); // XYB
  if (reader.flag()) return { precision, samplesPerPixel: 3 }; // sRGB
  reader.flag(); // an ICC profile follows
  return { precision, samplesPerPixel: reader.choose(enumeration) === grey ? 1 : 3 };
}
