import t from 'tap';
import type { RedactionBox } from '../../../src/core/redaction.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { firstText, has, text } from '../../../src/dicom/values.ts';
import { type EditOptions, type EditResult, editPixels } from '../../../src/redact/edit/edit-pixels.ts';
import { editVideoFrame } from '../../../src/redact/edit/edit-video-frame.ts';
import { encodeForm } from '../../../src/redact/edit/form-that-leaves.ts';
import { nativeForm } from '../../../src/redact/edit/native-form.ts';
import { makePixelObject } from '../../../src/synthetic/pixels/make-pixel-object.ts';
import { paletteElements } from '../../../src/synthetic/pixels/palettes.ts';
import { type PixelSpec, pixelSpec } from '../../../src/synthetic/pixels/pixel-spec.ts';
import { element } from '../../../src/synthetic/writer-element.ts';
import { limits } from '../../render/drawn.ts';
import { storedOf } from '../../render/stored.ts';

const rows = 40;
const columns = 60;
const standard: EditOptions = { fill: 'background', padding: 0, encoding: 'same', limits };
const box: RedactionBox = {
  left: 20,
  top: 10,
  width: 16,
  height: 8,
  frame: 1,
  frames: 1,
  source: 'ocr',
  reason: 'identifier',
};

type Draw = (row: number, column: number, component: number) => number;

function made(special: Partial<PixelSpec>, draw: Draw) {
  const spec = pixelSpec({ name: 'fill', rows, columns, ...special });
  const samples = spec.photometric.startsWith('MONO') || spec.photometric === 'PALETTE COLOR' ? 1 : 3;
  const values = Float64Array.from({ length: rows * columns * samples }, (_, i) => {
    const pixel = Math.floor(i / samples);
    return draw(Math.floor(pixel / columns), pixel % columns, i % samples);
  });
  const frames = Array.from({ length: spec.frames }, () => values);
  return readPart10(memorySource(makePixelObject(spec, frames).bytes));
}

/** The values at the middle of the box, one a component. */
function filled(result: EditResult, samples = 1, at = box): number[] {
  if (result.kind !== 'edited') throw new Error(result.code);
  const [values = new Float64Array()] = storedOf(result.input);
  const middle = (at.top + (at.height >> 1)) * columns + at.left + (at.width >> 1);
  return [...values.subarray(middle * samples, (middle + 1) * samples)];
}

function inBox(row: number, column: number, { left, top, width, height } = box): boolean {
  return column >= left && column < left + width && row >= top && row < top + height;
}

t.test('the background is the median of what surrounds the box', async (t) => {
  const text = (row: number, column: number): boolean => inBox(row, column) && (row + column) % 2 === 0;
  t.same(
    filled(
      editPixels(
        made({}, (r, c) => (text(r, c) ? 255 : 60)),
        [box],
        standard,
      ),
    ),
    [60],
  );
  const noisy = made({}, (r, c) => (text(r, c) ? 0 : 100 + ((r * 7 + c * 13) % 21)));
  const [value = 0] = filled(editPixels(noisy, [box], standard));
  t.ok(value > 104 && value < 116, 'near the middle of the noise');
  const color = made({ photometric: 'RGB' }, (r, c, s) => (text(r, c) ? 255 : ([10, 20, 30][s] ?? 0)));
  t.same(filled(editPixels(color, [box], standard), 3), [10, 20, 30]);
});

t.test('text in a box beside it is no background', async (t) => {
  const other = { ...box, left: box.left + box.width, width: 20 };
  const above = { ...box, top: box.top - 6, height: 6, width: 36 };
  const under = { ...box, top: box.top + box.height, height: 6, width: 36 };
  const boxes = [box, other, above, under];
  const image = made({}, (r, c) => (boxes.some((one) => inBox(r, c, one)) ? 250 : 40));
  const result = editPixels(image, boxes, standard);
  for (const one of boxes) t.same(filled(result, 1, one), [40]);
});

t.test('contrast is the black or white that differs more, within the values of the image', async (t) => {
  const contrast: EditOptions = { ...standard, fill: 'contrast' };
  const grey = (background: number) =>
    made({ bitsAllocated: 16, bitsStored: 12 }, (r, c) => (r === 0 ? (c === 0 ? 30 : 2000) : background));
  t.same(filled(editPixels(grey(100), [box], contrast)), [2000]);
  t.same(filled(editPixels(grey(1900), [box], contrast)), [30], 'not 0: windows made of values stay');
  t.same(
    filled(
      editPixels(
        made({}, () => 7),
        [box],
        contrast,
      ),
    ),
    [255],
    'a flat image has no values to choose',
  );
  const color = made({ photometric: 'RGB' }, () => 200);
  t.same(filled(editPixels(color, [box], contrast), 3), [0, 0, 0]);
  const ybr = made({ photometric: 'YBR_FULL' }, (_r, _c, s) => (s === 0 ? 20 : 128));
  t.same(filled(editPixels(ybr, [box], contrast), 3), [255, 128, 128]);
  const signed = made({ bitsAllocated: 16, bitsStored: 12, signed: true }, (r) => (r === 0 ? -1024 : 900));
  t.same(filled(editPixels(signed, [box], contrast)), [-1024]);
});

