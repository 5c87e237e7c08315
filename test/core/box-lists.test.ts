import t from 'tap';
import { boundedBoxes, countUncovered, parseDrawnBoxes } from '../../src/core/box-lists.ts';
import type { RedactionBox } from '../../src/core/redaction.ts';

const box: RedactionBox = {
  frame: 1,
  frames: 1,
  left: 2,
  top: 3,
  width: 4,
  height: 5,
  source: 'ocr',
  reason: 'date',
};

t.test('found boxes are bounded, and nothing but their known fields is written down', async (t) => {
  const withText = { ...box, text: 'Doe^Jane', confidence: 1 } as RedactionBox;
  t.strictSame(boundedBoxes([withText, { ...box, rule: 'a rule' }, box], 2), {
    boxes: [box, { ...box, rule: 'a rule' }],
    leftOut: 1,
  });
  t.strictSame(boundedBoxes([], 2), { boxes: [], leftOut: 0 });
});

t.test('what drawn boxes leave uncovered of what was found is counted', async (t) => {
  const found = {
    boxes: [box, { ...box, frame: 3, frames: 2 }, { ...box, source: 'rule' as const }],
    leftOut: 0,
  };
  const same = { left: 2, top: 3, width: 4, height: 5 };
  t.equal(countUncovered(found, []), 2, 'rules blank whatever a person draws');
  t.equal(countUncovered(found, [{ frame: null, ...same }]), 0, 'in all frames');
  t.equal(countUncovered(found, [{ frame: 1, ...same }]), 1);
  t.equal(countUncovered(found, [{ frame: 1, frames: 4, ...same }]), 0);
  t.equal(countUncovered(found, [{ frame: 3, ...same }]), 2, 'in one of two frames is too little');
  for (const side of [{ left: 3, width: 9 }, { top: 4, height: 9 }, { width: 3 }, { height: 4 }])
    t.equal(countUncovered(found, [{ frame: null, ...same, ...side }]), 2);
  t.equal(countUncovered({ ...found, leftOut: 7 }, [{ frame: null, ...same }]), 7, 'nobody can tell');
  t.strictSame(parseDrawnBoxes([box, { ...box, rule: 'a rule' }]), [
    { frame: 1, frames: 1, ...same },
    { frame: 1, frames: 1, ...same },
  ]);
});

t.test('drawn boxes are taken as far as the image reaches, and no pixel further', async (t) => {
  const image = { columns: 100, rows: 50, frames: 4 };
  const whole = { left: 0, top: 0, width: 100, height: 50 };
  t.strictSame(parseDrawnBoxes([whole], image), [{ frame: null, ...whole }]);
  t.strictSame(parseDrawnBoxes([{ ...whole, frame: 2, frames: 3 }], image), [
    { frame: 2, ...whole, frames: 3 },
  ]);
  t.throws(() => parseDrawnBoxes([{ ...whole, left: 1 }], image), { code: 'BOXES_INVALID' });
  t.throws(() => parseDrawnBoxes([{ ...whole, top: 1 }], image), { code: 'BOXES_INVALID' });
  t.throws(() => parseDrawnBoxes([{ ...whole, frame: 5 }], image), { code: 'BOXES_INVALID' });
  t.strictSame(
    parseDrawnBoxes([{ ...whole, frame: 500 }], { ...image, frames: undefined }).length,
    1,
    'how many frames a video has its stream tells',
  );
  t.strictSame(parseDrawnBoxes([]), [], 'nothing is to be blanked');
});
