import { type ByteSource, memorySource } from '../../dicom/byte-source.ts';
import type { FragmentsBody } from '../../dicom/data-set.ts';
import { type Piece, splicedSource } from '../../dicom/spliced-source.ts';
import type { Frames } from '../../render/decode/frames.ts';

/** One frame of encapsulated pixel data: made here, or as it was received. */
export type EncodedFrame = Uint8Array | { readonly received: number; readonly length: number };

/** Code streams made here are kept in memory up to this, bytes; what would take more takes another form. */
export const maxEncodedBytes = 2 ** 30;

const padding: Piece = { source: memorySource(new Uint8Array(1)), offset: 0, length: 1 };

/**
 * Encapsulated pixel data (PS3.5 A.4) of these frames, one fragment each, with a Basic Offset Table where its 32 bits reach.
 * Received frames are read from where they are.
 */
export function encapsulatedValue(frames: readonly EncodedFrame[], stored: Frames): FragmentsBody {
  const offsets = new DataView(new ArrayBuffer(4 * frames.length));
  const pieces: Piece[] = [];
  const fragments: { offset: number; length: number }[] = [];
  const tableBytes = offsets.byteLength;
  let at = tableBytes;
  let itemOffset = 0;
  for (const [index, frame] of frames.entries()) {
    const source = frame instanceof Uint8Array ? memorySource(frame) : receivedSource(frame, stored);
    pieces.push({ source, offset: 0, length: frame.length });
    const odd = frame.length % 2;
    if (odd === 1) pieces.push(padding);
    fragments.push({ offset: at, length: frame.length + odd });
    if (itemOffset < 2 ** 32) offsets.setUint32(4 * index, itemOffset, true);
    at += frame.length + odd;
    itemOffset += 8 + frame.length + odd;
  }
  const table = memorySource(new Uint8Array(offsets.buffer));
  return {
    kind: 'fragments',
    source: splicedSource([{ source: table, offset: 0, length: tableBytes }, ...pieces]),
    offsetTable: { offset: 0, length: itemOffset <= 2 ** 32 ? tableBytes : 0 },
    fragments,
  };
}

function receivedSource(
  { received, length }: { received: number; length: number },
  stored: Frames,
): ByteSource {
  return {
    size: length,
    read: (offset, count) => stored.read(received).subarray(offset, offset + count),
  };
}
