import t from 'tap';
import type { InstanceRecord } from '../../src/core/instance.ts';
import { Outbox, type OutboxEntry } from '../../src/pipeline/outbox.ts';
import { anEntry } from '../spool/catalogue-contract.ts';
import { record } from './records.ts';

const limits = {
  maxBytes: 10_000,
  maxScratchBytes: 10_000,
  maxBodyBytes: 4_000,
  maxImagesPerPost: 10,
  groupingWindowMs: 100,
};

function entry(id: string, series: string, frames: number, frameBytes: number): OutboxEntry {
  const row: InstanceRecord = record({ id });
  const parts = Array.from({ length: frames }, () => new Uint8Array(frameBytes));
  return {
    record: row,
    prepared: {
      instanceId: id,
      imageInstanceUid: `2.25.${id.length}`,
      studyInstanceUid: '2.25.1',
      seriesInstanceUid: series,
      profileRevision: 'r',
      contentDigest: 'd',
      contentKey: 'k',
      catalogue: anEntry(),
      study: Buffer.from('{}'),
      series: Buffer.from(`{"s":"${series}"}`),
      images: { kind: 'memory', parts },
      imagesBytes: frames * frameBytes,
    },
  };
}

t.test('instances of one series wait for each other, those of another series apart', async (t) => {
  const outbox = new Outbox(limits);
  outbox.add(entry('a', '1', 1, 100), 0);
  outbox.add(entry('b', '2', 1, 100), 10);
  outbox.add(entry('c', '1', 1, 100), 20);
  t.equal(outbox.take(50, false), undefined);
  t.equal(outbox.nextDueMs(50), 50);
  t.same(
    outbox.take(100, false)?.map(({ record: { id } }) => id),
    ['a', 'c'],
  );
  t.equal(outbox.take(100, false), undefined);
  t.same(
    outbox.take(100, true)?.map(({ record: { id } }) => id),
    ['b'],
  );
  t.equal(outbox.nextDueMs(100), undefined);
});

t.test('a group that reaches the size or number of one post goes at once', async (t) => {
  const outbox = new Outbox(limits);
  for (const id of ['a', 'b', 'c', 'd']) outbox.add(entry(id, '1', 1, 1200), 0);
  t.same(
    outbox.take(0, false)?.map(({ record: { id } }) => id),
    ['a', 'b', 'c'],
  );
  const many = new Outbox(limits);
  for (let index = 0; index < 11; index += 1) many.add(entry(String(index), '1', 1, 10), 0);
  t.equal(many.take(0, false)?.length, 10);
});

t.test('an instance larger than one post is a group of its own', async (t) => {
  const outbox = new Outbox(limits);
  outbox.add(entry('small', '1', 1, 10), 0);
  outbox.add(entry('large', '1', 5, 1000), 0);
  outbox.add(entry('frames', '1', 10, 1), 0);
  t.same(
    outbox.take(0, false)?.map(({ record: { id } }) => id),
    ['large'],
  );
  t.same(
    outbox.take(0, false)?.map(({ record: { id } }) => id),
    ['frames'],
  );
  t.same(
    outbox.take(100, false)?.map(({ record: { id } }) => id),
    ['small'],
  );
});

t.test('there is room again when output is let go', async (t) => {
  const outbox = new Outbox(limits);
  t.equal(outbox.hasRoom(), true);
  outbox.add(entry('a', '1', 1, 9_995), 0);
  t.equal(outbox.hasRoom(), false);
  const [taken] = outbox.take(0, true) ?? [];
  t.equal(outbox.hasRoom(), false, 'what is being posted still takes memory');
  if (taken !== undefined) outbox.release(taken.prepared);
  t.equal(outbox.bytes, 0);
  const again = entry('b', '1', 1, 500);
  outbox.keep([again]);
  t.ok(outbox.bytes >= 500);
  outbox.release(again.prepared);
  t.equal(outbox.bytes, 0);
});
