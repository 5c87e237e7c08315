import t, { type Test } from 'tap';
import type { InstanceRecord } from '../../src/core/instance.ts';
import type { Outcome } from '../../src/core/stage.ts';
import type { EventName } from '../../src/observe/events.ts';
import { DeliverLane } from '../../src/pipeline/deliver-lane.ts';
import { Outbox } from '../../src/pipeline/outbox.ts';
import { SqliteLedger } from '../../src/spool/ledger-sqlite.ts';
import { anEntry } from '../spool/catalogue-contract.ts';
import { record } from './records.ts';

type PostedOutcome = Outcome<{ readonly httpStatus: number }>;
interface FakePost {
  readonly ids: readonly string[];
  readonly images: number;
}

const delivered: PostedOutcome = { kind: 'advance', output: { httpStatus: 200 } };

async function lane(
  t: Test,
  answer: (post: FakePost, nth: number) => PostedOutcome | Promise<PostedOutcome>,
  options: { maxBodyBytes?: number } = {},
) {
  const ledger = await SqliteLedger.open(t.testdir(), { thread: false });
  const events: { name: EventName; fields: unknown }[] = [];
  const posted: (readonly string[])[] = [];
  const letGo: string[] = [];
  const gone: string[] = [];
  const lostPosts: { readonly postId: string; readonly attempts: number; readonly dueAt: number }[] = [];
  const ending = new AbortController();
  const cut = new AbortController();
  const outbox = new Outbox({
    maxBytes: 1e6,
    maxScratchBytes: 1e6,
    maxBodyBytes: options.maxBodyBytes ?? 1e5,
    maxImagesPerPost: 100,
    groupingWindowMs: 10,
  });
  const deliver = new DeliverLane<FakePost>({
    tools: {
      ledger,
      emit: (name, fields) => events.push({ name, fields }),
      now: Date.now,
      random: () => 0,
      retry: { initialMs: 20, maxMs: 40 },
    },
    outbox,
    concurrency: 2,
    plan: (prepared) => [{ ids: prepared.map(({ instanceId }) => instanceId), images: prepared.length }],
    planGrowing: () => () => [],
    destination: {
      whenReady: async () => undefined,
      deliver: async (post) => {
        posted.push(post.ids);
        return answer(post, posted.length);
      },
    },
    onDelivered: (ids) => gone.push(...ids),
    onLetGo: (id) => letGo.push(id),
    onOutputLost: (lost) => lostPosts.push(lost),
  });
  const add = async (id: string): Promise<void> => {
    const row = record({ id });
    await ledger.insert(row);
    outbox.add(entryOf(row), Date.now());
    deliver.wake();
  };
  const stop = async (): Promise<void> => {
    ending.abort();
    cut.abort();
    await deliver.stopped();
  };
  t.teardown(async () => {
    await stop();
    await ledger.close();
  });
  deliver.start(ending.signal, cut.signal);
  return { ledger, events, posted, letGo, gone, lostPosts, outbox, add, deliver, stop };
}

function entryOf(row: InstanceRecord) {
  const images = { kind: 'memory', parts: [new Uint8Array(100)] } as const;
  const bytes = Buffer.from('{}');
  return {
    record: row,
    prepared: {
      instanceId: row.id,
      imageInstanceUid: '2.25.1',
      studyInstanceUid: '2.25.2',
      seriesInstanceUid: '2.25.3',
      profileRevision: 'r',
      contentDigest: `digest-${row.id}`,
      contentKey: `key-${row.id}`,
      catalogue: anEntry(),
      study: bytes,
      series: bytes,
      images,
      imagesBytes: 100,
    },
  };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('did not happen in time');
}

t.test('a post is written down before it is tried, and its members end as delivered', async (t) => {
  const bound: (InstanceRecord | undefined)[] = [];
  const parts = await lane(t, async () => {
    bound.push(await parts.ledger.get('a'), await parts.ledger.get('b'));
    return delivered;
  });
  await Promise.all([parts.add('a'), parts.add('b')]);
  await until(() => parts.letGo.length === 2);
  t.same(parts.posted, [['a', 'b']]);
  t.match(bound, [
    { state: 'prepared', contentDigest: 'digest-a' },
    { state: 'prepared', contentDigest: 'digest-b' },
  ]);
  t.type(bound[0]?.postId, 'string');
  t.equal(bound[0]?.postId, bound[1]?.postId);
  t.match(await parts.ledger.get('a'), { state: 'delivered', code: null, studyPseudonym: '2.25.2' });
  t.same(parts.gone, ['a', 'b']);
  t.equal(parts.outbox.bytes, 0);
});

t.test('a failed post is repeated with the same members until it is accepted', async (t) => {
  const parts = await lane(t, (_post, nth) =>
    nth < 4 ? { kind: 'retry', code: 'BACKEND_UNAVAILABLE', detail: '503' } : delivered,
  );
  await parts.add('a');
  await until(() => parts.posted.length === 2);
  t.match(await parts.ledger.get('a'), { state: 'prepared', code: 'BACKEND_UNAVAILABLE', detail: '503' });
  await until(() => parts.letGo.length === 1);
  t.same(parts.posted, [['a'], ['a'], ['a'], ['a']]);
  t.match(await parts.ledger.get('a'), { state: 'delivered', code: null });
  t.equal(parts.events.filter(({ name }) => name === 'instance.retryScheduled').length, 3);
});

t.test('one refused instance does not hold the others of its post', async (t) => {
  const parts = await lane(t, ({ ids }) =>
    ids.includes('bad') ? { kind: 'hold', code: 'BACKEND_REFUSED', detail: '422' } : delivered,
  );
  await Promise.all(['a', 'bad', 'z'].map(parts.add));
  await until(() => parts.letGo.length === 3);
  t.match(await parts.ledger.get('bad'), {
    state: 'held',
    code: 'BACKEND_REFUSED',
    detail: '422',
    postId: null,
  });
  t.match(await parts.ledger.get('a'), { state: 'delivered' });
  t.match(await parts.ledger.get('z'), { state: 'delivered' });
  t.same(parts.gone.sort(), ['a', 'z'], 'bytes of a held instance stay');
});

t.test('what a person discarded meanwhile is not posted', async (t) => {
  const parts = await lane(t, () => delivered);
  const row = record({ id: 'a', state: 'discarded' });
  await parts.ledger.insert(row);
  parts.outbox.add(entryOf(row), 0);
  parts.deliver.wake();
  await until(() => parts.letGo.length === 1);
  t.same(parts.posted, []);
  t.match(await parts.ledger.get('a'), { state: 'discarded' });
});

t.test('an exception nobody foresaw holds the instance', async (t) => {
  const parts = await lane(t, () => {
    throw new TypeError('surprise');
  });
  await parts.add('a');
  await until(() => parts.letGo.length === 1);
  t.match(await parts.ledger.get('a'), { state: 'held', code: 'UNEXPECTED' });
});

t.test('stopping in the middle of a post leaves it to be made again under its name', async (t) => {
  const parts = await lane(
    t,
    () =>
      new Promise<PostedOutcome>((resolve) =>
        setTimeout(() => resolve({ kind: 'retry', code: 'SHUTTING_DOWN' }), 50),
      ),
  );
  await parts.add('a');
  await until(() => parts.posted.length === 1);
  await parts.stop();
  t.match(await parts.ledger.get('a'), { state: 'prepared', code: null });
  t.type((await parts.ledger.get('a'))?.postId, 'string');
});
