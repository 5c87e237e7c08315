import t from 'tap';
import type { Picture, Turn } from '../../../src/ocr/picture.ts';
import {
  areaInPicture,
  clipArea,
  cropPlane,
  scalePlane,
  stretch,
  turnPlane,
  valueRange,
} from '../../../src/ocr/reading/plane.ts';

const picture: Picture = {
  width: 9,
  height: 7,
  channels: 1,
  pixels: Uint8Array.from({ length: 63 }, (_, index) => index * 4),
};

t.test('an area in a turned crop is the same pixels in the picture', async (t) => {
  const crop = { left: 2, top: 1, width: 6, height: 4 };
  for (const turn of [0, 90, 180, 270] as const satisfies readonly Turn[]) {
    const plane = turnPlane(cropPlane(picture, crop), turn);
    t.equal(plane.width, turn === 90 || turn === 270 ? 4 : 6);
    const part = { left: 1, top: 2, width: 2, height: 1 };
    const seen = [0, 1].map((column) => plane.values[part.top * plane.width + part.left + column] ?? -1);
    const there = cropPlane(picture, areaInPicture(part, crop, turn));
    t.same([...there.values].sort(), seen.sort(), `${turn} degrees`);
  }
});

t.test('text that reads from bottom to top is upright after 90 degrees clockwise', async (t) => {
  const up: Picture = { width: 1, height: 3, channels: 1, pixels: Uint8Array.of(30, 20, 10) };
  t.same([...turnPlane(cropPlane(up, { left: 0, top: 0, width: 1, height: 3 }), 90).values], [10, 20, 30]);
});

t.test('areas are clipped to the picture', async (t) => {
  t.same(clipArea({ left: -3, top: 5.5, width: 5, height: 9 }, picture), {
    left: 0,
    top: 5,
    width: 2,
    height: 2,
  });
  t.equal(clipArea({ left: 20, top: 2, width: 5, height: 9 }, picture).width, 0);
});

t.test('of a colour picture the mixture that differs most is taken', async (t) => {
  const colors: Picture = {
    width: 4,
    height: 1,
    channels: 3,
    // Red on green of the same lightness, by the weights of Rec. 601.
    pixels: Uint8Array.of(0, 102, 0, 200, 0, 0, 0, 102, 0, 200, 0, 0),
  };
  const [low, high] = valueRange(cropPlane(colors, { left: 0, top: 0, width: 4, height: 1 }), 0);
  t.ok(high - low > 250);
});

t.test('scaling keeps what is even, and averages what becomes smaller', async (t) => {
  const even = { width: 7, height: 5, values: new Float32Array(35).fill(100) };
  for (const [width, height] of [
    [20, 48],
    [3, 2],
    [1, 1],
  ] as const) {
    const scaled = scalePlane(even, width, height);
    t.equal(scaled.values.length, width * height);
    t.ok(scaled.values.every((value) => Math.abs(value - 100) < 0.01));
  }
  const stripes = {
    width: 64,
    height: 4,
    values: Float32Array.from({ length: 256 }, (_, i) => (i % 2) * 200),
  };
  t.ok(scalePlane(stripes, 8, 4).values.every((value) => Math.abs(value - 100) < 12));
});

t.test('contrast is spread, but for outliers, and an even crop stays even', async (t) => {
  const values = Float32Array.from({ length: 1000 }, (_, index) => (index === 0 ? 255 : 100 + (index % 20)));
  const spread = stretch({ width: 100, height: 10, values }, 0.002);
  t.equal(spread.values[0], 255);
  t.ok((spread.values[19] ?? 0) > 250);
  t.ok((spread.values[20] ?? 255) < 5);
  t.same([...stretch({ width: 2, height: 1, values: Float32Array.of(7, 7) }, 0).values], [0, 0]);
});
