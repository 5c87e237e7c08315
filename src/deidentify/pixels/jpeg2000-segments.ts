import { latin1 } from '../text.ts';
import { isEncoderName } from './encoder-names.ts';
import type { Stripper, StripResult } from './fragments.ts';
import { isWholeParameters } from './jpeg2000-parameters.ts';
import { listPackets, listsTileParts } from './jpeg2000-pointers.ts';
import { KeptRanges } from './kept-ranges.ts';

/**
 * JPEG 2000 and HTJ2K (ISO/IEC 15444-1 annex A): comments in the main header go, unless they are an encoder's name, and so
 * do segments that decoders do without and that do not fit the code stream: what stands there may be anything. In a
 * tile-part header nothing can be taken out without rewriting lengths, so the frame is stuck. Boxes of a JP2 file around the
 * code stream, which DICOM does not allow (PS3.5 A.4.4), go as well.
 */
export const jpeg2000Stripper: Stripper = {
  begins: (head) => isCodestream(head, 0) || isJp2(head),
  strip(bytes) {
    if (!isJp2(bytes)) return strip(bytes, 0, bytes.length);
    const box = codestreamBox(bytes);
    return box === undefined ? { kind: 'unreadable' } : strip(bytes, box.start, box.end);
  },
};

/** Marker segments of parts 1, 2 and 15 that a decoder may need (tables A.2 of T.800, T.801, T.814). */
const needed: ReadonlySet<number> = new Set([
  0xff50, 0xff51, 0xff52, 0xff53, 0xff55, 0xff56, 0xff57, 0xff58, 0xff59, 0xff5c, 0xff5d, 0xff5e, 0xff5f,
  0xff60, 0xff61, 0xff63, 0xff72, 0xff73, 0xff74, 0xff75, 0xff76, 0xff77, 0xff78, 0xff79,
]);
/** Those of part 2 (T.801): without its capability bit in SIZ no decoder reads them. */
const extensions: ReadonlySet<number> = new Set([
  0xff72, 0xff73, 0xff74, 0xff75, 0xff76, 0xff77, 0xff78, 0xff79,
]);
const comment = 0xff64;
const tilePartLengths = 0xff55;
const profile = 0xff56;
const packetLengthsInMainHeader = 0xff57;
const packetLengths = 0xff58;
const correspondingProfile = 0xff59;
const packedHeaders = 0xff60;
const packedTilePartHeaders = 0xff61;
const registration = 0xff63;
/** Marker, length and four numbers: more than any profile has. */
const maxProfileBytes = 12;
const startOfTilePart = 0xff90;
const startOfData = 0xff93;
const endOfCodestream = 0xffd9;

function isCodestream(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xff && bytes[at + 1] === 0x4f && bytes[at + 2] === 0xff && bytes[at + 3] === 0x51;
}

function isJp2(bytes: Uint8Array): boolean {
  return latin1(bytes.subarray(4, 8)) === 'jP  ';
}

function strip(bytes: Uint8Array, from: number, end: number): StripResult {
  if (!isCodestream(bytes, from)) return { kind: 'unreadable' };
  const kept = new KeptRanges(from);
  const dropped: (readonly [number, number])[] = [];
  const listing: (readonly [number, number])[] = [];
  // Rsiz, the first value of SIZ (A.5.1, T.801 A.2.1).
  const extended = (u16(bytes, from + 6) & 0x8000) !== 0;
  let position = from + 2;
  while (position + 4 <= end) {
    const marker = u16(bytes, position);
    if (marker === startOfTilePart) {
      if (!listsTileParts(bytes, listing, position, lastByte(bytes, end))) dropped.push(...listing);
      for (const [start, next] of dropped.sort((one, other) => one[0] - other[0])) kept.drop(start, next);
      return tileParts(bytes, position, end, kept);
    }
    const next = position + 2 + u16(bytes, position + 2);
    if (marker < 0xff00 || next <= position + 2 || next > end) return { kind: 'unreadable' };
    const whole = isWholeParameters(bytes, position, next, u16(bytes, from + 2 + 38));
    if (marker === packedHeaders || !whole) return { kind: 'stuck' };
    if (marker === tilePartLengths) listing.push([position, next]);
    else if (isUseless(bytes, position, next) || isForeign(bytes, position, next, extended))
      dropped.push([position, next]);
    position = next;
  }
  return { kind: 'unreadable' };
}

/** Where the code stream ends at the latest: without the zeros that pad a fragment. */
function lastByte(bytes: Uint8Array, end: number): number {
  let last = end;
  while (last > 2 && bytes[last - 1] === 0) last -= 1;
  return last;
}

