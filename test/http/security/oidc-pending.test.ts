import t from 'tap';
import { PendingSignIns, pendingMs } from '../../../src/http/security/oidc-pending.ts';

t.test('a sign-in that has begun waits for ten minutes, for one answer', async (t) => {
  const clock = { now: 1_750_000_000_000 };
  const pending = new PendingSignIns(() => clock.now);
  const first = pending.begin();
  t.equal(pending.take(first.browser, 'x'), undefined);
  t.equal(pending.take('x', first.state), undefined);
  t.equal(pending.take(undefined, first.state), undefined);
  t.equal(pending.take(first.browser, undefined), undefined);
  t.match(pending.take(first.browser, first.state), { nonce: first.nonce, verifier: first.verifier });
  t.equal(pending.take(first.browser, first.state), undefined);
  const second = pending.begin();
  clock.now += pendingMs - 1;
  const third = pending.begin();
  t.equal(pending.size, 2);
  clock.now += 1;
  t.equal(pending.take(second.browser, second.state), undefined, 'too late');
  pending.begin();
  t.equal(pending.size, 2, 'what is over is forgotten');
  t.ok(pending.take(third.browser, third.state));
});

t.test('strangers who begin without end take a bounded place', async (t) => {
  const pending = new PendingSignIns();
  const first = pending.begin();
  const second = pending.begin();
  for (let count = 0; count < 9999; count += 1) pending.begin();
  t.equal(pending.size, 10_000);
  t.equal(pending.take(first.browser, first.state), undefined, 'the oldest made room');
  t.ok(pending.take(second.browser, second.state));
});
