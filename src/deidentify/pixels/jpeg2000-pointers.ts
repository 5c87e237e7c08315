/** Part of a code stream, [start, end). */
type Range = readonly [start: number, end: number];

/** What a pointer segment may say of one tile-part (ISO/IEC 15444-1 A.4.2). */
interface TilePart {
  readonly tile: number;
  readonly length: number;
}

const startOfTilePart = 0xff90;
const endOfCodestream = 0xffd9;

/**
 * Whether TLM segments (A.7.1), in their order, list the tile-parts that follow from `firstTilePart` on, and nothing else.
 * They only help decoders to find their way: where they do not fit they may be anything, and go.
 */
export function listsTileParts(
  bytes: Uint8Array,
  segments: readonly Range[],
  firstTilePart: number,
  end: number,
): boolean {
  const listed: { tile: number | undefined; length: number }[] = [];
  for (const [index, [start, next]] of segments.entries()) {
    const form = bytes[start + 5] ?? 0;
    const tileBytes = (form >> 4) & 3;
    const lengthBytes = (form & 0x40) === 0 ? 2 : 4;
    const size = tileBytes + lengthBytes;
    if ((form & 0x8f) !== 0 || tileBytes === 3 || bytes[start + 4] !== index) return false;
    if ((next - start - 6) % size !== 0) return false;
    for (let at = start + 6; at < next; at += size) {
      const tile = tileBytes === 0 ? undefined : number(bytes, at, tileBytes);
      listed.push({ tile, length: number(bytes, at + tileBytes, lengthBytes) });
    }
  }
  const parts = tilePartsFrom(bytes, firstTilePart, end);
  return (
    parts.length === listed.length &&
    listed.every(
      ({ tile, length }, index) =>
        (tile === undefined || tile === parts[index]?.tile) && length === parts[index]?.length,
    )
  );
}

function tilePartsFrom(bytes: Uint8Array, from: number, end: number): TilePart[] {
  const parts: TilePart[] = [];
  let start = from;
  while (start + 12 <= end && number(bytes, start, 2) === startOfTilePart) {
    const stated = number(bytes, start + 6, 4);
    const toEnd = lastBytesAreEnd(bytes, end) ? end - 2 - start : end - start;
    const length = stated === 0 ? toEnd : stated;
    if (length < 14) break;
    parts.push({ tile: number(bytes, start + 4, 2), length });
    start += length;
  }
  return parts;
}

function lastBytesAreEnd(bytes: Uint8Array, end: number): boolean {
  return number(bytes, end - 2, 2) === endOfCodestream;
}

/** Whether PLT segments (A.7.3) tell lengths of packets that together are `length` bytes, those behind SOD. */
export function listPackets(bytes: Uint8Array, segments: readonly Range[], length: number): boolean {
  let sum = 0;
  let packet = 0;
  let open = false;
  for (const [index, [start, next]] of segments.entries()) {
    if (bytes[start + 4] !== index) return false;
    for (let at = start + 5; at < next; at += 1) {
      const byte = bytes[at] ?? 0;
      packet = packet * 128 + (byte & 0x7f);
      if (packet > 0xffffffff) return false;
      // The last byte of a length has no high bit; a length does not begin with zeros.
      if (byte === 0x80 && !open) return false;
      open = byte >= 0x80;
      if (open) continue;
      sum += packet;
      packet = 0;
    }
  }
  return !open && sum === length;
}

function number(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index += 1) value = value * 256 + (bytes[index] ?? 0);
  return value;
}
