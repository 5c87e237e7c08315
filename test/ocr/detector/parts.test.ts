import t from 'tap';
import { chancesOf } from '../../../src/ocr/detector/chances.ts';
import { joinLines } from '../../../src/ocr/detector/join-lines.ts';
import { linesOf } from '../../../src/ocr/detector/lines.ts';
import { regionsOf } from '../../../src/ocr/detector/regions.ts';
import { scaledPiece } from '../../../src/ocr/detector/scaled.ts';
import type { Picture } from '../../../src/ocr/picture.ts';

/** Columns and rows are told by the values: red is the column, green the row. */
function ramps(width: number, height: number): Picture {
  const pixels = new Uint8Array(3 * width * height);
  for (let at = 0; at < width * height; at += 1) {
    pixels[3 * at] = at % width;
    pixels[3 * at + 1] = Math.floor(at / width);
    pixels[3 * at + 2] = 7;
  }
  return { width, height, channels: 3, pixels };
}

t.test('a piece in another size', async (t) => {
  const picture = ramps(200, 120);
  const area = { left: 40, top: 20, width: 100, height: 60 };
  for (const scale of [1, 0.5, 0.4, 2]) {
    const piece = scaledPiece(picture, area, scale, 16);
    t.equal((piece.width % 16) + (piece.height % 16), 0, 'sides are multiples of the step');
    for (const [x, y] of [
      [4, 4],
      [20, 11],
      [35, 20],
    ] as const) {
      const at = 3 * (y * piece.width + x);
      const wanted = [40 + (x + 0.5) / scale - 0.5, 20 + (y + 0.5) / scale - 0.5, 7];
      for (const [channel, value] of wanted.entries())
        t.ok(
          Math.abs((piece.pixels[at + channel] ?? 0) - value) <= 1,
          `scale ${scale}, ${x} ${y} ${channel}`,
        );
    }
    const last = 3 * (piece.width * piece.height - 1);
    t.ok(
      (piece.pixels[last] ?? 0) >= 138 && (piece.pixels[last] ?? 0) <= 140,
      'filled up with the last pixel',
    );
  }
  const grey = scaledPiece(
    { width: 2, height: 2, channels: 1, pixels: Uint8Array.of(10, 20, 30, 40) },
    { left: 0, top: 0, width: 2, height: 2 },
    1,
    2,
  );
  t.same([...grey.pixels], [10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40]);
  // Thin lines are not skipped where a picture is made smaller.
  const line: Picture = { width: 50, height: 50, channels: 1, pixels: new Uint8Array(2500) };
  for (let x = 0; x < 50; x += 1) line.pixels[23 * 50 + x] = 200;
  const small = scaledPiece(line, { left: 0, top: 0, width: 50, height: 50 }, 0.4, 1);
  const sum = [...small.pixels].reduce((all, value) => all + value, 0) / 3;
  t.ok(Math.abs(sum - 200 * 20 * 0.4) < 200, 'the ink of it is still there');
});

t.test('chances of tiles fit together', async (t) => {
  const picture: Picture = { width: 2300, height: 1200, channels: 1, pixels: new Uint8Array(2300 * 1200) };
  for (let at = 0; at < picture.pixels.length; at += 1)
    picture.pixels[at] = ((at % 2300) >> 4) + (Math.floor(at / 2300) >> 4);
  let runs = 0;
  const sessions = {
    // As if the chance were the brightness: what comes back tells which pixel was looked at.
    locate: async ({ width, height, pixels }: { width: number; height: number; pixels: Uint8Array }) => {
      runs += 1;
      const cells = (width / 2) * (height / 2);
      const seen = new Float32Array(2 * cells);
      for (let cell = 0; cell < cells; cell += 1) {
        const [x, y] = [cell % (width / 2), Math.floor(cell / (width / 2))];
        seen[cell] = pixels[3 * (2 * y * width + 2 * x)] ?? 0;
        seen[cells + cell] = 1000 + (seen[cell] ?? 0);
      }
      return seen;
    },
  };
  const area = { left: 100, top: 50, width: 2200, height: 1150 };
  for (const scale of [1, 0.4]) {
    const chances = await chancesOf(sessions, picture, area, scale);
    t.equal(chances.columns, Math.ceil((2200 * scale) / 2));
    let worst = 0;
    for (let y = 0; y < chances.rows; y += 7) {
      for (let x = 0; x < chances.columns; x += 7) {
        const [px, py] = [100 + (x + 0.25) * chances.cellWidth, 50 + (y + 0.25) * chances.cellHeight];
        const wanted = px / 16 + py / 16 - 0.9;
        worst = Math.max(worst, Math.abs((chances.core[y * chances.columns + x] ?? 0) - wanted));
        if (
          (chances.ink[y * chances.columns + x] ?? 0) !==
          1000 + (chances.core[y * chances.columns + x] ?? 0)
        )
          worst = 999;
      }
    }
    t.ok(worst < 1.5, `scale ${scale}: ${worst}`);
  }
  t.equal(runs, 3 * 2 + 1, 'tiles of the whole, and one of the reduced picture');
});