t.test('a palette is filled with an entry that is there', async (t) => {
  const attributes = paletteElements({ entries: 256, bits: 8, form: 'packed', signed: false });
  const image = made({ photometric: 'PALETTE COLOR', attributes }, (r, c) =>
    inBox(r, c) ? 3 : c % 2 ? 17 : 200,
  );
  const [entry = 0] = filled(editPixels(image, [box], standard));
  t.ok(entry === 17 || entry === 200, 'no entry between the two, whose colour would be any');
  const [extreme = -1] = filled(editPixels(image, [box], { ...standard, fill: 'contrast' }));
  t.ok(extreme >= 0 && extreme < 256);
});

t.test('where nothing was measured around a box, it becomes such a place', async (t) => {
  const attributes = [element(0x00280120, 'US', 4000)];
  const special = { bitsAllocated: 16, bitsStored: 16, attributes } as const;
  const outside = made(special, (r, c) => (inBox(r, c) ? 900 : r > 30 ? 500 : 4000));
  t.same(filled(editPixels(outside, [box], standard)), [4000]);
  const inside = made(special, (r, c) => (inBox(r, c) ? 900 : c % 5 === 0 ? 4000 : 500));
  t.same(filled(editPixels(inside, [box], standard)), [500]);
  const bright = editPixels(outside, [box], { ...standard, fill: 'contrast' });
  t.not(filled(bright)[0], 4000, 'a contrast is no place without a measurement');
});

t.test('padding widens a box, but not the border of the image', async (t) => {
  const image = made({}, (r, c) => (r + c) % 251);
  const changed = (reason: RedactionBox['reason']): number => {
    const result = editPixels(image, [{ ...box, reason }], { ...standard, padding: 3, fill: 'contrast' });
    if (result.kind !== 'edited') throw new Error(result.code);
    const [before = [], after = []] = [storedOf(image)[0], storedOf(result.input)[0]];
    return [...before].filter((value, i) => value !== after[i]).length;
  };
  t.equal(changed('identifier'), 22 * 14);
  t.equal(changed('outside-regions'), 16 * 8);
});

t.test('nothing to change leaves the data set as it is', async (t) => {
  const image = made({}, () => 9);
  const result = editPixels(image, [box], standard);
  t.match(result, { kind: 'edited', changed: false });
  t.equal(result.kind === 'edited' && result.input, image);
  t.equal(editPixels(image, [], standard).kind, 'edited');
});

t.test('boxes that are none of the image, and pixels that cannot be blanked, are held', async (t) => {
  const image = made({ frames: 2 }, (r, c) => r + c);
  for (const wrong of [
    { frame: 3 },
    { frame: 2, frames: 2 },
    { frame: 0 },
    { left: columns },
    { top: -20 },
    { width: 0 },
    { height: Number.NaN },
    { left: 1.5 },
  ]) {
    const result = editPixels(image, [{ ...box, ...wrong }], standard);
    t.match(result, { kind: 'held', code: 'PIXEL_REGION_INVALID' }, JSON.stringify(wrong));
  }
  const video = { ...image, transferSyntaxUid: '1.2.840.10008.1.2.4.102' };
  t.match(editPixels(video, [box], standard), {
    kind: 'held',
    code: 'REDACTION_UNSUPPORTED',
    detail: 'video',
  });
  const unknown = { ...image, transferSyntaxUid: '1.2.840.10008.1.2.4.92' };
  t.match(editPixels(unknown, [box], standard), { kind: 'held', code: 'REDACTION_UNSUPPORTED' });
  const few = { ...standard, limits: { ...limits, maxPixelsPerFrame: 100 } };
  t.match(editPixels(image, [box], few), { kind: 'held', code: 'PIXEL_LIMIT_EXCEEDED' });
});

