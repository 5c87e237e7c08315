import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { AssociationLog } from '../../src/observe/association-log.ts';
import { LiveCounts } from '../../src/observe/live-counts.ts';
import {
  type LiveEvent,
  LiveFeed,
  type LiveFeedSettings,
  maxToldPerTick,
} from '../../src/observe/live-feed.ts';
import { LiveStatus } from '../../src/observe/live-status.ts';
import { liveStream } from '../../src/observe/live-stream.ts';
import { defaults, until } from '../receive/fakes.ts';

const none = { instances: 0, bytes: 0, oldestReceivedAt: null };
const port = { host: '127.0.0.1', port: 1, tls: false };
const titles = { callingAeTitle: 'PACS1', calledAeTitle: 'SALLYPORT' };
const peer = { address: '10.0.0.1', tls: false };

function stage(t: Test, settings: LiveFeedSettings = {}) {
  const counts = new LiveCounts(Date.now);
  const asked = { times: 0 };
  const status = new LiveStatus(
    counts,
    {
      version: '0',
      aeTitle: 'SALLYPORT',
      dimse: port,
      http: port,
      reserveBytes: 1,
      maxAssociations: 8,
      anyoneMayCall: false,
      httpProtected: true,
      secretOnlyInStorage: false,
    },
    {
      counts: async () => {
        asked.times += 1;
        return { received: none, prepared: none, held: none, failed: none };
      },
      freeBytes: async () => 1e12,
      openAssociations: () => 0,
      workers: () => undefined,
      destinations: () => [],
    },
    Date.now,
  );
  const log = new AssociationLog(defaults, Date.now);
  let failures = 0;
  const feed = new LiveFeed({ status, log, onFailure: () => failures++ }, { tickMs: 20, ...settings });
  t.teardown(() => feed.close());
  return { counts, log, feed, asked, failures: () => failures };
}

function collect(feed: LiveFeed, take: (event: LiveEvent) => boolean = () => true) {
  const events: LiveEvent[] = [];
  const ends: string[] = [];
  const subscription = feed.subscribe({
    take: (event) => {
      events.push(event);
      return take(event);
    },
    ended: (reason) => ends.push(reason),
  });
  const named = (name: LiveEvent['event']): LiveEvent[] => events.filter(({ event }) => event === name);
  return { events, ends, subscription, named };
}

t.test('the state comes at once, then when something changed, else now and then', async (t) => {
  const { counts, feed } = stage(t, { restMs: 100_000 });
  const { named } = collect(feed);
  await until(() => named('status').length === 2);
  await delay(200);
  t.equal(named('status').length, 2, 'nothing happened, nothing is told (the second is the first tick)');
  counts.subscriber('echo.answered', { associationId: 'a' });
  await until(() => named('status').length === 3);
  t.match(named('status').at(-1)?.data, { sinceStart: { echoes: 1 } });
  const other = stage(t, { restMs: 40 });
  const still = collect(other.feed);
  await until(() => still.named('status').length >= 4);
  t.pass('and without changes it comes again after the rest');
});

t.test('associations and echoes are told at once, in frames of server-sent events', async (t) => {
  const { log, feed } = stage(t, { tickMs: 60_000 });
  const { named, events } = collect(feed);
  log.observer({ kind: 'accepted', id: 'a', ...peer, titles, contexts: [] });
  log.observer({ kind: 'echo', id: 'a' });
  log.observer({ kind: 'no-association', id: 'c', ...peer, why: 'speaks-tls' });
  t.same(
    events.map(({ event }) => event),
    ['association', 'echo', 'connection'],
  );
  t.match(named('echo')[0]?.data, { callingAeTitle: 'PACS1' });
  const frame = named('association')[0]?.frame ?? '';
  t.match(frame, /^event: association\ndata: \{[^\n]+\}\n\n$/);
  t.strictSame(JSON.parse(frame.split('\n')[1]?.slice('data: '.length) ?? ''), named('association')[0]?.data);
});

t.test('a long association is told once a tick, however many instances it brings', async (t) => {
  const { log, feed } = stage(t, { tickMs: 50 });
  const { named } = collect(feed);
  log.observer({ kind: 'accepted', id: 'a', ...peer, titles, contexts: [] });
  for (let number = 0; number < 1000; number++)
    log.observer({ kind: 'stored', id: 'a', bytes: 10, how: 'stored' });
  t.equal(named('association').length, 1);
  await until(() => named('association').length === 2);
  t.match(named('association')[1]?.data, { instances: 1000, state: 'running' });
  log.observer({ kind: 'ended', id: 'a', how: 'released' });
  await until(() => named('association').length === 3);
  t.match(named('association')[2]?.data, { state: 'ended' });
});

