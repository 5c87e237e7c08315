import t from 'tap';
import { activeAreas, activityOf } from '../../../src/ocr/network/activity.ts';
import { canvasTensor } from '../../../src/ocr/network/canvas.ts';
import { components } from '../../../src/ocr/network/components.ts';
import { joinLines } from '../../../src/ocr/network/merge.ts';
import { costOf, type Piece, packed } from '../../../src/ocr/network/packing.ts';
import { areaOfPicture, type Patch, patchSize, plainTone } from '../../../src/ocr/network/patch.ts';
import { tilesOf } from '../../../src/ocr/network/tiles.ts';
import { toneOf } from '../../../src/ocr/network/tone.ts';
import type { Area, Picture, Turn } from '../../../src/ocr/picture.ts';

const turns: readonly Turn[] = [0, 90, 180, 270];

function drawn(rows: readonly string[]): Picture {
  const width = rows[0]?.length ?? 0;
  return {
    width,
    height: rows.length,
    channels: 1,
    pixels: Uint8Array.from(rows.join(''), (character) => (character === '#' ? 255 : 0)),
  };
}

t.test('regions of the probability map', async (t) => {
  const map = (rows: readonly string[]) =>
    Float32Array.from(rows.join(''), (character) => Number(character) / 10);
  const window = { left: 0, top: 0, right: 8, bottom: 5 };

  t.test('are joined over corners and from several sides', async (t) => {
    const found = components(
      map(['90900090', '90900900', '99900900', '00000000', '00060000']),
      8,
      window,
      0.5,
    );
    t.match(found, [
      { left: 0, top: 0, right: 3, bottom: 3, pixels: 7 },
      { left: 5, top: 0, right: 7, bottom: 3, pixels: 3 },
      { left: 3, top: 4, right: 4, bottom: 5, pixels: 1 },
    ]);
    t.ok(Math.abs((found[2]?.score ?? 0) - 0.6) < 1e-6);
  });

  t.test('end at the window', async (t) => {
    const found = components(
      map(['99999999', '99999999', '99999999', '99999999', '99999999']),
      8,
      {
        left: 2,
        top: 1,
        right: 5,
        bottom: 3,
      },
      0.5,
    );
    t.match(found, [{ left: 2, top: 1, right: 5, bottom: 3, pixels: 6 }]);
  });
});

t.test('a piece on the canvas and its place in the picture belong together at every turn', async (t) => {
  // A mark in one corner: what the tensor shows of it is where `areaOfPicture` finds it.
  const picture = drawn(['........', '.##.....', '.##.....', '........', '........', '........']);
  const area: Area = { left: 0, top: 0, width: 8, height: 6 };
  for (const turn of turns) {
    for (const scale of [1, 2, 3]) {
      const patch: Patch = { area, scale, turn, x: 3, y: 2, tone: plainTone };
      const tensor = canvasTensor(picture, { width: 32, height: 32, patches: [patch] });
      const threshold = (0.9 - 0.485) / 0.229;
      const bright = components(tensor.values, 32, { left: 0, top: 0, right: 32, bottom: 32 }, threshold);
      t.equal(bright.length, 1);
      const box = bright[0] ?? { left: 0, top: 0, right: 0, bottom: 0 };
      const found = areaOfPicture(patch, box);
      t.same(found, { left: 1, top: 1, width: 2, height: 2 }, `turn ${turn}, scale ${scale}`);
    }
  }
});

t.test('a turned piece reads as turning it by hand', async (t) => {
  // An L: its long arm is on the left, its short one at the bottom. Clockwise by 90 the long arm lies on top.
  const picture = drawn(['#...', '#...', '###.']);
  const patch: Patch = {
    area: { left: 0, top: 0, width: 4, height: 3 },
    scale: 1,
    turn: 90,
    x: 0,
    y: 0,
    tone: plainTone,
  };
  t.same(patchSize(patch), { width: 3, height: 4 });
  const { values } = canvasTensor(picture, { width: 32, height: 32, patches: [patch] });
  const rows = [0, 1, 2, 3].map((y) =>
    [0, 1, 2].map((x) => ((values[y * 32 + x] ?? 0) > 1 ? '#' : '.')).join(''),
  );
  t.same(rows, ['###', '#..', '#..', '...']);
});

t.test('colours reach the network as blue, green, red', async (t) => {
  const picture: Picture = { width: 1, height: 1, channels: 3, pixels: Uint8Array.of(255, 0, 51) };
  const patch: Patch = {
    area: { left: 0, top: 0, width: 1, height: 1 },
    scale: 1,
    turn: 0,
    x: 0,
    y: 0,
    tone: plainTone,
  };
  const { values } = canvasTensor(picture, { width: 32, height: 32, patches: [patch] });
  const at = [0, 1024, 2048].map((index) => Math.round((values[index] ?? 0) * 1000) / 1000);
  t.same(
    at,
    [(0.2 - 0.485) / 0.229, (0 - 0.456) / 0.224, (1 - 0.406) / 0.225].map((v) => Math.round(v * 1000) / 1000),
  );
});

