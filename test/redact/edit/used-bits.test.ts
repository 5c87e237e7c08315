import t from 'tap';
import { assessPixels } from '../../../src/deidentify/pixels/risk.ts';
import { defineProfile } from '../../../src/deidentify/profile.ts';
import { emptyDefinition } from '../../../src/deidentify/profile-definition.ts';
import { element as elementOf } from '../../../src/dicom/values.ts';
import { editPixels } from '../../../src/redact/edit/edit-pixels.ts';
import { openPixels } from '../../../src/redact/edit/opened-pixels.ts';
import { redact } from '../../../src/redact/redact.ts';
import { standardRenderSettings } from '../../../src/render/settings.ts';
import { encodeRle } from '../../../src/synthetic/pixels/rle-encoder.ts';
import { element } from '../../../src/synthetic/writer-element.ts';
import { type ImageOptions, image, rle } from '../../render/image.ts';

const columns = 8;
const rows = 4;
const limits = { ...standardRenderSettings, frames: { kind: 'all' } } as const;
const options = { fill: 'background', padding: 0, encoding: 'same', limits } as const;
const box = { left: 0, top: 0, width: 2, height: 2, source: 'ocr', reason: 'text' } as const;

/** RLE frames of 12 stored bits of 16. */
function compressed(frames: readonly Uint16Array[], signed = false, more: Partial<ImageOptions> = {}) {
  const fragments = frames.map((cells) => encodeRle(new Uint8Array(cells.buffer), 1, 2, { columns }));
  return image({
    ...{ rows, columns, allocated: 16, stored: 12, signed, syntax: rle, pixelVr: 'OB' },
    ...(frames.length > 1 && { frames: frames.length }),
    pixels: { fragments },
    more: [element(0x00080060, 'CS', 'OT')],
    ...more,
  });
}

/** All bits of all cells of all frames. */
function cellsIn(input: Parameters<typeof openPixels>[0]): number[] {
  const opened = openPixels(input, limits);
  return Array.from({ length: opened.pixels.numberOfFrames }, (_, index) => [
    ...opened.cells(index).cells,
  ]).flat();
}

const plain = Uint16Array.from({ length: rows * columns }, (_, index) => 100 + index);
const withPlane = plain.map((value, index) => (index % 3 === 0 ? value | 0x1000 : value));

t.test('a plane above the stored bits that nothing describes is taken out, and all else stays', async (t) => {
  const part = compressed([withPlane]);
  t.ok(cellsIn(part).some((cell) => cell > 0xfff));
  const result = editPixels(part, [], options);
  if (result.kind !== 'edited') return t.fail(result.code);
  t.ok(result.changed);
  t.equal(result.input.transferSyntaxUid, rle);
  t.strictSame(cellsIn(result.input), [...plain]);
});

t.test('also from frames without boxes', async (t) => {
  const part = compressed([plain, plain, withPlane]);
  const result = editPixels(part, [{ ...box, frame: 1, frames: 1 }], options);
  if (result.kind !== 'edited') return t.fail(result.code);
  const cells = cellsIn(result.input);
  t.strictSame(cells.slice(rows * columns), [...plain, ...plain]);
  t.notSame(cells.slice(0, rows * columns), [...plain], 'and the box is blanked');
});

t.test('below the stored bits, too', async (t) => {
  const shifted = plain.map((value, index) => (value << 4) | (index % 2));
  const fragments = [encodeRle(new Uint8Array(shifted.buffer), 1, 2, { columns })];
  const part = image({
    ...{ rows, columns, allocated: 16, stored: 12, highBit: 15, syntax: rle, pixelVr: 'OB' },
    pixels: { fragments },
  });
  const result = editPixels(part, [], options);
  if (result.kind !== 'edited') return t.fail(result.code);
  t.ok(result.changed);
  const opened = openPixels(result.input, limits);
  const { get } = opened.cells(0);
  t.equal(get(1, 2, 0), plain[columns + 2]);
  const { cells, layout } = opened.cells(0);
  const beside = ((1 << layout.shift) - 1) | (layout.shift + layout.bitsStored < 16 ? 0xf000 : 0);
  t.ok([...cells].every((cell) => (cell & beside) === 0));
});

t.test('clean pixels, and the sign of negative ones, are no such thing', async (t) => {
  const negative = plain.map((value, index) => (index % 2 === 0 ? 0xffff - value : value));
  for (const part of [compressed([plain]), compressed([negative], true)]) {
    const result = editPixels(part, [], options);
    t.match(result, { kind: 'edited', changed: false });
    if (result.kind === 'edited')
      t.equal(elementOf(result.input.dataSet, 0x7fe00010), elementOf(part.dataSet, 0x7fe00010));
  }
});

t.test('of images without any risk of text, too, unless only drawn frames leave', async (t) => {
  const profile = defineProfile(emptyDefinition('bits'));
  const engine = async () => t.fail('nothing is searched') as never;
  const draw = standardRenderSettings;
  const slice = {
    sopClass: '1.2.840.10008.5.1.4.1.1.2',
    more: [
      element(0x00080060, 'CS', 'CT'),
      element(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
      element(0x00200032, 'DS', '0\\0\\0'),
      element(0x00200037, 'DS', '1\\0\\0\\0\\1\\0'),
    ],
  };
  for (const low of [compressed([withPlane], false, slice), compressed([plain], false, slice)]) {
    t.equal(assessPixels(low.dataSet, low.transferSyntaxUid).level, 'low');
    const hides = cellsIn(low).some((cell) => cell > 0xfff);
    const result = await redact(low, { profile, draw, engine });
    t.equal(result.kind, hides ? 'treated' : 'untouched');
    if (result.kind === 'treated') t.ok(cellsIn(result.input).every((cell) => cell <= 0xfff));
    t.equal((await redact(low, { profile, draw, engine, onlyFramesLeave: true })).kind, 'untouched');
  }
});
