import t from 'tap';
import type { ImageOptions } from '../image.ts';
import { levels, rescaleElements, windowElements } from './shown.ts';

const cellsOf = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array } as const;

/** Values spread over all that can be stored, both ends and both sides of the middle among them. */
function spread(stored: number, signed: boolean): number[] {
  const size = 2 ** stored;
  const first = signed ? -size / 2 : 0;
  const picks = [0, 1, size / 4, size / 2 - 1, size / 2, (3 * size) / 4, size - 2, size - 1];
  return picks.map((pick) => first + Math.floor(Math.min(size - 1, Math.max(0, pick))));
}

/** The values in their cells, every bit outside the stored ones set in every other cell. */
function packed(
  allocated: 8 | 16 | 32,
  stored: number,
  highBit: number,
  values: readonly number[],
): ImageOptions['pixels'] {
  const shift = BigInt(highBit + 1 - stored);
  const mask = (1n << BigInt(stored)) - 1n;
  const stale = ((1n << BigInt(allocated)) - 1n) ^ (mask << shift);
  const bits = values.map(
    (value, index) => ((BigInt(value) & mask) << shift) | (index % 2 === 0 ? stale : 0n),
  );
  return cellsOf[allocated].from(bits.map(Number));
}

t.test(
  'every number of stored bits, signed or not, at every end of the cell, with stale bits around',
  async (t) => {
    let checked = 0;
    for (const allocated of [8, 16, 32] as const)
      for (let stored = 1; stored <= allocated; stored++)
        for (const signed of [false, true])
          for (const highBit of new Set([
            stored - 1,
            allocated - 1,
            Math.floor((stored - 1 + allocated - 1) / 2),
          ])) {
            const values = spread(stored, signed);
            const size = 2 ** stored;
            const center = (signed ? 0 : size / 2) * 0.5 + 3;
            const image: ImageOptions = {
              columns: 8,
              allocated,
              stored,
              highBit,
              signed,
              pixels: packed(allocated, stored, highBit, values),
              more: [
                ...rescaleElements('0.5', '3'),
                ...windowElements(String(center), String(size), 'LINEAR_EXACT'),
              ],
            };
            const wanted = values.map((value) => Math.round(((value * 0.5 + 3 - center) / size + 0.5) * 255));
            t.same(
              levels(image),
              wanted,
              `${stored} of ${allocated}, high bit ${highBit}, ${signed ? 'signed' : 'unsigned'}`,
            );
            checked += 1;
          }
    t.ok(checked > 250, `${checked} layouts`);
  },
);
