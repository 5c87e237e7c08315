import { rmSync, truncateSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { brokenAtTheEnd, enhanced, slice } from './images.ts';
import { accepted, openLanes, type Posted } from './lanes.ts';

/** No name is the beginning of another: the test's instance keys are made from them. */
const name = (number: number): string => `ct-${String(number).padStart(2, '0')}`;

const unreachable: Posted = { kind: 'retry', code: 'BACKEND_UNREACHABLE' };

t.test(
  'a large output goes through a scratch file, frame by frame, and the file goes afterwards',
  async (t) => {
    let during: string[] = [];
    const lanes = await openLanes(t, {
      maxMemoryBytes: 2000,
      maxImagesPerPost: 4,
      answer: () => {
        during = lanes.scratchFiles();
        return accepted;
      },
    });
    await lanes.add('large-1', enhanced('a', 10));
    lanes.start();
    await lanes.until('large-1', 'delivered');
    t.strictSame(during, ['large-1']);
    const images = lanes.posts.flatMap(({ body }) => body.images);
    t.strictSame(
      images.map(({ frameNumber }) => frameNumber),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    t.equal(lanes.posts.length, 3);
    for (const { frameNumber, ...image } of images) {
      t.match(image, {
        numberOfFrames: 10,
        imagePositionPatient: [-1, -2, frameNumber * 10],
        imageOrientationPatient: [1, 0, 0, 0, 1, 0],
        pixelSpacing: [0.5, 0.25],
        sliceThickness: 3,
        data: /^\/9j\//,
      });
    }
    t.equal(new Set(images.map(({ data }) => data)).size > 1, true, 'frames differ');
    await waitUntil(() => lanes.letGo.length === 1);
    t.strictSame(lanes.scratchFiles(), []);
    t.equal(lanes.outbox.bytes, 0);
  },
);

t.test('no scratch file is left by a refusal, a failure midway or a thread that dies', async (t) => {
  const lanes = await openLanes(t, {
    maxMemoryBytes: 500,
    answer: () => ({ kind: 'hold', code: 'BACKEND_REFUSED', detail: '400' }),
  });
  await lanes.add('refused-1', enhanced('a', 5));
  await lanes.add('broken-1', brokenAtTheEnd('b', 5), {
    releasedCodes: ['BURNED_IN_TEXT_RISK'],
  });
  await lanes.add('midway-1', slice('c', 1));
  lanes.start();
  t.match(await lanes.until('refused-1', 'held'), { code: 'BACKEND_REFUSED' });
  t.match(await lanes.until('broken-1', 'held'), { code: 'PIXEL_DATA_INVALID' });
  t.match(await lanes.until('midway-1', 'held'), { code: 'WORKER_CRASHED' });
  await waitUntil(() => lanes.scratchFiles().length === 0);
  t.strictSame(lanes.scratchFiles(), []);
  t.equal(lanes.outbox.bytes, 0);
});

t.test('output that is gone or cut when it is posted is made again for the same post', async (t) => {
  for (const [what, spoil] of [
    ['gone', (path: string) => rmSync(path)],
    ['cut', (path: string) => truncateSync(path, 300)],
  ] as const) {
    const lanes = await openLanes(t, {
      maxMemoryBytes: 500,
      answer: (_post, nth) => {
        if (nth > 1) return accepted;
        spoil(lanes.scratchPath('large-1'));
        return unreachable;
      },
    });
    await lanes.add('large-1', enhanced('a', 5));
    lanes.start();
    await lanes.until('large-1', 'delivered');
    t.equal(lanes.posts.length, 2, what);
    t.strictSame(lanes.posts[0], lanes.posts[1], 'the same key and the same body');
    const codes = lanes.events.flatMap(({ name, fields }) =>
      name === 'instance.retryScheduled' && 'code' in fields ? [fields.code] : [],
    );
    t.strictSame(codes, ['BACKEND_UNREACHABLE', 'OUTPUT_LOST']);
    t.equal(lanes.count('instance.prepared'), 2);
    t.equal(lanes.count('instance.held'), 0);
    await waitUntil(() => lanes.letGo.length === 1);
    t.strictSame(lanes.scratchFiles(), []);
    t.equal(lanes.outbox.bytes, 0);
    await lanes.stop();
  }
});

t.test(
  'while the outbox is full nothing is prepared; what waits stays received, and goes on later',
  async (t) => {
    let open = false;
    const lanes = await openLanes(t, {
      maxReadyBytes: 4000,
      answer: () => (open ? accepted : unreachable),
    });
    for (let number = 1; number <= 20; number += 1) await lanes.add(name(number), slice(`s${number}`, 1));
    lanes.start();
    await waitUntil(() => !lanes.outbox.hasRoom());
    await delay(1500);
    const prepared = lanes.count('instance.prepared');
    t.ok(prepared < 12, `${prepared} of 20 prepared`);
    await delay(1500);
    t.equal(lanes.count('instance.prepared'), prepared, 'it rests');
    const { received, held } = await lanes.ledger.counts();
    t.ok(received.instances >= 8, `${received.instances} still received`);
    t.equal(held.instances, 0);
    open = true;
    for (let number = 1; number <= 20; number += 1) await lanes.until(name(number), 'delivered');
    t.equal(lanes.count('instance.prepared'), 20, 'each once');
    t.equal(lanes.outbox.bytes, 0);
  },
);

t.test('a post fixed before a stop is made again with the same key and body', async (t) => {
  const first = await openLanes(t, { groupingWindowMs: 1500, answer: () => unreachable });
  for (const number of [1, 2, 3]) await first.add(`ct-${number}`, slice('a', number));
  first.start();
  await waitUntil(() => first.posts.length >= 2);
  await first.stop();
  const second = await openLanes(t, { dir: first.dir });
  second.start();
  for (const number of [1, 2, 3]) await second.until(`ct-${number}`, 'delivered');
  t.equal(first.posts[0]?.body.images.length, 3);
  t.strictSame(second.posts, first.posts.slice(0, 1));
});

t.test('a member that can no longer be prepared is held, and the others of its post go', async (t) => {
  const first = await openLanes(t, { groupingWindowMs: 1500, answer: () => unreachable });
  for (const id of ['ct-1', 'ct-2', 'ct-3']) await first.add(id, slice('a', Number(id.slice(-1))));
  first.start();
  await waitUntil(() => first.posts.length >= 1);
  await first.stop();
  const second = await openLanes(t, { dir: first.dir });
  rmSync(second.blobPath('ct-2'));
  second.start();
  await second.until('ct-1', 'delivered');
  await second.until('ct-3', 'delivered');
  t.match(await second.until('ct-2', 'held'), { code: 'BLOB_MISSING', postId: null });
  t.equal(second.posts[0]?.body.images.length, 2);
  t.not(second.posts[0]?.key, first.posts[0]?.key, 'another body, so another key');
});

t.test('a thread that dies at recovery costs an attempt, not the membership', async (t) => {
  const first = await openLanes(t, { groupingWindowMs: 1500, answer: () => unreachable });
  for (const id of ['ct-1', 'crashonce-2']) await first.add(id, slice('a', Number(id.slice(-1))));
  first.start();
  await waitUntil(() => first.posts.length >= 1 && first.posts[0]?.body.images.length === 2);
  await first.stop();
  rmSync(`${first.blobPath('crashonce-2')}.crashed`);
  const second = await openLanes(t, { dir: first.dir });
  second.start();
  await second.until('ct-1', 'delivered');
  await second.until('crashonce-2', 'delivered');
  t.ok(second.count('worker.replaced') >= 1);
  t.equal(second.posts[0]?.key, first.posts[0]?.key);
});

t.test(
  'a lease that runs out does not double an instance in hand, nor hide what waits behind it',
  async (t) => {
    let open = false;
    const lanes = await openLanes(t, {
      leaseMs: 20,
      groupingWindowMs: 4000,
      answer: () => (open ? accepted : unreachable),
    });
    for (let number = 1; number <= 12; number += 1) await lanes.add(name(number), slice('a', number));
    lanes.start();
    await waitUntil(() => lanes.count('instance.prepared') === 12);
    const startedAt = Date.now();
    await lanes.add('ct-13', slice('a', 13));
    await waitUntil(() => lanes.count('instance.prepared') === 13);
    t.ok(Date.now() - startedAt < 2500, 'at once, although older rows are claimable again');
    await delay(1500);
    t.equal(lanes.count('instance.prepared'), 13, 'each once');
    open = true;
    for (let number = 1; number <= 13; number += 1) await lanes.until(name(number), 'delivered');
    const images = lanes.posts.at(-1)?.body.images ?? [];
    t.equal(new Set(images.map(({ imageInstanceUid }) => imageInstanceUid)).size, images.length);
  },
);

t.test(
  'bytes that are gone, and bytes that are no DICOM, are held with a code and not retried',
  async (t) => {
    const lanes = await openLanes(t);
    await lanes.add('gone-1', slice('a', 1));
    rmSync(lanes.blobPath('gone-1'));
    await lanes.add('text-1', Buffer.from('no DICOM at all, but long enough '.repeat(20)));
    lanes.start();
    t.match(await lanes.until('gone-1', 'held'), { code: 'BLOB_MISSING' });
    t.match(await lanes.until('text-1', 'held'), { code: 'NOT_DICOM' });
    t.equal(lanes.count('instance.retryScheduled'), 0);
    t.equal(lanes.count('worker.replaced'), 0);
  },
);

async function waitUntil(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 3000; tries += 1) {
    if (condition()) return;
    await delay(10);
  }
  throw new Error('did not happen in time');
}
