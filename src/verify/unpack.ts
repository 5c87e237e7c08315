import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { Context } from './place.ts';

/** Something that stood packed in other bytes. */
export interface Unpacked {
  /** "gzip", "base64": the name of the wrapping, for the report. */
  readonly form: string;
  readonly bytes: Buffer;
}

/** How much one file may inflate to in all, bytes. */
export const maxUnpackedBytes = 256 * 1024 * 1024;
const maxAttempts = 256;
const minUnpacked = 4;

/** Counts what is unpacked of one file; says so when it was too much. */
export class UnpackBudget {
  left = maxUnpackedBytes;
  exhausted = false;

  inflate(unpack: (maxOutputLength: number) => Buffer): Buffer | undefined {
    if (this.left <= 0) {
      this.exhausted = true;
      return undefined;
    }
    try {
      const bytes = unpack(this.left);
      this.left -= bytes.length;
      return bytes.length >= minUnpacked ? bytes : undefined;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') this.exhausted = true;
      return undefined;
    }
  }
}

/** What follows a stream, or a stream cut short, is no reason not to look at what there is (Z_SYNC_FLUSH). */
const lenient = { finishFlush: 2 } as const;

export function brotli(bytes: Uint8Array, budget: UnpackBudget): Buffer | undefined {
  return budget.inflate((maxOutputLength) => brotliDecompressSync(bytes, { maxOutputLength }));
}

export function rawDeflate(bytes: Uint8Array, budget: UnpackBudget): Buffer | undefined {
  return budget.inflate((maxOutputLength) => inflateRawSync(bytes, { maxOutputLength, ...lenient }));
}

/** Streams that begin with a magic number: gzip members, zip entries, and, outside of samples, zlib streams. */
export function* compressedStreams(
  bytes: Buffer,
  context: Context,
  budget: UnpackBudget,
): Generator<Unpacked> {
  let attempts = 0;
  for (
    let at = bytes.indexOf('1f8b08', 0, 'hex');
    at >= 0 && attempts < maxAttempts;
    at = bytes.indexOf('1f8b08', at + 1, 'hex')
  ) {
    attempts += 1;
    const unpacked = budget.inflate((maxOutputLength) =>
      gunzipSync(bytes.subarray(at), { maxOutputLength, ...lenient }),
    );
    if (unpacked !== undefined) yield { form: 'gzip', bytes: unpacked };
  }
  attempts = 0;
  for (
    let at = bytes.indexOf('504b0304', 0, 'hex');
    at >= 0 && attempts < maxAttempts;
    at = bytes.indexOf('504b0304', at + 1, 'hex')
  ) {
    attempts += 1;
    if (at + 30 > bytes.length || bytes.readUInt16LE(at + 8) !== 8) continue;
    const data = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    const unpacked = rawDeflate(bytes.subarray(data), budget);
    if (unpacked !== undefined) yield { form: 'zip', bytes: unpacked };
  }
  if (context === 'samples') return;
  attempts = 0;
  for (let at = bytes.indexOf(0x78); at >= 0 && attempts < maxAttempts; at = bytes.indexOf(0x78, at + 1)) {
    const second = bytes[at + 1] ?? 0;
    // RFC 1950: the two bytes are a multiple of 31, without a preset dictionary.
    if (((0x78 << 8) | second) % 31 !== 0 || (second & 0x20) !== 0) continue;
    attempts += 1;
    const unpacked = budget.inflate((maxOutputLength) =>
      inflateSync(bytes.subarray(at), { maxOutputLength, ...lenient }),
    );
    if (unpacked !== undefined) yield { form: 'zlib', bytes: unpacked };
  }
}

/** Bytes and text written in letters: base64, hexadecimal digits. */
export function* lettered(text: string): Generator<Unpacked> {
  for (const [run] of text.matchAll(/(?:[A-Za-z0-9+/_-]{4,}[\r\n \\]{0,3}){2,}[A-Za-z0-9+/_-]*={0,2}/g)) {
    const packed = run.replace(/[\r\n \\]+/g, '');
    if (packed.length < 8 || /^[0-9.]+$/.test(packed)) continue;
    // Where a run begins inside of other letters, the groups of four begin at one of four places.
    for (const shift of packed.length > 4096 ? [0] : [0, 1, 2, 3]) {
      const bytes = Buffer.from(packed.slice(shift), 'base64');
      if (bytes.length >= minUnpacked) yield { form: 'base64', bytes };
    }
  }
  for (const [run] of text.matchAll(/(?:[0-9A-Fa-f]{2}[\s:,-]?(?:0x)?){5,}/g)) {
    const packed = run.replace(/0x|[^0-9A-Fa-f]/g, '');
    if (/^[0-9]{1,13}$/.test(packed)) continue;
    for (const shift of [0, 1]) yield { form: 'hexadecimal', bytes: Buffer.from(packed.slice(shift), 'hex') };
  }
}

/** Text with its escapes of URLs, JSON, XML and quoted-printable taken back; undefined when it has none. */
export function unescaped(text: string): string | undefined {
  if (!/%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|&#?\w+;|=[0-9A-F]{2}|\\x[0-9A-Fa-f]{2}|[A-Za-z]\+[A-Z]/.test(text))
    return undefined;
  const character = (code: string, radix: number): string => {
    const point = Number.parseInt(code, radix);
    return point <= 0x10ffff ? String.fromCodePoint(point) : '';
  };
  const bytes = (whole: string): string =>
    Buffer.from(whole.replace(/[%=]|\\x/g, ''), 'hex').toString('utf8');
  return text
    .replace(/=\r?\n/g, '')
    .replace(/(?:%[0-9A-Fa-f]{2})+|(?:=[0-9A-F]{2})+|(?:\\x[0-9A-Fa-f]{2})+/g, bytes)
    .replace(/\\u([0-9A-Fa-f]{4})/g, (_, code: string) => character(code, 16))
    .replace(/&#(\d{1,7});/g, (_, code: string) => character(code, 10))
    .replace(/&#x([0-9A-Fa-f]{1,6});/g, (_, code: string) => character(code, 16))
    .replace(/&(?:amp|lt|gt|quot|apos|nbsp);/g, ' ')
    .replace(/&([A-Za-z])(?:uml|acute|grave|circ|tilde|cedil|ring|slash|caron);/g, '$1')
    .replaceAll('&szlig;', 'ss')
    .replaceAll('+', ' ');
}
