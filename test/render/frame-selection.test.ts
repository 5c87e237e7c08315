import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import { type FrameSelection, parseFrameSelection } from '../../src/core/render-choices.ts';
import { selectedFrames } from '../../src/render/frame-selection.ts';
import { drawFrames } from '../../src/render/render.ts';
import { limits } from './drawn.ts';
import { image } from './image.ts';

const indexes = (selection: FrameSelection, numberOfFrames: number): number[] => {
  const { count, at } = selectedFrames(selection, numberOfFrames);
  return Array.from({ length: count }, (_, position) => at(position));
};
const choice = (text: string): FrameSelection => {
  const selection = parseFrameSelection(text);
  if (selection === undefined) throw new Error(text);
  return selection;
};

t.test('the frames of each choice', async (t) => {
  t.same(indexes(choice('all'), 3), [0, 1, 2]);
  t.same(indexes(choice('first'), 3), [0]);
  t.same(indexes(choice('middle'), 1), [0]);
  t.same(indexes(choice('middle'), 4), [1], 'the earlier of two');
  t.same(indexes(choice('middle'), 5), [2]);
  t.same(indexes(choice('every:3'), 7), [0, 3, 6]);
  t.same(indexes(choice('every:9'), 7), [0]);
  t.same(indexes(choice('at-most:1'), 7), [0]);
  t.same(indexes(choice('at-most:3'), 7), [0, 2, 4]);
  t.same(indexes(choice('at-most:7'), 7), [0, 1, 2, 3, 4, 5, 6]);
  t.same(indexes(choice('at-most:8'), 7), [0, 1, 2, 3, 4, 5, 6]);
});

t.test(
  'for every choice: ascending, without repetition, within the frames, with the first, and `has` tells the same',
  async (t) => {
    for (const text of [
      'all',
      'first',
      'every:1',
      'every:4',
      'at-most:1',
      'at-most:5',
      'at-most:12',
      'at-most:40',
    ]) {
      for (let numberOfFrames = 1; numberOfFrames <= 45; numberOfFrames++) {
        const selection = choice(text);
        const listed = indexes(selection, numberOfFrames);
        const { has } = selectedFrames(selection, numberOfFrames);
        const told = Array.from({ length: numberOfFrames + 2 }, (_, i) => i - 1).filter(has);
        if (listed[0] !== 0 || new Set(listed).size !== listed.length) t.fail(`${text} of ${numberOfFrames}`);
        if (JSON.stringify(told) !== JSON.stringify(listed)) t.fail(`${text} of ${numberOfFrames}: has`);
        const gaps = listed.slice(1).map((index, i) => index - (listed[i] ?? 0));
        if (Math.max(0, ...gaps) - Math.min(...gaps, Math.max(0, ...gaps)) > 1)
          t.fail(`${text} of ${numberOfFrames}: uneven`);
      }
    }
    t.pass();
  },
);

t.test('a million frames cost no list', async (t) => {
  const { count, at, has } = selectedFrames(choice('at-most:1000'), 2 ** 31 - 1);
  t.equal(count, 1000);
  t.ok(has(at(999)));
  t.ok(at(999) > 0.998 * 2 ** 31);
});

t.test('frames that are not selected are not decoded, and do not count against the limit', async (t) => {
  const pixels = Uint8Array.of(0, 10, 20, 30, 1, 11, 21, 31, 2, 12, 22, 32, 3, 13, 23, 33);
  const { dataSet, transferSyntaxUid } = image({ frames: 4, pixels });
  const drawn = (frames: FrameSelection, maxFrames: number) =>
    [...drawFrames(dataSet, transferSyntaxUid, { ...limits, frames, maxFrames })].map(
      ({ frame, framesSelected }) => [frame, framesSelected],
    );
  t.same(drawn(choice('every:3'), 2), [
    [1, 2],
    [4, 2],
  ]);
  t.same(drawn(choice('middle'), 1), [[2, 1]]);
  t.throws(() => drawn(choice('every:3'), 1), { code: 'PIXEL_LIMIT_EXCEEDED' });
  t.throws(() => drawn(choice('all'), 3), SallyportError);
});

t.test('a frame that cannot be decoded is no reason to hold where it is not selected', async (t) => {
  const four = Uint8Array.of(1, 2, 3, 4);
  const { dataSet, transferSyntaxUid } = image({
    frames: 2,
    syntax: '1.2.840.10008.1.2.1.98',
    pixelVr: 'OB',
    pixels: { fragments: [four, four.subarray(0, 2)] },
  });
  const drawn = (frames: FrameSelection) =>
    [...drawFrames(dataSet, transferSyntaxUid, { ...limits, frames })].length;
  t.equal(drawn(choice('first')), 1);
  t.throws(() => drawn(choice('all')), { code: 'PIXEL_DATA_INVALID' });
});

t.test('only one frame, where the instance has it', async (t) => {
  const third = selectedFrames({ kind: 'only', n: 3 }, 3);
  t.strictSame([third.count, third.at(0), third.has(2), third.has(1)], [1, 2, true, false]);
  const fourth = selectedFrames({ kind: 'only', n: 4 }, 3);
  t.strictSame([fourth.count, fourth.has(3), fourth.has(2)], [0, false, false]);
});
