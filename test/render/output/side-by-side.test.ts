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

const blue = [0, 160, 255];

/** Colour of a place of a picture. */
const colourOf = (picture: EightBitImage, x: number, y: number): number[] => [
  ...picture.pixels.subarray((y * picture.width + x) * 3, (y * picture.width + x) * 3 + 3),
];

t.test('both images are there as they are, and outlines lie around the boxes', async (t) => {
  const left = grey(400, 300, 10);
  left.pixels[12 * 400 + 11] = 200;
  const right: EightBitImage = {
    width: 400,
    height: 300,
    channels: 3,
    pixels: new Uint8Array(360000).fill(90),
  };
  const box = { left: 10, top: 8, width: 12, height: 6 };
  const picture = sideBySide({ image: left, boxes: [box] }, { image: right, boxes: [] });
  t.strictSame([picture.width, picture.height], [818, 312]);
  const at = (x: number, y: number): number[] => colourOf(picture, x, y);
  t.strictSame(at(6, 6), [10, 10, 10]);
  t.strictSame(at(6 + 11, 6 + 12), [200, 200, 200]);
  t.strictSame(at(6 + 400 + 6, 6), [90, 90, 90]);
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

t.test('what a rule, a region or a person chose has another colour than what was found', async (t) => {
  const box = { left: 10, top: 8, width: 12, height: 6 };
  for (const [source, colour] of [
    ['ocr', orange],
    ['rule', blue],
    ['ultrasound-region', blue],
    ['person', blue],
  ] as const) {
    const side = { image: grey(400, 300, 10), boxes: [{ ...box, source }] };
    t.strictSame(colourOf(sideBySide(side, side), 6 + 15, 6 + 8 - 2), colour, source);
  }
});

t.test('small images are enlarged with their boxes, large ones get wider outlines', async (t) => {
  const left = grey(40, 30, 10);
  left.pixels[12 * 40 + 11] = 200;
  const right: EightBitImage = { width: 40, height: 30, channels: 3, pixels: new Uint8Array(3600).fill(90) };
  const box = { left: 10, top: 8, width: 12, height: 6 };
  const small = sideBySide({ image: left, boxes: [box] }, { image: right, boxes: [box] });
  t.strictSame([small.width, small.height], [658, 252]);
  for (const [x, y] of [
    [0, 0],
    [7, 7],
  ] as const)
    t.strictSame(colourOf(small, 6 + 11 * 8 + x, 6 + 12 * 8 + y), [200, 200, 200]);
  t.strictSame(colourOf(small, 6 + 12 * 8, 6 + 12 * 8), [10, 10, 10]);
  t.strictSame(colourOf(small, 6 + 320 + 6 + 319, 6 + 239), [90, 90, 90]);
  t.strictSame(colourOf(small, 6 + 10 * 8 - 2, 6 + 10 * 8), orange);
  t.strictSame(colourOf(small, 6 + 10 * 8, 6 + 10 * 8), [10, 10, 10]);
  t.strictSame(colourOf(small, 6 + 320 + 6 + 22 * 8 + 1, 6 + 10 * 8), orange);

  const side = { image: grey(3000, 40, 10), boxes: [{ left: 100, top: 10, width: 20, height: 10 }] };
  const large = sideBySide(side, side);
  const outline = [...Array(20).keys()].filter((x) => colourOf(large, 100 - 10 + x, 7 + 15)[0] === 255);
  t.equal(outline.length, 5);
});

t.test('a box as large as the image is outlined in the margin', async (t) => {
  const box = { left: 0, top: 0, width: 8, height: 8 };
  const picture = sideBySide({ image: grey(8, 8, 7), boxes: [box] }, { image: grey(8, 8, 7), boxes: [box] });
  const count = (left: number): number => {
    let found = 0;
    for (let y = 0; y < picture.height; y++)
      for (let x = left; x < left + 320; x++)
        if (picture.pixels[(y * picture.width + x) * 3] === 255 && (y < 6 || y >= 326)) found += 1;
    return found;
  };
  t.equal(count(6), 320 * 4);
  t.equal(count(332), 320 * 4);
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
