import fc from 'fast-check';
import t from 'tap';
import type { PixelBox } from '../../../src/core/redaction.ts';
import {
  boxBetween,
  boxInTheMiddle,
  boxParts,
  fitted,
  movedBy,
  partAt,
  pulledBy,
  scaleOf,
  toShown,
  toStored,
} from '../../../src/dashboard/review/geometry.ts';

const extent = { columns: 100, rows: 50 };

t.test('each axis is scaled by itself, as pixels need not be square', async (t) => {
  const scale = scaleOf(extent, { width: 400, height: 100 });
  t.same(scale, { x: 4, y: 2 });
  t.same(toStored({ x: 40, y: 20 }, scale), { x: 10, y: 10 });
  t.same(toShown({ left: 10, top: 10, width: 5, height: 5 }, scale), {
    left: 40,
    top: 20,
    width: 20,
    height: 10,
  });
});

t.test(
  'a box between two corners has every pixel that was touched, whichever corner came first',
  async (t) => {
    const wanted = { left: 10, top: 5, width: 11, height: 6 };
    t.same(boxBetween({ x: 10.9, y: 5.2 }, { x: 20.1, y: 10.4 }, extent), wanted);
    t.same(boxBetween({ x: 20.1, y: 10.4 }, { x: 10.9, y: 5.2 }, extent), wanted);
    t.same(boxBetween({ x: 10.9, y: 10.4 }, { x: 20.1, y: 5.2 }, extent), wanted);
  },
);

t.test('a click makes a box of one pixel, also at the last edge', async (t) => {
  t.same(boxBetween({ x: 3.5, y: 3.5 }, { x: 3.5, y: 3.5 }, extent), {
    left: 3,
    top: 3,
    width: 1,
    height: 1,
  });
  t.same(boxBetween({ x: 100, y: 50 }, { x: 100, y: 50 }, extent), {
    left: 99,
    top: 49,
    width: 1,
    height: 1,
  });
});

t.test('a box that is moved stops at the edge of the image and keeps its size', async (t) => {
  const box = { left: 90, top: 40, width: 8, height: 8 };
  t.same(movedBy(box, 5, 0, extent), { ...box, left: 92 });
  t.same(movedBy(box, -500, -500, extent), { ...box, left: 0, top: 0 });
});

t.test('edges and corners are pulled by themselves, never past the side across', async (t) => {
  const box = { left: 10, top: 10, width: 20, height: 10 };
  t.same(pulledBy(box, 'nw', 5, -5, extent), { left: 15, top: 5, width: 15, height: 15 });
  t.same(pulledBy(box, 'e', 7, 99, extent), { left: 10, top: 10, width: 27, height: 10 });
  t.same(pulledBy(box, 'w', 99, 0, extent), { left: 29, top: 10, width: 1, height: 10 });
  t.same(pulledBy(box, 's', 0, -99, extent), { left: 10, top: 10, width: 20, height: 1 });
  t.same(pulledBy(box, 'inside', 1, 2, extent), { left: 11, top: 12, width: 20, height: 10 });
});

t.test('typed numbers are fitted into the image', async (t) => {
  t.same(fitted({ left: -4, top: 999, width: 0, height: Number.NaN }, extent), {
    left: 0,
    top: 49,
    width: 1,
    height: 1,
  });
  t.same(boxInTheMiddle(extent), { left: 37, top: 18, width: 25, height: 13 });
});

t.test('whatever is done to a box, it lies inside the image in whole pixels', async () => {
  const number = fc.double({ min: -300, max: 300, noNaN: true });
  const sizes = fc.record({
    columns: fc.integer({ min: 1, max: 200 }),
    rows: fc.integer({ min: 1, max: 200 }),
  });
  const isInside = (box: PixelBox, { columns, rows }: typeof extent): boolean =>
    [box.left, box.top, box.width, box.height].every(Number.isInteger) &&
    box.left >= 0 &&
    box.top >= 0 &&
    box.width >= 1 &&
    box.height >= 1 &&
    box.left + box.width <= columns &&
    box.top + box.height <= rows;
  fc.assert(
    fc.property(
      sizes,
      number,
      number,
      number,
      number,
      fc.constantFrom(...boxParts),
      (size, a, b, c, d, part) => {
        const drawn = boxBetween({ x: a, y: b }, { x: c, y: d }, size);
        const pulled = pulledBy(drawn, part, c, d, size);
        const typed = fitted({ left: a, top: b, width: c, height: d }, size);
        return [drawn, pulled, movedBy(pulled, a, b, size), typed, boxInTheMiddle(size)].every((box) =>
          isInside(box, size),
        );
      },
    ),
  );
});

t.test('a point takes hold of a corner, an edge or the inside of the topmost box', async (t) => {
  const below = { left: 10, top: 10, width: 40, height: 30 };
  const above = { left: 30, top: 20, width: 40, height: 20 };
  const scale = { x: 2, y: 2 };
  const at = (x: number, y: number, chosen?: typeof below) =>
    partAt([below, above], { x: x * 2, y: y * 2 }, scale, 6, chosen);
  t.same(at(40, 30), { box: above, part: 'inside' });
  t.same(at(40, 30, below), { box: below, part: 'inside' }, 'the chosen one lies above all');
  t.same(at(10, 10), { box: below, part: 'nw' });
  t.same(at(69, 30), { box: above, part: 'e' });
  t.same(at(50, 42), { box: above, part: 's' }, 'a little beside counts');
  t.equal(at(90, 45), undefined);
});

t.test('a box as small as a fingertip can still be moved', async (t) => {
  const small = { left: 10, top: 10, width: 4, height: 4 };
  t.equal(partAt([small], { x: 12, y: 12 }, { x: 1, y: 1 }, 12)?.part, 'inside');
});
