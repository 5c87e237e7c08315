import { SallyportError } from '../core/errors.ts';

/** Text taken up at once, characters. */
const sliceLength = 1024 * 1024;
/** Read of a file at once: a multiple of three, so that pieces of Base64 can be put together. */
const fileBytes = 768 * 1024;
/** Detail of REQUEST_INVALID for text that is none. */
export const notBase64 = 'not Base64';
/** So much is looked at to tell Base64 from bytes. */
export const lookBytes = 4096;

/**
 * The bytes that Base64 text stands for (RFC 4648 4; line breaks and blanks are passed over), piece by piece. Throws
 * REQUEST_INVALID at the first character that does not belong there, or where it ends within a group.
 */
export async function* decodeBase64(
  text: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let rest = '';
  let ended = false;
  for await (const piece of text) {
    rest += Buffer.from(piece.buffer, piece.byteOffset, piece.length)
      .toString('latin1')
      .replace(/[\r\n\t ]+/g, '');
    const whole = rest.length - (rest.length % 4);
    if (whole === 0) continue;
    if (ended) throw invalid();
    const group = rest.slice(0, whole);
    rest = rest.slice(whole);
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(group)) throw invalid();
    ended = group.endsWith('=');
    yield Buffer.from(group, 'base64');
  }
  if (rest !== '') throw invalid();
}

/** The pieces of a text, so that it is not copied as a whole. */
export function* slicesOf(text: string): Generator<Uint8Array> {
  for (let at = 0; at < text.length; at += sliceLength) {
    const slice = text.slice(at, at + sliceLength);
    // What is beyond ASCII would turn into some other character.
    if (/[^ -~\r\n\t]/.test(slice)) throw invalid();
    yield Buffer.from(slice, 'latin1');
  }
}

/** Whether the beginning of a file can be Base64 text: no DICOM file has only such bytes in its first `lookBytes`. */
export function looksLikeBase64(start: Uint8Array): boolean {
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, lookBytes)).toString(
    'latin1',
  );
  return /^[A-Za-z0-9+/=\r\n\t ]+$/.test(text);
}

/** What of a file is needed to read it. */
export interface ReadableFile {
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** A file as Base64 text, piece by piece. */
export async function* encodeBase64(file: ReadableFile): AsyncGenerator<string> {
  const buffer = Buffer.alloc(fileBytes);
  let held = 0;
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, held, buffer.length - held, position);
    position += bytesRead;
    const filled = held + bytesRead;
    if (bytesRead === 0) {
      if (filled > 0) yield buffer.toString('base64', 0, filled);
      return;
    }
    const whole = filled - (filled % 3);
    if (whole > 0) yield buffer.toString('base64', 0, whole);
    buffer.copyWithin(0, whole, filled);
    held = filled - whole;
  }
}

function invalid(): SallyportError {
  return new SallyportError('REQUEST_INVALID', { detail: notBase64 });
}
