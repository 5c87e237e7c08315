import t from 'tap';
import type { FoundText } from '../../../src/ocr/picture.ts';
import { readLines } from '../../../src/ocr/reading/read-lines.ts';
import { openSessions, type Sessions } from '../../../src/ocr/sessions.ts';
import { requirePeer } from '../../support/peers.ts';
import { type DrawnLine, drawnLines, found, holds, inGrey, type LineDrawing } from './drawn-lines.ts';

const text = 'GARCIA MARIA 4711823';

async function readOne(sessions: Sessions, drawn: DrawnLine): Promise<FoundText> {
  const [read] = await readLines(sessions, drawn.picture, [found(drawn.line)]);
  if (read === undefined) throw new Error('nothing came back');
  return read;
}

t.test('text drawn by Pillow', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const sessions = await openSessions({ threads: 1 });
  t.teardown(() => sessions.close());
  const readAll = async (
    drawings: readonly LineDrawing[],
  ): Promise<[LineDrawing, DrawnLine, FoundText][]> => {
    const all = await drawnLines(drawings);
    const read: [LineDrawing, DrawnLine, FoundText][] = [];
    for (const [index, drawn] of all.entries()) {
      read.push([drawings[index] ?? { text: '', size: 0 }, drawn, await readOne(sessions, drawn)]);
    }
    return read;
  };

  await t.test(
    'is read in every size, and each word has an area that holds its ink and no other word',
    async (t) => {
      const drawings = [
        { text, size: 11 },
        { text, size: 14, font: 'SansMono', hard: true },
        { text, size: 20, font: 'Serif' },
        { text, size: 32, font: 'Sans-Bold' },
        { text: 'Kjeldsen Peggy 2019-03-27', size: 48 },
      ] as const;
      for (const [drawing, drawn, read] of await readAll(drawings)) {
        t.equal(read.text, drawing.text, `${drawing.size} px`);
        t.ok(read.confidence > 0.9);
        t.equal(read.words.length, drawn.words.length);
        drawn.words.forEach((word, index) => {
          const own = read.words[index];
          t.ok(own !== undefined && holds(own, word), `word ${index} of ${drawing.size} px`);
          const others = drawn.words.filter((_, other) => other !== index);
          t.notOk(own !== undefined && others.some((other) => holds(own, other)));
          t.ok(own !== undefined && own.confidence > 0 && own.confidence <= 1);
        });
      }
    },
  );

  await t.test('is read where letters are 8 pixels high, but for a letter', async (t) => {
    for (const [drawing, , read] of await readAll([
      { text: '1961-05-12', size: 8, font: 'Sans-Bold' },
      { text: 'MARGARET', size: 10, hard: true },
    ])) {
      const same = [...drawing.text].filter((character, index) => read.text[index] === character).length;
      t.ok(same >= drawing.text.length - 1, `${same} of ${drawing.text.length}`);
    }
  });

  await t.test('is turned upright', async (t) => {
    for (const turn of [90, 180, 270] as const) {
      for (const [, drawn, read] of await readAll([{ text, size: 18, turn }])) {
        t.equal(read.text, text, `${turn} degrees`);
        t.equal(read.turn, turn);
        t.ok(drawn.words.every((word, index) => holds(read.words[index] ?? found(word, -1), word)));
      }
    }
  });

  await t.test('is read where the letters stand one below the other', async (t) => {
    for (const [, drawn, read] of await readAll([{ text: 'HUGO 5824', size: 24, stacked: true }])) {
      t.same(
        read.words.map((word) => word.text),
        ['HUGO', '5824'],
      );
      t.equal(read.turn, 0);
      t.ok(drawn.words.every((word, index) => holds(read.words[index] ?? found(word, -1), word)));
    }
  });

  await t.test('is read dark on white, faint, in noise and in colours of one lightness', async (t) => {
    const drawings: readonly LineDrawing[] = [
      { text, size: 16, ink: [0, 0, 0], ground: [255, 255, 255] },
      { text, size: 16, ink: [92, 92, 92], ground: [80, 80, 80] },
      { text, size: 20, ink: [120, 120, 120], ground: [60, 60, 60], noise: 10 },
      { text, size: 20, ink: [200, 20, 20], ground: [20, 112, 20] },
    ];
    for (const [index, [, , read]] of (await readAll(drawings)).entries())
      t.equal(read.text, text, `drawing ${index}`);
  });

  await t.test('is read alike in grey and in colour', async (t) => {
    const [drawn] = await drawnLines([{ text, size: 16 }]);
    if (drawn === undefined) return;
    const grey = await readLines(sessions, inGrey(drawn.picture), [found(drawn.line)]);
    t.same(grey, [await readOne(sessions, drawn)]);
  });

  await t.test('is read as a whole in a line far wider than the recogniser takes at once', async (t) => {
    const long = Array.from({ length: 14 }, (_, index) => `NUMBER ${1234567 + index * 1111}`).join(' ');
    for (const [, drawn, read] of await readAll([{ text: long, size: 20 }])) {
      t.equal(read.text, long);
      t.ok(drawn.words.every((word, index) => holds(read.words[index] ?? found(word, -1), word)));
    }
  });

  await t.test('with diacritics is read as the plain letters or as it is', async (t) => {
    const plain = (value: string) => value.normalize('NFD').replace(/\p{M}/gu, '');
    for (const [drawing, drawn, read] of await readAll(
      ['Müller', 'Søren', 'Dvořák', 'François', 'Göğüş'].map((name) => ({ text: name, size: 28 })),
    )) {
      t.equal(plain(read.text), plain(drawing.text).replace('ø', 'o'));
      t.ok(holds(read.words[0] ?? found(drawn.line, -1), drawn.line), 'with its marks');
    }
  });

  await t.test('in other scripts is kept, with its area', async (t) => {
    for (const [, drawn, read] of await readAll(
      ['Смирнова Ольга', 'Παπαδόπουλος', 'فاطمة حسن'].map((name) => ({ text: name, size: 20 })),
    )) {
      t.ok(read.text.length > 0 && read.confidence > 0, 'with the little that was read');
      t.ok(holds(read, drawn.line));
    }
  });
});

