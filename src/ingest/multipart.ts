import { SallyportError } from '../core/errors.ts';

export interface MultipartLimits {
  readonly maxParts: number;
  /** Header lines of one part, bytes. */
  readonly maxHeaderBytes: number;
  /** What may stand before the first boundary, bytes. */
  readonly maxPreambleBytes: number;
}

export const multipartDefaults: MultipartLimits = {
  maxParts: 10_000,
  maxHeaderBytes: 16 * 1024,
  maxPreambleBytes: 64 * 1024,
};

/** Blanks that a gateway of mail may have put behind a boundary (RFC 2046 5.1.1). */
const maxPaddingBytes = 128;

const crlf = Buffer.from('\r\n');
const emptyLine = Buffer.from('\r\n\r\n');

/** One part, read while the reader stands in it. */
export interface RelatedPart {
  /** By lower-case name; values are those of the sender. */
  readonly headers: ReadonlyMap<string, string>;
  /** Its next bytes; undefined at its end. The bytes stay as they are. */
  readonly read: () => Promise<Uint8Array | undefined>;
}

/**
 * Reads a multipart body (RFC 2046 5.1) part by part as it comes: the source is asked for more only when more is read, and
 * never more than one piece of it is held. Bytes of a part are exactly those between its boundaries. All throws are
 * MULTIPART_INVALID, or what the source fails with; nothing can be read afterwards.
 */
export class MultipartReader {
  readonly #source: () => Promise<Uint8Array | undefined>;
  readonly #delimiter: Buffer;
  readonly #limits: MultipartLimits;
  /** Read from the source, not yet given on. Starts as if a line had just ended: the first boundary may be the first bytes. */
  #held: Buffer = crlf;
  #place: 'before' | 'inside' | 'between' | 'behind' = 'before';
  #parts = 0;

  /** `source` gives the next bytes, which stay as they are; undefined at the end. */
  constructor(
    source: () => Promise<Uint8Array | undefined>,
    boundary: string,
    limits: MultipartLimits = multipartDefaults,
  ) {
    this.#source = source;
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
    this.#limits = limits;
  }

  /** Goes to the next part, over what is left of this one; undefined behind the last. */
  async next(): Promise<RelatedPart | undefined> {
    if (this.#place === 'before') await this.#skipPreamble();
    while (this.#place === 'inside') await this.#read();
    if (this.#place === 'behind') return undefined;
    if (await this.#isLast()) {
      this.#place = 'behind';
      return undefined;
    }
    this.#parts += 1;
    if (this.#parts > this.#limits.maxParts) throw invalid(`more than ${this.#limits.maxParts} parts`);
    await this.#skipPadding();
    const headers = await this.#readHeaders();
    this.#place = 'inside';
    const own = this.#parts;
    return {
      headers,
      read: async () => (this.#parts === own && this.#place === 'inside' ? this.#read() : undefined),
    };
  }

  async #skipPreamble(): Promise<void> {
    let bytes = 0;
    this.#place = 'inside';
    while (this.#place === 'inside') {
      bytes += (await this.#read())?.length ?? 0;
      if (bytes > this.#limits.maxPreambleBytes) throw invalid('no boundary at its beginning');
    }
  }

  /** Bytes up to the next boundary; undefined when it is reached, which is then behind us. */
  async #read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const at = this.#held.indexOf(this.#delimiter);
      if (at === 0) {
        this.#held = this.#held.subarray(this.#delimiter.length);
        this.#place = 'between';
        return undefined;
      }
      // What could be the beginning of a boundary stays until more is known.
      const sure = at > 0 ? at : this.#held.length - this.#delimiter.length + 1;
      if (sure > 0) {
        const bytes = this.#held.subarray(0, sure);
        this.#held = this.#held.subarray(sure);
        return bytes;
      }
      if (!(await this.#fill())) throw invalid('it ends without its last boundary');
    }
  }

  /** RFC 2046: the boundary with two hyphens behind it. */
  async #isLast(): Promise<boolean> {
    while (this.#held.length < 2) if (!(await this.#fill())) throw invalid('it ends in a boundary');
    return this.#held[0] === 0x2d && this.#held[1] === 0x2d;
  }

  async #skipPadding(): Promise<void> {
    let count = 0;
    for (;;) {
      while (this.#held[count] === 0x20 || this.#held[count] === 0x09) count += 1;
      if (count > maxPaddingBytes) break;
      if (this.#held.length < count + 2) {
        if (!(await this.#fill())) throw invalid('it ends in a boundary');
        continue;
      }
      if (this.#held[count] !== 0x0d || this.#held[count + 1] !== 0x0a) break;
      // The line's end stays: without any header it is the first half of the empty line.
      this.#held = this.#held.subarray(count);
      return;
    }
    throw invalid('a boundary that no CRLF follows');
  }

  async #readHeaders(): Promise<ReadonlyMap<string, string>> {
    const { maxHeaderBytes } = this.#limits;
    let end = this.#held.indexOf(emptyLine);
    while (end < 0) {
      if (this.#held.length > maxHeaderBytes) break;
      if (!(await this.#fill())) throw invalid('it ends in the headers of a part');
      end = this.#held.indexOf(emptyLine);
    }
    if (end < 0 || end > maxHeaderBytes)
      throw invalid('the headers of a part are too long, or lack an empty line');
    const text = this.#held.toString('latin1', 0, end);
    this.#held = this.#held.subarray(end + crlf.length);
    // A part without a body may leave out the empty line: its boundary follows the headers at once.
    while (this.#held.length < this.#delimiter.length) if (!(await this.#fill())) break;
    if (this.#held.indexOf(this.#delimiter) !== 0) this.#held = this.#held.subarray(crlf.length);
    return headersOf(text);
  }

  async #fill(): Promise<boolean> {
    const value = await this.#source();
    if (value === undefined) return false;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    return true;
  }
}

function headersOf(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  // A line that begins with a blank goes on with the one before (RFC 5322 2.2.3).
  const lines = text.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  for (const line of lines) {
    if (line === '') continue;
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:(.*)$/s.exec(line) ?? [];
    if (name === undefined) throw invalid('a line among the headers of a part is no header');
    if (headers.has(name.toLowerCase())) throw invalid('a header of a part comes twice');
    headers.set(name.toLowerCase(), value.trim());
  }
  return headers;
}

function invalid(detail: string): SallyportError {
  return new SallyportError('MULTIPART_INVALID', { detail });
}
