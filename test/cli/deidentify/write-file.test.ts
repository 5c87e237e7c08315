import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeFile } from '../../../src/cli/deidentify/write-file.ts';

t.test('chunks come out one after another, however many and long', async (t) => {
  const folder = t.testdir({});
  const chunks = Array.from({ length: 300 }, (_, index) =>
    Buffer.alloc(index % 7 === 0 ? 0 : index === 100 ? 5_000_001 : index, index),
  );
  for (const fsync of [true, false]) {
    const path = join(folder, `file-${fsync}`);
    writeFile(path, chunks, fsync);
    t.ok(readFileSync(path).equals(Buffer.concat(chunks)));
  }
});

t.test('a file that cannot be finished does not stay', async (t) => {
  const folder = t.testdir({});
  function* broken(): Generator<Uint8Array> {
    yield Buffer.alloc(5_000_000);
    throw new TypeError('no more');
  }
  t.throws(() => writeFile(join(folder, 'x'), broken(), false), TypeError);
  t.strictSame(readdirSync(folder), []);
});
