import { readFileSync } from 'node:fs';
import t from 'tap';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import type { Area, FoundText, Picture } from '../../../src/ocr/picture.ts';
import type { TextEngine } from '../../../src/ocr/text-engine.ts';
import { type FrameTexts, findInFrames } from '../../../src/redact/frames/find-in-frames.ts';
import { frameViews } from '../../../src/redact/frames/frame-views.ts';
import { standardRenderSettings } from '../../../src/render/settings.ts';
import { image } from '../../render/image.ts';
import { corpusMissing, corpusPath } from '../../support/corpus.ts';
import { requirePeer } from '../../support/peers.ts';

const columns = 400;
const rows = 300;

/** Takes every square of 10 pixels that is brighter than 200 for a text, and counts the pixels it was shown. */
function squares(): TextEngine & { shown: number; searches: number } {
  return {
    shown: 0,
    searches: 0,
    async find(picture, { areas }) {
      this.searches += 1;
      const within = areas ?? [{ left: 0, top: 0, width: picture.width, height: picture.height }];
      for (const { width, height } of within) this.shown += width * height;
      return within.flatMap((area) => squaresIn(picture, area));
    },
    close: async () => undefined,
  };
}

function squaresIn({ pixels, width, channels }: Picture, area: Area): FoundText[] {
  const found: FoundText[] = [];
  const isBright = (x: number, y: number): boolean => (pixels[channels * (y * width + x)] ?? 0) > 200;
  for (let y = area.top; y < area.top + area.height; y++) {
    for (let x = area.left; x < area.left + area.width; x++) {
      if (!isBright(x, y) || (x > 0 && isBright(x - 1, y)) || (y > 0 && isBright(x, y - 1))) continue;
      found.push({
        left: x,
        top: y,
        width: 10,
        height: 10,
        turn: 0,
        score: 1,
        text: '',
        confidence: 0,
        words: [],
      });
    }
  }
  return found;
}

/** A cine whose frames have squares at these places. */
function cine(
  frames: number,
  placesOf: (index: number) => readonly (readonly [left: number, top: number, level?: number])[],
) {
  const pixels = new Uint8Array(frames * rows * columns).fill(20);
  for (let index = 0; index < frames; index++) {
    for (const [left, top, level = 255] of placesOf(index)) {
      for (let y = top; y < top + 10; y++) {
        const at = index * rows * columns + y * columns + left;
        pixels.fill(level, at, at + 10);
      }
    }
  }
  return image({ rows, columns, frames, pixels });
}

async function search(input: ReturnType<typeof cine>) {
  const engine = squares();
  const frames: FrameTexts[] = [];
  for await (const frame of findInFrames(frameViews(input, standardRenderSettings), engine, {
    read: false,
    hidden: true,
  }))
    frames.push(frame);
  return { engine, frames };
}

const places = ({ texts }: FrameTexts): string[] => texts.map(({ left, top }) => `${left},${top}`).sort();

t.test('a cine that stands still is searched once, and shares its findings', async (t) => {
  const { engine, frames } = await search(cine(100, () => [[30, 40]]));
  t.equal(engine.searches, 1);
  t.equal(frames.length, 100);
  t.same(
    frames.map(({ frame }) => frame),
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
  t.ok(frames.every(({ texts, numberOfFrames }) => texts === frames[0]?.texts && numberOfFrames === 100));
});

t.test('text in one frame only is found there, by a look at what changed', async (t) => {
  const { engine, frames } = await search(
    cine(80, (index) =>
      index === 56
        ? [
            [30, 40],
            [300, 250],
          ]
        : [[30, 40]],
    ),
  );
  t.same(places(frames[56] as FrameTexts), ['30,40', '300,250']);
  t.ok(frames.every((frame, index) => index === 56 || places(frame).join() === '30,40'));
  t.ok(engine.shown < 2 * rows * columns, 'far less than frame by frame');
});

t.test('text that moves is found in every frame', async (t) => {
  const { frames } = await search(
    cine(12, (index) => [
      [100, 100],
      [10 + 30 * index, 20 + 20 * index],
    ]),
  );
  for (const [index, frame] of frames.entries())
    t.same(places(frame), ['100,100', `${10 + 30 * index},${20 + 20 * index}`].sort());
});

t.test('text that comes up slowly is found when it is there', async (t) => {
  const { frames } = await search(cine(60, (index) => [[200, 150, Math.min(255, 20 + 4 * index)]]));
  t.same(places(frames[0] as FrameTexts), []);
  t.same(places(frames[59] as FrameTexts), ['200,150']);
});

t.test('text over the edges of compared squares is found once, and goes when it goes', async (t) => {
  const { frames } = await search(
    cine(6, (index) =>
      index >= 2 && index < 4
        ? [
            [59, 60],
            [123, 124],
          ]
        : [],
    ),
  );
  t.same(frames.map(places), [[], [], ['123,124', '59,60'], ['123,124', '59,60'], [], []]);
});

t.test(
  'the selection of frames, overlays and shutters do not matter: every frame is looked at as stored',
  async (t) => {
    const settings = {
      ...standardRenderSettings,
      frames: { kind: 'first' },
      shutters: true,
      overlays: true,
    } as const;
    let count = 0;
    for await (const { shown, numberOfFrames } of frameViews(
      cine(3, () => []),
      settings,
    )) {
      count += 1;
      t.equal(numberOfFrames, 3);
      t.same([shown.width, shown.height, shown.channels], [columns, rows, 1]);
    }
    t.equal(count, 3);
  },
);

t.test('pixels that cannot be decoded are refused with the code of rendering', async (t) => {
  const short = image({ rows, columns, pixels: new Uint8Array(10) });
  await t.rejects(
    async () => {
      for await (const view of frameViews(short, standardRenderSettings)) t.ok(view);
    },
    { code: 'PIXEL_DATA_INVALID' },
  );
});

t.test('a video is looked through by ffmpeg', { skip: corpusMissing }, async (t) => {
  if (!requirePeer(t, 'ffmpeg')) return;
  const path = corpusPath('generated/gen_video_MPEG2-MPML.dcm');
  const input = readPart10(memorySource(new Uint8Array(readFileSync(path))));
  let last = 0;
  for await (const { frame, numberOfFrames, shown, isPredicted } of frameViews(
    input,
    standardRenderSettings,
  )) {
    t.equal(frame, last + 1);
    last = frame;
    t.equal(numberOfFrames, 25);
    t.equal(isPredicted, true);
    t.same([shown.width, shown.height, shown.channels], [720, 480, 3]);
  }
  t.equal(last, 25);
});
