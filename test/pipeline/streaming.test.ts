import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { enhanced, slice } from './images.ts';
import { accepted, openLanes, type Posted } from './lanes.ts';

/** More than six posts of two images. */
const frames = 13;
const maxImagesPerPost = 2;
/** The faults of unreliable-worker.ts come when eight frames are told of; that the fourth post is full is not known then. */
const postsBeforeFault = 3;

type Lanes = Awaited<ReturnType<typeof openLanes>>;
const letGoOn = (lanes: Lanes, id: string): void => writeFileSync(`${lanes.blobPath(id)}.go`, '');
const keys = ({ posts }: Lanes): string[] => posts.map(({ key }) => key);

async function waitUntil(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 6000; tries += 1) {
    if (condition()) return;
    await delay(10);
  }
  throw new Error('did not happen in time');
}

t.test(
  'posts leave while later frames are rendered: the same posts as when planned at the end',
  async (t) => {
    const file = enhanced('a', frames);
    const streamed = await openLanes(t, { maxImagesPerPost });
    await streamed.add('waits-1', file);
    streamed.start();
    await waitUntil(() => streamed.posts.length === postsBeforeFault);
    await delay(200);
    t.equal(streamed.posts.length, postsBeforeFault, 'a post goes when it is full, not before');
    t.equal(streamed.count('instance.prepared'), 0, 'the rest is still being rendered');
    t.match(await streamed.ledger.get('waits-1'), { state: 'prepared', attempts: 0, code: null });
    t.type((await streamed.ledger.get('waits-1'))?.postId, 'string', 'the post was fixed before');
    letGoOn(streamed, 'waits-1');
    await streamed.until('waits-1', 'delivered');
    await waitUntil(() => streamed.letGo.length === 1);
    t.strictSame(streamed.scratchFiles(), []);
    t.equal(streamed.outbox.bytes, 0);
    t.equal(streamed.outbox.scratchBytes, 0);
    t.match(streamed.events.find(({ name }) => name === 'instance.prepared')?.fields, { frames });

    const whole = await openLanes(t, { maxImagesPerPost, streams: false });
    await whole.add('waits-1', file);
    whole.start();
    await whole.until('waits-1', 'delivered');
    t.equal(whole.posts.length, Math.ceil(frames / maxImagesPerPost));
    t.strictSame(streamed.posts, whole.posts, 'keys and bodies');
  },
);

t.test('others are delivered while large instances wait for their next frame', async (t) => {
  const lanes = await openLanes(t, { maxImagesPerPost, threads: 3 });
  await lanes.add('waits-1', enhanced('a', frames));
  await lanes.add('waits-2', enhanced('b', frames));
  lanes.start();
  // Two posts at a time is all that the lane does: neither place is kept by those that wait.
  await waitUntil(() => lanes.posts.length === 2 * postsBeforeFault);
  await lanes.add('fine-1', slice('c', 1));
  await lanes.until('fine-1', 'delivered');
  for (const id of ['waits-1', 'waits-2']) {
    letGoOn(lanes, id);
    await lanes.until(id, 'delivered');
  }
  t.equal(new Set(keys(lanes)).size, lanes.posts.length, 'no post twice');
});

t.test(
  'a thread that dies in the middle costs one attempt; the posts are repeated under their keys',
  async (t) => {
    const lanes = await openLanes(t, { maxImagesPerPost });
    await lanes.add('diesonce-1', enhanced('a', frames));
    lanes.start();
    await lanes.until('diesonce-1', 'delivered');
    t.equal(lanes.count('worker.replaced'), 1);
    const distinct = new Map(lanes.posts.map(({ key, body }) => [key, JSON.stringify(body)]));
    t.equal(distinct.size, Math.ceil(frames / maxImagesPerPost));
    for (const { key, body } of lanes.posts)
      t.equal(JSON.stringify(body), distinct.get(key), 'one key, one body');
    await waitUntil(() => lanes.scratchFiles().length === 0);
  },
);

t.test('a thread that dies in the middle every time: held, with how much was delivered', async (t) => {
  const lanes = await openLanes(t, { maxImagesPerPost });
  await lanes.add('dies-1', enhanced('a', frames));
  lanes.start();
  const row = await lanes.until('dies-1', 'held');
  t.match(row, { code: 'WORKER_CRASHED', postId: null });
  t.match(row.detail, /^after [2468] delivered frames$/);
  t.equal(lanes.count('worker.replaced'), 2, 'one more attempt, not more');
  await lanes.add('fine-1', slice('b', 1));
  await lanes.until('fine-1', 'delivered');
  await waitUntil(() => lanes.scratchFiles().length === 0);
  t.equal(lanes.outbox.bytes, 0);
});

