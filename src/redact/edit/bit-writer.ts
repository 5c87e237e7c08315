/** Bits and markers of a JPEG code stream (T.81 B.1), in memory that grows. */
export class BitWriter {
  #bytes: Uint8Array;
  #length = 0;
  /** Bits not yet written, in the low end; fewer than 8 between calls. */
  #pending = 0;
  #count = 0;

  constructor(expectedBytes = 65_536) {
    this.#bytes = new Uint8Array(Math.max(1024, expectedBytes));
  }

  /** A marker, and its segment where it has one; the length is computed. */
  marker(code: number, segment?: ArrayLike<number>): void {
    this.#room(4 + (segment?.length ?? 0));
    this.#bytes[this.#length++] = 0xff;
    this.#bytes[this.#length++] = code;
    if (segment === undefined) return;
    const length = segment.length + 2;
    this.#bytes[this.#length++] = length >> 8;
    this.#bytes[this.#length++] = length & 0xff;
    this.#bytes.set(segment, this.#length);
    this.#length += segment.length;
  }

  /** Bytes as they are, between byte borders. */
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The lowest `count` bits of `value`, at most 16, most significant first; bytes of ones are stuffed (B.1.1.5). */
  bits(value: number, count: number): void {
    this.#pending = (this.#pending << count) | (value & ((1 << count) - 1));
    this.#count += count;
    while (this.#count >= 8) {
      this.#count -= 8;
      const byte = (this.#pending >>> this.#count) & 0xff;
      this.#room(2);
      this.#bytes[this.#length++] = byte;
      if (byte === 0xff) this.#bytes[this.#length++] = 0;
    }
    this.#pending &= (1 << this.#count) - 1;
  }

  /** F.1.2.3: the last byte before a marker is filled with ones. */
  align(): void {
    if (this.#count > 0) this.bits(0xff, 8 - this.#count);
  }

  result(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
