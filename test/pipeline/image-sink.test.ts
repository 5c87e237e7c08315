import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ImageSink } from '../../src/pipeline/image-sink.ts';

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

t.test('few images stay in memory, in a buffer of their own that may be transferred', async (t) => {
  const path = join(t.testdir(), 'scratch');
  const sink = new ImageSink(path, 100);
  sink.add(bytes(40, 1));
  sink.add(Buffer.from('pooled'));
  sink.add(bytes(54, 2));
  const { images, ranges } = sink.finish();
  t.strictSame([...ranges], [0, 40, 40, 6, 46, 54], 'exactly the limit is still memory');
  t.equal(images?.length, 100);
  t.equal(images?.buffer.byteLength, 100);
  t.equal(Buffer.from(images?.subarray(40, 46) ?? []).toString(), 'pooled');
  t.equal(existsSync(path), false);
});

t.test('one byte more goes to the scratch file, what came before included', async (t) => {
  const path = join(t.testdir(), 'scratch');
  const sink = new ImageSink(path, 100);
  sink.add(bytes(60, 1));
  t.equal(existsSync(path), false);
  sink.add(bytes(41, 2));
  sink.add(bytes(300_000, 3));
  const { images, ranges } = sink.finish();
  t.equal(images, null);
  t.strictSame([...ranges], [0, 60, 60, 41, 101, 300_000]);
  const written = readFileSync(path);
  t.ok(written.equals(Buffer.concat([bytes(60, 1), bytes(41, 2), bytes(300_000, 3)])));
  t.equal(statSync(path).mode & 0o777, 0o600);
});

t.test('a second attempt starts the scratch file anew', async (t) => {
  const path = join(t.testdir(), 'scratch');
  const first = new ImageSink(path, 10);
  first.add(bytes(500, 1));
  first.close();
  first.close();
  const second = new ImageSink(path, 10);
  second.add(bytes(20, 2));
  second.finish();
  t.ok(readFileSync(path).equals(Buffer.from(bytes(20, 2))));
});

t.test('no image at all is an empty output', async (t) => {
  const { images, ranges } = new ImageSink(join(t.testdir(), 'scratch'), 10).finish();
  t.equal(images?.length, 0);
  t.equal(ranges.length, 0);
});
