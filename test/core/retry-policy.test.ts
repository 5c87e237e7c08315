import t from 'tap';
import { jitteredDelayMs, retryDelayMs } from '../../src/core/retry-policy.ts';

t.test('delays double from the first to the longest and stay there', async (t) => {
  const policy = { initialMs: 1000, maxMs: 300_000 };
  t.same(
    [1, 2, 3, 4, 9, 10, 1000].map((attempts) => retryDelayMs(policy, attempts)),
    [1000, 2000, 4000, 8000, 256_000, 300_000, 300_000],
  );
});

t.test('jitter takes away at most half and never goes below what the peer asked for', async (t) => {
  const policy = { initialMs: 1000, maxMs: 60_000 };
  t.equal(jitteredDelayMs(policy, 1, 0), 500);
  t.equal(jitteredDelayMs(policy, 1, 0.999), 1000);
  t.equal(jitteredDelayMs(policy, 1, 0.5, 7000), 7000);
});
