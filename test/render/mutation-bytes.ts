import type { Dice } from './mutation-random.ts';

/** Damages bytes as transfer, storage and hostile hands do: flips, cuts, inserts, moved and doubled stretches, lengths. */
export function damaged(bytes: Uint8Array, roll: Dice): Uint8Array {
  let out: Buffer = Buffer.from(bytes);
  for (let hits = 1 + roll.below(6); hits > 0 && out.length > 0; hits--) out = hit(out, roll);
  return new Uint8Array(out);
}

function hit(bytes: Buffer, roll: Dice): Buffer {
  const { length } = bytes;
  // Half of the hits go to the first bytes, where the headers of code streams stand.
  const at = roll.below(roll.chance(0.5) ? Math.min(length, 200) : length);
  const count = 1 + roll.below(Math.min(64, length - at));
  switch (roll.below(10)) {
    case 0:
    case 1:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << roll.below(8));
      return bytes;
    case 2:
      bytes[at] = roll.below(256);
      return bytes;
    case 3:
      bytes[at] = roll.pick([0, 0xff, 0x7f, 0x80]);
      return bytes;
    case 4:
      return bytes.subarray(0, at);
    case 5:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)]);
    case 6: {
      const inserted = Buffer.from(Array.from({ length: count }, () => roll.below(256)));
      return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
    }
    case 7: {
      const from = roll.below(length);
      return Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(from, from + 64 * count),
        bytes.subarray(at),
      ]);
    }
    case 8:
      return segmentDamaged(bytes, roll);
    default:
      bytes.fill(roll.pick([0, 0xff]), at, at + count);
      return bytes;
  }
}

/** Finds the marker segments of JPEG and JPEG 2000 by their 0xff and doubles, drops, moves or resizes one. */
function segmentDamaged(bytes: Buffer, roll: Dice): Buffer {
  const starts: number[] = [];
  for (let at = 0; at + 4 < bytes.length && starts.length < 60; at++) {
    if (bytes[at] === 0xff && (bytes[at + 1] ?? 0) > 0x01 && bytes[at + 1] !== 0xff) starts.push(at);
  }
  if (starts.length === 0) return bytes;
  const start = roll.pick(starts);
  const end = Math.min(bytes.length, start + 2 + bytes.readUInt16BE(start + 2));
  const segment = bytes.subarray(start, end);
  const [before, after] = [bytes.subarray(0, start), bytes.subarray(end)];
  switch (roll.below(4)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, segment, segment, after]);
    case 2: {
      const elsewhere = roll.pick(starts);
      return Buffer.concat([bytes.subarray(0, elsewhere), segment, bytes.subarray(elsewhere)]);
    }
    default:
      bytes.writeUInt16BE(roll.pick([0, 1, 2, 3, 0xffff, segment.length + 1]), start + 2);
      return bytes;
  }
}