/** Chances drawn by hand: `#` core and ink, `o` ink, 4 pixels of the picture a cell. */
function drawnChances(rows: readonly string[]) {
  const columns = rows[0]?.length ?? 0;
  const cells = rows.join('');
  return {
    area: { left: 10, top: 20, width: 4 * columns, height: 4 * rows.length },
    cellWidth: 4,
    cellHeight: 4,
    columns,
    rows: rows.length,
    core: Float32Array.from(cells, (cell) => (cell === '#' ? 0.9 : 0.05)),
    ink: Float32Array.from(cells, (cell) => (cell === '.' ? 0.02 : 0.8)),
  };
}

t.test('regions', async (t) => {
  t.test('are joined over corners', async (t) => {
    const chances = drawnChances(['#...#', '.#.#.', '..#..', '.....', '##...']);
    const { regions } = regionsOf(chances.core, 5, 5, 0.5);
    t.match(regions, [
      { left: 0, top: 0, right: 5, bottom: 3, cells: 5 },
      { left: 0, top: 4, right: 2, bottom: 5, cells: 2 },
    ]);
  });
  t.test('know the direction in which they lie', async (t) => {
    for (const [dx, dy] of [
      [1, 0],
      [0, 1],
      [1, 1],
      [1, -1],
    ] as const) {
      const core = new Float32Array(900);
      for (let at = 0; at < 12; at += 1) core[(15 + at * dy) * 30 + 9 + at * dx] = 1;
      const [region] = regionsOf(core, 30, 30, 0.5).regions;
      const wanted = Math.atan2(dy, dx);
      t.ok(Math.abs(Math.abs(region?.angle ?? 9) - Math.abs(wanted)) < 0.01, `${dx} ${dy}`);
      t.ok((region?.along ?? 0) > 3 && (region?.across ?? 9) < 0.5);
    }
  });
});

t.test('lines', async (t) => {
  t.test('are twice as high as their core, and reach as far as the ink that begins in them', async (t) => {
    const chances = drawnChances([
      '..............',
      '....o.........',
      '...oooooooo...',
      '...#######ooo.',
      '...#######....',
      '..............',
      '..............',
      '..............',
      '............oo',
    ]);
    const [line, ...others] = linesOf(chances);
    t.same(others, []);
    t.match(line, { turn: 0, askew: false });
    t.equal(line?.top, 20 + 4, 'up to the highest ink');
    t.equal((line?.left ?? 0) + (line?.width ?? 0), 10 + 13 * 4, 'to the last ink of the row');
    t.ok((line?.top ?? 0) + (line?.height ?? 0) < 20 + 8 * 4, 'not to ink of another line');
  });
  t.test('on their side are told', async (t) => {
    const [line] = linesOf(drawnChances(['..', '#.', '#.', '#.', '#.', '..']));
    t.equal(line?.turn, 90);
  });
  t.test('that run askew come in pieces that cover them and little else', async (t) => {
    const core = new Float32Array(10_000);
    const marks: [number, number][] = [];
    for (let at = 0; at < 60; at += 1)
      for (let across = 0; across < 4; across += 1) marks.push([20 + at, 20 + at + across]);
    for (const [x, y] of marks) core[y * 100 + x] = 1;
    const lines = linesOf({
      area: { left: 0, top: 0, width: 200, height: 200 },
      cellWidth: 2,
      cellHeight: 2,
      columns: 100,
      rows: 100,
      core,
      ink: core,
    });
    t.ok(lines.length > 5 && lines.every(({ askew }) => askew));
    const covered = marks.every(([x, y]) =>
      lines.some(
        ({ left, top, width, height }) =>
          2 * x >= left && 2 * x + 2 <= left + width && 2 * y >= top && 2 * y + 2 <= top + height,
      ),
    );
    t.ok(covered);
    const pixels = new Set(
      lines.flatMap(({ left, top, width, height }) =>
        Array.from(
          { length: width * height },
          (_, at) => (top + Math.floor(at / width)) * 200 + left + (at % width),
        ),
      ),
    );
    t.ok(pixels.size < 0.5 * 120 * 120, 'less than half of the rectangle around it');
  });
});

