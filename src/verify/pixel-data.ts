import { createHash } from 'node:crypto';
import type { ByteSource } from '../dicom/byte-source.ts';
import { tokenize } from './tokenize.ts';

const windowBytes = 1024 * 1024;

/** SHA-256 of the Pixel Data at the top level (fragments without the offset table and their padding); undefined where there is none. */
export function pixelDataDigest(source: ByteSource): string | undefined {
  const hash = createHash('sha256');
  let any = false;
  for (const { source: bytes, tokens } of tokenize(source)?.parts ?? []) {
    const pixels = tokens.filter(({ path }) => /^\(7FE0,00(?:10|08|09)\)$/.test(path));
    pixels.forEach(({ offset, length, isFragment }, index) => {
      if (isFragment && index === 0) return;
      any = true;
      for (let from = 0; from < length; from += windowBytes)
        hash.update(bytes.read(offset + from, Math.min(windowBytes, length - from)));
      if (length % 2 === 1) hash.update(Uint8Array.of(0));
    });
  }
  return any ? hash.digest('hex') : undefined;
}
