import t from 'tap';
import { annotate } from '../../src/annotate/annotate.ts';
import type { Annotation, InkBox } from '../../src/annotate/annotation.ts';
import { planRandomly, standardRandomPlan } from '../../src/annotate/plan.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { readPart10 } from '../../src/dicom/part10.ts';
import { describePixels } from '../../src/render/pixel-description.ts';
import { decodeFrames, drawFrames } from '../../src/render/render.ts';
import { cellsOf } from '../../src/render/samples.ts';
import { standardRenderSettings } from '../../src/render/settings.ts';
import { makePixelObject } from '../../src/synthetic/pixels/make-pixel-object.ts';
import { paletteElements } from '../../src/synthetic/pixels/palettes.ts';
import { type PixelSpec, pixelSpec } from '../../src/synthetic/pixels/pixel-spec.ts';
import { element } from '../../src/synthetic/writer-element.ts';

const settings = { ...standardRenderSettings, aspectRatio: 'stored' } as const;

const word: Annotation = {
  text: 'Dvořák 1947',
  kind: 'name',
  font: 'sans',
  capHeight: 14,
  thickness: 0,
  outline: 0,
  smooth: true,
  stacked: false,
  rotation: 0,
  color: [255, 255, 255],
  shown: 'window',
  left: 10,
  top: 12,
  frame: 1,
  frames: 1,
  move: [0, 0],
};

interface Instance {
  readonly dataSet: Parameters<typeof drawFrames>[0];
  readonly transferSyntaxUid: string;
}

/** An even dark picture of this form. */
function plain(special: Partial<PixelSpec>, value: number | readonly number[] = 20): Instance {
  const spec = pixelSpec({ name: 'annotate', rows: 48, columns: 150, ...special });
  const samples = spec.photometric.startsWith('MONOCHROME') || spec.photometric === 'PALETTE COLOR' ? 1 : 3;
  const paired = spec.photometric === 'YBR_FULL_422';
  const cells = paired ? 2 * spec.rows * spec.columns : samples * spec.rows * spec.columns;
  const values = typeof value === 'number' ? [value] : value;
  const frame = Float64Array.from({ length: cells }, (_, at) => values[at % values.length] ?? 0);
  return readPart10(
    memorySource(
      makePixelObject(
        spec,
        Array.from({ length: spec.frames }, () => frame),
      ).bytes,
    ),
  );
}

/** The cells of each frame, and how many of them make a row. */
function cells({ dataSet, transferSyntaxUid }: Instance): { rows: number; frames: (readonly number[])[] } {
  const pixels = describePixels(dataSet, settings);
  const frames = [...decodeFrames(dataSet, transferSyntaxUid, pixels)].map((frame) =>
    Array.from(cellsOf(frame, pixels)),
  );
  return { rows: pixels.rows, frames };
}

function draw(instance: Instance): Uint8Array[] {
  return [...drawFrames(instance.dataSet, instance.transferSyntaxUid, settings)].map(({ image }) =>
    Uint8Array.from(image.pixels),
  );
}

