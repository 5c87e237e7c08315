/** Collects small writes into chunks; a chunk given out is not touched again. */
export class ChunkWriter {
  /** Larger pieces are not worth copying. */
  readonly smallBytes = 16 * 1024;
  #chunk: Uint8Array;
  #length = 0;

  constructor() {
    this.#chunk = new Uint8Array(this.smallBytes);
  }

  /** True when it is time to `flush`. */
  get isFull(): boolean {
    return this.#length >= 64 * 1024;
  }

  /** The chunk so far, unless empty; writing goes on in a new one. */
  *flush(): Generator<Uint8Array> {
    if (this.#length === 0) return;
    const chunk = this.#chunk.subarray(0, this.#length);
    this.#chunk = new Uint8Array(this.smallBytes);
    this.#length = 0;
    yield chunk;
  }

  #room(length: number): number {
    const at = this.#length;
    const needed = at + length;
    if (needed > this.#chunk.length) {
      const larger = new Uint8Array(Math.max(needed, this.#chunk.length * 2));
      larger.set(this.#chunk.subarray(0, at));
      this.#chunk = larger;
    }
    this.#length = needed;
    return at;
  }

  u8(value: number): void {
    this.#chunk[this.#room(1)] = value;
  }

  u16(value: number, littleEndian: boolean): void {
    const at = this.#room(2);
    this.#chunk[littleEndian ? at : at + 1] = value;
    this.#chunk[littleEndian ? at + 1 : at] = value >>> 8;
  }

  u32(value: number, littleEndian: boolean): void {
    const at = this.#room(4);
    const chunk = this.#chunk;
    for (let i = 0; i < 4; i++) chunk[at + i] = value >>> (littleEndian ? i * 8 : 24 - i * 8);
  }

  /** Group and element, each in the byte order. */
  tag(value: number, littleEndian: boolean): void {
    this.u16(value >>> 16, littleEndian);
    this.u16(value, littleEndian);
  }

  /** The two letters of a VR. */
  letters(vr: string): void {
    const at = this.#room(2);
    this.#chunk[at] = vr.charCodeAt(0);
    this.#chunk[at + 1] = vr.charCodeAt(1);
  }

  /** A copy of these bytes, or of a range of them. */
  bytes(bytes: Uint8Array, from = 0, length = bytes.length): void {
    const at = this.#room(length);
    // Most values are short: a loop beats making a view for `set`.
    if (length > 64)
      this.#chunk.set(
        from === 0 && length === bytes.length ? bytes : bytes.subarray(from, from + length),
        at,
      );
    else for (let i = 0; i < length; i++) this.#chunk[at + i] = bytes[from + i] ?? 0;
  }
}
