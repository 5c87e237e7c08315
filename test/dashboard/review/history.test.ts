import t from 'tap';
import { beginHistory, endGesture, redo, step, undo } from '../../../src/dashboard/review/history.ts';

t.test('each change is taken back and done again', async (t) => {
  let history = beginHistory('a');
  history = step(history, 'b', null, 10);
  history = step(history, 'c', null, 10);
  history = undo(history);
  t.equal(history.present, 'b');
  t.equal(undo(history).present, 'a');
  t.equal(redo(history).present, 'c');
  t.equal(undo(undo(undo(history))).present, 'a', 'there is nothing before the first');
  t.equal(redo(redo(redo(history))).present, 'c');
});

t.test('one drag is one step, and another change forgets what was taken back', async (t) => {
  let history = beginHistory(0);
  for (const x of [1, 2, 3]) history = step(history, x, 'drag 1', 10);
  t.equal(undo(history).present, 0);
  history = step(endGesture(history), 4, 'drag 1', 10);
  t.equal(undo(history).present, 3, 'a second drag of the same box is a second step');
  history = step(undo(history), 9, null, 10);
  t.equal(redo(history).present, 9);
});

t.test('so many steps are kept and no more; a change to the same is none', async (t) => {
  let history = beginHistory(0);
  for (let x = 1; x <= 100; x++) history = step(history, x, null, 5);
  t.equal(history.past.length, 5);
  t.equal(step(history, 100, null, 5), history);
});
