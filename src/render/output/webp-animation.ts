/** One side of a WebP picture is 14 bits long. */
export const maxWebpEdge = 16_383;
/** Durations have 24 bits. */
const maxDurationMs = 0xff_ffff;

/** What stands before the frames of an animated WebP (RIFF container): sizes, no colour of paper, played for ever. */
export function webpAnimationHead(width: number, height: number): Uint8Array {
  const canvas = new Uint8Array(10);
  // The flag of an animation; none for a profile, EXIF or XMP: there are none.
  canvas[0] = 0x02;
  put24(canvas, 4, width - 1);
  put24(canvas, 7, height - 1);
  const riff = new Uint8Array(12);
  riff.set(letters('RIFF'), 0);
  riff.set(letters('WEBP'), 8);
  return Buffer.concat([riff, chunk('VP8X', canvas), chunk('ANIM', new Uint8Array(6))]);
}

/** One frame that covers the whole canvas, from a WebP file of one picture without transparency. */
export function webpAnimationFrame(
  webp: Uint8Array,
  width: number,
  height: number,
  durationMs: number,
): Uint8Array {
  const head = new Uint8Array(16);
  put24(head, 6, width - 1);
  put24(head, 9, height - 1);
  put24(head, 12, Math.min(maxDurationMs, Math.max(1, Math.round(durationMs))));
  // Not blended with the frame before.
  head[15] = 0x02;
  return chunk('ANMF', Buffer.concat([head, imageChunk(webp)]));
}

/** The four bytes at place 4 of the file, once its length is known. */
export function riffSize(fileBytes: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(fileBytes - 8);
  return bytes;
}

/** The chunk with the pixels, as it stands in the file. */
function imageChunk(webp: Uint8Array): Uint8Array {
  const view = new DataView(webp.buffer, webp.byteOffset, webp.byteLength);
  for (let at = 12; at + 8 <= webp.length; ) {
    const name = String.fromCharCode(...webp.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + (length & 1);
    if (name === 'VP8 ' || name === 'VP8L') return webp.subarray(at, end);
    at = end;
  }
  throw new RangeError('no picture in the WebP file');
}

function chunk(name: string, body: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, new Uint8Array(body.length & 1)]);
}

function letters(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function put24(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
}
