import { bestHuffmanCode, type HuffmanCode, huffmanSegment } from '../huffman-code.ts';
import type { BlankedBlocks } from './blanked-blocks.ts';
import { restartToken, type ScanTokens } from './block-reader.ts';
import { scanTokens } from './scan-tokens.ts';
import type { SequentialJpeg } from './sequential-jpeg.ts';

/**
 * The image with these blocks blanked, its other coefficients as they were. Every scan gets the shortest Huffman codes for
 * what it holds (T.81 K.2), so that no code tells what was blanked; all other segments stay, and nothing follows the end of
 * the image. Undefined where its entropy-coded data are damaged.
 */
export function writeJpeg(jpeg: SequentialJpeg, blanked: readonly BlankedBlocks[]): Uint8Array | undefined {
  const pieces: Uint8Array[] = [Uint8Array.of(0xff, 0xd8)];
  for (const part of jpeg.parts) {
    if (part.kind === 'segment') {
      pieces.push(part.bytes);
      continue;
    }
    const tokens = scanTokens(jpeg, part.scan, blanked);
    if (tokens === undefined) return undefined;
    const codes = bestCodes(tokens);
    for (const [table, code] of codes) pieces.push(huffmanTable(table, code));
    pieces.push(part.scan.header, entropyCoded(tokens, codes));
  }
  pieces.push(Uint8Array.of(0xff, 0xd9));
  return new Uint8Array(Buffer.concat(pieces));
}

/** A code for every table in use. */
function bestCodes({ occurrences }: ScanTokens): ReadonlyMap<number, HuffmanCode> {
  const codes = new Map<number, HuffmanCode>();
  for (let table = 0; table < 8; table += 1) {
    const own = occurrences.subarray(table << 8, (table + 1) << 8);
    if (own.some((count) => count > 0)) codes.set(table, bestHuffmanCode(own));
  }
  return codes;
}

/** T.81 B.2.4.2. */
function huffmanTable(table: number, code: HuffmanCode): Uint8Array {
  const content = huffmanSegment(table < 4 ? table : 0x10 | (table - 4), code);
  const length = content.length + 2;
  return Uint8Array.of(0xff, 0xc4, length >> 8, length & 0xff, ...content);
}

/** T.81 F.1.2: codes with their further bits, zeros stuffed behind bytes of ones, restart markers between segments. */
function entropyCoded(
  { tokens, count, occurrences }: ScanTokens,
  codes: ReadonlyMap<number, HuffmanCode>,
): Uint8Array {
  /** By kind of symbol: the length of its code times 65,536, and the code. */
  const codeOf = new Uint32Array(occurrences.length);
  let bits = 0;
  for (const [table, { codes: words, lengths }] of codes) {
    for (let symbol = 0; symbol < 256; symbol += 1) {
      const kind = (table << 8) | symbol;
      codeOf[kind] = ((lengths[symbol] as number) << 16) | (words[symbol] as number);
      bits += (occurrences[kind] as number) * ((lengths[symbol] as number) + (symbol & 15));
    }
  }
  let restarts = 0;
  for (let at = 0; at < count; at += 1) if (tokens[at] === restartToken) restarts += 1;
  // Every byte could be one of ones; a restart adds what fills up a byte, and its marker.
  const out = new Uint8Array(2 * (Math.ceil(bits / 8) + 1) + 4 * restarts);
  let to = 0;
  /** Bits not yet written, in the low end; fewer than 8 between codes. Not behind a closure: that takes twice the time. */
  let pending = 0;
  let held = 0;
  let restart = 0;
  for (let at = 0; at <= count; at += 1) {
    const token = at < count ? (tokens[at] as number) : restartToken;
    if (token === restartToken) {
      if (held > 0) {
        // F.1.2.3: the last byte before a marker is filled with ones.
        const byte = (pending << (8 - held)) | (0xff >> held);
        out[to++] = byte;
        if (byte === 0xff) out[to++] = 0;
      }
      pending = 0;
      held = 0;
      if (at === count) break;
      out[to++] = 0xff;
      out[to++] = 0xd0 + restart;
      restart = (restart + 1) & 7;
      continue;
    }
    const kind = token >>> 16;
    const code = codeOf[kind] as number;
    pending = (pending << (code >>> 16)) | (code & 0xffff);
    held += code >>> 16;
    while (held >= 8) {
      held -= 8;
      const byte = (pending >>> held) & 0xff;
      out[to++] = byte;
      if (byte === 0xff) out[to++] = 0;
    }
    pending = ((pending & ((1 << held) - 1)) << (kind & 15)) | (token & 0xffff);
    held += kind & 15;
    while (held >= 8) {
      held -= 8;
      const byte = (pending >>> held) & 0xff;
      out[to++] = byte;
      if (byte === 0xff) out[to++] = 0;
    }
    pending &= (1 << held) - 1;
  }
  return out.subarray(0, to);
}
