import sharp from 'sharp';
import t from 'tap';
import type { EightBitImage } from '../../../src/render/output/sharp.ts';
import { encodePicture, sideBySide } from '../../../src/render/output/side-by-side.ts';

const grey = (width: number, height: number, value: number): EightBitImage => ({
  width,
  height,
  channels: 1,
  pixels: new Uint8Array(width * height).fill(value),
});

const orange = [255, 96, 0];

t.test('both images are there as they are, and outlines lie around the boxes', async (t) => {
  const left = grey(40, 30, 10);
  left.pixels[12 * 40 + 11] = 200;
  const right: EightBitImage = { width: 40, height: 30, channels: 3, pixels: new Uint8Array(3600).fill(90) };
  const box = { left: 10, top: 8, width: 12, height: 6 };
  const picture = sideBySide({ image: left, boxes: [box] }, { image: right, boxes: [] });
  t.strictSame([picture.width, picture.height], [98, 42]);
  const at = (x: number, y: number): number[] => [
    ...picture.pixels.subarray((y * picture.width + x) * 3, (y * picture.width + x) * 3 + 3),
  ];
  t.strictSame(at(6, 6), [10, 10, 10]);
  t.strictSame(at(6 + 11, 6 + 12), [200, 200, 200]);
  t.strictSame(at(6 + 40 + 6, 6), [90, 90, 90]);
  for (let y = box.top; y < box.top + box.height; y++)
    for (let x = box.left; x < box.left + box.width; x++)
      t.notSame(at(6 + x, 6 + y), orange, 'nothing inside is covered');
  for (const [x, y] of [
    [10 - 2, 10],
    [10 + 12 + 1, 10],
    [15, 8 - 2],
    [15, 8 + 6 + 1],
  ] as const)
    t.strictSame(at(6 + x, 6 + y), orange, `${x},${y}`);
});

t.test('a box as large as the image is outlined in the margin', async (t) => {
  const box = { left: 0, top: 0, width: 8, height: 8 };
  const picture = sideBySide({ image: grey(8, 8, 7), boxes: [box] }, { image: grey(8, 8, 7), boxes: [box] });
  const count = (left: number): number => {
    let found = 0;
    for (let y = 0; y < picture.height; y++)
      for (let x = left; x < left + 8; x++)
        if (picture.pixels[(y * picture.width + x) * 3] === 255 && (y < 6 || y >= 14)) found += 1;
    return found;
  };
  t.equal(count(6), 32);
  t.equal(count(20), 32);
});

t.test('pictures are PNG, pixel by pixel; very large ones a smaller JPEG', async (t) => {
  const small = sideBySide({ image: grey(20, 10, 33), boxes: [] }, { image: grey(20, 10, 44), boxes: [] });
  const png = await encodePicture(small);
  t.equal(png.extension, 'png');
  const { data } = await sharp(png.data).raw().toBuffer({ resolveWithObject: true });
  t.ok(Buffer.from(small.pixels).equals(data));
  const large = await encodePicture({ ...grey(9000, 20, 50), channels: 1 });
  t.equal(large.extension, 'jpg');
  t.equal((await sharp(large.data).metadata()).width, 8192);
});
