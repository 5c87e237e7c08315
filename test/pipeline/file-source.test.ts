import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openFileSource } from '../../src/pipeline/file-source.ts';

const content = Buffer.from(Array.from({ length: 3 * 1024 * 1024 + 7 }, (_, index) => (index * 31) % 251));

t.test('a file read whole and one read by a window give the same bytes', async (t) => {
  const path = join(t.testdir({ file: content }), 'file');
  const [whole, windowed] = [openFileSource(path), openFileSource(path, 0)];
  t.equal(whole.size, content.length);
  t.equal(windowed.size, content.length);
  t.ok(whole.bytes, 'bytes are at hand when the file is in memory');
  t.equal(windowed.bytes, undefined);
  for (const [offset, length] of [
    [0, 10],
    [1024 * 1024 - 3, 9],
    [5, 2 * 1024 * 1024],
    [content.length - 4, 4],
    [content.length, 0],
    [3, 0],
  ] as const) {
    const expected = content.subarray(offset, offset + length);
    t.ok(expected.equals(whole.read(offset, length)), `whole ${offset}+${length}`);
    t.ok(expected.equals(windowed.read(offset, length)), `window ${offset}+${length}`);
  }
  for (const source of [whole, windowed]) {
    t.throws(() => source.read(content.length - 1, 2), { code: 'DATA_SET_TRUNCATED' });
    t.throws(() => source.read(-1, 2), { code: 'DATA_SET_TRUNCATED' });
    source.close();
    source.close();
  }
});

t.test('a copy of what was read survives the next read', async (t) => {
  const path = join(t.testdir({ file: content }), 'file');
  const source = openFileSource(path, 0);
  const copy = source.read(0, 16).slice();
  source.read(2 * 1024 * 1024, 16);
  t.ok(content.subarray(0, 16).equals(copy));
  source.close();
});

t.test('a file that became shorter is truncated, not zeros', async (t) => {
  const path = join(t.testdir({ file: content }), 'file');
  const source = openFileSource(path, 0);
  truncateSync(path, 100);
  t.throws(() => source.read(50, 100), { code: 'DATA_SET_TRUNCATED' });
  source.close();
});
