import fc from 'fast-check';
import t from 'tap';
import { refusalOf } from '../../../src/http/security/actor.ts';
import { addressKey } from '../../../src/http/security/address-key.ts';
import { AttemptLimit } from '../../../src/http/security/attempt-limit.ts';
import { RateLimit } from '../../../src/http/security/rate-limit.ts';
import { RecentMap } from '../../../src/http/security/recent-map.ts';
import type { Emit } from '../../../src/observe/events.ts';

const wrong = refusalOf('NOT_AUTHENTICATED');

function limit(now: () => number) {
  const told: unknown[] = [];
  const emit: Emit = (name, fields) => void told.push([name, fields]);
  return { told, limit: new AttemptLimit({ attempts: 3, longestWaitMs: 5000 }, emit, now) };
}

t.test('after a number of failures an address waits, longer each time, up to a bound', async (t) => {
  let now = 1_000_000;
  const { limit: attempts } = limit(() => now);
  for (let n = 0; n < 3; n += 1) t.same(attempts.failed('10.0.0.1', wrong), wrong);
  const waits: (number | undefined)[] = [];
  for (let n = 0; n < 5; n += 1) {
    const refusal = attempts.failed('10.0.0.1', wrong);
    t.match(refusal, { refused: 'TOO_MANY_ATTEMPTS', httpStatus: 429 });
    waits.push(refusal.retryAfterSeconds);
    now += 500;
    t.equal(
      attempts.failed('10.0.0.1', wrong).retryAfterSeconds,
      Math.ceil((refusal.retryAfterSeconds ?? 0) - 0.5),
      'trying on does not lengthen it',
    );
    now += (refusal.retryAfterSeconds ?? 0) * 1000;
  }
  t.same(waits, [1, 2, 4, 5, 5]);
  t.same(attempts.failed('10.0.0.2', wrong), wrong, 'other addresses are others');
  now += 3_600_000;
  t.same(attempts.failed('10.0.0.1', wrong), wrong, 'and it is forgotten in time');
});

t.test('the log has one line for a burst, with what came since the one before', async (t) => {
  let now = 1_000_000;
  const { limit: attempts, told } = limit(() => now);
  for (let n = 0; n < 100; n += 1) attempts.failed('10.0.0.1', wrong);
  now += 60_000;
  attempts.failed('10.0.0.1', wrong);
  const lines = told.filter((entry) => Array.isArray(entry) && entry[0] === 'http.refused');
  t.same(lines, [
    ['http.refused', { code: 'NOT_AUTHENTICATED', address: '10.0.0.1', attempts: 1 }],
    ['http.refused', { code: 'TOO_MANY_ATTEMPTS', address: '10.0.0.1', attempts: 100 }],
  ]);
  t.equal(told.length, 101, 'the rest is counted');
});

t.test('one IPv6 host is one address, however many it uses', async (t) => {
  t.equal(addressKey('2001:db8:1:2:aaaa::1'), addressKey('2001:0db8:0001:0002::ffff'));
  t.not(addressKey('2001:db8:1:2::1'), addressKey('2001:db8:1:3::1'));
  t.equal(addressKey('::ffff:10.0.0.1'), '10.0.0.1');
  t.equal(addressKey('fe80::1%eth0'), 'fe80:0:0:0::/64');
  t.equal(addressKey('::1'), '0:0:0:0::/64');
  t.equal(addressKey('64:ff9b::192.0.2.1'), '64:ff9b:0:0::/64');
  fc.assert(
    fc.property(fc.ipV6(), fc.ipV6(), (address, other) => {
      const key = addressKey(address);
      return (
        key.length <= 64 &&
        (key === addressKey(other)) === (addressKey(key.replace('/64', '')) === addressKey(other))
      );
    }),
  );
});

t.test('a stranger with thousands of addresses fills neither log nor audit trail', async (t) => {
  const clock = { now: 0 };
  const bursts: string[] = [];
  const told: string[] = [];
  const limit = new AttemptLimit(
    { attempts: 3, longestWaitMs: 5000 },
    (name) => void told.push(name),
    () => clock.now,
    (address) => void bursts.push(address),
  );
  const everywhere = (): void => {
    for (let n = 0; n < 20_000; n += 1) {
      const refusal = limit.failed(`2001:db8:0:${n.toString(16)}::1`, refusalOf('NOT_AUTHENTICATED'));
      if (refusal.refused !== 'NOT_AUTHENTICATED' && n < 100) t.fail('each is told what is wrong first');
    }
  };
  everywhere();
  t.equal(bursts.length, 100);
  t.equal(told.filter((name) => name === 'http.refused').length, 100);
  t.equal(told.length, 20_000, 'all are counted');
  clock.now += 60_000;
  everywhere();
  t.equal(bursts.length, 200, 'the next minute again');
});

t.test('addresses and callers are remembered up to a number', async (t) => {
  const { limit: attempts } = limit(() => 0);
  const rate = new RateLimit({ perSecond: 1, burst: 1 }, () => 0);
  for (let n = 0; n < 10_100; n += 1) {
    attempts.failed(`10.0.${n >> 8}.${n & 255}`, wrong);
    rate.take(`caller ${n}`);
  }
  t.equal(attempts.addresses, 10_000);
  t.equal(rate.callers, 10_000);
  const map = new RecentMap<number>(2);
  t.equal(map.set('a', 1), undefined);
  map.set('b', 2);
  map.get('a');
  t.equal(map.set('c', 3), 2, 'the one not touched for longest goes');
  t.ok(map.delete('a'));
  t.equal(map.size, 1);
});

t.test('a caller has its burst, then its rate, and leaves the others theirs', async (t) => {
  let now = 0;
  const rate = new RateLimit({ perSecond: 2, burst: 4 }, () => now);
  const taken = (caller: string, times: number): number =>
    Array.from({ length: times }, () => rate.take(caller)).filter((refusal) => refusal === undefined).length;
  t.equal(taken('a', 10), 4);
  t.match(rate.take('a'), { refused: 'TOO_MANY_REQUESTS', httpStatus: 429, retryAfterSeconds: 1 });
  t.equal(taken('b', 10), 4);
  now += 1000;
  t.equal(taken('a', 10), 2);
  now -= 5000;
  t.equal(taken('a', 10), 0, 'a clock that goes back gives nothing');
  now += 3_600_000;
  t.equal(taken('a', 10), 4, 'nor does a long rest give more than a burst');
  t.equal(new RateLimit({ perSecond: 0, burst: 1 }).take('a'), undefined);
});
