import sharp from 'sharp';
import t from 'tap';
import { renderAsIs } from '../../../src/render/render.ts';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import { draw, limits } from '../drawn.ts';
import { image } from '../image.ts';

// Stored values 0 to 199 are grey, 200 and 201 red and green, what is above takes the last colour.
const tables = [
  ...[0x00281101, 0x00281102, 0x00281103].map((tag) => element(tag, 'US', [2, 200, 16])),
  element(0x00281201, 'OW', Uint16Array.of(0xffff, 0)),
  element(0x00281202, 'OW', Uint16Array.of(0, 0xffff)),
  element(0x00281203, 'OW', Uint16Array.of(0, 0)),
];
const window = [element(0x00281050, 'DS', '128'), element(0x00281051, 'DS', '256')];
const presentation = (value: string): WriterElement[] => [element(0x00089205, 'CS', value)];
const pixels = Uint8Array.of(10, 199, 200, 201, 255, 0);
const row = { rows: 1, columns: 6, pixels };
const grey = (...levels: number[]): number[] => levels.flatMap((level) => [level, level, level]);
const red = [255, 0, 0];
const green = [0, 255, 0];

const first = (more: readonly WriterElement[], options = {}): { channels: number; pixels: number[] } => {
  const [frame] = draw(image({ ...row, ...options, more }));
  return { channels: frame?.image.channels ?? 0, pixels: [...(frame?.image.pixels ?? [])] };
};

t.test(
  'stored values from the first mapped one on are colours, the others grey through the window',
  async (t) => {
    const got = first([...presentation('COLOR'), ...tables, ...window]);
    t.same(got, { channels: 3, pixels: [...grey(10, 199), ...red, ...green, ...green, ...grey(0)] });
  },
);

t.test('without Pixel Presentation COLOR all is grey, and without tables too', async (t) => {
  const levels = [...pixels];
  t.same(first([...tables, ...window]), { channels: 1, pixels: levels });
  t.same(first([...presentation('MONOCHROME'), ...tables, ...window]), { channels: 1, pixels: levels });
  t.same(first([...presentation('COLOR'), ...window]), { channels: 1, pixels: levels });
});

t.test('tables that are broken hold the image', async (t) => {
  const more = [...presentation('COLOR'), ...tables.slice(0, -1), ...window];
  t.throws(() => first(more), { code: 'PIXEL_DATA_INVALID' });
});

t.test('colours do not count in an automatic window', async (t) => {
  const cells = Uint16Array.from({ length: 600 }, (_, i) => (i < 300 ? 50 + i : 60_000));
  const wide = [
    ...[0x00281101, 0x00281102, 0x00281103].map((tag) => element(tag, 'US', [1, 50_000, 16])),
    ...[0x00281201, 0x00281202, 0x00281203].map((tag) => element(tag, 'OW', Uint16Array.of(0x7f7f))),
  ];
  const options = { rows: 1, columns: 600, allocated: 16, pixels: cells };
  const { channels, pixels: drawn } = first([...presentation('COLOR'), ...wide], options);
  t.equal(channels, 3);
  t.ok((drawn[0] ?? 255) < 10, `darkest ${drawn[0]}`);
  t.ok((drawn[3 * 299] ?? 0) > 245, `brightest ${drawn[3 * 299]}`);
  t.same(drawn.slice(-3), [127, 127, 127]);
});

t.test('of MIXED images each frame says whether it has colours', async (t) => {
  const frame = (value: string): WriterElement[] => [
    element(0x00189226, 'SQ', { items: [presentation(value)] }),
  ];
  const perFrame = element(0x52009230, 'SQ', { items: [frame('COLOR'), frame('MONOCHROME')] });
  const more = [...presentation('MIXED'), ...tables, ...window, perFrame];
  const two = image({ ...row, frames: 2, pixels: Uint8Array.of(...pixels, ...pixels), more });
  t.same(
    draw(two).map(({ image: { channels } }) => channels),
    [3, 1],
  );
});

t.test('lossless formats get the colours, not the indexes', async (t) => {
  const more = [...presentation('COLOR'), ...tables, ...window];
  const { dataSet, transferSyntaxUid } = image({ ...row, more });
  for await (const frame of renderAsIs(dataSet, transferSyntaxUid, { ...limits, format: 'png' })) {
    const { data, info } = await sharp(frame.data).raw().toBuffer({ resolveWithObject: true });
    t.equal(info.channels, 3);
    t.same([...data].slice(6, 12), [...red, ...green]);
  }
});
