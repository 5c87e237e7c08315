import t from 'tap';
import type { DeidentifyInput } from '../../../src/deidentify/deidentify.ts';
import type { Area, FoundText } from '../../../src/ocr/picture.ts';
import type { TextEngine } from '../../../src/ocr/text-engine.ts';
import { findInChanges } from '../../../src/redact/frames/find-in-changes.ts';
import type { FrameTexts } from '../../../src/redact/frames/find-in-frames.ts';
import { frameViews } from '../../../src/redact/frames/frame-views.ts';
import { standardRenderSettings } from '../../../src/render/settings.ts';
import { image } from '../../render/image.ts';

const columns = 400;
const rows = 300;

/** Gives one text in the middle of each area it is shown, and keeps the areas. */
function recording(): TextEngine & { readonly areas: (readonly Area[])[] } {
  const areas: (readonly Area[])[] = [];
  return {
    areas,
    find: async (picture, search) => {
      const within = search.areas ?? [{ left: 0, top: 0, width: picture.width, height: picture.height }];
      areas.push(within);
      return within.map(
        ({ left, top, width, height }): FoundText => ({
          left: left + Math.trunc(width / 2),
          top: top + Math.trunc(height / 2),
          width: 4,
          height: 4,
          turn: 0,
          score: 1,
          text: '',
          confidence: 0,
          words: [],
        }),
      );
    },
    close: async () => undefined,
  };
}

/** Frames of noise that moves, or not; blanked squares of 20 pixels at these places. */
function cine(
  frames: number,
  moves: boolean,
  blanked: (index: number) => readonly (readonly [left: number, top: number])[],
): DeidentifyInput {
  const pixels = new Uint8Array(frames * rows * columns);
  for (let at = 0; at < pixels.length; at++) {
    const place = at % (rows * columns);
    const index = (at - place) / (rows * columns);
    pixels[at] = 60 + ((place * 31 + (moves ? index * 7 : 0)) % 97);
  }
  for (let index = 0; index < frames; index++)
    for (const [left, top] of blanked(index))
      for (let y = top; y < top + 20; y++) {
        const at = index * rows * columns + y * columns + left;
        pixels.fill(10, at, at + 20);
      }
  return image({ rows, columns, frames, pixels });
}

async function search(before: DeidentifyInput, after: DeidentifyInput) {
  const engine = recording();
  const frames: FrameTexts[] = [];
  const views = (input: DeidentifyInput) => frameViews(input, standardRenderSettings);
  const options = { read: true, hidden: false };
  for await (const frame of findInChanges(views(before), views(after), engine, options)) frames.push(frame);
  return { engine, frames };
}

function holds(areas: readonly Area[] | undefined, left: number, top: number): boolean {
  return (areas ?? []).some(
    (area) =>
      left >= area.left &&
      top >= area.top &&
      left + 20 <= area.left + area.width &&
      top + 20 <= area.top + area.height,
  );
}

t.test('nothing is searched where nothing was blanked', async (t) => {
  const { engine, frames } = await search(
    cine(3, true, () => []),
    cine(3, true, () => []),
  );
  t.equal(engine.areas.length, 0);
  t.same(
    frames.map(({ frame, texts }) => [frame, texts.length]),
    [
      [1, 0],
      [2, 0],
      [3, 0],
    ],
  );
});

t.test('what was blanked is searched with what is beside it, and nothing else', async (t) => {
  const { engine, frames } = await search(
    cine(1, false, () => []),
    cine(1, false, () => [[40, 60]]),
  );
  t.equal(engine.areas.length, 1);
  t.ok(holds(engine.areas[0], 40, 60));
  const searched = (engine.areas[0] ?? []).reduce((sum, { width, height }) => sum + width * height, 0);
  t.ok(searched < 0.25 * rows * columns, `${searched} pixels`);
  t.equal(frames[0]?.texts.length, 1);
});

t.test('a blanked place that stays the same is searched once, and its findings stay', async (t) => {
  const { engine, frames } = await search(
    cine(5, false, () => []),
    cine(5, false, () => [[40, 60]]),
  );
  t.equal(engine.areas.length, 1);
  t.equal(new Set(frames.map(({ texts }) => texts)).size, 1, 'one list for all frames');
});

t.test('around a blanked place the picture moves: searched in each frame, there only', async (t) => {
  const { engine } = await search(
    cine(3, true, () => []),
    cine(3, true, () => [[40, 60]]),
  );
  t.equal(engine.areas.length, 3);
  for (const areas of engine.areas) {
    t.ok(holds(areas, 40, 60));
    t.notOk(holds(areas, 300, 200));
  }
});

t.test('a place that is blanked from some frame on is searched from there on', async (t) => {
  const { engine, frames } = await search(
    cine(6, false, () => []),
    cine(6, false, (index) => (index < 3 ? [] : [[300, 200]])),
  );
  t.equal(engine.areas.length, 1);
  t.ok(holds(engine.areas[0], 300, 200));
  t.same(
    frames.map(({ texts }) => texts.length),
    [0, 0, 0, 1, 1, 1],
  );
});

t.test('a place that is no longer blanked takes its findings with it', async (t) => {
  const { frames } = await search(
    cine(4, false, () => []),
    cine(4, false, (index) => (index < 2 ? [[300, 200]] : [])),
  );
  t.same(
    frames.map(({ texts }) => texts.length),
    [1, 1, 0, 0],
  );
});

t.test('a result with other frames than what was searched is refused', async (t) => {
  for (const [before, after] of [
    [2, 3],
    [3, 2],
  ] as const)
    await t.rejects(
      search(
        cine(before, true, () => []),
        cine(after, true, () => []),
      ),
      { code: 'PIXEL_DATA_INVALID' },
    );
});
