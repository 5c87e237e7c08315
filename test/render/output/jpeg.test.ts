import sharp from 'sharp';
import t from 'tap';
import { outputSize } from '../../../src/render/output/output-size.ts';
import { encodeJpeg } from '../../../src/render/output/sharp.ts';
import { type RenderedFrame, renderAsIs } from '../../../src/render/render.ts';
import { limits } from '../drawn.ts';
import { image } from '../image.ts';

/** Marker codes of the segments before the first scan. */
function segments(jpeg: Uint8Array): number[] {
  const bytes = Buffer.from(jpeg);
  const found: number[] = [];
  for (let at = 2; bytes[at + 1] !== 0xda; at += 2 + bytes.readUInt16BE(at + 2))
    found.push(bytes[at + 1] ?? 0);
  return found;
}

const ramp = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64) * 4);
const colors = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7) % 256);

t.test(
  'grey becomes one component, colour three without subsampling; nothing but tables beside the scan',
  async (t) => {
    const grey = await encodeJpeg({ width: 64, height: 64, channels: 1, pixels: ramp }, 90);
    const color = await encodeJpeg({ width: 64, height: 64, channels: 3, pixels: colors }, 90);
    const tables = [0xdb, 0xc4, 0xc0, 0xdd]; // DQT, DHT, SOF0, DRI: no APPn, no comment
    for (const jpeg of [grey, color]) {
      t.same(
        segments(jpeg).filter((marker) => !tables.includes(marker)),
        [],
      );
    }
    t.match(await sharp(grey).metadata(), { format: 'jpeg', width: 64, height: 64, channels: 1 });
    t.match(await sharp(color).metadata(), { channels: 3, chromaSubsampling: '4:4:4', isProgressive: false });
  },
);

t.test('quality is the quality asked for', async (t) => {
  const sizes = await Promise.all(
    [30, 60, 90, 100].map(
      async (q) => (await encodeJpeg({ width: 64, height: 64, channels: 3, pixels: colors }, q)).length,
    ),
  );
  t.same(
    sizes,
    [...sizes].sort((a, b) => a - b),
  );
  const best = await encodeJpeg({ width: 64, height: 64, channels: 1, pixels: ramp }, 100);
  const back = await sharp(best).toColourspace('b-w').raw().toBuffer();
  t.ok(
    ramp.every((value, i) => Math.abs(value - (back[i] ?? 0)) <= 1),
    'quality 100 is within one level',
  );
});

t.test('every frame comes in order with what a viewer needs', async (t) => {
  const { dataSet, transferSyntaxUid } = image({
    rows: 2,
    columns: 2,
    frames: 3,
    pixels: Uint8Array.of(...Array(12).keys()),
  });
  const frames: RenderedFrame[] = [];
  for await (const frame of renderAsIs(dataSet, transferSyntaxUid, { ...limits, quality: 90 }))
    frames.push(frame);
  t.same(
    frames.map(({ data, ...rest }) => ({ ...rest, soi: data[0] === 0xff && data[1] === 0xd8 })),
    [1, 2, 3].map((frame) => ({
      frame,
      framesSelected: 3,
      width: 2,
      height: 2,
      contentType: 'image/jpeg',
      dataWidth: 2,
      dataHeight: 2,
      // Secondary Capture of 8 bits is shown as it is.
      windowCenter: 127.5,
      windowWidth: 255,
      voiLutFunction: 'LINEAR_EXACT',
      rescaleSlope: 1,
      rescaleIntercept: 0,
      soi: true,
    })),
  );
});

t.test('larger images are reduced until their longer side fits, smaller ones stay', async (t) => {
  const sizeOf = async (rows: number, columns: number, maxLongEdge: number): Promise<unknown> => {
    const { dataSet, transferSyntaxUid } = image({ rows, columns, pixels: new Uint8Array(rows * columns) });
    for await (const frame of renderAsIs(dataSet, transferSyntaxUid, { ...limits, maxLongEdge })) {
      const { width, height, dataWidth, dataHeight } = frame;
      t.same([width, height], [columns, rows], 'the stored size is told as it is');
      const found = await sharp(frame.data).metadata();
      t.same([found.width, found.height, found.channels], [dataWidth, dataHeight, 1]);
      return [dataWidth, dataHeight];
    }
    return undefined;
  };
  t.same(await sizeOf(100, 300, 0), [300, 100]);
  t.same(await sizeOf(100, 300, 300), [300, 100]);
  t.same(await sizeOf(100, 300, 150), [150, 50]);
  t.same(await sizeOf(300, 100, 64), [21, 64]);
  t.same(await sizeOf(2, 900, 32), [32, 1], 'never less than a pixel');
  t.same(await sizeOf(20, 30, 512), [30, 20], 'never larger');
});

t.test('an image whose pixels are not square has its size with square pixels reduced, at once', async (t) => {
  t.same(outputSize({ width: 200, height: 400 }, 100), { width: 50, height: 100 });
  t.same(outputSize({ width: 65_500, height: 131_000 }, 0), { width: 32_750, height: 65_500 });
  t.same(outputSize({ width: 10, height: 20 }, 100), { width: 10, height: 20 });
});
