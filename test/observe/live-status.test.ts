import t from 'tap';
import type { AlarmInput } from '../../src/observe/alarm-rule.ts';
import { alarmsOf } from '../../src/observe/alarms.ts';
import { createEmitter } from '../../src/observe/emitter.ts';
import { LiveCounts } from '../../src/observe/live-counts.ts';
import {
  type DestinationSource,
  type LiveFacts,
  type LiveSources,
  LiveStatus,
} from '../../src/observe/live-status.ts';
import { countNames } from '../../src/observe/slot-counts.ts';

const start = Date.UTC(2026, 10, 21, 12, 0, 0);
const gigabyte = 1e9;

const facts: LiveFacts = {
  version: '0.1.0',
  aeTitle: 'SALLYPORT',
  dimse: { host: '127.0.0.1', port: 11112, tls: false },
  http: { host: '127.0.0.1', port: 8080, tls: false },
  reserveBytes: gigabyte,
  maxAssociations: 32,
  anyoneMayCall: false,
  httpProtected: true,
  secretOnlyInStorage: false,
};
const none = { instances: 0, bytes: 0, oldestReceivedAt: null };
const well: DestinationSource = {
  name: 'backend.example.org',
  state: 'closed',
  code: null,
  restingMs: null,
  retryInMs: null,
  last: null,
};

function stage(sources: Partial<LiveSources> = {}, some: Partial<LiveFacts> = {}) {
  const clock = { now: start };
  const counts = new LiveCounts(() => clock.now);
  const emit = createEmitter([counts.subscriber], () => t.fail('no observer fails'));
  const asked = { times: 0 };
  const status = new LiveStatus(
    counts,
    { ...facts, ...some },
    {
      counts: async () => {
        asked.times += 1;
        return { received: none, prepared: none, held: none, failed: none };
      },
      freeBytes: async () => 100 * gigabyte,
      openAssociations: () => 0,
      workers: () => ({ threads: 2, busy: 1, queued: 3 }),
      destinations: () => [well],
      ...sources,
    },
    () => clock.now,
  );
  return { clock, emit, status, asked };
}

t.test(
  'a gateway where all is well has no alarm, and its page is plain JSON without absent values',
  async (t) => {
    const { status } = stage();
    const page = await status.status();
    t.same(page.alarms, []);
    t.strictSame(JSON.parse(JSON.stringify(page)), page);
    t.match(page, {
      at: '2026-11-21T12:00:00.000Z',
      gateway: { aeTitle: 'SALLYPORT', uptimeMs: 0, stopping: false },
      workers: { threads: 2, busy: 1, queued: 3, replacedLastHour: 0 },
      backlog: { waiting: 0, oldestWaitingMs: 0, stale: false },
      destinations: [{ name: 'backend.example.org', state: 'closed', lastHttpStatus: null }],
    });
  },
);

t.test('events become counts, rates of the last minute and points of the charts', async (t) => {
  const { clock, emit, status } = stage();
  const received = (bytes: number): void =>
    emit('instance.received', { instanceId: 'a', associationId: 'b', bytes, durationMs: 1 });
  received(1000);
  received(3000);
  emit('instance.prepared', { instanceId: 'a', frames: 1, durationMs: 1 });
  clock.now += 20_000;
  received(6000);
  emit('delivery.posted', { postId: 'p', images: 1, bytes: 700, httpStatus: 201, durationMs: 1 });
  emit('instance.delivered', { instanceId: 'a', waitedMs: 1 });
  emit('instance.refused', { associationId: 'b', code: 'STORAGE_FULL', dicomStatus: 0xa700 });
  const page = await status.status();
  t.match(page.sinceStart, {
    received: 3,
    bytesIn: 10_000,
    prepared: 1,
    delivered: 1,
    posts: 1,
    bytesOut: 700,
    refused: 1,
  });
  t.equal(page.lastMinute.seconds, 20, 'not longer than the gateway runs');
  t.equal(page.lastMinute.perSecond.bytesIn, 500);
  t.match(page.latest.hour, { at: start + 20_000, counts: { received: 1, bytesIn: 6000 } });
  const { hour, day } = status.history();
  t.match([hour.points, hour.stepMs, day.points, day.stepMs], [360, 10_000, 1440, 60_000]);
  t.same(hour.counts.received.slice(-3), [2, 0, 1]);
  t.equal(hour.from + (hour.points - 1) * hour.stepMs, start + 20_000, 'the last point is the running slot');
  t.equal(day.counts.received.at(-1), 3);
  for (const name of countNames) {
    t.equal(hour.counts[name].length, 360, name);
    t.equal(day.counts[name].length, 1440, name);
  }

  clock.now += 55_000;
  const later = await status.status();
  t.equal(later.lastMinute.counts.received, 1, 'what is older than a minute has left the window');
  t.ok(later.lastMinute.seconds >= 50 && later.lastMinute.seconds <= 60);
  clock.now += 60 * 60_000;
  t.same(new Set(status.history().hour.counts.received), new Set([0]), 'the hour is over');
  t.equal(
    status.history().day.counts.received.reduce((sum, one) => sum + one, 0),
    3,
    'the day is not',
  );
  t.equal((await status.status()).sinceStart.received, 3);
});

