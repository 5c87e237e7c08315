import t from 'tap';
import { bestOfSteps, decodeSteps, joinSteps, type StepScores } from '../../../src/ocr/reading/ctc.ts';

const characters = ['', 'a', 'b', ' '];

function steps(classes: readonly number[], score = 0.9): StepScores {
  return {
    steps: classes.length,
    classes: Uint16Array.from(classes),
    scores: new Float32Array(classes.length).fill(score),
  };
}

function textOf(read: StepScores): string {
  return decodeSteps(read, characters)
    .map(({ character }) => character)
    .join('');
}

t.test('the likeliest class of each step is kept', async (t) => {
  const scores = Float32Array.from([0.1, 0.7, 0.2, 0, 0.5, 0.2, 0.2, 0.1, 9, 9, 9, 9]);
  const best = bestOfSteps(scores, 2, 4);
  t.same([...best.classes], [1, 0]);
  t.same(
    [...best.scores].map((score) => score.toFixed(1)),
    ['0.7', '0.5'],
  );
});

t.test(
  'equal classes in succession are one character, those with an empty step between are two',
  async (t) => {
    t.equal(textOf(steps([0, 1, 1, 0, 1, 2, 3, 2, 0])), 'aab b');
    t.equal(textOf(steps([0, 0])), '');
    t.equal(textOf(steps([])), '');
  },
);

t.test('a character stands at the middle of its steps, and its best step tells how sure it is', async (t) => {
  const read = { ...steps([0, 1, 1, 1, 0]), scores: Float32Array.from([0.9, 0.5, 0.75, 0.5, 0.9]) };
  t.same(decodeSteps(read, characters), [{ character: 'a', confidence: 0.75, position: 2.5 }]);
});

t.test('pieces are joined where neither sees a character: none is lost or read twice', async (t) => {
  const whole = [0, 1, 0, 2, 2, 0, 1, 1, 0, 2, 0, 1, 0];
  for (let start = 1; start < 8; start += 1) {
    for (let end = start + 3; end < whole.length; end += 1) {
      const joined = joinSteps(steps(whole.slice(0, end)), steps(whole.slice(start)), start);
      t.equal(textOf(joined), 'ababa', `${start} to ${end}`);
      t.equal(joined.steps, whole.length);
    }
  }
});
