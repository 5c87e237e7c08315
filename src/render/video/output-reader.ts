import type { DecoderProcess } from './decoder-process.ts';

/** Takes lines and counted bytes from the output of a program; holds one chunk of it. */
export class OutputReader {
  readonly #process: Pick<DecoderProcess, 'chunk'>;
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(process: Pick<DecoderProcess, 'chunk'>) {
    this.#process = process;
  }

  /** The next line without its end, as Latin-1; undefined at the end of the output or where it has more than `maxBytes`. */
  async line(maxBytes: number): Promise<string | undefined> {
    let text = '';
    for (;;) {
      if (!(await this.#more())) return undefined;
      const end = this.#chunk.indexOf(0x0a, this.#at);
      const part = this.#chunk.subarray(this.#at, end === -1 ? undefined : end);
      if (text.length + part.length > maxBytes) return undefined;
      text += Buffer.from(part.buffer, part.byteOffset, part.length).toString('latin1');
      this.#at += part.length + (end === -1 ? 0 : 1);
      if (end !== -1) return text;
    }
  }

  /** Fills `bytes`; false where the output ends before. */
  async fill(bytes: Uint8Array): Promise<boolean> {
    for (let filled = 0; filled < bytes.length; ) {
      if (!(await this.#more())) return false;
      const part = this.#chunk.subarray(this.#at, this.#at + bytes.length - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#at += part.length;
    }
    return true;
  }

  /** Passes over bytes; false where the output ends before. */
  async skip(count: number): Promise<boolean> {
    for (let left = count; left > 0; ) {
      if (!(await this.#more())) return false;
      const step = Math.min(left, this.#chunk.length - this.#at);
      left -= step;
      this.#at += step;
    }
    return true;
  }

  /** True where nothing more comes. */
  async atEnd(): Promise<boolean> {
    return !(await this.#more());
  }

  async #more(): Promise<boolean> {
    while (this.#at >= this.#chunk.length) {
      const chunk = await this.#process.chunk();
      if (chunk === undefined) return false;
      this.#chunk = chunk;
      this.#at = 0;
    }
    return true;
  }
}
