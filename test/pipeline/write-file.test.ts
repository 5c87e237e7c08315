import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeFile } from '../../src/pipeline/write-file.ts';

t.test('chunks come out one after another, however many and long', async (t) => {
  const folder = t.testdir({});
  const chunks = Array.from({ length: 300 }, (_, index) =>
    Buffer.alloc(index % 7 === 0 ? 0 : index === 100 ? 5_000_001 : index, index),
  );
  for (const fsync of [true, false]) {
    const path = join(folder, `file-${fsync}`);
    t.equal(writeFile(path, chunks, { fsync }), Buffer.concat(chunks).length);
    t.ok(readFileSync(path).equals(Buffer.concat(chunks)));
  }
});

t.test('a file that cannot be finished does not stay', async (t) => {
  const folder = t.testdir({});
  function* broken(): Generator<Uint8Array> {
    yield Buffer.alloc(5_000_000);
    throw new TypeError('no more');
  }
  t.throws(() => writeFile(join(folder, 'x'), broken(), { fsync: false }), TypeError);
  t.strictSame(readdirSync(folder), []);
});

t.test('free space below the reserve is not used, and what was begun does not stay', async (t) => {
  const folder = t.testdir({});
  const chunks = [Buffer.alloc(100)];
  const write = (reserveBytes: number): number =>
    writeFile(join(folder, 'x'), chunks, { fsync: false, mode: 0o600, reserveBytes });
  t.throws(() => write(2 ** 60), { code: 'STORAGE_FULL' });
  t.strictSame(readdirSync(folder), []);
  t.equal(write(0), 100);
  t.equal(statSync(join(folder, 'x')).mode & 0o777, 0o600);
});