t.test('a flood is told as a number', async (t) => {
  const { log, feed } = stage(t, { tickMs: 50 });
  const { named } = collect(feed);
  for (let number = 0; number < 5000; number++)
    log.observer({
      kind: 'no-association',
      id: String(number),
      address: `10.0.0.${number}`,
      tls: false,
      why: 'silent',
    });
  await until(() => named('missed').length === 1);
  t.equal(named('connection').length, maxToldPerTick);
  t.strictSame(named('missed')[0]?.data, { count: 5000 - maxToldPerTick });
});

t.test('a subscriber that does not keep up is let go, and others are not held back', async (t) => {
  const { log, feed } = stage(t, { maxWaiting: 10, tickMs: 60_000 });
  const slow = collect(feed, () => false);
  const quick = collect(feed);
  for (let number = 0; number < 20; number++)
    log.observer({
      kind: 'rejected',
      id: String(number),
      address: `10.0.0.${number}`,
      tls: false,
      reason: 'storage-low',
      titles,
    });
  t.same(slow.ends, ['too-slow']);
  t.same(
    slow.events.map(({ event }) => event),
    ['association', 'dropped'],
  );
  t.equal(quick.named('association').length, 20);
  t.equal(feed.subscribers, 1);
});

t.test('what waited is taken when the subscriber has drained, with the newest state alone', async (t) => {
  const { counts, log, feed } = stage(t);
  let ready = false;
  const { named, subscription, ends } = collect(feed, () => ready);
  await until(() => named('status').length === 1);
  for (let round = 0; round < 5; round++) {
    counts.subscriber('echo.answered', { associationId: 'a' });
    await delay(40);
  }
  log.observer({ kind: 'no-association', id: 'c', ...peer, why: 'silent' });
  ready = true;
  subscription?.drained();
  t.equal(named('status').length, 2);
  t.match(named('status')[1]?.data, { sinceStart: { echoes: 5 } });
  t.equal(named('connection').length, 1);
  t.same(ends, []);
});

t.test(
  'no more subscribers than allowed; one that throws is let go; after the last one nothing runs',
  async (t) => {
    const { feed, asked } = stage(t, { maxSubscribers: 2, restMs: 20 });
    const first = collect(feed);
    const broken = collect(feed, () => {
      throw new Error('broken');
    });
    t.equal(collect(feed).subscription, undefined);
    await until(() => broken.ends.length === 1);
    t.same(broken.ends, ['failed']);
    await until(() => first.named('status').length > 0);
    t.equal(feed.subscribers, 1);
    first.subscription?.unsubscribe();
    const before = asked.times;
    await delay(150);
    t.equal(asked.times, before, 'nobody looks, nobody asks');
    const last = collect(feed);
    feed.close();
    t.same(last.ends, ['closed']);
    t.equal(collect(feed).subscription, undefined);
  },
);

t.test('as a stream of server-sent events, whose end frees its place', async (t) => {
  const { log, feed } = stage(t, { maxSubscribers: 1 });
  const abort = new AbortController();
  const stream = liveStream(feed, abort.signal) ?? t.fail('no stream');
  if (!(stream instanceof Readable)) return;
  t.equal(liveStream(feed), undefined, 'as many as allowed');
  let text = '';
  stream.on('data', (chunk) => {
    text += String(chunk);
  });
  log.observer({ kind: 'accepted', id: 'a', ...peer, titles, contexts: [] });
  await until(() => text.includes('event: association\ndata: ') && text.includes('event: status\ndata: '));
  abort.abort();
  await once(stream, 'end');
  t.equal(feed.subscribers, 0);
  const next = liveStream(feed);
  t.equal(feed.subscribers, 1);
  next?.destroy();
  await until(() => feed.subscribers === 0);
  t.pass('a reader that goes away frees its place too');
});

t.test('a stream ends in time, so that its reader has to prove itself again', async (t) => {
  const { feed } = stage(t, {});
  const stream = liveStream(feed, undefined, 20) ?? t.fail('no stream');
  if (!(stream instanceof Readable)) return;
  stream.resume();
  await until(() => stream.readableEnded);
  t.equal(feed.subscribers, 0);
});

t.test('a reader of the stream that does not read is let go, with bounded memory', async (t) => {
  const { log, feed } = stage(t, { maxWaiting: 20, tickMs: 5 });
  const stream = liveStream(feed);
  await until(() => {
    for (let number = 0; number < 40; number++)
      log.observer({
        kind: 'rejected',
        id: String(Math.random()),
        ...peer,
        address: String(Math.random()),
        reason: 'storage-low',
        titles,
      });
    return feed.subscribers === 0;
  });
  t.ok((stream?.readableLength ?? 0) < 128 * 1024);
  let text = '';
  stream?.on('data', (chunk) => {
    text += String(chunk);
  });
  if (stream !== undefined) await once(stream, 'end');
  t.match(text, /event: dropped\ndata: \{"reason":"too-slow"\}\n\n$/);
});
