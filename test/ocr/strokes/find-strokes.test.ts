import t from 'tap';
import type { Picture } from '../../../src/ocr/picture.ts';
import { findStrokes, strokeCandidates } from '../../../src/ocr/strokes/find-strokes.ts';
import { requirePeer } from '../../support/peers.ts';
import { covered, drawnText, greyPicture, put, randomNumbers } from './drawn-text.ts';

const sizes = [8, 10, 12, 16, 24, 48];
const text = 'DOE^JOHN 19700101';

t.test('lines of text', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const soft = await drawnText(sizes.map((size) => ({ text, size })));
  const hard = await drawnText(sizes.map((size) => ({ text, size, hard: true })));
  const turned = await drawnText([
    { text, size: 12, turn: 90 },
    { text, size: 12, turn: 270 },
  ]);
  const random = randomNumbers(7);
  const noisy = (): number => 90 + 24 * (random() + random() + random() - 1.5);

  const cases = [
    { name: 'white on black', inks: soft, ground: () => 0, value: 255 },
    { name: 'black on white', inks: soft, ground: () => 255, value: 0 },
    { name: 'faint, of one exact value', inks: hard, ground: () => 60, value: 61 },
    { name: 'over noise', inks: hard, ground: noisy, value: 200 },
    { name: 'over a ramp', inks: soft, ground: (i: number) => (i % 600) / 4, value: 255 },
  ];
  for (const { name, inks, ground, value } of cases) {
    t.test(`${name} are found, from 8 to 48 pixels`, async (t) => {
      for (const [index, ink] of inks.entries()) {
        const picture = greyPicture(600, 100, ground);
        const area = put(picture.pixels, 600, ink, { left: 40, top: 20 }, value);
        const found = findStrokes(picture);
        t.ok(covered(area, found) > 0.95, `size ${sizes[index]}`);
        t.ok(
          found.every(({ by, text: read, words }) => by === 'strokes' && read === '' && words.length === 0),
          'nothing is read',
        );
        const blanked = found.reduce((sum, { width, height }) => sum + width * height, 0);
        t.ok(blanked < 3 * (area.width + 4) * (area.height + 4), 'and not much else');
      }
    });
  }

  t.test('turned by a quarter are columns', async (t) => {
    for (const ink of turned) {
      const picture = greyPicture(100, 300, () => 0);
      const area = put(picture.pixels, 100, ink, { left: 40, top: 20 }, 255);
      const found = findStrokes(picture);
      t.ok(covered(area, found) > 0.95);
      t.same(new Set(found.map(({ turn }) => turn)), new Set([90]));
    }
  });

  t.test('of a colour as bright as the ground are found', async (t) => {
    const [ink] = soft.slice(3, 4);
    if (ink === undefined) return;
    const mask = greyPicture(400, 60, () => 0);
    const area = put(mask.pixels, 400, ink, { left: 30, top: 20 }, 255);
    const pixels = new Uint8Array(3 * 400 * 60);
    for (const [i, share] of mask.pixels.entries()) {
      pixels[3 * i] = 120 + (share / 255) * (255 - 120);
      pixels[3 * i + 1] = 120 - (share / 255) * 69;
      pixels[3 * i + 2] = 120;
    }
    t.ok(covered(area, findStrokes({ width: 400, height: 60, channels: 3, pixels })) > 0.95);
  });

  t.test('are looked for only in the areas given, and across windows of a large picture', async (t) => {
    const [ink] = soft.slice(3, 4);
    if (ink === undefined) return;
    const picture = greyPicture(1200, 1100, () => 0);
    const across = put(picture.pixels, 1200, ink, { left: 950, top: 1010 }, 255);
    const other = put(picture.pixels, 1200, ink, { left: 100, top: 300 }, 255);
    t.ok(covered(across, findStrokes(picture)) > 0.95);
    t.ok(covered(other, findStrokes(picture)) > 0.95);
    const within = findStrokes(picture, [{ left: 60, top: 280, width: 400, height: 60 }]);
    t.ok(covered(other, within) > 0.95);
    t.equal(covered(across, within), 0);
    const { areas, typicalHeight } = strokeCandidates(picture);
    t.ok(covered(across, areas) === 1 && covered(other, areas) === 1);
    t.ok(typicalHeight >= 9 && typicalHeight <= 16, 'the height of most of its characters');
  });
});

t.test('textures without text give next to nothing, in bounded time', async (t) => {
  const random = randomNumbers(11);
  const textures: Record<string, Picture> = {
    noise: greyPicture(800, 600, () => 60 + 60 * (random() + random())),
    checkerboard: greyPicture(800, 600, (i) => ((i + Math.floor(i / 800)) % 2) * 255),
    'fine stripes': greyPicture(800, 600, (i) => (i % 4 < 2 ? 255 : 0)),
    'a ramp': greyPicture(800, 600, (i) => (i % 800) / 4),
    nothing: greyPicture(800, 600, () => 17),
  };
  for (const [name, picture] of Object.entries(textures)) {
    const found = findStrokes(picture);
    const blanked = found.reduce((sum, { width, height }) => sum + width * height, 0);
    t.ok(blanked < 0.02 * 800 * 600, name);
  }
});

t.test('noise of two levels, which is most like text of all, gives few lines to read', async (t) => {
  const random = randomNumbers(11);
  t.ok(findStrokes(greyPicture(800, 600, () => (random() < 0.5 ? 0 : 255))).length <= 40);
});

t.test('pictures of a few pixels, and areas beyond the edge, do no harm', async (t) => {
  for (const [width, height] of [
    [1, 1],
    [3, 2],
    [1, 200],
    [200, 1],
  ] as const)
    t.same(findStrokes(greyPicture(width, height, (i) => (i % 2) * 255)), []);
  const picture = greyPicture(40, 40, () => 0);
  t.same(findStrokes(picture, [{ left: 30, top: 30, width: 100, height: 100 }]), []);
  t.same(findStrokes(picture, []), []);
  t.same(strokeCandidates(picture), { areas: [], typicalHeight: 0 });
});