/** Bounding box of the pixels in which two pictures differ. */
function changedBox(
  one: Uint8Array,
  other: Uint8Array,
  columns: number,
  channels: number,
): InkBox | undefined {
  let [left, top, right, bottom] = [columns, Number.POSITIVE_INFINITY, -1, -1];
  for (let at = 0; at < one.length; at++) {
    if (one[at] === other[at]) continue;
    const pixel = Math.floor(at / channels);
    left = Math.min(left, pixel % columns);
    right = Math.max(right, pixel % columns);
    top = Math.min(top, Math.floor(pixel / columns));
    bottom = Math.max(bottom, Math.floor(pixel / columns));
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

function boxOf({ left, top, width, height }: InkBox): InkBox {
  return { left, top, width, height };
}

const window = (center: number, width: number) => [
  element(0x00281050, 'DS', String(center)),
  element(0x00281051, 'DS', String(width)),
];

const forms: readonly { name: string; instance: () => Instance; channels: 1 | 3; minContrast?: number }[] = [
  { name: '8-bit grey', instance: () => plain({}), channels: 1 },
  { name: 'MONOCHROME1', instance: () => plain({ photometric: 'MONOCHROME1' }, 235), channels: 1 },
  {
    name: '16-bit signed with a narrow window, big endian',
    instance: () =>
      plain(
        {
          bitsAllocated: 16,
          bitsStored: 16,
          signed: true,
          syntax: 'big-endian',
          attributes: window(-500, 100),
        },
        -600,
      ),
    channels: 1,
  },
  {
    name: '12 of 16 bits in JPEG-LS',
    instance: () =>
      plain({ bitsAllocated: 16, bitsStored: 12, syntax: 'jpeg-ls', attributes: window(1000, 500) }, 760),
    channels: 1,
  },
  {
    name: 'stored bits at the top of the cell',
    instance: () =>
      plain(
        {
          bitsAllocated: 16,
          bitsStored: 12,
          highBit: 15,
          unusedBits: 'garbage',
          attributes: window(2048, 4096),
        },
        300,
      ),
    channels: 1,
  },
  {
    name: '32-bit',
    instance: () => plain({ bitsAllocated: 32, attributes: window(50_000, 100_000) }, 9_000),
    channels: 1,
  },
  {
    name: 'float',
    instance: () =>
      plain({ bitsAllocated: 32, sampleKind: 'float', signed: true, attributes: window(0.5, 2) }, -0.4),
    channels: 1,
  },
  { name: 'one bit', instance: () => plain({ bitsAllocated: 1, bitsStored: 1 }, 0), channels: 1 },
  {
    name: 'palette',
    instance: () =>
      plain(
        {
          photometric: 'PALETTE COLOR',
          attributes: paletteElements({ entries: 256, bits: 16, form: 'words' }),
        },
        0,
      ),
    channels: 3,
    // A rise, a fall and a triangle: no entry is white.
    minContrast: 100,
  },
  { name: 'RGB', instance: () => plain({ photometric: 'RGB' }, [10, 20, 40]), channels: 3 },
  { name: 'RGB by planes', instance: () => plain({ photometric: 'RGB', planar: 1 }, 30), channels: 3 },
  {
    name: 'YBR_FULL in RLE',
    instance: () => plain({ photometric: 'YBR_FULL', syntax: 'rle' }, [30, 128, 128]),
    channels: 3,
  },
  {
    name: 'YBR_FULL_422',
    instance: () => plain({ photometric: 'YBR_FULL_422' }, [30, 30, 128, 128]),
    channels: 3,
  },
];

for (const { name, instance, channels, minContrast = 180 } of forms) {
  t.test(`${name}: ink is seen, and its box holds every changed pixel and no more`, async (t) => {
    const before = instance();
    const annotated = await annotate(before, [word]);
    const [shownBefore, shown] = [
      draw(before)[0] ?? new Uint8Array(),
      draw(annotated)[0] ?? new Uint8Array(),
    ];
    const [text] = annotated.texts;
    t.equal(annotated.texts.length, 1);
    t.ok(text);
    if (text === undefined) return;
    t.strictSame(boxOf(text), changedBox(shownBefore, shown, 150, channels));
    t.strictSame(
      text.words.map((part) => part.text),
      ['Dvořák', '1947'],
    );
    t.equal(text.identifying, true);
    const differences = shown.map((value, at) => Math.abs(value - (shownBefore[at] ?? 0)));
    t.ok(Math.max(...differences) >= minContrast, 'it stands out');
    t.equal(text.background, 'flat');
  });
}

t.test('what is not ink stays, value by value', async (t) => {
  const before = plain({ bitsAllocated: 16, bitsStored: 12, attributes: window(500, 1000), frames: 2 }, 100);
  const annotated = await annotate(before, [{ ...word, frame: 2 }]);
  const [old, now] = [cells(before), cells(annotated)];
  t.strictSame(now.frames[0], old.frames[0], 'the other frame');
  const [text] = annotated.texts;
  if (text === undefined) return t.fail('no text');
  t.strictSame([text.frame, text.frames], [2, 1]);
  const outside = (now.frames[1] ?? []).filter((_, at) => {
    const [row, column] = [Math.floor(at / 150), at % 150];
    return (
      row < text.top ||
      row >= text.top + text.height ||
      column < text.left ||
      column >= text.left + text.width
    );
  });
  t.ok(outside.every((value) => value === 100));
});

t.test('hidden text is in the stored values and not in what the window shows', async (t) => {
  const before = plain({ bitsAllocated: 16, attributes: window(30_000, 1000) }, 500);
  const annotated = await annotate(before, [{ ...word, shown: 'hidden' }]);
  t.strictSame(draw(annotated), draw(before));
  t.not(cells(annotated).frames[0]?.join(), cells(before).frames[0]?.join());
  t.equal(annotated.texts[0]?.contrast, 0);
});

t.test('text moves from frame to frame, and stands still as one run', async (t) => {
  const before = plain({ frames: 4 });
  const moving = await annotate(before, [{ ...word, frames: 3, move: [5, 1] }]);
  t.strictSame(
    moving.texts.map(({ frame, frames, left, top }) => [frame, frames, left, top]),
    [0, 1, 2].map((step) => [
      step + 1,
      1,
      (moving.texts[0]?.left ?? 0) + 5 * step,
      (moving.texts[0]?.top ?? 0) + step,
    ]),
  );
  const still = await annotate(before, [{ ...word, frame: 2, frames: 3 }]);
  t.strictSame(
    still.texts.map(({ frame, frames }) => [frame, frames]),
    [[2, 3]],
  );
});

t.test('turned text lies on its side, and stacked letters stand below each other', async (t) => {
  const before = plain({ rows: 200, columns: 200 });
  const boxes = await Promise.all(
    ([0, 90, 180, 270] as const).map(async (rotation) => {
      const [text] = (await annotate(before, [{ ...word, rotation }])).texts;
      return [text?.width, text?.height];
    }),
  );
  const [width = 0, height = 0] = boxes[0] ?? [];
  t.strictSame(boxes, [
    [width, height],
    [height, width],
    [width, height],
    [height, width],
  ]);
  const [stacked] = (await annotate(before, [{ ...word, text: 'ANNA', stacked: true }])).texts;
  t.ok((stacked?.height ?? 0) > 3 * (stacked?.width ?? 0));
});

t.test('text outside of the image leaves no trace in the truth', async (t) => {
  const annotated = await annotate(plain({}), [{ ...word, left: 500 }]);
  t.strictSame(annotated.texts, []);
});

t.test('random plans keep to the seed, keep apart and stay inside', (t) => {
  const image = { width: 640, height: 480, channels: 1, pixels: new Uint8Array(640 * 480).fill(90) } as const;
  const plan = (seed: string) => planRandomly(image, 1, { ...standardRandomPlan, seed, count: 12 });
  t.strictSame(plan('a'), plan('a'));
  t.notSame(plan('a').annotations, plan('b').annotations);
  t.ok(plan('a').annotations.length >= 8);
  for (const { capHeight, left, top } of plan('a').annotations) {
    t.ok(capHeight >= 7 && capHeight <= 49);
    t.ok(left >= 0 && top >= 0 && left < 640 && top < 480);
  }
  t.end();
});

t.test('videos are refused', async (t) => {
  const instance = { ...plain({}), transferSyntaxUid: '1.2.840.10008.1.2.4.102' };
  await t.rejects(annotate(instance, [word]), { name: 'SallyportError' });
});