/** Segments of the main header that a decoder does without, where they hold more than they should. */
function isForeign(bytes: Uint8Array, start: number, end: number, extended: boolean): boolean {
  const marker = u16(bytes, start);
  switch (marker) {
    case packetLengthsInMainHeader:
    case packetLengths:
      return true;
    case registration:
      return bytes.subarray(start + 4, end).some((byte) => byte !== 0);
    case profile:
    case correspondingProfile:
      return end - start > maxProfileBytes;
    default:
      return extensions.has(marker) && !extended;
  }
}

function tileParts(bytes: Uint8Array, from: number, end: number, kept: KeptRanges): StripResult {
  let start = from;
  for (;;) {
    if (start + 12 > end) return kept.finish(bytes, end);
    const marker = u16(bytes, start);
    if (marker === endOfCodestream) return finish(bytes, start + 2, end, kept);
    if (marker !== startOfTilePart) return { kind: 'unreadable' };
    const length = new DataView(bytes.buffer, bytes.byteOffset + start + 6, 4).getUint32(0);
    const pointers: (readonly [number, number])[] = [];
    let position = start + 12;
    while (position + 4 <= end && u16(bytes, position) !== startOfData) {
      const next = position + 2 + u16(bytes, position + 2);
      if (u16(bytes, position) < 0xff00 || next <= position + 2) return { kind: 'unreadable' };
      const here = u16(bytes, position);
      if (isUseless(bytes, position, next) || here === packedTilePartHeaders) return { kind: 'stuck' };
      if (here === packetLengths) pointers.push([position, next]);
      position = next;
    }
    // No packet holds this marker (B.10.1, T.814 7.1): where it stands the code stream ends, whatever lengths say.
    const eoc = indexOfMarker(
      bytes,
      endOfCodestream,
      position,
      length === 0 ? end : Math.min(end, start + length),
    );
    const dataEnd = eoc ?? (length === 0 ? end : Math.min(end, start + length));
    if (pointers.length > 0 && !listPackets(bytes, pointers, dataEnd - position - 2))
      return { kind: 'stuck' };
    if (eoc !== undefined) return finish(bytes, eoc + 2, end, kept);
    // Psot of zero: the tile-part reaches to the end of the code stream (A.4.2).
    if (length === 0 || start + length >= end) return kept.finish(bytes, end);
    if (length < 14) return { kind: 'unreadable' };
    start += length;
    if (start + 12 > end) {
      return u16(bytes, start) === endOfCodestream
        ? finish(bytes, start + 2, end, kept)
        : kept.finish(bytes, end);
    }
  }
}

/** Inside a JP2 file the boxes behind the code stream are dropped like trailing bytes. */
function finish(bytes: Uint8Array, position: number, end: number, kept: KeptRanges): StripResult {
  return kept.finish(bytes, Math.min(position, end));
}

/** Whether the segment at `start` says something to people, or nothing to decoders. */
function isUseless(bytes: Uint8Array, start: number, end: number): boolean {
  const marker = u16(bytes, start);
  return marker === comment ? isTelling(bytes, start, end) : !needed.has(marker);
}

function indexOfMarker(bytes: Uint8Array, marker: number, from: number, end: number): number | undefined {
  for (let at = bytes.indexOf(0xff, from); at >= 0 && at + 1 < end; at = bytes.indexOf(0xff, at + 1)) {
    if (u16(bytes, at) === marker) return at;
  }
  return undefined;
}

/** Whether a comment segment at `start` says more than the name of an encoder. */
function isTelling(bytes: Uint8Array, start: number, end: number): boolean {
  // Rcom 1: text in ISO 8859-15 (A.9.2).
  return u16(bytes, start + 4) !== 1 || !isEncoderName(latin1(bytes.subarray(start + 6, end)));
}

/** Where the contiguous code stream box of a JP2 file lies (annex I). */
function codestreamBox(bytes: Uint8Array): { start: number; end: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  while (position + 8 <= bytes.length) {
    const length = view.getUint32(position);
    const type = latin1(bytes.subarray(position + 4, position + 8));
    const end = length === 0 ? bytes.length : position + length;
    // Lengths of 64 bits (1) are for streams beyond 4 GB, which no fragment holds.
    if (length === 1 || end < position + 8 || end > bytes.length) return undefined;
    if (type === 'jp2c') return { start: position + 8, end };
    position = end;
  }
  return undefined;
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
