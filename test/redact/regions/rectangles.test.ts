import fc from 'fast-check';
import t from 'tap';
import type { PixelBox } from '../../../src/core/redaction.ts';
import { clipped, complement, coveredPixels } from '../../../src/redact/regions/rectangles.ts';

const columns = 12;
const rows = 9;
const box = fc.record({
  left: fc.integer({ min: -3, max: 14 }),
  top: fc.integer({ min: -3, max: 11 }),
  width: fc.integer({ min: 1, max: 14 }),
  height: fc.integer({ min: 1, max: 11 }),
});

/** How many boxes cover each pixel. */
function painted(boxes: readonly PixelBox[]): number[] {
  const counts = new Array<number>(columns * rows).fill(0);
  for (const { left, top, width, height } of boxes)
    for (let row = Math.max(0, top); row < Math.min(rows, top + height); row += 1)
      for (let column = Math.max(0, left); column < Math.min(columns, left + width); column += 1)
        counts[row * columns + column] = (counts[row * columns + column] ?? 0) + 1;
  return counts;
}

t.test('the complement covers each pixel once that no box covers, and no other', async (t) => {
  fc.assert(
    fc.property(fc.array(box, { maxLength: 6 }), (boxes) => {
      const kept = painted(boxes);
      const free = complement(boxes, columns, rows);
      const blanked = painted(free);
      t.ok(
        free.every(
          ({ left, top, width, height }) =>
            left >= 0 &&
            top >= 0 &&
            width > 0 &&
            height > 0 &&
            left + width <= columns &&
            top + height <= rows,
        ),
      );
      return (
        kept.every((count, index) => blanked[index] === (count === 0 ? 1 : 0)) &&
        coveredPixels(boxes, columns, rows) === kept.filter((count) => count > 0).length
      );
    }),
  );
  t.same(complement([], columns, rows), [{ left: 0, top: 0, width: columns, height: rows }]);
  t.same(complement([{ left: 0, top: 2, width: columns, height: rows }], columns, rows), [
    { left: 0, top: 0, width: columns, height: 2 },
  ]);
});

t.test('a box is cut at the edges, or is not there', async (t) => {
  t.same(clipped({ left: -2, top: 1, width: 5, height: 99 }, columns, rows), {
    left: 0,
    top: 1,
    width: 3,
    height: 8,
  });
  t.equal(clipped({ left: 12, top: 0, width: 5, height: 5 }, columns, rows), undefined);
  t.equal(clipped({ left: -5, top: 0, width: 5, height: 5 }, columns, rows), undefined);
});

t.test('many regions side by side take no time that grows with their square many times over', async (t) => {
  const many = Array.from({ length: 256 }, (_, index) => ({
    left: index * 8,
    top: index * 8,
    width: 4,
    height: 4,
  }));
  t.equal(complement(many, 4096, 4096).length > 256, true);
});
