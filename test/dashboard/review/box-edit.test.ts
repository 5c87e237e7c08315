import t from 'tap';
import { maxDrawnBoxes } from '../../../src/core/box-cover.ts';
import { countUncovered, parseDrawnBoxes } from '../../../src/core/box-lists.ts';
import type { RedactionBox } from '../../../src/core/redaction.ts';
import {
  beginEdit,
  drawnOf,
  type Edit,
  isChanged,
  isIn,
  type KnownBoxes,
  uncoveredOf,
  withArea,
  withBox,
  withBoxInTheMiddle,
  withFound,
  withFrames,
  withoutBox,
} from '../../../src/dashboard/review/box-edit.ts';

const extent = { columns: 640, rows: 480 };
const everywhere = { frame: null, frames: 1 };
const text: RedactionBox = {
  ...{ frame: 2, frames: 3, left: 10, top: 20, width: 100, height: 30 },
  ...{ source: 'ocr', reason: 'number' },
};
const border: RedactionBox = {
  ...{ frame: 1, frames: 5, left: 0, top: 0, width: 640, height: 10 },
  ...{ source: 'ultrasound-region', reason: 'outside-regions' },
};
const known: KnownBoxes = { boxes: [text, border], boxesLeftOut: 0, drawnBoxes: null };

t.test('work begins with what was found as text, but not with what is blanked in any case', async (t) => {
  const edit = beginEdit(known);
  t.equal(edit.boxes.length, 1);
  t.match(edit.boxes[0], { id: 1, frame: 2, frames: 3, left: 10, width: 100, found: text });
  t.same(uncoveredOf(known, edit), []);
  t.equal(isChanged(known, edit), false);
});

t.test('work begins with the boxes of an earlier release where there are any', async (t) => {
  const drawnBoxes = [{ frame: null, left: 1, top: 2, width: 3, height: 4 }];
  const edit = beginEdit({ ...known, drawnBoxes });
  t.same(drawnOf(edit), drawnBoxes);
  t.same(uncoveredOf(known, edit), [text]);
  t.same(
    beginEdit({ ...known, drawnBoxes: [] }).boxes,
    [],
    'also where a person said that nothing is to be blanked',
  );
});

t.test('what was found and is removed, moved away or in too few frames is uncovered', async (t) => {
  const begun = beginEdit(known);
  t.same(uncoveredOf(known, withoutBox(begun, 1)), [text]);
  t.same(uncoveredOf(known, withArea(begun, 1, { ...text, left: 11 }, extent)), [text]);
  t.same(uncoveredOf(known, withArea(begun, 1, { ...text, width: 101 }, extent)), []);
  t.same(uncoveredOf(known, withFrames(begun, 1, { from: 2, to: 3 }, 5)), [text]);
  t.same(uncoveredOf(known, withFrames(begun, 1, null, 5)), []);
  t.same(uncoveredOf(known, withFound(withoutBox(begun, 1), text)), [], 'taken over again');
});

t.test('boxes are sent as the server reads them, and it finds uncovered what the page does', async (t) => {
  const added = withBox(beginEdit(known), { left: 1, top: 1, width: 5, height: 5 }, everywhere);
  const edit = added?.edit ?? beginEdit(known);
  const drawn = drawnOf(edit);
  t.same(parseDrawnBoxes(drawn, { ...extent, frames: 5 }), drawn);
  t.same(drawn, [
    { frame: 2, left: 10, top: 20, width: 100, height: 30, frames: 3 },
    { frame: null, left: 1, top: 1, width: 5, height: 5 },
  ]);
  const found = { boxes: known.boxes, leftOut: 0 };
  t.equal(countUncovered(found, drawn), 0);
  t.equal(countUncovered(found, drawnOf(withoutBox(edit, 1))), 1);
});

t.test('a new box is in the middle, and the next one beside it', async (t) => {
  const first = withBoxInTheMiddle({ boxes: [], nextId: 1 }, extent, everywhere);
  const second = withBoxInTheMiddle(first?.edit ?? { boxes: [], nextId: 1 }, extent, everywhere);
  t.same(
    second?.edit.boxes.map(({ id, left, top }) => [id, left, top]),
    [
      [1, 240, 180],
      [2, 255, 195],
    ],
  );
});

t.test('there are never more boxes than a release takes', async (t) => {
  const area = { left: 0, top: 0, width: 1, height: 1 };
  const full: Edit = {
    boxes: Array.from({ length: maxDrawnBoxes }, (_, id) => ({ ...area, ...everywhere, id, found: null })),
    nextId: maxDrawnBoxes,
  };
  t.equal(withBox(full, area, everywhere), undefined);
  t.equal(withBoxInTheMiddle(full, extent, everywhere), undefined);
});

t.test('a range of frames is kept inside the image and in order', async (t) => {
  const begun = beginEdit(known);
  const range = (from: number, to: number) => {
    const box = withFrames(begun, 1, { from, to }, 5).boxes[0];
    return [box?.frame, box?.frames];
  };
  t.same(range(1, 5), [1, 5]);
  t.same(range(4, 2), [4, 1]);
  t.same(range(0, 99), [1, 5]);
  t.same(range(Number.NaN, Number.NaN), [1, 1]);
});

t.test('a box is shown in its frames alone', async (t) => {
  t.same(
    [1, 2, 4, 5].map((frame) => isIn(text, frame)),
    [false, true, true, false],
  );
  t.equal(isIn(everywhere, 99), true);
});