t.test('a frame that never ends trips the limit of one frame', async (t) => {
  const lanes = await openLanes(t, { maxImagesPerPost, frameTimeoutMs: 1500 });
  await lanes.add('stalls-1', enhanced('a', frames));
  lanes.start();
  const row = await lanes.until('stalls-1', 'held');
  t.equal(row.code, 'RENDER_TIMEOUT');
  t.match(row.detail, /^one frame, after [2468] delivered frames$/);
  await lanes.add('fine-1', slice('b', 1));
  await lanes.until('fine-1', 'delivered');
});

t.test(
  'a frame that cannot be decoded after others were delivered: held with its code and the number',
  async (t) => {
    const lanes = await openLanes(t, { maxImagesPerPost: 1 });
    await lanes.add('fails-1', enhanced('b', 9));
    lanes.start();
    await waitUntil(() => lanes.posts.length === 6);
    letGoOn(lanes, 'fails-1');
    const row = await lanes.until('fails-1', 'held');
    t.equal(row.code, 'PIXEL_DATA_INVALID');
    t.equal(row.detail, 'code stream, after 6 delivered frames');
    t.equal(row.postId, null);
    await waitUntil(() => lanes.letGo.length === 1);
    t.strictSame(lanes.scratchFiles(), []);
    t.equal(lanes.outbox.bytes, 0);
    t.equal(lanes.count('worker.replaced'), 0);
  },
);

t.test('a post that is refused ends the rendering of the rest', async (t) => {
  const lanes = await openLanes(t, {
    maxImagesPerPost,
    answer: (_post, nth) => (nth === 2 ? { kind: 'hold', code: 'BACKEND_REFUSED', detail: '400' } : accepted),
  });
  await lanes.add('waits-1', enhanced('a', frames));
  lanes.start();
  t.match(await lanes.until('waits-1', 'held'), { code: 'BACKEND_REFUSED', detail: '400', postId: null });
  await lanes.add('fine-1', slice('b', 1));
  await lanes.until('fine-1', 'delivered');
  t.equal(lanes.count('worker.replaced'), 0, 'a thread that was told to end has not crashed');
  t.equal(lanes.posts.length, 3);
  t.strictSame(lanes.scratchFiles(), []);
});

t.test('stopped in the middle: the next start makes the same posts under the same keys', async (t) => {
  const first = await openLanes(t, { maxImagesPerPost });
  await first.add('waits-1', enhanced('a', frames));
  first.start();
  await waitUntil(() => first.posts.length === postsBeforeFault);
  const { postId } = (await first.ledger.get('waits-1')) ?? {};
  await first.stop();
  t.equal(first.count('worker.replaced'), 0);
  const second = await openLanes(t, { dir: first.dir, maxImagesPerPost });
  t.match(await second.ledger.get('waits-1'), { state: 'prepared', postId, code: null });
  letGoOn(second, 'waits-1');
  second.start();
  await second.until('waits-1', 'delivered');
  t.strictSame(second.posts.slice(0, postsBeforeFault), first.posts);
  t.equal(second.posts.length, Math.ceil(frames / maxImagesPerPost));
});

t.test(
  'a backend that is away meanwhile: the frames wait in the scratch file, and nothing is held',
  async (t) => {
    let open = false;
    const unreachable: Posted = { kind: 'retry', code: 'BACKEND_UNREACHABLE' };
    const lanes = await openLanes(t, {
      maxImagesPerPost,
      maxScratchBytes: 1000,
      answer: () => (open ? accepted : unreachable),
    });
    await lanes.add('large-1', enhanced('a', frames));
    lanes.start();
    await waitUntil(() => lanes.count('instance.prepared') === 1);
    t.ok(lanes.outbox.scratchBytes > 1000);
    t.notOk(lanes.outbox.hasRoom(), 'full scratch files end further preparing');
    open = true;
    await lanes.until('large-1', 'delivered');
    t.equal(new Set(keys(lanes)).size, Math.ceil(frames / maxImagesPerPost));
  },
);

t.test('nothing is posted before the crosswalk has the pairs', async (t) => {
  let recorded = 0;
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const lanes = await openLanes(t, {
    maxImagesPerPost,
    crosswalk: {
      record: async (pairs) => {
        await gate;
        recorded = pairs.length;
      },
    },
  });
  await lanes.add('large-1', enhanced('a', frames));
  lanes.start();
  await waitUntil(() => lanes.scratchFiles().length === 1);
  await delay(1000);
  t.equal(lanes.posts.length, 0);
  open();
  await lanes.until('large-1', 'delivered');
  t.ok(recorded >= 4, 'UIDs and Patient ID');
});

t.test('no room on the disk is a reason to wait, not to hold', async (t) => {
  const lanes = await openLanes(t, { maxImagesPerPost, reserveBytes: 2 ** 60 });
  await lanes.add('large-1', enhanced('a', frames));
  await lanes.add('fine-1', slice('b', 1));
  lanes.start();
  await lanes.until('fine-1', 'delivered');
  await waitUntil(() => lanes.count('instance.retryScheduled') >= 2);
  t.match(await lanes.ledger.get('large-1'), { state: 'received', code: 'SCRATCH_FULL' });
  t.equal(lanes.count('instance.held'), 0);
});