t.test('a clock that jumps harms neither charts nor memory', async (t) => {
  const { clock, emit, status } = stage();
  const echo = (): void => emit('echo.answered', { associationId: 'a' });
  echo();
  clock.now -= 3 * 60 * 60_000;
  echo();
  t.equal(status.history().hour.counts.echoes.at(-1), 2, 'counted into the newest slot');
  t.ok((await status.status()).lastMinute.perSecond.echoes > 0);
  clock.now = start + 10 * 365 * 24 * 60 * 60_000;
  echo();
  const { counts } = status.history().hour;
  t.same([counts.echoes.at(-1), counts.echoes.reduce((sum, one) => sum + one, 0)], [1, 1]);
});

t.test('the ledger is asked once for all who look at the same moment', async (t) => {
  const { clock, status, asked } = stage();
  await Promise.all(Array.from({ length: 20 }, () => status.status()));
  await status.status();
  t.equal(asked.times, 1);
  clock.now += 1_000;
  await status.status();
  t.equal(asked.times, 2);
});

t.test(
  'a ledger that fails makes the page stale and sounds an alarm, with the numbers of before',
  async (t) => {
    let broken = false;
    const { clock, status } = stage({
      counts: () => {
        if (broken) throw new Error('gone');
        const received = { instances: 4, bytes: 40, oldestReceivedAt: start - 60_000 };
        return Promise.resolve({ received, prepared: none, held: none, failed: none });
      },
    });
    t.match((await status.status()).backlog, { waiting: 4, oldestWaitingMs: 60_000, stale: false });
    broken = true;
    clock.now += 2_000;
    const page = await status.status();
    t.match(page.backlog, { waiting: 4, oldestWaitingMs: 62_000, stale: true });
    t.match(page.alarms, [{ id: 'ledger-not-answering', severity: 'critical' }]);
    broken = false;
    t.match((await status.status()).backlog, { stale: false });
  },
);

async function alarmIds(sources: Partial<LiveSources>, some: Partial<LiveFacts> = {}): Promise<string[]> {
  const { status } = stage(sources, some);
  return (await status.status()).alarms.map(({ id, severity }) => `${severity} ${id}`);
}

t.test('each thing that is wrong has its alarm', async (t) => {
  const backlog = (state: 'received' | 'held' | 'failed', ageMs = 0): Partial<LiveSources> => ({
    counts: async () => {
      const some = { instances: 2, bytes: 2, oldestReceivedAt: start - ageMs };
      return { received: none, prepared: none, held: none, failed: none, [state]: some };
    },
  });
  const rest: DestinationSource = {
    ...well,
    state: 'open',
    code: 'BACKEND_UNREACHABLE',
    restingMs: 5_000,
    retryInMs: 30_000,
    last: { code: 'BACKEND_UNREACHABLE', httpStatus: 0, agoMs: 1_000 },
  };
  const everywhere = { host: '0.0.0.0', port: 1, tls: false };
  t.same(await alarmIds({ freeBytes: async () => gigabyte }), ['critical disk-low']);
  t.same(await alarmIds({ freeBytes: async () => 1.5 * gigabyte }), ['warning disk-getting-low']);
  t.same(await alarmIds({ destinations: () => [] }), ['critical no-backend']);
  t.same(await alarmIds({ destinations: () => [rest] }), ['critical destination-resting']);
  t.same(await alarmIds({ destinations: () => [{ ...rest, code: 'BACKEND_UNAUTHORIZED' }] }), [
    'critical destination-refuses-credentials',
  ]);
  t.same(await alarmIds(backlog('received', 14 * 60_000)), []);
  t.same(await alarmIds(backlog('received', 16 * 60_000)), ['warning oldest-waiting']);
  t.same(await alarmIds(backlog('received', 5 * 60 * 60_000)), ['critical oldest-waiting']);
  t.same(await alarmIds({ ...backlog('received', 5 * 60 * 60_000), destinations: () => [rest] }), [
    'critical destination-resting',
  ]);
  t.same(await alarmIds(backlog('held')), ['warning instances-held']);
  t.same(await alarmIds(backlog('failed')), ['warning instances-failed']);
  t.same(await alarmIds({ auditFailing: () => true }), ['critical audit-failing']);
  t.same(await alarmIds({ auditDamaged: () => true }), ['critical audit-damaged']);
  t.same(await alarmIds({ refusedStudies: async () => 1 }), ['warning studies-refused']);
  t.same(await alarmIds({ observerFailures: () => 2 }), ['info observers-failing']);
  t.same(await alarmIds({ openAssociations: () => 30 }), ['warning associations-full']);
  t.same(await alarmIds({}, { anyoneMayCall: true, dimse: { ...everywhere, tls: true } }), [
    'warning anyone-may-call',
  ]);
  t.same(await alarmIds({}, { anyoneMayCall: true }), [], 'only this machine can reach it');
  t.same(await alarmIds({}, { dimse: everywhere }), ['info dimse-without-tls']);
  t.same(await alarmIds({}, { httpProtected: false, http: everywhere }), ['critical http-without-tls']);
  t.same(await alarmIds({}, { httpProtected: false }), [], 'only this machine can reach it');
  t.same(await alarmIds({}, { secretOnlyInStorage: true }), ['info secret-only-in-storage']);
});