t.test('tiles cover an area, overlap, and keep within the side', async (t) => {
  for (const [width, height] of [
    [832, 832],
    [833, 10],
    [2000, 1500],
    [1, 5000],
  ] as const) {
    const tiles = tilesOf({ left: 7, top: 9, width, height }, { side: 832, overlap: 64 });
    t.ok(tiles.every((tile) => tile.width <= 832 && tile.height <= 832));
    t.equal(Math.min(...tiles.map(({ left }) => left)), 7);
    t.equal(Math.max(...tiles.map((tile) => tile.left + tile.width)), 7 + width);
    t.equal(Math.max(...tiles.map((tile) => tile.top + tile.height)), 9 + height);
    const row = tiles.filter(({ top }) => top === 9);
    for (const [index, tile] of row.slice(1).entries()) {
      const before = row[index];
      t.ok((before?.left ?? 0) + (before?.width ?? 0) - tile.left >= 63, 'overlap');
    }
  }
});

t.test('pieces on canvases do not touch, and none is lost', async (t) => {
  const pieces: Piece[] = [10, 300, 47, 900, 120, 33, 800].map((width, index) => ({
    area: { left: 0, top: index * 100, width, height: 20 + 13 * index },
    scale: 1 + (index % 3) / 2,
    turn: turns[index % 4] ?? 0,
    tone: plainTone,
  }));
  const canvases = packed(pieces);
  for (const { width, height, patches } of canvases) {
    t.ok(width % 32 === 0 && height % 32 === 0 && width <= 832 && height <= 832);
    const boxes = patches.map((patch) => ({ ...patchSize(patch), x: patch.x, y: patch.y }));
    for (const [index, one] of boxes.entries()) {
      t.ok(one.x + one.width <= width && one.y + one.height <= height);
      for (const other of boxes.slice(index + 1)) {
        const apart =
          one.x + one.width < other.x ||
          other.x + other.width < one.x ||
          one.y + one.height < other.y ||
          other.y + other.height < one.y;
        t.ok(apart);
      }
    }
  }
  const shown = canvases.flatMap(({ patches }) => patches);
  for (const { area } of pieces) {
    const columns = new Set<number>();
    for (const patch of shown) {
      if (patch.area.top < area.top || patch.area.top >= area.top + area.height) continue;
      for (let x = patch.area.left; x < patch.area.left + patch.area.width; x += 1) columns.add(x);
    }
    t.equal(columns.size, area.width);
  }
  t.ok(costOf(canvases) > 0);
  t.same(packed([]), []);
});

t.test('parts of a line are joined; its neighbours and what lies around it are not', async (t) => {
  const line = (left: number, top: number, width: number, height: number, turn: Turn = 0) => ({
    left,
    top,
    width,
    height,
    turn,
    score: 0.9,
  });
  t.match(joinLines([line(10, 10, 100, 20), line(90, 12, 100, 20)]), [
    { left: 10, top: 10, width: 180, height: 22 },
  ]);
  t.equal(joinLines([line(10, 10, 100, 20), line(10, 28, 100, 20)]).length, 2, 'the line below');
  t.equal(joinLines([line(10, 10, 100, 20), line(0, 0, 400, 90)]).length, 2, 'something larger');
  t.match(joinLines([line(10, 10, 20, 100, 90), line(12, 90, 20, 100, 90)]), [
    { left: 10, top: 10, width: 22, height: 180 },
  ]);
  t.equal(joinLines([line(0, 0, 40, 10), line(30, 0, 40, 10), line(60, 0, 40, 10)]).length, 1, 'a chain');
});

t.test('where there is something to see', async (t) => {
  const picture: Picture = {
    width: 400,
    height: 300,
    channels: 1,
    pixels: new Uint8Array(400 * 300).fill(50),
  };
  const whole: Area = { left: 0, top: 0, width: 400, height: 300 };
  t.same(
    activeAreas(activityOf(picture, whole), () => false),
    [],
  );
  // A grid of thin lines at one place, an edge without any line at another.
  for (let y = 40; y < 60; y += 1) for (let x = 48; x < 80; x += 4) picture.pixels[y * 400 + x] = 90;
  for (let y = 200; y < 300; y += 1) picture.pixels.fill(200, y * 400 + 250, y * 400 + 400);
  const activity = activityOf(picture, whole);
  const seen = activeAreas(activity, (cell) => (activity.range[cell] ?? 0) >= 10);
  t.equal(seen.length, 2);
  const thin = activeAreas(activity, (cell) => (activity.ridge[cell] ?? 0) >= 10);
  t.equal(thin.length, 1, 'thin lines alone');
  const [area] = thin;
  t.ok(area !== undefined && area.left <= 48 && area.left + area.width >= 80 && area.top <= 40);
  t.equal(Math.max(...activity.ridge), 40, 'their contrast');
});

t.test('the background is shown bright, and faint contrast is spread', async (t) => {
  const dark: Picture = { width: 64, height: 64, channels: 1, pixels: new Uint8Array(4096).fill(30) };
  dark.pixels.fill(90, 0, 500);
  const whole: Area = { left: 0, top: 0, width: 64, height: 64 };
  t.same(toneOf(dark, whole), { low: 90, high: 30 });
  const bright = { ...dark, pixels: dark.pixels.map((value) => 255 - value) };
  t.same(toneOf(bright, whole), { low: 165, high: 225 });
  const flat = toneOf({ ...dark, pixels: new Uint8Array(4096).fill(30) }, whole);
  t.ok(Math.abs(flat.high - flat.low) >= 40, 'noise is not made text');
});
