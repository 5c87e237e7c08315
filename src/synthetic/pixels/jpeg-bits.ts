/** Bytes of a JPEG code stream as they grow: markers, segments, and entropy-coded bits with byte stuffing (T.81 B.1.1.5). */
export class JpegWriter {
  readonly #bytes: number[] = [];
  #pending = 0;
  #count = 0;

  /** A marker without a segment. */
  marker(code: number): void {
    this.#bytes.push(0xff, code);
  }

  /** A marker with its segment; the length is computed. */
  segment(code: number, body: readonly number[]): void {
    const length = body.length + 2;
    this.marker(code);
    this.#bytes.push(length >> 8, length & 0xff, ...body);
  }

  /** The lowest `length` bits of `value`, most significant first. */
  bits(value: number, length: number): void {
    for (let i = length - 1; i >= 0; i--) {
      this.#pending = (this.#pending << 1) | ((value >>> i) & 1);
      this.#count += 1;
      if (this.#count === 8) this.#emit();
    }
  }

  /** F.1.2.3: the last byte before a marker is filled with ones. */
  flush(): void {
    while (this.#count > 0) this.bits(1, 1);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #emit(): void {
    this.#bytes.push(this.#pending);
    if (this.#pending === 0xff) this.#bytes.push(0);
    this.#pending = 0;
    this.#count = 0;
  }
}

/** A Huffman table in which every symbol has a code of one length: larger streams than need be, but nothing to derive. */
export interface FlatCode {
  readonly length: number;
  readonly symbols: readonly number[];
  readonly codeOf: ReadonlyMap<number, number>;
}

/** T.81 C: the code of all ones is not given to any symbol. */
export function flatCode(symbols: readonly number[]): FlatCode {
  const length = Math.ceil(Math.log2(symbols.length + 1));
  return { length, symbols, codeOf: new Map(symbols.map((symbol, index) => [symbol, index])) };
}

/** The body of a DHT segment; `destination` is class (0 DC and lossless, 1 AC) times 16 plus number. */
export function huffmanTable(destination: number, code: FlatCode): number[] {
  const counts = Array.from({ length: 16 }, (_, i) => (i + 1 === code.length ? code.symbols.length : 0));
  return [destination, ...counts, ...code.symbols];
}

/** Bits needed for the magnitude of a difference: the category SSSS of tables F.1 and H.2. */
export function category(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

/** Writes the code of a symbol and the additional bits of a signed value (F.1.2.1.1). */
export function writeSigned(
  out: JpegWriter,
  code: FlatCode,
  symbol: number,
  value: number,
  size: number,
): void {
  out.bits(code.codeOf.get(symbol) ?? 0, code.length);
  if (size > 0) out.bits(value < 0 ? value + 2 ** size - 1 : value, size);
}

export interface JpegComponent {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
}

/** APP0 of JFIF 1.01 and APP14 of Adobe, by which decoders guess the colour space. */
export const jfifSegment: readonly number[] = [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
export function adobeSegment(transform: 0 | 1): number[] {
  return [0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform];
}
