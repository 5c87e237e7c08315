import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { renderAsIs } from '../../../src/render/render.ts';
import type { RenderSettings } from '../../../src/render/settings.ts';
import { element, type WriterElement } from '../../../src/synthetic/writer-element.ts';
import { peerProgram, requirePeer } from '../../support/peers.ts';
import { draw, limits, readPnm } from '../drawn.ts';
import { type ImageOptions, image, imageFile } from '../image.ts';

const rows = 40;
const columns = 60;
const pixels = new Uint8Array(rows * columns).fill(90);

const pair = (tag: number, vr: 'DS' | 'IS', height: string, width: string): WriterElement[] => [
  element(tag, vr, [height, width]),
];
const spacing = 0x00280030;
const imager = 0x00181164;
const scanned = 0x00182010;
const ratio = 0x00280034;

const sizes = (options: Partial<ImageOptions>): string[] =>
  draw(image({ rows, columns, pixels, ...options })).map(({ displaySize }) =>
    displaySize === undefined ? 'as it is' : `${displaySize.width}x${displaySize.height}`,
  );

t.test('pixels that are not square are made so by enlarging one side', async (t) => {
  const cases: [string, WriterElement[], string][] = [
    ['nothing said', [], 'as it is'],
    ['square', pair(spacing, 'DS', '0.7', '0.7'), 'as it is'],
    ['all but square', pair(spacing, 'DS', '0.139', '0.1385'), 'as it is'],
    ['higher than wide', pair(spacing, 'DS', '2', '1'), '60x80'],
    ['wider than high', pair(spacing, 'DS', '1', '2'), '120x40'],
    ['aspect ratio', pair(ratio, 'IS', '6', '5'), '60x48'],
    ['imager spacing', pair(imager, 'DS', '1.5', '1'), '60x60'],
    ['scanned spacing', pair(scanned, 'DS', '1', '1.5'), '90x40'],
    [
      'spacing before aspect ratio',
      [...pair(spacing, 'DS', '2', '1'), ...pair(ratio, 'IS', '1', '3')],
      '60x80',
    ],
    [
      'spacing before imager spacing',
      [...pair(imager, 'DS', '1', '1'), ...pair(spacing, 'DS', '2', '1')],
      '60x80',
    ],
    ['zero', pair(ratio, 'IS', '0', '1'), 'as it is'],
    ['negative', pair(spacing, 'DS', '-1', '2'), 'as it is'],
    ['absurd', pair(ratio, 'IS', '1', '1000'), 'as it is'],
    ['text', pair(spacing, 'DS', 'wide', 'high'), 'as it is'],
    ['one value', [element(spacing, 'DS', ['2'])], 'as it is'],
    [
      'unusable spacing, usable ratio',
      [...pair(spacing, 'DS', '0', '0'), ...pair(ratio, 'IS', '2', '1')],
      '60x80',
    ],
  ];
  for (const [name, more, wanted] of cases) t.same(sizes({ more }), [wanted], name);
});

t.test('each frame has its own Pixel Measures, else the shared', async (t) => {
  const measures = (height: string, width: string): WriterElement =>
    element(0x00289110, 'SQ', { items: [pair(spacing, 'DS', height, width)] });
  const perFrame = element(0x52009230, 'SQ', { items: [[measures('2', '1')], [measures('1', '2')], []] });
  const shared = element(0x52009229, 'SQ', { items: [[measures('3', '1')]] });
  const three = { frames: 3, pixels: new Uint8Array(3 * rows * columns) };
  t.same(sizes({ ...three, more: [perFrame, ...pair(ratio, 'IS', '4', '1')] }), [
    '60x80',
    '120x40',
    '60x160',
  ]);
  t.same(sizes({ ...three, more: [shared, perFrame] }), ['60x80', '120x40', '60x120']);
});

const encodedSize = async (more: WriterElement[], settings: Partial<RenderSettings>): Promise<string> => {
  const { dataSet, transferSyntaxUid } = image({ rows, columns, pixels, more });
  for await (const frame of renderAsIs(dataSet, transferSyntaxUid, { ...limits, ...settings })) {
    const { width, height } = await sharp(frame.data).metadata();
    t.same([frame.dataWidth, frame.dataHeight, frame.width, frame.height], [width, height, columns, rows]);
    return `${width}x${height}`;
  }
  return 'no frame';
};

t.test('the JPEG has square pixels, unless told otherwise or beyond the limits', async (t) => {
  const double = pair(spacing, 'DS', '2', '1');
  t.equal(await encodedSize(double, {}), '60x80');
  t.equal(await encodedSize(double, { aspectRatio: 'stored' }), '60x40');
  t.equal(await encodedSize(double, { maxLongEdge: 40 }), '30x40', 'reduced with square pixels');
  t.equal(await encodedSize(double, { maxPixelsPerFrame: 4000 }), '60x40', 'never above the limit of pixels');
  t.equal(await encodedSize(double, { format: 'png' }), '60x40', 'lossless formats keep what is stored');
});

t.test('the size is that of DCMTK', async (t) => {
  if (!requirePeer(t, 'dcmj2pnm')) return;
  const folder = t.testdir();
  const [input, output] = [join(folder, 'shape.dcm'), join(folder, 'shape.pnm')];
  for (const [tag, vr] of [
    [spacing, 'DS'],
    [imager, 'DS'],
    [scanned, 'DS'],
    [ratio, 'IS'],
  ] as const) {
    for (const [height, width] of [
      ['5', '4'],
      ['4', '5'],
      ['7', '2'],
    ] as const) {
      const options = { rows, columns, pixels, more: pair(tag, vr, height, width) };
      writeFileSync(input, imageFile(options));
      const scale = Number(height) > Number(width) ? '+Sxf' : '+Syf';
      spawnSync(peerProgram('dcmj2pnm'), ['+op', '+Wm', scale, '1', input, output]);
      const theirs = readPnm(output);
      const [{ displaySize } = {}] = draw(image(options));
      const apart = [theirs.width - (displaySize?.width ?? 0), theirs.height - (displaySize?.height ?? 0)];
      // DCMTK cuts fractions of a pixel off.
      t.ok(
        apart.every((by) => by === 0 || by === -1),
        `${tag.toString(16)} ${height}:${width}: ${apart.join(', ')}`,
      );
    }
  }
});
