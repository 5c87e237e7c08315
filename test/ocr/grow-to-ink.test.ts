import t from 'tap';
import { grownToInk } from '../../src/ocr/grow-to-ink.ts';
import type { Area, FoundText, Picture, Turn } from '../../src/ocr/picture.ts';
import { greyPicture, randomNumbers } from './drawn-text.ts';

function found(area: Area, turn: Turn = 0): FoundText {
  return { ...area, turn, score: 1, text: '', confidence: 0, words: [] };
}

/** Letters of the form of an H, 8 wide and 12 high, so many, 3 apart. */
function letters(picture: Picture, at: { left: number; top: number }, count: number, value: number): void {
  for (let letter = 0; letter < count; letter += 1) {
    for (let y = 0; y < 12; y += 1) {
      for (let x = 0; x < 8; x += 1) {
        if (x > 1 && x < 6 && (y < 5 || y > 6)) continue;
        picture.pixels[(at.top + y) * picture.width + at.left + letter * 11 + x] = value;
      }
    }
  }
}

function ground(): Picture {
  const random = randomNumbers(3);
  return greyPicture(300, 80, () => 40 + 60 * random());
}

/** Turned clockwise by 90 degrees. */
function turned({ width, height, channels, pixels }: Picture): Picture {
  return {
    width: height,
    height: width,
    channels,
    pixels: pixels.map((_, i) => {
      const [x, y] = [i % height, Math.floor(i / height)];
      return pixels[(height - 1 - x) * width + y] ?? 0;
    }),
  };
}

t.test('a line grows to the letters that it cuts off, on texture', async (t) => {
  const picture = ground();
  letters(picture, { left: 50, top: 30 }, 10, 230);
  // Of letters from 50 to 157 the line holds those in the middle.
  const whole = grownToInk(found({ left: 75, top: 28, width: 50, height: 16 }), picture);
  t.ok(whole.left <= 50 && whole.left >= 46, `from ${whole.left}`);
  t.ok(whole.left + whole.width >= 157 && whole.left + whole.width <= 161);
  t.ok(whole.top >= 26 && whole.top + whole.height <= 46, 'and no higher than before');
});

t.test('so does a line on its side', async (t) => {
  const upright = ground();
  letters(upright, { left: 50, top: 30 }, 10, 230);
  const picture = turned(upright);
  const whole = grownToInk(found({ left: 36, top: 75, width: 16, height: 50 }, 270), picture);
  t.ok(whole.top <= 50 && whole.top + whole.height >= 157, `${whole.top}, ${whole.height}`);
});

t.test('accents above and tails below are part of it', async (t) => {
  const picture = ground();
  letters(picture, { left: 50, top: 30 }, 8, 230);
  for (let x = 74; x < 78; x += 1) {
    for (const y of [26, 27, 43, 44]) picture.pixels[y * picture.width + x] = 230;
    picture.pixels[42 * picture.width + 75] = 230;
  }
  const whole = grownToInk(found({ left: 49, top: 29, width: 88, height: 14 }), picture);
  t.ok(whole.top <= 26 && whole.top + whole.height >= 45, `${whole.top}, ${whole.height}`);
});

t.test('what is of another colour, far off or far larger is none of it', async (t) => {
  const picture = ground();
  letters(picture, { left: 50, top: 30 }, 6, 230);
  letters(picture, { left: 125, top: 30 }, 4, 160);
  letters(picture, { left: 200, top: 30 }, 4, 230);
  picture.pixels.fill(230, 60 * picture.width, 80 * picture.width);
  const area = { left: 49, top: 29, width: 66, height: 14 };
  const same = grownToInk(found(area), picture);
  t.same({ left: same.left, top: same.top, width: same.width, height: same.height }, area);
});

t.test('nothing grows where there is no ink, in pictures of any size', async (t) => {
  for (const [width, height] of [
    [1, 1],
    [5, 4],
    [40, 20],
  ] as const) {
    const area = found({ left: 0, top: 0, width, height });
    t.same(
      grownToInk(
        area,
        greyPicture(width, height, () => 7),
      ),
      area,
    );
  }
  const random = randomNumbers(5);
  const noise = greyPicture(200, 100, () => 255 * random());
  const area = found({ left: 60, top: 40, width: 60, height: 16 });
  const same = grownToInk(area, noise);
  t.ok(same.width * same.height < 1.5 * 60 * 16, `${same.width} x ${same.height}`);
});