t.test('the header says what was done and nothing of what was blanked', async (t) => {
  const attributes = [
    element(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    element(0x00280106, 'US', 1),
    element(0x00280107, 'US', 255),
    element(0x00880200, 'SQ', { items: [] }),
  ];
  const image = made({ syntax: 'jpeg-baseline', attributes }, (r, c) => (inBox(r, c) ? 255 : r + c));
  const result = editPixels(image, [box], standard);
  if (result.kind !== 'edited') throw new Error(result.code);
  const { dataSet, transferSyntaxUid } = result.input;
  t.same(text(dataSet, 0x00080008), ['DERIVED', 'PRIMARY', 'AXIAL']);
  t.match(firstText(dataSet, 0x00082111), /blanked/);
  for (const tag of [0x00280106, 0x00280107, 0x00880200]) t.notOk(has(dataSet, tag), tag.toString(16));
  t.equal(firstText(dataSet, 0x00282110), '01');
  t.equal(firstText(dataSet, 0x00282114), 'ISO_10918_1');
  t.ok(Number(firstText(dataSet, 0x00282112)) >= 1);
  t.equal(transferSyntaxUid, image.transferSyntaxUid, 'in its own form');
  const lossless = editPixels(image, [box], { ...standard, encoding: 'lossless' });
  if (lossless.kind !== 'edited') throw new Error(lossless.code);
  t.equal(lossless.input.transferSyntaxUid, '1.2.840.10008.1.2.4.70', 'without loss from now on');
  t.equal(firstText(lossless.input.dataSet, 0x00282110), '01');
  t.same(text(image.dataSet, 0x00080008)[0], 'ORIGINAL', 'what was received is as it was');
});

t.test('of lossless frames those without boxes stay byte for byte', async (t) => {
  for (const syntax of ['rle', 'jpeg-ls', 'jpeg-2000', 'htj2k', 'jpeg-lossless'] as const) {
    const image = made({ syntax, frames: 3 }, (r, c) => (r * c) % 256);
    const result = editPixels(image, [{ ...box, frame: 2 }], standard);
    if (result.kind !== 'edited') throw new Error(result.code);
    t.equal(result.input.transferSyntaxUid, image.transferSyntaxUid, syntax);
    const [before, after] = [image, result.input].map(({ dataSet }) => fragments(dataSet));
    t.same(after?.[0], before?.[0], `${syntax}: first frame`);
    t.same(after?.[2], before?.[2], `${syntax}: last frame`);
    t.notSame(after?.[1], before?.[1], `${syntax}: the frame with a box`);
  }
});

function fragments({ elements }: ReturnType<typeof made>['dataSet']): Buffer[] {
  const body = elements.find(({ tag }) => tag === 0x7fe00010)?.body;
  if (body?.kind !== 'fragments') return [];
  return body.fragments.map(({ offset, length }) => Buffer.from(body.source.read(offset, length)));
}

t.test('frames of a native form are changed by a function', async (t) => {
  const image = made({ syntax: 'jpeg-ls', frames: 2, bitsAllocated: 16, bitsStored: 12 }, (r, c) => r + c);
  const { dataSet, transferSyntaxUid } = nativeForm(image, limits, (index, samples) => {
    if (index === 1) samples.set(3, 4, 0, 4095);
  });
  t.equal(transferSyntaxUid, '1.2.840.10008.1.2.1');
  const [first, second] = storedOf({ dataSet, transferSyntaxUid });
  t.same(first, storedOf(image)[0]);
  t.equal(second?.[3 * columns + 4], 4095);
  t.equal(second?.[3 * columns + 5], 8);
});

t.test('a native form is compressed without loss', async (t) => {
  const image = made({ frames: 2, bitsAllocated: 16, bitsStored: 12, signed: true }, (r, c) => r * c - 900);
  for (const form of ['rle', 'jpegLossless', 'jpegLs', 'jpeg2000', 'htj2k', 'jpegXl', 'deflated'] as const) {
    const encoded = encodeForm(image, form, limits);
    t.same(encoded && storedOf(encoded), storedOf(image), form);
  }
  const float = made({ sampleKind: 'float', bitsAllocated: 32 }, (r, c) => r / (c + 1));
  t.equal(encodeForm(float, 'rle', limits), undefined, 'float pixels have no compressed form');
});

t.test('boxes are painted on frames of a video', async (t) => {
  const pixels = Uint8Array.from({ length: 3 * rows * columns }, (_, i) => (i % 3) * 40);
  for (let i = 0; i < 3; i++) pixels[3 * ((box.top + 1) * columns + box.left + 1) + i] = 255;
  const image = { width: columns, height: rows, channels: 3, pixels } as const;
  const boxes = [{ ...box, frame: 2, frames: 3 }];
  t.equal(editVideoFrame(image, 1, boxes, standard), image, 'a frame without boxes is the same');
  t.equal(editVideoFrame(image, 5, boxes, standard), image);
  const edited = editVideoFrame(image, 4, boxes, standard);
  t.same(
    [...edited.pixels],
    Array.from(pixels, (_, i) => (i % 3) * 40),
  );
  t.equal(pixels.includes(255), true, 'the image given is not changed');
});
