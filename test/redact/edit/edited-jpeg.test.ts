import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { RedactionBox } from '../../../src/core/redaction.ts';
import type { Part10 } from '../../../src/dicom/part10.ts';
import { firstText, text } from '../../../src/dicom/values.ts';
import { decoded, open } from '../../render/drawn.ts';
import { image, jpegBaseline } from '../../render/image.ts';
import { dice } from '../../render/mutation-random.ts';
import { findProgram, requirePeer } from '../../support/peers.ts';
import { run } from '../../support/run.ts';
import { pixelValues } from './compared-pixels.ts';
import { blockFaults, codeStreams, sampleStates } from './jpeg-areas.ts';
import {
  boxAt,
  byCjpeg,
  byDjpeg,
  byPillow,
  bySharp,
  edited,
  jpegInstance,
  type Picture,
  picture,
  randomBox,
  standard,
} from './jpeg-encoders.ts';
import { fileOf } from './stored-by-peers.ts';

const jpegExtended = '1.2.840.10008.1.2.4.51';

t.setTimeout(600_000);

const byKind: readonly (readonly [name: string, channels: 1 | 3, ...options: string[]])[] = [
  ['grey', 1],
  ['grey, coarse', 1, '-quality', '20'],
  ['grey, restarts, own codes', 1, '-restart', '2', '-optimize'],
  ['color, 4:4:4', 3, '-sample', '1x1'],
  ['color, 4:2:2', 3, '-sample', '2x1', '-restart', '5B'],
  ['color, 4:4:0', 3, '-sample', '1x2'],
  ['color, 4:2:0', 3, '-sample', '2x2', '-optimize'],
  ['color, 4:1:1', 3, '-sample', '4x1', '-restart', '1B'],
  ['color, 4:1:0', 3, '-sample', '4x2', '-quality', '30'],
  ['color, factors of each their own', 3, '-sample', '2x2,1x2,2x1'],
  ['color, steps of 16 bits', 3, '-quality', '1', '-sample', '2x2'],
  ['color, RGB', 3, '-rgb'],
];

t.test('of JPEG of every kind the blocks that a box touches go, and no others', async (t) => {
  if (!requirePeer(t, 'djpeg')) return;
  const folder = t.testdir();
  for (const [index, [name, channels, ...options]] of byKind.entries()) {
    for (const [columns, rows] of [
      [64, 48],
      [75, 53],
      [1 + 13 * index, 9 + 7 * index],
    ] as const) {
      const from = picture(columns, rows, channels, index);
      const stream = await byCjpeg(folder, from, ...options);
      const input = jpegInstance(from, [stream]);
      const box = randomBox(dice(31 * index + columns), from);
      await holdsFor(t, folder, `${name}, ${columns} by ${rows}`, { from, input, stream, box });
    }
  }
});

/** Our decoder and djpeg, with and without mixing of chrominance, find what a box may change, and nothing else. */
async function holdsFor(
  t: Test,
  folder: string,
  name: string,
  { from, input, stream, box }: { from: Picture; input: Part10; stream: Uint8Array; box: RedactionBox },
): Promise<void> {
  const before = pixelValues(input);
  const result = edited(input, [box]);
  const out = result.streams[0] ?? new Uint8Array();
  if (!result.changed) {
    t.equal(out.length, stream.length + (stream.length % 2), `${name}: nothing to blank`);
    return;
  }
  t.equal(result.input.transferSyntaxUid, input.transferSyntaxUid, `${name}: in its form`);
  t.same(blockFaults([stream], before, pixelValues(result.input), [box]), [], name);
  // Without mixing, every pixel of kept blocks is what it was: their coefficients are the same.
  const plain = [await byDjpeg(folder, stream, '-nosmooth'), await byDjpeg(folder, out, '-nosmooth')];
  const state = sampleStates(stream, [box], false);
  const channels = plain[0]?.length === from.columns * from.rows ? 1 : 3;
  let different = 0;
  const inside = new Set<string>();
  for (let pixel = 0; pixel < from.columns * from.rows; pixel++) {
    const [row, column] = [Math.floor(pixel / from.columns), pixel % from.columns];
    const [was, is] = plain.map((pixels) => pixels.toString('hex', pixel * channels, (pixel + 1) * channels));
    const keeps = Array.from({ length: from.channels }, (_, c) => state(row, column, c)).every(
      (s) => s === 'kept',
    );
    if (keeps && was !== is) different += 1;
    const { left, top, width, height } = box;
    if (column >= left && column < left + width && row >= top && row < top + height) inside.add(is ?? '');
  }
  t.equal(different, 0, `${name}: djpeg finds kept blocks as they were`);
  t.equal(inside.size, 1, `${name}: djpeg finds one color in the box`);
  t.ok(out.length <= stream.length + 32, `${name}: no larger (${stream.length}, ${out.length})`);
}

