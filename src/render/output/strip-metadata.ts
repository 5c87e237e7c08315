/** Chunks a PNG of 8 or 16 bits, grey or RGB, cannot do without (ISO/IEC 15948, 11.2). */
const neededChunks = ['IHDR', 'IDAT', 'IEND'];
const pngSignatureBytes = 8;
/** Length, type and checksum. */
const chunkOverheadBytes = 12;

/** The same PNG with nothing but header and pixels: the encoder adds a resolution nobody measured. */
export function withoutPngMetadata(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const kept = [png.subarray(0, pngSignatureBytes)];
  for (let at = pngSignatureBytes; at < png.length; ) {
    const end = at + chunkOverheadBytes + view.getUint32(at);
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    if (neededChunks.includes(type)) kept.push(png.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

const markerComment = 0x64;
const markerStartOfTilePart = 0x90;
const startOfCodeStreamBytes = 2;

/**
 * The same JPEG 2000 or HTJ2K code stream without comment segments (ISO/IEC 15444-1 A.9.2) in its main header, where the
 * encoder names itself. Nothing in the header points to places behind it: lengths of tile-parts are their own (A.7.1).
 */
export function withoutComments(codeStream: Uint8Array): Uint8Array {
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength);
  const kept = [codeStream.subarray(0, startOfCodeStreamBytes)];
  let at = startOfCodeStreamBytes;
  while (view.getUint8(at + 1) !== markerStartOfTilePart) {
    const end = at + 2 + view.getUint16(at + 2);
    if (view.getUint8(at + 1) !== markerComment) kept.push(codeStream.subarray(at, end));
    at = end;
  }
  kept.push(codeStream.subarray(at));
  return Buffer.concat(kept);
}
