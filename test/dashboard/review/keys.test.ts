import t from 'tap';
import { afterArrow, keyAction } from '../../../src/dashboard/review/keys.ts';

const press = (
  key: string,
  held: Partial<Record<'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {},
) => keyAction({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

t.test('arrows move, with Shift they resize, with Ctrl by ten pixels', async (t) => {
  t.same(press('ArrowLeft'), { kind: 'move', dx: -1, dy: 0 });
  t.same(press('ArrowDown', { shiftKey: true }), { kind: 'resize', dx: 0, dy: 1 });
  t.same(press('ArrowRight', { ctrlKey: true }), { kind: 'move', dx: 10, dy: 0 });
  t.same(press('ArrowUp', { metaKey: true, shiftKey: true }), { kind: 'resize', dx: 0, dy: -10 });
});

t.test('further keys make, remove, take back, leave and turn frames', async (t) => {
  t.same(press('n'), { kind: 'new' });
  t.same(press('Delete'), { kind: 'remove' });
  t.same(press('z', { ctrlKey: true }), { kind: 'undo' });
  t.same(press('Z', { ctrlKey: true, shiftKey: true }), { kind: 'redo' });
  t.same(press('Escape'), { kind: 'leave' });
  t.same(press('PageDown'), { kind: 'frame', by: 1 });
});

t.test('keys of the browser and of assistive technology are left alone', async (t) => {
  for (const key of ['Tab', 'Enter', ' ', 'a', 'constructor']) t.equal(press(key), undefined, key);
  t.equal(press('ArrowLeft', { altKey: true }), undefined);
  t.equal(press('n', { ctrlKey: true }), undefined);
});

t.test('an arrow moves a box, or pulls its right and lower edges', async (t) => {
  const box = { left: 10, top: 10, width: 20, height: 20 };
  const extent = { columns: 35, rows: 100 };
  t.same(afterArrow(box, { kind: 'move', dx: 10, dy: 0 }, extent), { ...box, left: 15 });
  t.same(afterArrow(box, { kind: 'resize', dx: 0, dy: -30 }, extent), { ...box, height: 1 });
});