t.test('parts of a line are joined; its neighbours and what lies around it are not', async (t) => {
  const part = { top: 10, height: 12, turn: 0, score: 0.5, thickness: 12 } as const;
  t.match(
    joinLines([
      { ...part, left: 10, width: 50 },
      { ...part, left: 40, width: 80, score: 0.9, top: 11 },
      { ...part, left: 10, width: 110, top: 20 },
      { ...part, left: 300, width: 40 },
    ]),
    [
      { left: 10, top: 10, width: 110, height: 13, score: 0.9 },
      { left: 300 },
      { left: 10, top: 20, width: 110, height: 12 },
    ],
  );
});

t.test('what is the same line, and what is not', async (t) => {
  const line = (left: number, top: number, width: number, height: number, turn = 0) => {
    const thickness = turn === 0 ? height : width;
    return { left, top, width, height, turn, thickness, score: 0.8 };
  };
  t.match(joinLines([line(10, 10, 100, 20), line(90, 12, 100, 20)]), [
    { left: 10, top: 10, width: 180, height: 22 },
  ]);
  t.equal(joinLines([line(10, 10, 100, 20), line(10, 28, 100, 20)]).length, 2, 'the line below');
  t.equal(joinLines([line(10, 10, 100, 20), line(0, 0, 400, 90)]).length, 2, 'something larger');
  t.match(joinLines([line(10, 10, 20, 100, 90), line(12, 90, 20, 100, 90)]), [
    { left: 10, top: 10, width: 22, height: 180 },
  ]);
  t.equal(joinLines([line(0, 0, 40, 10), line(30, 0, 40, 10), line(60, 0, 40, 10)]).length, 1, 'a chain');
  t.test('that touch at different heights are told apart, and not cut into pieces', async (t) => {
    const [columns, rows] = [120, 40];
    const core = new Float32Array(columns * rows);
    const fill = (left: number, top: number, width: number, height: number, chance: number): void => {
      for (let y = top; y < top + height; y += 1)
        core.fill(chance, y * columns + left, y * columns + left + width);
    };
    fill(5, 10, 50, 4, 0.95);
    fill(57, 18, 55, 4, 0.95);
    // What is between them is hardly text.
    fill(53, 10, 5, 12, 0.5);
    const lines = linesOf({
      area: { left: 0, top: 0, width: 2 * columns, height: 2 * rows },
      cellWidth: 2,
      cellHeight: 2,
      columns,
      rows,
      core,
      ink: core,
    });
    t.match(
      lines.map(({ askew, turn }) => ({ askew, turn })),
      [
        { askew: false, turn: 0 },
        { askew: false, turn: 0 },
      ],
    );
    t.ok(lines.every(({ height }) => height < 2 * 14));
    t.ok(lines.some(({ left, width }) => left <= 10 && left + width >= 108));
    t.ok(lines.some(({ left, width }) => left <= 114 && left + width >= 222));
  });
});