t.test('alarms of events end when the trouble does not come again, and the worst is on top', async (t) => {
  const { clock, emit, status } = stage({}, { secretOnlyInStorage: true });
  emit('reports.failed', { code: 'STORAGE_FAILED' });
  emit('instance.refused', { associationId: 'a', code: 'STORAGE_FULL', dicomStatus: 0xa700 });
  emit('gateway.failed', { code: 'STORAGE_FAILED' });
  for (let time = 0; time < 3; time++) emit('worker.replaced', { code: 'WORKER_CRASHED' });
  for (let time = 0; time < 3; time++)
    emit('association.rejected', { reason: 'storage-low', address: '10.0.0.1' });
  const { alarms } = await status.status();
  t.same(
    alarms.map(({ id }) => id),
    [
      'ledger-not-answering',
      'associations-rejected',
      'instances-refused',
      'reports-failing',
      'workers-crashing',
      'secret-only-in-storage',
    ],
  );
  t.match(alarms.find(({ id }) => id === 'instances-refused')?.todo, 'storage.reserve');
  clock.now += 16 * 60_000;
  const ids = (await status.status()).alarms.map(({ id }) => id);
  t.same(ids, ['associations-rejected', 'workers-crashing', 'secret-only-in-storage'], 'the hour goes on');
  clock.now += 60 * 60_000;
  t.same(
    (await status.status()).alarms.map(({ id }) => id),
    ['secret-only-in-storage'],
  );
  emit('gateway.stopping', { reason: 'signal' });
  t.ok((await status.status()).alarms.some(({ id }) => id === 'stopping'));
});

t.test(
  'a resting destination tells when it is tried again, and alarms change nothing they are given',
  async (t) => {
    const { status } = stage({
      destinations: () => [
        {
          ...well,
          state: 'open',
          code: 'BACKEND_UNAVAILABLE',
          restingMs: 5_000,
          retryInMs: 30_000,
          last: { code: 'BACKEND_UNAVAILABLE', httpStatus: 503, agoMs: 1_000 },
        },
      ],
    });
    const page = await status.status();
    t.strictSame(page.destinations, [
      {
        name: 'backend.example.org',
        state: 'open',
        lastCode: 'BACKEND_UNAVAILABLE',
        lastHttpStatus: 503,
        lastPostAt: '2026-11-21T11:59:59.000Z',
        since: '2026-11-21T11:59:55.000Z',
        retryAt: '2026-11-21T12:00:30.000Z',
      },
    ]);
    const concerns = {
      anyoneMayCall: false,
      httpProtected: true,
      secretOnlyInStorage: false,
      auditFailing: false,
      auditDamaged: false,
      refusedStudies: 0,
      observerFailures: 0,
      troubles: {},
    };
    const input: AlarmInput = { ...page, concerns };
    const before = JSON.stringify(input);
    t.strictSame(alarmsOf(input), alarmsOf(input));
    t.equal(JSON.stringify(input), before);
    for (const { title, what, todo } of alarmsOf(input)) t.ok(title && what && todo.length > 20);
  },
);
