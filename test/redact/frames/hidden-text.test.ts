import t from 'tap';
import { openTextEngine } from '../../../src/ocr/engine.ts';
import type { Area, FoundText } from '../../../src/ocr/picture.ts';
import type { TextEngine } from '../../../src/ocr/text-engine.ts';
import { findInFrames } from '../../../src/redact/frames/find-in-frames.ts';
import { frameViews } from '../../../src/redact/frames/frame-views.ts';
import { standardRenderSettings } from '../../../src/render/settings.ts';
import { element } from '../../../src/synthetic/writer-element.ts';
import { covered, drawnText, type Ink, put, randomNumbers } from '../../ocr/drawn-text.ts';
import { type ImageOptions, image } from '../../render/image.ts';
import { requirePeer } from '../../support/peers.ts';

const columns = 320;
const rows = 120;
const place = { left: 50, top: 60 };

const engine = await openTextEngine({ threads: 1 });
t.teardown(() => engine.close());

async function found(options: ImageOptions): Promise<{ texts: readonly FoundText[]; searches: number }> {
  let searches = 0;
  const counted: TextEngine = {
    async find(picture, search) {
      searches += 1;
      return engine.find(picture, search);
    },
    close: async () => undefined,
  };
  const texts: FoundText[] = [];
  const views = frameViews(image({ rows, columns, ...options }), standardRenderSettings);
  for await (const frame of findInFrames(views, counted, { read: false, hidden: true }))
    texts.push(...frame.texts);
  return { texts, searches };
}

function window(center: number, width: number) {
  return [element(0x00281050, 'DS', `${center}`), element(0x00281051, 'DS', `${width}`)];
}

interface Case {
  readonly name: string;
  readonly value: number;
  readonly ground: (index: number) => number;
  readonly options: Omit<ImageOptions, 'pixels'>;
  readonly cells: 'bytes' | 'words';
  /** So much of it is found at least; 0.95 where left out. */
  readonly least?: number;
}

const random = randomNumbers(3);
const words = { allocated: 16, stored: 12 } as const;
const cases: readonly Case[] = [
  {
    name: 'far above a window that ends below the ground',
    value: 4095,
    ground: () => 900 + 20 * random(),
    options: { ...words, more: window(150, 300) },
    cells: 'words',
  },
  {
    name: 'in the dark below the window',
    value: 40,
    ground: () => 5 + 4 * random(),
    options: { ...words, more: window(2000, 1000) },
    cells: 'words',
    least: 0.7,
  },
  {
    name: 'one value above an even ground',
    value: 1001,
    ground: () => 1000,
    options: { ...words, more: window(2048, 4096) },
    cells: 'words',
  },
  {
    name: 'of signed values below the window',
    value: -1000,
    ground: () => -2000,
    options: { allocated: 16, stored: 16, signed: true, more: window(40, 400) },
    cells: 'words',
  },
  {
    name: 'beyond the window of MONOCHROME1',
    value: 4095,
    ground: () => 3000,
    options: { ...words, photometric: 'MONOCHROME1', more: window(500, 1000) },
    cells: 'words',
  },
  {
    name: 'beside a bright object that the window shows',
    value: 60,
    ground: (i) => (i % columns > 280 ? 3000 : 20),
    options: { ...words, more: window(2000, 2000) },
    cells: 'words',
  },
  {
    name: 'one level above black',
    value: 1,
    ground: () => 0,
    options: {},
    cells: 'bytes',
  },
];

function pixelsOf({ ground, value, cells }: Case, ink: Ink): { pixels: Uint8Array; area: Area } {
  const values = Int32Array.from({ length: rows * columns }, (_, i) => Math.round(ground(i)));
  const area = put(values, columns, ink, place, value);
  const pixels = cells === 'bytes' ? Uint8Array.from(values) : new Uint8Array(Int16Array.from(values).buffer);
  return { pixels, area };
}

t.test('text that the window does not show', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const inks = await drawnText([
    { text: 'DOE^JOHN 19700101', size: 10, hard: true },
    { text: 'DOE^JOHN 19700101', size: 24, hard: true },
  ]);
  for (const one of cases) {
    t.test(`${one.name} is found`, async (t) => {
      for (const ink of inks) {
        const { pixels, area } = pixelsOf(one, ink);
        const { texts } = await found({ ...one.options, pixels });
        t.ok(covered(area, texts) > (one.least ?? 0.95));
      }
    });
  }

  t.test('of palette colours that are alike is found', async (t) => {
    const [ink] = inks;
    if (ink === undefined) return;
    const pixels = new Uint8Array(rows * columns).fill(3);
    const area = put(pixels, columns, ink, place, 4);
    const table = new Uint8Array(512).fill(90);
    const more = [0x00281101, 0x00281102, 0x00281103].map((tag) =>
      element(tag, 'US', new Uint8Array(Uint16Array.of(256, 0, 16).buffer)),
    );
    const data = [0x00281201, 0x00281202, 0x00281203].map((tag) => element(tag, 'OW', table));
    const { texts } = await found({
      photometric: 'PALETTE COLOR',
      pixels,
      more: [...more, ...data],
    });
    t.ok(covered(area, texts) > 0.95);
  });
});

t.test('what the window shows is searched once; a slope, which may hide something, twice', async (t) => {
  const noise = randomNumbers(5);
  for (const [ground, wanted] of [
    [() => 40, 1],
    [(i: number) => (i % columns) / 2, 2],
    [() => 90 + 40 * noise(), 1],
  ] as const) {
    const pixels = Uint8Array.from({ length: rows * columns }, (_, i) => ground(i));
    const { texts, searches } = await found({ pixels });
    t.same(texts, []);
    t.equal(searches, wanted);
  }
});
