import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import {
  comparePictures,
  evenly,
  framesWithOtherBoxes,
  maxPictures,
  openPictureFolder,
} from '../../src/cli/compare-pictures.ts';
import type { RedactionBox } from '../../src/core/redaction.ts';
import { memorySource } from '../../src/dicom/byte-source.ts';
import { type Part10, readPart10 } from '../../src/dicom/part10.ts';
import { encodePart10 } from '../../src/synthetic/dicom-writer.ts';
import { element } from '../../src/synthetic/writer-element.ts';

const columns = 32;
const rows = 16;

/** A secondary capture of so many frames, each of one grey. */
function image(greys: readonly number[]): Part10 {
  const pixels = new Uint8Array(rows * columns * greys.length);
  greys.forEach((grey, index) => {
    pixels.fill(grey, index * rows * columns, (index + 1) * rows * columns);
  });
  return readPart10(
    memorySource(
      encodePart10({
        elements: [
          element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7.2'),
          element(0x00080018, 'UI', '1.2.3'),
          element(0x00100010, 'PN', 'Doe^Jane'),
          element(0x00280002, 'US', 1),
          element(0x00280004, 'CS', 'MONOCHROME2'),
          element(0x00280008, 'IS', String(greys.length)),
          element(0x00280010, 'US', rows),
          element(0x00280011, 'US', columns),
          element(0x00280100, 'US', 8),
          element(0x00280101, 'US', 8),
          element(0x00280102, 'US', 7),
          element(0x00280103, 'US', 0),
          element(0x7fe00010, 'OB', pixels),
        ],
      }),
    ),
  );
}

const box = (frame: number, frames = 1): RedactionBox => ({
  frame,
  frames,
  left: 8,
  top: 4,
  width: 10,
  height: 6,
  source: 'ocr',
  reason: 'text',
});

/** Small images are enlarged by it. */
const scale = 10;

/** Red of the middle of a half of a picture: 0 left, 1 right. */
async function middle(path: string, half: number): Promise<number> {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  const x = 6 + half * (columns * scale + 6) + 12 * scale;
  return data[((6 + 7 * scale) * info.width + x) * info.channels] ?? -1;
}

async function outlined(path: string, half: number): Promise<boolean> {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  const x = 6 + half * (columns * scale + 6) + 12 * scale;
  const at = ((6 + 4 * scale - 2) * info.width + x) * info.channels;
  return data[at] === 255 && data[at + 1] === 96 && data[at + 2] === 0;
}

t.test('of the first frame and each with other boxes there is a picture, before and after', async (t) => {
  const folder = join(t.testdir(), 'pictures');
  openPictureFolder(folder);
  t.equal(statSync(folder).mode & 0o777, 0o700);
  const compared = await comparePictures({
    before: image([10, 20, 30, 40, 50]),
    after: image([110, 120, 130, 140, 150]),
    boxes: [box(3, 2)],
    folder,
    name: '2.25.1',
  });
  t.strictSame(compared, {
    names: [1, 3, 5].map((frame) => `2.25.1-frame-0000${frame}.png`),
    leftOut: 0,
  });
  for (const [name, before, after, isOutlined] of [
    [compared.names[0], 10, 110, false],
    [compared.names[1], 30, 130, true],
    [compared.names[2], 50, 150, false],
  ] as const) {
    const path = join(folder, name ?? '');
    t.equal(statSync(path).mode & 0o777, 0o600);
    t.strictSame([await middle(path, 0), await middle(path, 1)], [before, after], name ?? '');
    for (const half of [0, 1]) t.equal(await outlined(path, half), isOutlined);
  }
});

t.test('an instance that is held is shown plain on the left and outlined on the right', async (t) => {
  const folder = join(t.testdir(), 'pictures');
  openPictureFolder(folder);
  const { names } = await comparePictures({
    before: image([77]),
    after: undefined,
    boxes: [box(1)],
    folder,
    name: 'id',
  });
  const path = join(folder, names[0] ?? '');
  t.strictSame([await middle(path, 0), await middle(path, 1)], [77, 77]);
  t.strictSame([await outlined(path, 0), await outlined(path, 1)], [false, true]);
});

t.test('pictures are bounded, and how many are missing is told', async (t) => {
  const folder = join(t.testdir(), 'pictures');
  openPictureFolder(folder);
  const greys = Array.from({ length: 40 }, (_, index) => index);
  const moving = greys.map((index) => box(index + 1));
  const many = await comparePictures({
    before: image(greys),
    after: image(greys),
    boxes: moving,
    folder,
    name: 'a',
  });
  t.equal(many.names.length, maxPictures);
  t.equal(many.leftOut, 40 - maxPictures);
  t.match(many.names[0], /00001/);
  t.match(many.names.at(-1), /00040/);
  const broken = image([1]);
  const none = await comparePictures({
    before: { ...broken, transferSyntaxUid: '1.2.840.10008.1.2.4.70' },
    after: undefined,
    boxes: [box(1)],
    folder,
    name: 'b',
  });
  t.strictSame(none, { names: [], leftOut: 1 }, 'what cannot be drawn');
});

t.test('frames with other boxes', async (t) => {
  t.strictSame(framesWithOtherBoxes([box(1, 5)], 5), [1]);
  t.strictSame(framesWithOtherBoxes([box(2)], 5), [1, 2, 3]);
  t.strictSame(framesWithOtherBoxes([box(5)], 5), [1, 5]);
  t.strictSame(framesWithOtherBoxes([], 3), [1, 2, 3], 'none are known: a person wants to see all');
  t.strictSame(evenly([1, 2, 3, 4, 5, 6, 7], 3), [1, 4, 7]);
});

t.test('a folder that others may read gets no picture', async (t) => {
  const folder = join(t.testdir(), 'open');
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  t.throws(() => openPictureFolder(folder), { code: 'STORAGE_UNUSABLE', detail: /0700/ });
  const file = join(t.testdir({ file: '' }), 'file');
  t.ok(existsSync(file));
  t.throws(() => openPictureFolder(file), { code: 'STORAGE_UNUSABLE' });
});