t.test('everything that was found comes back in its order, whatever is there to read', async (t) => {
  const sessions = await openSessions({ threads: 1 });
  t.teardown(() => sessions.close());
  const picture = { width: 60, height: 40, channels: 1, pixels: new Uint8Array(2400).fill(40) } as const;
  const areas = [
    found({ left: 5, top: 5, width: 40, height: 10 }, 0),
    found({ left: 5, top: 5, width: 4, height: 30 }, 0),
    found({ left: 55, top: 35, width: 30, height: 30 }, 0),
    found({ left: 100, top: 100, width: 10, height: 10 }, 0),
    found({ left: 20, top: 20, width: 1, height: 1 }, 0),
    found({ left: 20, top: 20, width: 0, height: 0 }, 0),
  ];
  let told = 0;
  const onProgress = () => {
    told += 1;
  };
  const read = await readLines(sessions, picture, areas, { onProgress });
  t.same(
    read.map(({ left, top, width, height }) => ({ left, top, width, height })),
    areas.map(({ left, top, width, height }) => ({ left, top, width, height })),
  );
  t.ok(told > 0);
  t.notOk(
    read.some(({ text, confidence }) => confidence >= 0.6 && text.length >= 3),
    'nothing is read',
  );
  t.same(await readLines(sessions, picture, []), []);
});

t.test('readings again are bounded, whatever is found in a picture', async (t) => {
  const sessions = await openSessions({ threads: 1 });
  t.teardown(() => sessions.close());
  let columns = 0;
  // Never sure of anything.
  const unsure: Sessions = {
    ...sessions,
    recognize: async ({ dimensions }) => {
      const [lines = 0, , , width = 0] = dimensions;
      columns += lines * width;
      t.ok(lines * width <= 2048, 'a batch is bounded');
      const steps = width / 8;
      return { values: new Float32Array(lines * steps * 6625), dimensions: [lines, steps, 6625] };
    },
  };
  const pixels = Uint8Array.from({ length: 640_000 }, (_, index) => (index * 7919) % 251);
  const areas = Array.from({ length: 400 }, (_, index) =>
    found({ left: (index % 8) * 100, top: Math.floor(index / 8) * 16, width: 96, height: 12 }, 0),
  );
  await readLines(unsure, { width: 800, height: 800, channels: 1, pixels }, areas);
  const once = 400 * 96 * (48 / 12) * 0.65;
  t.ok(columns > once * 0.7, 'all are read once');
  t.ok(columns < once * 1.3 + 16_384 * 1.3, 'and few again');

  const thorough = columns;
  for (const care of ['once', 'quick'] as const) {
    columns = 0;
    await readLines(unsure, { width: 800, height: 800, channels: 1, pixels }, areas, { care });
    t.ok(columns < thorough * (care === 'once' ? 0.95 : 0.75), `${care}: none again`);
    t.ok(columns > once * 0.5, 'and all once');
  }
});

t.test('a recogniser of another make is refused', async (t) => {
  const sessions = await openSessions({ threads: 1 });
  t.teardown(() => sessions.close());
  const other: Sessions = {
    ...sessions,
    recognize: async () => ({ values: new Float32Array(10), dimensions: [1, 2, 5] }),
  };
  const picture = { width: 60, height: 40, channels: 1, pixels: new Uint8Array(2400) } as const;
  await t.rejects(readLines(other, picture, [found({ left: 5, top: 5, width: 40, height: 10 })]), {
    code: 'TEXT_SEARCH_UNAVAILABLE',
  });
  await t.rejects(
    readLines({ ...sessions, charactersPath: '/nowhere/characters.txt' }, picture, [
      found({ left: 5, top: 5, width: 40, height: 10 }),
    ]),
    { code: 'TEXT_SEARCH_UNAVAILABLE' },
  );
});
