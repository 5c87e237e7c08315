import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';
import { walk } from '../../../src/cli/deidentify/walk.ts';

t.test('pages of any size give the order of the whole', async (t) => {
  const folder = t.testdir({});
  const names = Array.from({ length: 57 }, (_, index) => `f${(index * 37) % 100}`).filter(
    (name, index, all) => all.indexOf(name) === index,
  );
  for (const name of names) writeFileSync(join(folder, name), '');
  mkdirSync(join(folder, 'f5-folder'));
  for (const name of names.slice(0, 9)) writeFileSync(join(folder, 'f5-folder', name), '');
  const order = (page?: number): string[] =>
    [...walk([folder], ['/nowhere'], page)].map((path) => relative(folder, path));
  const whole = order();
  t.equal(whole.length, names.length + 9);
  t.strictSame(
    whole.filter((name) => !name.includes('/')),
    [...names].sort(),
  );
  for (const page of [1, 2, 3, 7, 28, 29, 57, 58, 1000]) t.strictSame(order(page), whole, `pages of ${page}`);
});

t.test('links to files are followed, to folders not; one that leads nowhere is told of', async (t) => {
  const folder = t.testdir({ a: { x: '' }, out: { y: '' } });
  symlinkSync(join(folder, 'a', 'x'), join(folder, 'to-file'));
  symlinkSync(folder, join(folder, 'a', 'round'));
  symlinkSync(join(folder, 'absent'), join(folder, 'to-nothing'));
  t.strictSame(
    [...walk([folder, join(folder, 'none')], [join(folder, 'out')])].map((path) => relative(folder, path)),
    ['a/x', 'to-file', 'to-nothing', 'none'],
  );
});