t.test('scans by themselves, and streams of other encoders, are edited as well', async (t) => {
  if (!requirePeer(t, 'djpeg', 'pydicom')) return;
  const folder = t.testdir({ each: '0;\n1;\n2;\n', two: '1 2;\n0;\n' });
  const from = picture(131, 77, 3, 5);
  const grey = picture(97, 61, 1, 6);
  const streams: readonly (readonly [name: string, from: Picture, stream: Uint8Array])[] = [
    ['a scan each', from, await byCjpeg(folder, from, '-scans', join(folder, 'each'), '-restart', '3B')],
    ['two scans', from, await byCjpeg(folder, from, '-scans', join(folder, 'two'), '-sample', '2x1')],
    ['sharp', from, await bySharp(from, { quality: 85, mozjpeg: false })],
    [
      'sharp, 4:4:4',
      from,
      await bySharp(from, { quality: 95, chromaSubsampling: '4:4:4', optimiseCoding: false }),
    ],
    [
      'mozjpeg',
      from,
      await bySharp(from, { trellisQuantisation: true, overshootDeringing: true, quantisationTable: 3 }),
    ],
    ['sharp, grey', grey, await bySharp(grey, { quality: 60 })],
    ['Pillow', from, await byPillow(folder, from, 'quality=75, subsampling=2, optimize=True')],
    ['Pillow, 4:4:4', from, await byPillow(folder, from, 'quality=100, subsampling=0')],
    ['Pillow, grey', grey, await byPillow(folder, grey, 'quality=40')],
  ];
  for (const [name, own, stream] of streams)
    for (const seed of [1, 2]) {
      const box = randomBox(dice(seed + 7 * name.length), own);
      await holdsFor(t, folder, `${name}, ${seed}`, {
        from: own,
        input: jpegInstance(own, [stream]),
        stream,
        box,
      });
    }
});

t.test('DCMTK writes what is edited, and reads it as this decoder does', async (t) => {
  if (!requirePeer(t, 'dcmcjpeg', 'djpeg')) return;
  const folder = t.testdir();
  for (const [channels, ...options] of [
    [1, '+eb', '+q', '80'],
    [3, '+eb', '+q', '70', '+s2'],
    [3, '+eb', '+s4'],
    [3, '+eb', '+cr'],
    [1, '+ee', '+q', '90'],
  ] as const) {
    const from = picture(90, 70, channels, 3);
    const { columns, rows, pixels } = from;
    const plain = { columns, rows, samples: channels, pixels: new Uint8Array(pixels) };
    const source = join(folder, 'source.dcm');
    const [compressed, read] = [join(folder, 'compressed.dcm'), join(folder, 'read.dcm')];
    writeFileSync(source, fileOf(image({ ...plain, pixelVr: 'OB' })));
    const dcmcjpeg = await run(findProgram('dcmcjpeg') ?? '', [...options, source, compressed]);
    t.equal(dcmcjpeg.exitCode, 0, dcmcjpeg.output);
    const input = open(compressed);
    const box = boxAt(33, 21, 30, 9);
    const name = `DCMTK ${options.join(' ')}`;
    const [stream = new Uint8Array()] = codeStreams(input);
    const result = edited(input, [box]);
    t.equal(result.input.transferSyntaxUid, input.transferSyntaxUid, name);
    t.equal(result.input.transferSyntaxUid, options[0] === '+eb' ? jpegBaseline : jpegExtended);
    t.same(blockFaults([stream], pixelValues(input), pixelValues(result.input), [box]), [], name);
    writeFileSync(compressed, fileOf(result.input));
    const dcmdjpeg = await run(findProgram('dcmdjpeg') ?? '', ['+cn', '+px', compressed, read]);
    t.equal(dcmdjpeg.exitCode, 0, dcmdjpeg.output);
    t.ok(decoded(open(read)).equals(decoded(result.input)), `${name}: the same samples`);
    t.equal(firstText(result.input.dataSet, 0x00282110), '01', 'once lossy, always lossy');
    const history = [0x00282112, 0x00282114].map((tag) => text(result.input.dataSet, tag));
    t.same(
      history,
      [0x00282112, 0x00282114].map((tag) => text(input.dataSet, tag)),
      'no further step',
    );
    t.equal(text(result.input.dataSet, 0x00080008)[0], 'DERIVED');
  }
});

t.test('several boxes of one color each go, whatever blocks they share', async (t) => {
  if (!requirePeer(t, 'djpeg')) return;
  const folder = t.testdir();
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const roll = dice(seed);
    const from = picture(40 + roll.below(90), 30 + roll.below(60), roll.pick([1, 3] as const), seed);
    const sample = roll.pick(['1x1', '2x1', '2x2']);
    const stream = await byCjpeg(folder, from, '-sample', sample, '-quality', String(5 + roll.below(95)));
    const input = jpegInstance(from, [stream]);
    const boxes = Array.from({ length: 1 + roll.below(6) }, () => randomBox(roll, from));
    const fill = roll.pick(['background', 'contrast'] as const);
    const result = edited(input, boxes, { ...standard, fill });
    t.equal(result.input.transferSyntaxUid, jpegBaseline, `${seed}: in its form`);
    t.same(blockFaults([stream], pixelValues(input), pixelValues(result.input), boxes), [], `${seed}`);
    const again = edited(input, boxes, { ...standard, fill });
    t.ok(
      Buffer.from(again.streams[0] ?? []).equals(result.streams[0] ?? new Uint8Array()),
      'the same every time',
    );
  }
});

t.test('a box that is filled with black or white is so to the decoder', async (t) => {
  if (!requirePeer(t, 'djpeg')) return;
  const folder = t.testdir();
  const from = picture(64, 64, 3, 9);
  for (const quality of [15, 50, 95]) {
    const stream = await byCjpeg(folder, from, '-quality', String(quality));
    const result = edited(jpegInstance(from, [stream]), [boxAt(17, 9, 20, 11)], {
      ...standard,
      fill: 'contrast',
    });
    const { frames, columns } = pixelValues(result.input);
    const at = 3 * (14 * columns + 25);
    const [luminance, ...chrominance] = [...(frames[0]?.subarray(at, at + 3) ?? [])];
    t.ok(luminance === 0 || luminance === 255, `quality ${quality}: ${luminance}`);
    t.same(chrominance, [128, 128], 'without color');
  }
});
