import t from 'tap';
import { Retention, type RetentionOptions, watchedByRetention } from '../../src/spool/retention.ts';
import { accept, aRecord, bytesOf, idsOf, type OpenSpool, openSpool } from './spool-fixture.ts';

let folder = 0;
const root = t.testdir();
const freshDir = () => `${root}/${folder++}`;

function retentionOf(open: OpenSpool, changes: Partial<RetentionOptions> = {}): Retention {
  return new Retention({
    ledger: open.ledger,
    blobs: open.blobs,
    emit: () => undefined,
    now: Date.now,
    keepDeliveredMs: 0,
    forgetAfterMs: 1000,
    intervalMs: 3_600_000,
    ...changes,
  });
}

async function deliver(open: OpenSpool, ids: readonly string[], updatedAt = Date.now()): Promise<void> {
  const set = { state: 'delivered', updatedAt } as const;
  await open.ledger.apply(ids.map((id) => ({ id, from: ['received'], set })));
}

t.test('bytes go as soon as their instance is delivered, and only its', async (t) => {
  const open = await openSpool(freshDir());
  const retention = retentionOf(open);
  const ledger = watchedByRetention(open.ledger, retention);
  const [a, b, c] = await Promise.all(['1', '2', '3'].map((uid) => accept(open.spool, uid, bytesOf(10))));
  await ledger.apply([
    { id: a?.id ?? '', from: ['received'], set: { state: 'delivered' } },
    { id: b?.id ?? '', from: ['prepared'], set: { state: 'delivered' } },
    { id: c?.id ?? '', from: ['received'], set: { state: 'held' } },
  ]);
  await retention.settled();
  t.strictSame(await idsOf(open.blobs), [b?.id, c?.id].sort(), 'a change left out removes nothing');
  t.match(await ledger.get(a?.id ?? ''), { state: 'delivered' }, 'the row stays');
  await retention.stop();
  await open.close();
});

t.test('bytes are kept for as long as configured', async (t) => {
  const open = await openSpool(freshDir());
  let now = 10_000;
  const retention = retentionOf(open, { keepDeliveredMs: 500, forgetAfterMs: 1e9, now: () => now });
  const { id } = await accept(open.spool, '1', bytesOf(10));
  await deliver(open, [id], now);
  retention.delivered([id]);
  await retention.settled();
  now += 499;
  await retention.round();
  t.strictSame(await idsOf(open.blobs), [id]);
  now += 1;
  await retention.round();
  t.strictSame(await idsOf(open.blobs), []);
  await open.close();
});

t.test('a round leaves blobs without a row alone: they may be on their way', async (t) => {
  const open = await openSpool(freshDir());
  const retention = retentionOf(open);
  const id = aRecord().id;
  const writer = await open.blobs.create(id);
  await writer.write(bytesOf(10));
  await writer.commit();
  await retention.round();
  t.strictSame(await idsOf(open.blobs), [id]);
  await open.close();
});

t.test('a round finds what was missed, and may be repeated', async (t) => {
  const open = await openSpool(freshDir());
  const retention = retentionOf(open);
  const accepted = await Promise.all(
    Array.from({ length: 700 }, (_, n) => accept(open.spool, `1.${n}`, bytesOf(10))),
  );
  const ids = accepted.map(({ id }) => id);
  await deliver(open, ids.slice(0, 650));
  await Promise.all([retention.round(), retention.round()]);
  await retention.round();
  t.strictSame(await idsOf(open.blobs), ids.slice(650).sort());
  await open.close();
});

t.test('old rows are forgotten in batches, young and waiting ones stay', async (t) => {
  const open = await openSpool(freshDir());
  const now = 1_000_000;
  const old = Array.from({ length: 1234 }, (_, n) =>
    aRecord({ state: n % 2 === 0 ? 'delivered' : 'discarded', updatedAt: now - 1001 }),
  );
  const stay = [
    aRecord({ state: 'delivered', updatedAt: now - 1000 }),
    aRecord({ state: 'held', updatedAt: 0 }),
    aRecord({ state: 'received', updatedAt: 0 }),
    aRecord({ state: 'failed', updatedAt: 0 }),
  ];
  await Promise.all([...old, ...stay].map((record) => open.ledger.insert(record)));
  await retentionOf(open, { now: () => now }).round();
  const left = await open.ledger.list({ limit: 2000 });
  t.strictSame(
    left.map(({ id }) => id),
    stay.map(({ id }) => id).sort(),
  );
  await open.close();
});

t.test('more removals than may wait are not lost', async (t) => {
  const open = await openSpool(freshDir());
  const retention = retentionOf(open, { forgetAfterMs: 1e9 });
  const accepted = await Promise.all(
    Array.from({ length: 40 }, (_, n) => accept(open.spool, `1.${n}`, bytesOf(10))),
  );
  const ids = accepted.map(({ id }) => id);
  await deliver(open, ids);
  const strangers = Array.from({ length: 9_990 }, () => aRecord().id);
  retention.delivered([...strangers, ...ids]);
  await retention.settled();
  t.strictSame(await idsOf(open.blobs), []);
  await open.close();
});

t.test('stop ends the work at hand, and nothing is removed after it', async (t) => {
  const open = await openSpool(freshDir());
  const retention = retentionOf(open);
  retention.start();
  const { id } = await accept(open.spool, '1', bytesOf(10));
  await retention.stop();
  retention.delivered([id]);
  await retention.settled();
  t.strictSame(await idsOf(open.blobs), [id]);
  await open.close();
});
