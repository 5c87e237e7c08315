/** Collects small writes into chunks; a chunk given out is not touched again. */
export class ChunkWriter {
  /** Larger pieces are not worth copying. */
  readonly smallBytes = 16 * 1024;
  #chunk: Buffer;
  #length = 0;

  constructor() {
    this.#chunk = Buffer.allocUnsafe(this.smallBytes);
  }

  /** True when it is time to `flush`. */
  get isFull(): boolean {
    return this.#length >= 64 * 1024;
  }

  /** The chunk so far, unless empty; writing goes on in a new one. */
  *flush(): Generator<Uint8Array> {
    if (this.#length === 0) return;
    const chunk = this.#chunk.subarray(0, this.#length);
    this.#chunk = Buffer.allocUnsafe(this.smallBytes);
    this.#length = 0;
    yield chunk;
  }

  #room(length: number): number {
    const at = this.#length;
    const needed = at + length;
    if (needed > this.#chunk.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#chunk.length * 2));
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
    if (littleEndian) this.#chunk.writeUInt16LE(value, at);
    else this.#chunk.writeUInt16BE(value, at);
  }

  u32(value: number, littleEndian: boolean): void {
    const at = this.#room(4);
    if (littleEndian) this.#chunk.writeUInt32LE(value, at);
    else this.#chunk.writeUInt32BE(value, at);
  }

  /** Group and element, each in the byte order. */
  tag(value: number, littleEndian: boolean): void {
    this.u16(value >>> 16, littleEndian);
    this.u16(value & 0xffff, littleEndian);
  }

  /** The two letters of a VR. */
  letters(vr: string): void {
    const at = this.#room(2);
    this.#chunk[at] = vr.charCodeAt(0);
    this.#chunk[at + 1] = vr.charCodeAt(1);
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#chunk.set(bytes, at);
  }
}
