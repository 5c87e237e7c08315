import { u32 } from './cursor.ts';
import type { FragmentsBody } from './data-set.ts';

/**
 * The Basic Offset Table (PS3.5 A.4) for fragments that get a padding byte each where their length is odd: entries point
 * at the same fragments as before. Empty, which is always valid, when an entry pointed at no fragment.
 */
export function paddedOffsetTable(body: FragmentsBody, littleEndian: boolean): Uint8Array {
  const movedTo = new Map<number, number>();
  let before = 0;
  let after = 0;
  for (const { length } of body.fragments) {
    movedTo.set(before, after);
    before += 8 + length;
    after += 8 + length + (length & 1);
  }
  const { offset, length } = body.offsetTable;
  const received = body.source.read(offset, length);
  const table = new Uint8Array(length - (length % 4));
  const view = new DataView(table.buffer);
  for (let i = 0; i < table.length; i += 4) {
    const moved = movedTo.get(u32(received, i, littleEndian));
    if (moved === undefined) return new Uint8Array(0);
    view.setUint32(i, moved, littleEndian);
  }
  return table;
}
