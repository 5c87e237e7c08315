import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { openTextEngine } from '../../src/ocr/engine.ts';
import type { Area, FoundText, Picture, Turn } from '../../src/ocr/picture.ts';
import { silenceRuntime } from '../../src/ocr/silent-runtime.ts';
import { requirePeer } from '../support/peers.ts';
import { covered, drawnText, greyPicture, type Ink, put, randomNumbers } from './drawn-text.ts';

const line = 'DOE^JOHN 19700101';

/** A head-like disc with noise, on black. */
function disc(width: number, height: number, seed: number): Picture {
  const random = randomNumbers(seed);
  return greyPicture(width, height, (index) => {
    const x = (index % width) / width - 0.5;
    const y = Math.floor(index / width) / height - 0.5;
    const inside = x * x + y * y < 0.16;
    return (inside ? 90 : 4) + (inside ? 14 : 2) * random();
  });
}

/** Turned about its middle, clockwise. */
function turned({ width, height, coverage }: Ink, degrees: number): Ink {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const wide = Math.ceil(width * Math.abs(cos) + height * Math.abs(sin)) + 2;
  const tall = Math.ceil(width * Math.abs(sin) + height * Math.abs(cos)) + 2;
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : (coverage[y * width + x] ?? 0);
  const values = Uint8Array.from({ length: wide * tall }, (_, index) => {
    const [dx, dy] = [(index % wide) - wide / 2, Math.floor(index / wide) - tall / 2];
    const [x, y] = [dx * cos + dy * sin + width / 2, dy * cos - dx * sin + height / 2];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const upper = at(left, top) + (at(left + 1, top) - at(left, top)) * (x - left);
    const lower = at(left, top + 1) + (at(left + 1, top + 1) - at(left, top + 1)) * (x - left);
    return upper + (lower - upper) * (y - top);
  });
  return { width: wide, height: tall, coverage: values };
}

function shareOf(picture: Picture, found: readonly Area[]): number {
  return covered({ left: 0, top: 0, width: picture.width, height: picture.height }, found);
}

function inColor(picture: Picture): Picture {
  return {
    ...picture,
    channels: 3,
    pixels: Uint8Array.from(
      { length: picture.pixels.length * 3 },
      (_, i) => picture.pixels[Math.floor(i / 3)] ?? 0,
    ),
  };
}

t.test('text', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const engine = await openTextEngine({ threads: 1 });
  t.teardown(() => engine.close());
  const sizes = [8, 10, 14, 24, 48];
  const inks = await drawnText(sizes.map((size) => ({ text: line, size })));
  const [small, medium] = [inks[0] as Ink, inks[2] as Ink];

  for (const [index, ink] of inks.entries()) {
    for (const { name, at, value } of [
      { name: 'light on the background', at: { left: 3, top: 6 }, value: 200 },
      { name: 'over anatomy', at: { left: 120, top: 200 }, value: 255 },
      { name: 'dark over anatomy', at: { left: 120, top: 280 }, value: 20 },
    ]) {
      t.test(`of ${sizes[index]} pixels, ${name}, is covered`, async (t) => {
        const picture = disc(640, 480, index);
        const planted = put(picture.pixels, picture.width, ink, at, value);
        const found = await engine.find(picture, { read: true });
        t.equal(covered(planted, found), 1);
        t.ok(shareOf(picture, found) < 0.02 + 3 * shareOf(picture, [planted]), 'and little else');
      });
    }
  }

  t.test('is read', async (t) => {
    const picture = disc(640, 480, 1);
    put(picture.pixels, picture.width, inks[3] as Ink, { left: 20, top: 20 }, 230);
    const found = await engine.find(picture, { read: true });
    t.match(found.map(({ text }) => text).join(' '), /19700101/);
    const quickly = await engine.find(picture, { read: true, quickly: true });
    t.match(quickly.map(({ text }) => text).join(' '), /19700101/);
    t.same(quickly.map(placeOf), found.map(placeOf), 'quickly: the same lines, whatever they say');
    const unread = await engine.find(picture, { read: false });
    t.same(
      unread.map(({ text, words }) => ({ text, words })),
      unread.map(() => ({ text: '', words: [] })),
    );
    t.ok(unread.length > 0);
  });

  t.test('that stands upright on its side is covered, and its turn known', async (t) => {
    for (const turn of [90, 270] as const) {
      const [ink] = await drawnText([{ text: line, size: 16, turn }]);
      const picture = disc(640, 480, 2);
      const planted = put(picture.pixels, picture.width, ink as Ink, { left: 40, top: 60 }, 220);
      const found = await engine.find(picture, { read: true });
      t.equal(covered(planted, found), 1, `drawn with a turn of ${turn}`);
      // Drawn turned clockwise, it is made upright by the rest of a full turn.
      const turned = found.find((one) => covered(planted, [one]) > 0.5);
      t.equal(turned?.turn, ((360 - turn) % 360) as Turn);
    }
  });

  t.test('that runs askew is covered', async (t) => {
    for (const degrees of [-50, -20, 12, 30, 45]) {
      const ink = turned(inks[3] as Ink, degrees);
      const picture = disc(640, 480, 4);
      const at = { left: 150, top: 60 };
      put(picture.pixels, picture.width, ink, at, 230);
      const found = await engine.find(picture, { read: true });
      let [all, missed] = [0, 0];
      for (const [index, coverage] of ink.coverage.entries()) {
        if (coverage < 100) continue;
        const [x, y] = [at.left + (index % ink.width), at.top + Math.floor(index / ink.width)];
        const within = ({ left, top, width, height }: Area) =>
          x >= left && y >= top && x < left + width && y < top + height;
        all += 1;
        if (!found.some(within)) missed += 1;
      }
      t.ok(missed < 0.02 * all, `${degrees} degrees: ${missed} of ${all} pixels`);
    }
  });

  t.test('in a colour as bright as what it stands on is covered', async (t) => {
    const grey = greyPicture(400, 200, () => 54);
    const color = inColor(grey);
    const ink = medium;
    const at = { left: 60, top: 80 };
    // 255 x 0.2126 = 54: red without any contrast in brightness.
    for (const [channel, value] of [255, 0, 0].entries()) {
      const plane = new Uint8Array(grey.pixels);
      put(plane, grey.width, ink, at, value);
      for (let i = 0; i < plane.length; i += 1) color.pixels[i * 3 + channel] = plane[i] ?? 0;
    }
    const found = await engine.find(color, { read: true });
    t.equal(covered({ ...at, width: ink.width, height: ink.height }, found), 1);
  });

  t.test('across the border of two tiles is covered', async (t) => {
    const random = randomNumbers(5);
    const picture = greyPicture(1700, 900, () => 60 + 40 * random());
    const planted = [
      { left: 780, top: 300 },
      { left: 1200, top: 440 },
      { left: 790, top: 870 },
    ].map((at) => put(picture.pixels, picture.width, inks[3] as Ink, at, 255));
    const found = await engine.find(picture, { read: false });
    for (const one of planted) t.equal(covered(one, found), 1, `at ${one.left}, ${one.top}`);
  });

  t.test('outside of the areas is not looked for', async (t) => {
    const picture = disc(640, 480, 3);
    const above = put(picture.pixels, picture.width, medium, { left: 20, top: 10 }, 220);
    const below = put(picture.pixels, picture.width, medium, { left: 20, top: 440 }, 220);
    const areas = [{ left: 0, top: 400, width: 640, height: 80 }];
    const found = await engine.find(picture, { read: true, areas });
    t.equal(covered(below, found), 1);
    t.equal(covered(above, found), 0);
  });

  t.test('of 8 pixels in a tiny picture is covered', async (t) => {
    const picture = disc(128, 100, 4);
    const planted = put(picture.pixels, picture.width, small, { left: 2, top: 3 }, 200);
    t.equal(covered(planted, await engine.find(picture, { read: true })), 1);
  });

  t.test('is found alike every time, in a thread, and by two engines at once', async (t) => {
    const picture = disc(500, 400, 6);
    put(picture.pixels, picture.width, medium, { left: 30, top: 30 }, 180);
    const expected = await engine.find(picture, { read: true });
    t.same(await engine.find(picture, { read: true }), expected);
    t.same(await Promise.all([1, 2].map(() => findInThread(picture))), [expected, expected]);
  });
});

