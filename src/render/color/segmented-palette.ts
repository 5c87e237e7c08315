/**
 * Segmented palette data (PS3.3 C.7.9.2) expanded to `length` entries; undefined where no reading of them gives that
 * many. `bits` are those of the descriptor: 8-bit palettes have segments of bytes, which some write as words. Offsets
 * of indirect segments count bytes by the standard; pydicom and GDCM count units, and files exist that only they can
 * read: the count that meets the beginning of a segment and fills the table is taken, bytes first.
 */
export function expandSegments(
  bytes: Uint8Array,
  littleEndian: boolean,
  bits: number,
  length: number,
): Uint16Array | undefined {
  const asBytes = () => (littleEndian ? bytes : swapped(bytes));
  const asWords = () => wordsOf(bytes, littleEndian);
  const readings: readonly Reading[] =
    bits === 8
      ? [
          { units: asBytes(), unitBytes: 1, offsetUnitBytes: 1 },
          { units: asWords(), unitBytes: 2, offsetUnitBytes: 2 },
          { units: asWords(), unitBytes: 2, offsetUnitBytes: 1 },
        ]
      : [
          { units: asWords(), unitBytes: 2, offsetUnitBytes: 2 },
          { units: asWords(), unitBytes: 2, offsetUnitBytes: 1 },
          { units: asBytes(), unitBytes: 1, offsetUnitBytes: 1 },
        ];
  for (const reading of readings) {
    // One unit of padding may follow.
    const entries = expand(reading, length, 1);
    if (entries !== undefined) return entries;
  }
  const [first] = readings;
  return first && expand(first, length, Number.POSITIVE_INFINITY);
}

interface Reading {
  readonly units: Uint8Array | Uint16Array;
  readonly unitBytes: 1 | 2;
  /** What an offset is divided by to give units: their size where it counts bytes, 1 where it counts units. */
  readonly offsetUnitBytes: 1 | 2;
}

/**
 * Expands to exactly `length` entries; undefined where a segment is none, ends early or leads beyond the table, or more
 * than `slack` units follow.
 */
function expand(
  { units, unitBytes, offsetUnitBytes }: Reading,
  length: number,
  slack: number,
): Uint16Array | undefined {
  const out = new Uint16Array(length);
  const starts = new Set<number>();
  let filled = 0;
  /** Expands the discrete or linear segment at `start`; gives where the next begins, or -1 where it cannot be. */
  const simple = (start: number): number => {
    const opcode = units[start];
    const count = units[start + 1] ?? 0;
    if (count === 0 || filled + count > length) return -1;
    if (opcode === 0) {
      const next = start + 2 + count;
      if (next > units.length) return -1;
      for (let i = start + 2; i < next; i++) out[filled++] = units[i] as number;
      return next;
    }
    const to = units[start + 2];
    if (opcode !== 1 || to === undefined || filled === 0) return -1;
    // C.7.9.2.2: a straight line from the last point, which is not repeated, to (X0 + length, Y1).
    const from = out[filled - 1] as number;
    for (let i = 1; i <= count; i++) out[filled++] = Math.round(from + ((to - from) * i) / count);
    return start + 3;
  };
  let next = 0;
  while (filled < length) {
    if (next >= units.length) return undefined;
    if (units[next] !== 2) {
      starts.add(next);
      next = simple(next);
      if (next < 0) return undefined;
      continue;
    }
    // C.7.9.2.3: copies segments that were before, none of them indirect, so this cannot run for ever.
    let from = offsetAt(units, next + 2, unitBytes) / offsetUnitBytes;
    for (let left = units[next + 1] ?? 0; left > 0; left--) {
      if (!starts.has(from)) return undefined;
      from = simple(from);
      if (from < 0) return undefined;
    }
    next += 2 + 4 / unitBytes;
  }
  return units.length - next <= slack ? out : undefined;
}

/** 32 bits, the lower 16 first. */
function offsetAt(units: Uint8Array | Uint16Array, at: number, unitBytes: 1 | 2): number {
  let offset = 0;
  for (let i = 4 / unitBytes - 1; i >= 0; i--) {
    offset = offset * (unitBytes === 1 ? 0x100 : 0x10000) + (units[at + i] ?? Number.NaN);
  }
  return offset;
}

/** Bytes of OW words of a big-endian data set in the order of their meaning: the lower byte first. */
export function swapped(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < out.length; i++) out[i] = bytes[i ^ 1] ?? bytes[i] ?? 0;
  return out;
}

function wordsOf(bytes: Uint8Array, littleEndian: boolean): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: bytes.length >>> 1 }, (_, i) => view.getUint16(2 * i, littleEndian));
}