async function findInThread(picture: Picture): Promise<readonly FoundText[]> {
  silenceRuntime();
  const worker = new Worker(new URL('./engine-worker.ts', import.meta.url));
  worker.postMessage(picture);
  const [found] = (await once(worker, 'message')) as [readonly FoundText[]];
  worker.postMessage(null);
  await once(worker, 'exit');
  return found;
}

t.test('pictures without text give nothing, whatever their size', async (t) => {
  const engine = await openTextEngine({ threads: 1 });
  t.teardown(() => engine.close());
  for (const [width, height] of [
    [1, 1],
    [1, 700],
    [900, 1],
    [2, 3],
    [31, 33],
    [640, 480],
    [2500, 40],
  ] as const) {
    for (const value of [0, 128, 255]) {
      const blank = greyPicture(width, height, () => value);
      t.same(await engine.find(blank, { read: true }), [], `${width} x ${height} of ${value}`);
      t.same(await engine.find(inColor(blank), { read: true }), [], `the same in colour`);
    }
    const random = randomNumbers(width + height);
    const noise = greyPicture(width, height, () => 100 + 30 * random());
    const found = await engine.find(noise, { read: true });
    t.ok(found.length === 0 || width * height < 100, `noise, ${width} x ${height}: ${found.length}`);
  }
  t.same(await engine.find(disc(512, 512, 9), { read: true }), []);
});

t.test('work that goes on is told, and areas outside of the picture are cut off', async (t) => {
  const engine = await openTextEngine({ threads: 1 });
  t.teardown(() => engine.close());
  const picture = disc(1300, 1100, 1);
  let calls = 0;
  const areas = [
    { left: -50, top: -50, width: 2000, height: 2000 },
    { left: 1400, top: 0, width: 10, height: 10 },
  ];
  await engine.find(picture, {
    read: true,
    areas,
    onProgress: () => {
      calls += 1;
    },
  });
  t.ok(calls > 1);
});

t.test('a closed engine refuses with its code', async (t) => {
  const engine = await openTextEngine({ threads: 1 });
  await engine.close();
  await t.rejects(engine.find(disc(64, 64, 1), { read: false }), {
    code: 'TEXT_SEARCH_UNAVAILABLE',
    detail: 'closed',
  });
  await engine.close();
});

t.test('memory stays flat over pictures of changing sizes', async (t) => {
  const engine = await openTextEngine({ threads: 1 });
  t.teardown(() => engine.close());
  const random = randomNumbers(3);
  const some = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      const width = 40 + Math.floor(110 * random());
      const height = 40 + Math.floor(80 * random());
      await engine.find(disc(width, height, index), { read: false });
    }
  };
  await engine.find(disc(900, 900, 1), { read: false });
  await some(20);
  const before = process.memoryUsage().rss;
  await some(100);
  t.ok(process.memoryUsage().rss - before < 120e6, 'less than 120 MB more after 100 pictures');
});

function placeOf({ left, top, width, height, score }: FoundText) {
  return { left, top, width, height, score };
}
